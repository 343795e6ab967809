"""Verification of OpenID Connect ID tokens, from the compact JWS to a verified identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.lazy import lazily

if TYPE_CHECKING:
    from federation.jose.jwks import KeySet, UnusableKey
    from federation.jose.keys import JsonWebKey
    from federation.oidc.conditions import KeyNames
    from federation.oidc.discovery import Discovery
    from federation.oidc.provider import OidcProvider, Options
    from federation.provider_details import OidcDetails

__all__ = [
    "Discovery",
    "JsonWebKey",
    "KeyNames",
    "KeySet",
    "OidcDetails",
    "OidcProvider",
    "Options",
    "UnusableKey",
]

_HOMES: Final = {
    "Discovery": "discovery",
    "JsonWebKey": "federation.jose.keys",
    "KeyNames": "conditions",
    "KeySet": "federation.jose.jwks",
    "OidcDetails": "federation.provider_details",
    "OidcProvider": "provider",
    "Options": "provider",
    "UnusableKey": "federation.jose.jwks",
}

if not TYPE_CHECKING:  # a checker would take any name from it
    __getattr__ = lazily(__name__, _HOMES)
