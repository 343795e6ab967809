"""Selection of the OpenID Connect provider of a token by its unverified issuer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from federation import aws_texts
from federation.errors import InvalidIdentityToken, RegistrationError, show
from federation.jose.decode import RawToken
from federation.oidc.inspection import claimed_issuer
from federation.oidc.issuer_url import how_to_register

if TYPE_CHECKING:  # key handling is imported with the first provider
    from federation.oidc.provider import OidcProvider

_NEAREST: Final = 3
"""Most registered issuers that a refusal lists."""


def by_issuer(providers: Iterable[OidcProvider]) -> dict[str, OidcProvider]:
    """Return *providers* by each accepted value of ``iss``.

    Raises:
        RegistrationError: Check ``issuer``: two providers accept the same issuer.
    """
    found: dict[str, OidcProvider] = {}
    for provider in providers:
        for issuer in provider.issuers:
            if found.setdefault(issuer, provider) is not provider:
                raise RegistrationError(
                    check="issuer", expected="one provider for each issuer", found=f"two for {show(issuer)}", remedy="remove one of them"
                )
    return found


def find_oidc_provider(token: RawToken, issuers: Mapping[str, OidcProvider]) -> OidcProvider:
    """Return the provider of the token's issuer. The claim is not verified yet; it only selects the keys that verify the token.

    Raises:
        InvalidIdentityToken: Check ``provider``: the token has no issuer, or one that is not registered.
    """
    issuer = claimed_issuer(token)
    provider = issuers.get(issuer)
    if provider is not None:
        return provider
    near = _nearest(issuer, issuers)
    raise InvalidIdentityToken(
        check="provider",
        expected="the issuer of a registered provider, character for character"
        + (f", such as {', '.join(map(show, near))}" if near else ""),
        found=show(issuer),
        remedy=how_to_register(
            issuer, "register the issuer with `federation account add-oidc-provider`, path and trailing slash as in the token"
        ),
        message=aws_texts.web_identity.no_provider(issuer),
    )


def _nearest(issuer: str, issuers: Iterable[str]) -> list[str]:
    """Return registered issuers that differ from *issuer* only by case, scheme or trailing slash; otherwise those of the same host."""

    def plain(url: str) -> str:
        return url.lower().removeprefix("https://").rstrip("/")

    wanted = plain(issuer)
    same = [url for url in issuers if plain(url) == wanted]
    return (same or [url for url in issuers if plain(url).partition("/")[0] == wanted.partition("/")[0]])[:_NEAREST]
