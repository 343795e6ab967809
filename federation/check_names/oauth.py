"""What refuses access tokens and introspection answers, and the registration of their servers."""

from __future__ import annotations

from typing import Literal

OAuthCheck = Literal[
    "active",
    "audience",
    "client-ids",
    "exp",
    "expiry-known",
    "form",
    "issuer",
    "name",
    "nbf",
    "provider-id",
    "resource-servers",
    "signed-introspection",
    "size",
    "subject",
    "token-information",
    "type",
]
