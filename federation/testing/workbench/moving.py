"""A clock that tests set: fixed at an instant, or ahead of the real time or behind it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from federation import clock
from federation.errors import ValidationError, show
from federation.identity import timestamp
from federation.testing.workbench.shelf import Shelf

YEARS: Final = range(1970, 9000)
"""Years that all of tokens, certificates and xs:dateTime can express."""
_NAME: Final = "clock"
_MICROSECOND: Final = timedelta(microseconds=1)


class MovableClock:
    """The clock of a workbench. All processes that share its shelf read the same time."""

    def __init__(self, shelf: Shelf) -> None:
        """Keep the setting on *shelf*. Without one it is the real time."""
        self._shelf = shelf

    def now(self) -> datetime:
        """Return the present time of the clock, aware UTC."""
        fixed, offset = self._setting()
        return clock.resolve(None) + offset if fixed is None else fixed

    def fix(self, at: datetime) -> None:
        """Stop the clock at the instant *at*, aware.

        Raises:
            ValidationError: Check ``clock``: *at* is naive, or outside the years 1970 to 8999.
        """
        instant = _usable(clock.resolve(at))
        self._write({"at": instant.isoformat()})

    def offset(self, seconds: float) -> None:
        """Let the clock run, *seconds* ahead of the real time; a negative number is behind it.

        Raises:
            ValidationError: Check ``clock``: the time would be outside the years 1970 to 8999.
        """
        ahead = _span(seconds)
        _usable(_later(clock.resolve(None), ahead))
        self._write({"offset": ahead // _MICROSECOND})

    def move(self, seconds: float) -> None:
        """Set the clock *seconds* later than it is, or earlier by a negative number. A fixed clock stays fixed.

        Raises:
            ValidationError: Check ``clock``: the time would be outside the years 1970 to 8999.
        """
        ahead = _span(seconds)
        with self._shelf.alone():
            fixed, offset = self._setting()
            if fixed is not None:
                self.fix(_later(fixed, ahead))
            else:
                self.offset((offset + ahead).total_seconds())

    def release(self) -> None:
        """Make it the real time again."""
        self._shelf.remove(_NAME)

    def as_dict(self) -> dict[str, Any]:
        """Return the clock as plain data: the time ``now``, and what is set: ``at``, ``offset`` in seconds, or neither."""
        fixed, offset = self._setting()
        now = clock.resolve(None) + offset if fixed is None else fixed
        return {"now": timestamp(now), "at": timestamp(fixed), "offset": offset.total_seconds()}

    def setting(self) -> bytes | None:
        """Return the setting, for `restore`."""
        return self._shelf.read(_NAME)

    def restore(self, setting: bytes | None) -> None:
        """Set the clock as it was when `setting` returned *setting*."""
        if setting is None:
            self.release()
        else:
            self._shelf.write(_NAME, setting)

    def _write(self, setting: dict[str, Any]) -> None:
        self._shelf.write(_NAME, json.dumps(setting).encode("ascii"))

    def _setting(self) -> tuple[datetime | None, timedelta]:
        octets = self._shelf.read(_NAME)
        setting = {} if octets is None else json.loads(octets)
        fixed = datetime.fromisoformat(setting["at"]).astimezone(UTC) if "at" in setting else None
        return fixed, setting.get("offset", 0) * _MICROSECOND


def read_instant(text: object) -> datetime:
    """Return the instant in *text*, ISO 8601 with a zone such as ``2026-11-24T12:00:30Z``, as aware UTC.

    Raises:
        ValidationError: Check ``clock``: it is none, or outside the years 1970 to 8999.
    """
    try:
        instant = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.utcoffset() is None:
        raise _refusal("an instant in ISO 8601 with a zone, such as 2026-11-24T12:00:30Z", show(text))
    return _usable(clock.resolve(instant))


def _later(instant: datetime, by: timedelta) -> datetime:
    try:
        return instant + by
    except OverflowError:
        raise _refusal(_EXPECTED, "an instant outside them") from None


def _span(seconds: object) -> timedelta:
    try:
        if isinstance(seconds, int | float) and not isinstance(seconds, bool):
            return timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        pass
    raise _refusal("a number of seconds", show(seconds))


def _usable(instant: datetime) -> datetime:
    if instant.year not in YEARS:
        raise _refusal(_EXPECTED, show(str(instant)))
    return instant


_EXPECTED: Final = f"an instant in the years {YEARS.start} to {YEARS.stop - 1}"


def _refusal(expected: str, found: str) -> ValidationError:
    return ValidationError(check="clock", expected=expected, found=found, remedy="set another time")
