"""Unverified content of a token, for display and for the selection of its provider."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from federation import aws_texts
from federation.errors import InvalidIdentityToken, show
from federation.jose.decode import decode_token
from federation.vendors import KnownClaims, find_vendor

NAMED_CLAIMS: Final = 5
"""How many unaccounted claims a note names."""
_SHAPE: Final = re.compile(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\s*", re.ASCII)


def looks_like_jwt(token: object) -> bool:
    """Return whether *token* has the form of a compact JWS with a JSON header. Nothing is raised."""
    if isinstance(token, bytes):
        token = token.decode("ascii", "replace")
    return isinstance(token, str) and _SHAPE.fullmatch(token) is not None


def claimed_issuer(token: object) -> str:
    """Return the unverified ``iss`` of *token*, by which the registered provider is selected.

    Pass the `RawToken` of `decode_token` here and to the validator, so that the token is decoded once.

    Raises:
        InvalidIdentityToken: checks of `decode_token`; ``claims``; ``required-claims`` where there is no ``iss``; ``issuer`` where it
            is not a string.
    """
    members = decode_token(token).payload.claims().members
    issuer = members.get("iss")
    if not isinstance(issuer, str):
        absent = "iss" not in members
        raise InvalidIdentityToken(
            check="required-claims" if absent else "issuer",
            expected="iss as a string",
            found="no such claim" if absent else show(issuer),
            remedy="have the identity provider issue iss",
            message=aws_texts.web_identity.missing_claim("iss") if absent else aws_texts.web_identity.NOT_VALIDATED,
        )
    return issuer


def unaccounted_note(known: KnownClaims | None, claims: Collection[str]) -> str:
    """Say which of *claims* the vendor is not known to issue, by name, escaped and shortened; empty where there is none."""
    found = known.unaccounted(claims) if known else []
    if not known or not found:
        return ""
    more = f" and {len(found) - NAMED_CLAIMS} more" if len(found) > NAMED_CLAIMS else ""
    named = ", ".join(map(show, found[:NAMED_CLAIMS]))
    return f"{known.vendor} is not known to issue {named}{more}: the vendor may have changed its tokens"


def inspect_token(token: object) -> dict[str, Any]:
    """Return the unverified content of *token*.

    Returns:
        ``kind``; ``verified`` (False); ``header``; ``claims``; ``untrusted_key_hints``, header parameters with a key, which are never used;
        ``repeated_members``, names that occur more than once; ``unaccounted_claims``, a remark on claims that the vendor of the claimed
        issuer is not known to set, or empty; ``signature_octets``, the length of the signature.

    Raises:
        InvalidIdentityToken: The token cannot be decoded.
    """
    raw = decode_token(token)
    payload = raw.payload.claims()
    issuer = payload.members.get("iss")
    known = find_vendor(issuer.removeprefix("https://")).known_claims if isinstance(issuer, str) else None
    return {
        "kind": "oidc-id-token",
        "verified": False,
        "header": dict(raw.header.parameters),
        "claims": payload.members,
        "untrusted_key_hints": list(raw.header.key_hints),
        "repeated_members": [*raw.header.repeated, *payload.repeated],
        "unaccounted_claims": unaccounted_note(known, payload.members),
        "signature_octets": len(raw.signature),
    }
