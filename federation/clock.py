"""Time enters the engine here and nowhere else: an aware instant passed in by the caller, or, at the public face only, the wall clock.

So do lengths of time, for which a `timedelta` and a number of seconds are both natural.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from federation import limits
from federation.errors import RegistrationError, ValidationError, show

Span = timedelta | int
"""A length of time: a `timedelta`, or whole seconds."""


def resolve(at: datetime | None) -> datetime:
    """Return *at* in UTC, or the present moment when it is None.

    Raises:
        ValidationError: *at* is not an aware `datetime`: a naive one would be read in whatever zone the host happens to have. Or it lies
            outside the years 1 to 9999 once it is taken to UTC.
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
            check="clock", expected="an instant of the years 1 to 9999 in UTC", found="one beyond", remedy="pass the time of the login"
        ) from cause
    except Exception as cause:  # a zone is code of the caller's own
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
    """Return the leeway *value*, a `Span` from nothing to `limits.MAX_CLOCK_SKEW_SECONDS` (attack rows P08, J30).

    Raises:
        RegistrationError: check ``clock-skew``.
    """
    length = _span(value)
    if length is None or not timedelta(0) <= length <= timedelta(seconds=limits.MAX_CLOCK_SKEW_SECONDS):
        raise RegistrationError(
            check="clock-skew",
            expected=f"a timedelta, or seconds, of 0 to {limits.MAX_CLOCK_SKEW_SECONDS}",
            found=show(value),
            remedy="keep the clocks right instead",
        )
    return length


def age(value: object) -> timedelta | None:
    """Return the longest age *value*, a `Span` longer than nothing; None for no limit.

    Raises:
        RegistrationError: check ``max-age``.
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
    """Return a `Span` as a timedelta; None for anything else, a bool and what the calendar cannot hold among it."""
    if type(value) is int and abs(value) <= timedelta.max.total_seconds():
        return timedelta(seconds=value)
    return value if isinstance(value, timedelta) else None
