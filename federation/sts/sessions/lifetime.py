"""The duration of role sessions (docs/observed.md 1.2; attack row A22)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from federation import aws_texts, limits
from federation.errors import ExpiredTokenException, ValidationError

LAST_INSTANT_YEAR: Final = 9998
"""Last year in which a session may begin. The end of a later one might exceed the range of `datetime`."""


def session_period(
    *, asked: int | None, role_maximum: int, attribute: int | None, not_on_or_after: datetime | None, at: datetime
) -> tuple[datetime, datetime]:
    """Return start and end of a session, both whole seconds.

    Args:
        asked: DurationSeconds of the call; one hour when None.
        role_maximum: MaxSessionDuration of the role in seconds.
        attribute: SessionDuration of the assertion in seconds, which can only shorten the session; None where there is none.
        not_on_or_after: SessionNotOnOrAfter of the assertion, aware UTC, which can only shorten the session, also below 900 seconds
            (observed).
        at: Start of the session, aware UTC.

    Raises:
        ValidationError: *asked* exceeds *role_maximum*, or *at* is after `LAST_INSTANT_YEAR`.
        ExpiredTokenException: Less than one second is left.
    """
    seconds = limits.ROLE_SESSION_DEFAULT_SECONDS if asked is None else asked
    if seconds > role_maximum:
        raise ValidationError(
            check="duration",
            expected=f"at most the role's MaxSessionDuration of {role_maximum} seconds",
            found=f"{seconds} seconds",
            remedy="ask for less, or raise the role's maximum",
            message=aws_texts.sessions.DURATION,
        )
    check_calendar(at)
    start = at.replace(microsecond=0) if at.microsecond else at
    end = start + _length(seconds if attribute is None else min(seconds, attribute))
    if not_on_or_after is not None:
        end = min(end, not_on_or_after.replace(microsecond=0))
    if end <= at:
        raise ExpiredTokenException(
            check="session-not-on-or-after",
            expected="a session of at least one second",
            found="none left until SessionNotOnOrAfter",
            remedy="sign in again",
            message=aws_texts.saml.EXPIRED,
        )
    return start, end


@lru_cache(maxsize=64)  # most sessions have one of few lengths
def _length(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


def check_calendar(at: datetime) -> None:
    """Require that a session that begins at *at* ends within the range of `datetime`.

    Raises:
        ValidationError: It does not.
    """
    if at.year > LAST_INSTANT_YEAR:
        raise ValidationError(check="clock", expected="an instant before the year 9999", found=str(at.year), remedy="correct the clock")
