"""The only module that reads the clock, for public functions that are called without ``at``. It also converts durations.

A duration is a `timedelta` or a whole number of seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from federation import limits
from federation.errors import RegistrationError, ValidationError, show

Span = timedelta | int
"""A duration: a `timedelta`, or whole seconds."""
UNSTATED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the creation date of what an account file describes without one: 1970-01-01T00:00:00Z."""


def resolve(at: datetime | None) -> datetime:
    """Return *at* in UTC, or the present time when it is None.

    Raises:
        ValidationError: *at* is not an aware `datetime` (a naive one would depend on the time zone of the host), or its UTC time is outside
            the years 1 to 9999.
    """
    if at is None:
        return datetime.now(UTC)
    if type(at) is datetime and at.tzinfo is UTC:
        return at
    try:
        if isinstance(at, datetime) and at.utcoffset() is not None:
            return at.astimezone(UTC)
    except OverflowError as cause:
        raise ValidationError(
            check="clock",
            expected="an instant in the years 1 to 9999 in UTC",
            found="an instant outside them",
            remedy="pass the time of the login",
        ) from cause
    except Exception as cause:  # a tzinfo is code of the caller
        raise ValidationError(
            check="clock", expected="a zone that knows its offset", found=type(cause).__name__, remedy="pass at=datetime(…, tzinfo=UTC)"
        ) from cause
    raise ValidationError(
        check="clock",
        expected="an aware datetime",
        found="a naive one" if isinstance(at, datetime) else type(at).__name__,
        remedy="pass at=datetime(…, tzinfo=UTC)",
    )


def skew(value: object) -> timedelta:
    """Return the clock skew *value*, a `Span` of 0 to `limits.MAX_CLOCK_SKEW_SECONDS` seconds, as a timedelta (attack rows P08, J30).

    Raises:
        RegistrationError: Check ``clock-skew``: *value* is out of this range or of another type.
    """
    length = _span(value)
    if length is None or not timedelta(0) <= length <= timedelta(seconds=limits.MAX_CLOCK_SKEW_SECONDS):
        raise RegistrationError(
            check="clock-skew",
            expected=f"a timedelta, or seconds, of 0 to {limits.MAX_CLOCK_SKEW_SECONDS}",
            found=show(value),
            remedy="allow a smaller difference, and synchronise the clocks",
        )
    return length


def age(value: object) -> timedelta | None:
    """Return the maximum age *value*, a `Span` above 0, as a timedelta; None for no limit.

    Raises:
        RegistrationError: Check ``max-age``: *value* is not positive or of another type.
    """
    length = _span(value)
    if value is not None and (length is None or length <= timedelta(0)):
        raise RegistrationError(
            check="max-age",
            expected="a positive timedelta, or seconds, or None for no limit",
            found=show(value),
            remedy="pass timedelta(minutes=5)",
        )
    return length


def _span(value: object) -> timedelta | None:
    """Return a `Span` as a timedelta; None for other types, a bool, and seconds beyond the range of timedelta."""
    if type(value) is int and abs(value) <= timedelta.max.total_seconds():
        return timedelta(seconds=value)
    return value if isinstance(value, timedelta) else None
