"""Instants of SAML: xs:dateTime in UTC, and nothing else.

SAML Core 1.3.3 demands UTC, so a text without ``Z`` is not a SAML instant: without a zone it would mean whatever the host means, with an
offset it is what no conforming sender writes. Unparsable is never absent (attack row P07).
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
"""Characters of an instant; a fraction has no limit of its own in XML Schema, this one keeps a bad value cheap."""

_UTC: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z")
_END_OF_DAY: Final = re.compile(r"24:00:00(?:\.0+)?Z")
_TIME_STARTS: Final = 11


def read_instant(text: str, where: str) -> datetime:
    """Read *text* as an aware UTC `datetime`; digits finer than a microsecond are cut off, never rounded up.

    ``24:00:00`` is the first instant of the next day (XML Schema). Leap seconds, which SAML forbids to send, and years outside 0001 to 9999
    are refused.

    Args:
        text: The attribute as written, untrimmed.
        where: What the instant is, for the error, e.g. ``Conditions NotBefore``.

    Raises:
        InvalidIdentityToken: *text* is not an instant.
    """
    try:
        return _parse(text)
    except (ValueError, OverflowError):
        expected = f"{where} as an instant in UTC, such as 2026-01-31T12:00:00Z"
        raise malformed(CHECK, expected, show(text), "have the identity provider send xs:dateTime values with Z") from None


@lru_cache(maxsize=64)
def _parse(text: str) -> datetime:
    """Read *text*; remembered, because one response repeats its few instants in many places."""
    if len(text) > MAX_CHARS or not _UTC.fullmatch(text):
        raise ValueError("no xs:dateTime in UTC")
    if _END_OF_DAY.fullmatch(text, _TIME_STARTS):
        return datetime.fromisoformat(text[:_TIME_STARTS] + "00:00:00Z") + timedelta(days=1)
    return datetime.fromisoformat(text)


def shift(moment: datetime, by: timedelta) -> datetime:
    """Add *by* to *moment*, stopping at the ends of the calendar where `datetime` would overflow."""
    try:
        return moment + by
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if by > timedelta(0) else datetime.min.replace(tzinfo=UTC)
