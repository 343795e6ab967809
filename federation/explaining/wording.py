"""How the sentences of explanations write instants, spans, sets and commands."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from federation.errors import show
from federation.explaining.difference import how_they_differ
from federation.explaining.nearest import edits

_LISTED: Final = 5
_LAST_SECOND: Final = 253_402_300_799
_COMMAND_CHARS: Final = 2048
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))
_FEW: Final = 2
_HALF_HOUR: Final = 1800
_MOST_HALVES: Final = 28
"""Half hours of the greatest offset from UTC (UTC+14)."""
_CLOSE: Final = 120


def utc(seconds: float) -> str:
    """Return *seconds* since 1970 as an instant in UTC, whole seconds."""
    return datetime.fromtimestamp(min(max(int(seconds), 0), _LAST_SECOND), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def span(seconds: float) -> str:
    """Return a number of seconds, with the same in a larger unit where it has more than two minutes: ``7200 s (2 h)``."""
    whole = int(seconds)
    for size, unit in _UNITS:
        if whole >= (2 * size if unit == "min" else size):
            return f"{whole} s ({whole / size:.3g} {unit})"
    return f"{whole} s"


def time_zone(seconds: float) -> float:
    """Return how many hours *seconds* are, where that is the offset of a time zone to within two minutes: half hours; else 0."""
    halves = round(seconds / _HALF_HOUR)
    return halves / 2 if 0 < halves <= _MOST_HALVES and abs(seconds - halves * _HALF_HOUR) <= _CLOSE else 0.0


def as_a_time_zone(seconds: float) -> str:
    """Return in words that two clocks are apart as far as two time zones; empty where they are not."""
    hours = time_zone(seconds)
    off = abs(round(seconds - hours * 2 * _HALF_HOUR))
    return f"; that is {hours:g} h to within {off} s, as where one side writes its local time as UTC" if hours else ""


def named(values: Iterable[str]) -> str:
    """Return the first few of *values*, each as an error shows it: "`a`, `b` and 3 more"."""
    several = list(values)
    if not several:
        return "none"
    shown = [show(each) for each in several[:_LISTED]]
    if len(several) > _LISTED:
        return f"{', '.join(shown)} and {len(several) - _LISTED} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def number(count: int, noun: str) -> str:
    """Return *count* with its *noun*, which takes an s where there are several."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def command(*words: str) -> str:
    """Return *words* as a command of a POSIX shell; empty where one of them cannot be typed: it is too long, or not printable ASCII."""
    if not all(word.isascii() and word.isprintable() for word in words) or sum(map(len, words)) > _COMMAND_CHARS:
        return ""
    return shlex.join(words)


def told_apart(found: str, expected: str) -> str:
    """Return in what two names differ, as `how_they_differ` does, or in how few characters; empty where they differ in more."""
    count = edits(found, expected)
    return how_they_differ(found, expected) or (f"in {number(count, 'character')}" if 0 < count <= _FEW else "")
