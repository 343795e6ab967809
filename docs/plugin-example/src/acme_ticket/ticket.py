"""The ticket itself: decoded strictly, and believed only once its signature is verified."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from federation import PluginCheck
from federation.errors import InvalidIdentityToken

LONGEST: Final = 2048
"""Characters of a ticket; every cost is bounded by this."""
PREFIX: Final = "acme1"
TEXTS: Final = ("iss", "sub", "aud", "id")
INSTANTS: Final = ("iat", "exp")
_REMEDY: Final = "get a new ticket"


@dataclass(frozen=True, slots=True)
class SignedClaims:
    """Claims under a signature that a registered key verified. `verify_ticket` alone makes them."""

    issuer: str
    subject: str
    audience: str
    ticket_id: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RawTicket:
    """A ticket taken apart; nothing in it is proved."""

    signed: bytes
    claims: bytes
    signature: bytes


def refuse(check: str, expected: str, found: str) -> InvalidIdentityToken:
    """Return a refusal. Nothing of the ticket goes into it but what the caller was shown to be harmless."""
    return InvalidIdentityToken(check=PluginCheck(check), expected=expected, found=found, remedy=_REMEDY)


def decode_ticket(token: object) -> RawTicket:
    """Take a ticket apart: type, size, form, canonical base64url.

    Raises:
        InvalidIdentityToken: checks ``type``, ``size``, ``form``, ``base64url``.
    """
    if not isinstance(token, str | bytes):
        raise refuse("type", "a ticket as str or bytes", type(token).__name__)
    if len(token) > LONGEST:
        raise refuse("size", f"at most {LONGEST} characters", str(len(token)))
    text = token.decode("latin-1") if isinstance(token, bytes) else token
    parts = text.split(".")
    if not text.isascii() or len(parts) != 3 or parts[0] != PREFIX:  # noqa: PLR2004 - prefix, claims, signature
        raise refuse("form", f"{PREFIX}.<claims>.<signature>", "another form")
    signed = text.rpartition(".")[0].encode("ascii")
    return RawTicket(signed, _octets(parts[1]), _octets(parts[2]))


def verify_ticket(raw: RawTicket, keys: Sequence[Ed25519PublicKey]) -> SignedClaims:
    """Verify the signature with each registered key in turn, and only then read the claims.

    Raises:
        InvalidIdentityToken: checks ``signature``, ``claims``.
    """
    if not any(_verifies(key, raw) for key in keys):
        raise refuse("signature", "the signature of a registered key", "none that verifies")
    claims = _read(raw.claims)
    return SignedClaims(
        issuer=claims["iss"],
        subject=claims["sub"],
        audience=claims["aud"],
        ticket_id=claims["id"],
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def sign_ticket(claims: Mapping[str, str | int], key: Ed25519PrivateKey) -> str:
    """Return the ticket that says *claims*. For Acme's door, and for tests."""
    signed = f"{PREFIX}.{_text(json.dumps(dict(claims), separators=(',', ':')).encode())}"
    return f"{signed}.{_text(key.sign(signed.encode('ascii')))}"


def _verifies(key: Ed25519PublicKey, raw: RawTicket) -> bool:
    try:
        key.verify(raw.signature, raw.signed)
    except InvalidSignature:
        return False
    return True


def _read(octets: bytes) -> dict[str, Any]:
    """Read the claims: every one known, present once and of its type."""
    try:
        pairs = json.loads(octets.decode("utf-8"), object_pairs_hook=_Object)
    except (ValueError, RecursionError):
        pairs = None
    claims = dict(pairs) if isinstance(pairs, _Object) else {}
    whole = sorted(name for name, _ in pairs or ()) == sorted((*TEXTS, *INSTANTS)) if claims else False
    texts = whole and all(isinstance(claims[name], str) and claims[name].isprintable() and claims[name] for name in TEXTS)
    if not texts or not all(type(claims[name]) is int and 0 <= claims[name] < 1 << 33 for name in INSTANTS):
        raise refuse("claims", f"{', '.join((*TEXTS, *INSTANTS))}, each once and of its type", "others")
    return claims


class _Object(list[tuple[str, Any]]):
    """The members of a JSON object, those that come twice included."""


def _octets(text: str) -> bytes:
    try:
        octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        octets = b""
    if _text(octets) != text:
        raise refuse("base64url", "canonical base64url without padding", "another spelling")
    return octets


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode("ascii").rstrip("=")
