"""Verification of SAML 2.0 responses, from the posted base64 to a verified identity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.lazy import lazily

if TYPE_CHECKING:
    from federation.provider_details import SamlDetails, UploadedKey
    from federation.saml.registration.keys import DecryptionKey, VerificationKey
    from federation.saml.registration.provider import SamlProvider

__all__ = [
    "DecryptionKey",
    "SamlDetails",
    "SamlProvider",
    "UploadedKey",
    "VerificationKey",
]

_HOMES: Final = {
    "DecryptionKey": "registration.keys",
    "SamlDetails": "federation.provider_details",
    "SamlProvider": "registration.provider",
    "UploadedKey": "federation.provider_details",
    "VerificationKey": "registration.keys",
}

if not TYPE_CHECKING:  # a checker would take any name from it
    __getattr__ = lazily(__name__, _HOMES)
