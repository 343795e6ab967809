"""Whose key made a signature, among all registered keys of the account: for diagnosis, never for trust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from federation.errors import FederationError, show
from federation.explaining.situation import Situation
from federation.jose.algorithms import ALGORITHMS
from federation.jose.decode import RawToken, decode_token
from federation.jose.keys import JsonWebKey
from federation.oidc.provider import OidcProvider

MAX_TRIED: Final = 64
"""Keys that are tried for one token: a verification costs some 30 microseconds."""


class Signer(NamedTuple):
    """A registered key that made the token's signature, and its provider."""

    key: JsonWebKey
    provider: OidcProvider

    def told(self, judged_by: OidcProvider) -> str:
        """Return the key in words; *judged_by* is the provider that the token names."""
        name = "the registered key without kid" if self.key.kid is None else f"the registered key {show(self.key.kid)}"
        return name if self.provider is judged_by else f"{name} of another issuer, {self.provider.name}"


def find_signer(situation: Situation, provider: OidcProvider) -> Signer | None:
    """Return the registered key that made the token's signature, of *provider* or of another of the account; None where none did."""
    raw = decoded(situation)
    algorithm = None if raw is None else ALGORITHMS.get(raw.header.alg)
    if raw is None or algorithm is None:
        return None
    tried = 0
    for key, owner in _keys(situation, provider):
        if key.kty != algorithm.kty or tried == MAX_TRIED:
            continue
        tried += 1
        if _verifies(raw, key):
            return Signer(key, owner)
    return None


def made_by(raw: RawToken, keys: Iterable[JsonWebKey]) -> JsonWebKey | None:
    """Return the RSA key of *keys* that made the signature over whatever it signed then; None where none did.

    A signature of RSASSA-PKCS1-v1_5 opens with its key alone. Where it opens, the key made it, and over other content.
    """
    for key in keys:
        if isinstance(key.public, RSAPublicKey) and any(_opens(key.public, raw.signature, digest) for digest in (SHA256, SHA384, SHA512)):
            return key
    return None


def decoded(situation: Situation) -> RawToken | None:
    """Return the decoded token; None where it is no compact JWS."""
    try:
        return decode_token(situation.token)
    except FederationError:
        return None


def _keys(situation: Situation, provider: OidcProvider) -> Iterator[tuple[JsonWebKey, OidcProvider]]:
    others = () if situation.account is None else situation.account.oidc_providers.values()
    for each in (provider, *(other for other in others if other is not provider)):
        yield from ((key, each) for key in each.keys.keys)


def _verifies(raw: RawToken, key: JsonWebKey) -> bool:
    algorithm = ALGORITHMS[raw.header.alg]
    fits = any(raw.header.alg in usable for usable in key.usable.values())
    return fits and algorithm.verify(key.public, raw.signature, raw.signing_input)


def _opens(key: RSAPublicKey, signature: bytes, digest: type[SHA256 | SHA384 | SHA512]) -> bool:
    try:
        key.recover_data_from_signature(signature, PKCS1v15(), digest())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
