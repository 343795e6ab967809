"""Which OpenID Connect provider a token claims to be of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from federation.errors import InvalidIdentityToken, RegistrationError, show
from federation.oidc import messages
from federation.oidc.decode import RawToken
from federation.oidc.inspection import claimed_issuer
from federation.oidc.issuer_url import how_to_register

if TYPE_CHECKING:  # key handling is loaded with the first provider
    from federation.oidc.provider import OidcProvider

_NEAREST: Final = 3
"""Registered issuers that a refusal names."""


def by_issuer(providers: Iterable[OidcProvider]) -> dict[str, OidcProvider]:
    """Return *providers* by every text of ``iss`` that means them.

    Raises:
        RegistrationError: check ``issuer``, two of them answer to one issuer.
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
    """Return the provider that *token* claims to be of. The claim only chooses; whether it is true is for that provider's keys to say.

    Raises:
        InvalidIdentityToken: The token names no issuer, or one that is not registered; check ``provider``.
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
        message=messages.no_provider(issuer),
    )


def _nearest(issuer: str, issuers: Iterable[str]) -> list[str]:
    """Return registered issuers that differ from *issuer* by case, scheme or trailing slash alone, else those of the same host."""

    def plain(url: str) -> str:
        return url.lower().removeprefix("https://").rstrip("/")

    wanted = plain(issuer)
    same = [url for url in issuers if plain(url) == wanted]
    return (same or [url for url in issuers if plain(url).partition("/")[0] == wanted.partition("/")[0]])[:_NEAREST]
