"""Base64url without padding (RFC 7515 section 2), in its one canonical spelling."""

from __future__ import annotations

import pybase64


def decode(text: str) -> bytes | None:
    """Return the octets of ASCII *text*, or None where it is empty or not exactly what encoding those octets gives.

    Encoding again is the whole rule at once: alphabet, padding, spare bits, white space (attack row J23).
    """
    if "+" in text or "/" in text:
        return None
    try:
        octets = pybase64.b64decode(text + "==="[: -len(text) % 4], b"-_")
    except ValueError:
        return None
    return octets if octets and encode(octets) == text else None


def encode(octets: bytes) -> str:
    """Return *octets* in base64url without padding."""
    return pybase64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
