"""Time enters the engine here and nowhere else: an aware instant passed in by the caller, or, at the public face only, the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime

from federation.errors import ValidationError


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
