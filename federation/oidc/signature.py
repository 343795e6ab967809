"""Proof of a compact JWS. `SignedToken` can be made here alone, so whoever holds one holds octets that a registered key signed."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import Final

from federation.errors import InternalFailure, InvalidIdentityToken, show
from federation.oidc import messages
from federation.oidc.algorithms import ALGORITHMS, AWS
from federation.oidc.decode import Header, Payload, RawToken
from federation.oidc.jwks import KeySet
from federation.oidc.keys import VerificationKey
from federation.portable import kept_here
from federation.profiles import Profile

_MAKER: Final = object()


@dataclass(frozen=True, slots=True, repr=False)
class SignedToken:
    """The payload of a token whose signature holds, the header that was signed with it, and the registered key that proved it."""

    header: Header
    payload: Payload
    key: VerificationKey
    maker: InitVar[object]

    __reduce_ex__ = kept_here

    def __post_init__(self, maker: object) -> None:
        if maker is not _MAKER:
            raise InternalFailure(
                check="internal",
                expected="a token proved by verify_token",
                found="one made elsewhere",
                remedy="call verify_token",
            )


def verify_token(raw: RawToken, keys: KeySet, *, algorithms: frozenset[str], profile: Profile) -> SignedToken:
    """Verify the signature of *raw* with *keys*.

    Args:
        raw: The decoded token.
        keys: The key set of the one provider that the caller chose; the token had no say in it.
        algorithms: The allow-list fixed when the provider was registered. The very name checked here drives verification (attack row J04).
        profile: By whose rules the key is selected.

    Raises:
        InvalidIdentityToken: checks ``alg``, ``kid``, ``signature``.
    """
    alg = raw.header.alg
    if alg not in algorithms or (profile is Profile.AWS and alg not in AWS):
        allowed = algorithms & AWS if profile is Profile.AWS else algorithms
        raise InvalidIdentityToken(
            check="alg",
            expected=f"one of {', '.join(sorted(allowed))}",
            found=show(alg),
            remedy="have the issuer sign with an allowed asymmetric algorithm",
            message=messages.NOT_VALIDATED,
        )
    verify = ALGORITHMS[alg].verify
    for key in keys.candidates(alg, raw.header.kid, profile=profile):
        if verify(key.public, raw.signature, raw.signing_input):
            return SignedToken(raw.header, raw.payload, key, _MAKER)
    raise InvalidIdentityToken(
        check="signature",
        expected="a signature by the registered key that the token names",
        found="one that does not verify",
        remedy="the token was altered, cut, or signed by a key that is not registered: get a new one, or register the present key set",
        message=messages.NOT_VALIDATED,
    )
