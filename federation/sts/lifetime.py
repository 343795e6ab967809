"""How long a role session lasts (docs/observed.md 1.2; attack row A22)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from federation import limits
from federation.errors import ExpiredTokenException, ValidationError
from federation.saml.messages import EXPIRED

LAST_INSTANT_YEAR: Final = 9998
"""Sessions that would begin later are refused: their end could not be written down."""


def session_period(
    *, asked: int | None, role_maximum: int, attribute: int | None, not_on_or_after: datetime | None, at: datetime
) -> tuple[datetime, datetime]:
    """Return start and end of a session, both whole seconds.

    Args:
        asked: DurationSeconds of the call; the default is one hour.
        role_maximum: MaxSessionDuration of the role.
        attribute: SessionDuration of the assertion, which can only shorten.
        not_on_or_after: SessionNotOnOrAfter of the assertion, which can only shorten, even below 900 seconds (observed).
        at: The present instant.

    Raises:
        ValidationError: *asked* exceeds the role's maximum, or *at* is beyond the calendar.
        ExpiredTokenException: Less than a second is left.
    """
    seconds = limits.ROLE_SESSION_DEFAULT_SECONDS if asked is None else asked
    if seconds > role_maximum:
        raise ValidationError(
            check="duration",
            expected=f"at most the role's MaxSessionDuration of {role_maximum} seconds",
            found=f"{seconds} seconds",
            remedy="ask for less, or raise the role's maximum",
            message="The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    check_calendar(at)
    start = at.replace(microsecond=0)
    end = start + timedelta(seconds=seconds if attribute is None else min(seconds, attribute))
    if not_on_or_after is not None:
        end = min(end, not_on_or_after.replace(microsecond=0))
    if end <= at:
        raise ExpiredTokenException(
            check="session-not-on-or-after",
            expected="a session of at least one second",
            found="none left until SessionNotOnOrAfter",
            remedy="sign in again",
            message=EXPIRED,
        )
    return start, end


def check_calendar(at: datetime) -> None:
    """Require that a session that begins at *at* ends within the calendar.

    Raises:
        ValidationError: It does not.
    """
    if at.year > LAST_INSTANT_YEAR:
        raise ValidationError(check="clock", expected="an instant before the year 9999", found=str(at.year), remedy="correct the clock")
