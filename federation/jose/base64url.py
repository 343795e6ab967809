"""Canonical base64url without padding (RFC 7515 section 2)."""

from __future__ import annotations

import pybase64


def decode(text: str) -> bytes | None:
    """Return the octets of ASCII *text*; None where it is empty or not canonical.

    The decoder refuses other characters, padding and white space. Spare bits that are not zero are found by encoding the octets again
    (attack row J23).
    """
    if not text or "+" in text or "/" in text or "=" in text:
        return None
    whole = len(text) & ~3
    try:
        octets = pybase64.b64decode(text + "==="[: -len(text) % 4], b"-_", validate=True)
    except ValueError:
        return None
    return octets if whole == len(text) or encode(octets[whole // 4 * 3 :]) == text[whole:] else None


def encode(octets: bytes) -> str:
    """Return *octets* in base64url without padding."""
    return pybase64.b64encode(octets, b"-_").rstrip(b"=").decode("ascii")
