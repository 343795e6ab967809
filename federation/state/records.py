"""How every store writes a token, a device and an instant."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

MICROSECONDS_PER_HOUR: Final = 3_600_000_000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def used_token(issuer: str, token_id: str) -> bytes:
    """Return the digest that stands for a used token."""
    return hashed(f"{len(issuer)}:{issuer}{token_id}")  # the length keeps issuer "a", id "bc" apart from issuer "ab", id "c"


def hashed(text: str) -> bytes:
    """Return SHA-256 of *text*, so that a store does not reveal who logged in."""
    # A lone surrogate has no UTF-8 form; passed through, two different ids stay different.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def micros(instant: datetime) -> int:
    """Return *instant*, aware, in microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND
