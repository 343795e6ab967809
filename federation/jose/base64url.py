"""Canonical base64url without padding (RFC 7515 section 2)."""

from __future__ import annotations

from typing import Final

import pybase64

_LAST_CHARACTERS: Final = {2: "AQgw", 3: "AEIMQUYcgkosw048"}
"""By the length of the last group, the characters that can end it: those whose spare bits are zero."""


def decode(text: str) -> bytes | None:
    """Return the octets of ASCII *text*; None where it is empty or not canonical.

    The decoder refuses other characters, padding and white space. Spare bits that are not zero are refused here (attack row J23).
    """
    if not text or "+" in text or "/" in text or "=" in text:
        return None
    over = len(text) & 3
    if over and text[-1] not in _LAST_CHARACTERS.get(over, ""):
        return None
    try:
        return pybase64.b64decode(text + "==="[: -len(text) % 4], b"-_", validate=True)
    except ValueError:
        return None


def encode(octets: bytes) -> str:
    """Return *octets* in base64url without padding."""
    return pybase64.b64encode(octets, b"-_").rstrip(b"=").decode("ascii")
