"""Times of SAML: xs:dateTime in UTC.

SAML Core 1.3.3 requires UTC, so a text without ``Z`` is refused: without a zone its meaning would depend on the host, and a conforming
sender writes no offset. A malformed time is never treated as absent (attack row P07).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from federation.errors import show
from federation.saml.xml import malformed

CHECK: Final = "time-syntax"
CLAUSE: Final = "SAML Core 1.3.3; XML Schema 2 3.2.7; attack row P07"

MAX_CHARS: Final = 64
"""Longest time in characters. XML Schema does not limit the fraction of a second."""

_UTC: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z")
_END_OF_DAY: Final = re.compile(r"24:00:00(?:\.0+)?Z")
_TIME_STARTS: Final = 11


def read_instant(text: str, where: str) -> datetime:
    """Return *text* as an aware UTC `datetime`. Digits after microseconds are cut off, never rounded up.

    ``24:00:00`` is the start of the next day (XML Schema). Leap seconds, which SAML forbids, and years outside 0001 to 9999 are refused.

    Args:
        text: The attribute as written.
        where: Name of the time in errors, e.g. ``Conditions NotBefore``.

    Raises:
        InvalidIdentityToken: Check ``time-syntax``: *text* is not such a time.
    """
    try:
        return _parse(text)
    except (ValueError, OverflowError):
        expected = f"{where} as an instant in UTC, such as 2026-01-31T12:00:00Z"
        raise malformed(CHECK, expected, show(text), "have the identity provider send xs:dateTime values with Z") from None


@lru_cache(maxsize=64)
def _parse(text: str) -> datetime:
    """Return *text* as a datetime. The results are cached, because a response repeats the same times."""
    if len(text) > MAX_CHARS or not _UTC.fullmatch(text):
        raise ValueError("no xs:dateTime in UTC")
    if _END_OF_DAY.fullmatch(text, _TIME_STARTS):
        return datetime.fromisoformat(text[:_TIME_STARTS] + "00:00:00Z") + timedelta(days=1)
    return datetime.fromisoformat(text)


def shift(moment: datetime, by: timedelta) -> datetime:
    """Return *moment* plus *by*, limited to the range of `datetime`."""
    try:
        return moment + by
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if by > timedelta(0) else datetime.min.replace(tzinfo=UTC)
