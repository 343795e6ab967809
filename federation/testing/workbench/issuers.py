"""OpenID Connect issuers of a workbench: throw-away keys that are made when they are first used, and the documents that they publish."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import uuid4

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from federation import clock
from federation.account.live import LiveAccount
from federation.account.writing.oidc_providers import add_oidc_provider, register_jwks
from federation.errors import RegistrationError, ValidationError, show
from federation.jose.algorithms import ALGORITHMS
from federation.jose.jwks import KeySet
from federation.jose.strictjson import Complaint, decode_object
from federation.oidc.issuer_url import read_url
from federation.oidc.provider import OidcProvider
from federation.profiles import Profile
from federation.testing.oidc import OidcForge, TokenKey
from federation.testing.oidc_shapes import OIDC_SHAPES, OidcShape
from federation.testing.workbench.minted import Minted, check_validity
from federation.testing.workbench.moving import MovableClock
from federation.testing.workbench.shelf import Shelf

DEFAULT_ALGORITHM: Final = "RS256"
_SET: Final = Complaint(RegistrationError, "jwks", "the key set", "send the JSON Web Key Set of the issuer, as it publishes it")


class Issuers:
    """The issuers whose tokens a workbench signs, and key sets of other issuers that were handed to it."""

    def __init__(self, live: LiveAccount, shelf: Shelf, now: MovableClock) -> None:
        """Register keys in *live*, keep them on *shelf*, and issue by the clock *now*."""
        self._live, self._shelf, self._clock = live, shelf, now

    def mint(  # noqa: PLR0913 - every property of a token, keyword-only
        self,
        *,
        shape: str = "generic",
        issuer: str = "",
        subject: str = "",
        audience: str = "",
        claims: Mapping[str, Any] | None = None,
        without: Sequence[str] = (),
        header: Mapping[str, Any] | None = None,
        validity: int | None = None,
        algorithm: str = DEFAULT_ALGORITHM,
        at: datetime | None = None,
        register_provider: bool = False,
    ) -> Minted:
        """Return an ID token. The issuer's key is registered with its provider, where the account has one.

        Args:
            shape: The issuer to imitate, of `federation.testing.OIDC_SHAPES`.
            issuer: URL of the issuer; empty for the example of the shape, for GitHub its only one.
            subject: ``sub``; empty for the example of the shape.
            audience: ``aud``; empty for the usual one for AWS.
            claims: Claims to add or replace.
            without: Names of claims to leave out.
            header: Header parameters to add or replace.
            validity: Seconds until it expires; None for as long as the issuer's do.
            algorithm: Its JWS algorithm.
            at: When it is issued, aware; None for now, by the clock of the bench.
            register_provider: Whether to register a provider for the issuer, with the audience as client id, where the account has none.

        Raises:
            ValidationError: Checks ``shape``, ``validity``.
            RegistrationError: The issuer's URL or the algorithm is none, or no provider can be registered for it.
            AccountFaults: The account cannot be changed.
        """
        check_validity(validity)
        forge = self.forge(shape_named(shape), url=issuer, algorithm=algorithm)
        issued = self._clock.now() if at is None else clock.resolve(at)
        ends = {} if validity is None else {"exp": int(issued.timestamp()) + validity}
        usual = {**forge.claims(at=issued, subject=subject, audience=audience), "jti": str(uuid4()), **ends}
        return self.sign(forge, {**usual, **(claims or {})}, without=without, header=header, register_provider=register_provider)

    def sign(
        self,
        forge: OidcForge,
        claims: Mapping[str, Any],
        *,
        without: Sequence[str] = (),
        header: Mapping[str, Any] | None = None,
        register_provider: bool = False,
    ) -> Minted:
        """Return the token of *forge* with *claims*, and register its key; the other arguments are those of `mint`."""
        token = forge.signed({name: value for name, value in claims.items() if name not in without}, header=header)
        arn = self._registered(forge, claims.get("aud"), make=register_provider)
        return Minted(token=token, issuer=forge.url, subject=claims.get("sub"), provider_arn=arn)

    def forge(self, shape: OidcShape, *, url: str = "", algorithm: str = DEFAULT_ALGORITHM) -> OidcForge:
        """Return the issuer *url*, by default the example of *shape*, which signs with *algorithm*.

        Raises:
            RegistrationError: The URL or the algorithm is none.
        """
        issuer = read_url(url or shape.issuer)
        key = self._key(issuer, algorithm) or self._made(issuer, algorithm)
        if not self._signs(issuer, algorithm):
            self._shelf.write(_place(f"signs-{algorithm}", issuer), b"")
        others = tuple(each for each in self._keys(issuer) if each.algorithm != key.algorithm)
        return OidcForge(key=key, shape=shape, issuer=issuer, published=others)

    def publish(self, issuer: str, jwks: bytes) -> str | None:
        """Keep *jwks* as the key set of *issuer*, register it with the issuer's provider, and return its ARN; None where there is none.

        Raises:
            RegistrationError: The URL is none, or *jwks* is no key set of public keys.
            AccountFaults: The account cannot be changed.
        """
        url = read_url(issuer)
        KeySet.parse(jwks)
        every = _key_set(keys_in(jwks) + [each.jwk() for each in self._keys(url)])
        self._shelf.write(_place("jwks", url), jwks)
        if self._provider(url) is None:
            return None
        with self._live.changing() as draft:
            return register_jwks(draft, url=url, jwks=every)

    def jwks(self, url: str) -> dict[str, Any] | None:
        """Return the key set of the issuer *url*: the one that was published, with the keys that sign here; None where there are none."""
        published = self._shelf.read(_place("jwks", url))
        keys = [] if published is None else keys_in(published)
        keys += [each.jwk() for each in self._keys(url)]
        return {"keys": keys} if keys else None

    def key_set_of(self, url: str) -> str | None:
        """Return the key set of the issuer *url* as JSON text; None where no key is known. IAM gives it to a new provider."""
        known = self.jwks(url)
        return None if known is None else json.dumps(known)

    def discovery(self, url: str) -> dict[str, Any] | None:
        """Return the discovery document of the issuer *url*; None where no key of it is known."""
        keys = self._keys(url)
        if keys:
            document = OidcForge(key=keys[0], issuer=url).discovery()
            return {**document, "id_token_signing_alg_values_supported": [each.algorithm for each in keys]}
        return None

    def _registered(self, forge: OidcForge, audience: object, *, make: bool) -> str | None:
        """Register the keys of *forge*, and with *make* a provider for it, and return the ARN of its provider; None where it has none."""
        provider = self._provider(forge.url)
        if (provider is None and not make) or (provider is not None and forge.key.kid in provider.keys.index):
            return None if provider is None else provider.arn
        with self._live.changing() as draft:
            provider = self._provider(forge.url)
            if provider is None:
                ids = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else [forge.shape.audience]
                return add_oidc_provider(draft, url=forge.url, client_ids=ids, jwks=json.dumps(self.jwks(forge.url)))
            present = keys_of(provider)
            added = [jwk for jwk in (self.jwks(forge.url) or {"keys": []})["keys"] if jwk.get("kid") not in provider.keys.index]
            return register_jwks(draft, url=forge.url, jwks=_key_set([*present, *added]))

    def _provider(self, url: str) -> OidcProvider | None:
        return next((each for each in self._live.account.oidc_providers.values() if each.url == url), None)

    def _keys(self, url: str) -> tuple[TokenKey, ...]:
        """Return the keys that signed here. A shelf may hold others, of earlier tests."""
        found = (self._key(url, name) for name in ALGORITHMS if self._signs(url, name))
        return tuple(key for key in found if key is not None)

    def _signs(self, url: str, algorithm: str) -> bool:
        return self._shelf.read(_place(f"signs-{algorithm}", url)) is not None

    def _key(self, url: str, algorithm: str) -> TokenKey | None:
        pem = self._shelf.read(_place(f"key-{algorithm}", url))
        return None if pem is None else _read(pem, algorithm)

    def _made(self, url: str, algorithm: str) -> TokenKey:
        made = TokenKey.generate(algorithm).private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return _read(self._shelf.claim(_place(f"key-{algorithm}", url), made), algorithm)


def keys_in(jwks: bytes) -> list[Any]:
    """Return the JWKs in *jwks*, a key set.

    Raises:
        RegistrationError: Check ``jwks``: it is none.
    """
    keys = decode_object(jwks, _SET).members.get("keys")
    return keys if isinstance(keys, list) else []


def _key_set(keys: list[Any]) -> str:
    """Return the key set of *keys*.

    Raises:
        RegistrationError: They make none, as where there are too many.
    """
    document = json.dumps({"keys": keys})
    KeySet.parse(document, profile=Profile.AWS)
    return document


def keys_of(provider: OidcProvider) -> list[Any]:
    """Return the JWKs that are registered for *provider*."""
    document = provider.jwks
    if isinstance(document, Mapping):
        return list(document["keys"])
    return [] if document is None else keys_in(document.encode() if isinstance(document, str) else document)


def shape_named(name: str) -> OidcShape:
    """Return the shape named *name*.

    Raises:
        ValidationError: No issuer of that name can be imitated.
    """
    found = OIDC_SHAPES.get(name)
    if found is None:
        raise ValidationError(check="shape", expected="one of " + ", ".join(OIDC_SHAPES), found=show(name), remedy="choose one of these")
    return found


@lru_cache(maxsize=256)
def _read(pem: bytes, algorithm: str) -> TokenKey:
    key = TokenKey.from_pem(pem, algorithm=algorithm, kid=None)
    # A key id that no other key has, so that the key may stand in a key set beside others.
    kid = hashlib.sha256(json.dumps(key.jwk(), sort_keys=True).encode()).hexdigest()[:40]
    return TokenKey.from_pem(pem, algorithm=algorithm, kid=kid)


def _place(what: str, url: str) -> str:
    return f"{what}-{hashlib.sha256(url.encode()).hexdigest()}"
