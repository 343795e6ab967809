"""Registered OpenID Connect discovery documents. Their URLs are never opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from federation import limits
from federation.errors import RegistrationError, show
from federation.jose.strictjson import Complaint, decode_object

_REMEDY: Final = "register the document of <issuer>/.well-known/openid-configuration as it stands"
_COMPLAINT: Final = Complaint(RegistrationError, "discovery", "the discovery document", _REMEDY)


@dataclass(frozen=True, slots=True)
class Discovery:
    """A discovery document: its ``issuer`` and ``jwks_uri``, and the decoded JSON for display."""

    issuer: str
    jwks_uri: str
    document: Mapping[str, Any]


def read_discovery(document: str | bytes | Mapping[str, Any], *, issuer: str | None = None) -> Discovery:
    """Read a discovery document (OpenID Connect Discovery 1.0 section 3), from JSON text or decoded JSON.

    Args:
        document: The document.
        issuer: The required issuer URL, compared character by character (section 4.3; attack row M08); None for any.

    Raises:
        RegistrationError: check ``discovery``.
    """
    members = _members(document)
    claimed, jwks_uri = members.get("issuer"), members.get("jwks_uri")
    if not isinstance(claimed, str) or (issuer is not None and claimed != issuer):
        raise _COMPLAINT.refusal(f"that of issuer {show(issuer)}" if issuer else "one that names its issuer", show(claimed))
    if not isinstance(jwks_uri, str) or not jwks_uri.startswith("https://"):
        raise _COMPLAINT.refusal("one with an https jwks_uri", show(jwks_uri))
    return Discovery(claimed, jwks_uri, members)


def _members(document: str | bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(document, Mapping):
        return document
    if not isinstance(document, (str, bytes)):
        raise _COMPLAINT.refusal("JSON", type(document).__name__)
    if len(document) > limits.JWKS_OCTETS:
        raise _COMPLAINT.refusal(f"at most {limits.JWKS_OCTETS} octets of JSON", f"{len(document)}")
    decoded = decode_object(document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document, _COMPLAINT)
    if decoded.repeated:
        raise _COMPLAINT.refusal("JSON that names every member once", show(decoded.repeated[0]))
    return decoded.members
