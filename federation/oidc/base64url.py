"""Base64url without padding (RFC 7515 section 2), in its one canonical spelling."""

from __future__ import annotations

import pybase64


def decode(text: str) -> bytes | None:
    """Return the octets of ASCII *text*, or None where it is empty or not exactly what encoding those octets gives.

    Alphabet, padding and white space are the decoder's to refuse; spare bits, by which the end alone could be spelt twice, show when it is
    encoded again (attack row J23).
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
