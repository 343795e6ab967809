"""Verification of opaque OAuth 2.0 access tokens by registered token information."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.lazy import lazily

if TYPE_CHECKING:
    from federation.oauth.introspection import TokenInformation
    from federation.oauth.provider import OAuthProvider

__all__ = [
    "OAuthProvider",
    "TokenInformation",
]

_HOMES: Final = {
    "OAuthProvider": "provider",
    "TokenInformation": "introspection",
}

if not TYPE_CHECKING:  # a checker would take any name from it
    __getattr__ = lazily(__name__, _HOMES)
