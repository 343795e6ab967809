from datetime import UTC, datetime, timedelta

import pytest

from federation.errors import (
    ExpiredTokenException,
    FederationError,
    ValidationError,
)
from federation.sts.sessions.lifetime import session_period
from tests.support.sts.saml_login import AT, World, attributes, login, mint, provider


@pytest.mark.parametrize(
    ("asked", "maximum", "attribute", "idp_session", "seconds"),
    [
        (None, 14_400, None, None, 3600),
        (None, 14_400, "7200", None, 3600),  # the attribute never lengthens (recorded)
        (None, 14_400, "900", None, 900),
        (7200, 7200, None, None, 7200),
        (7200, 14_400, "1800", None, 1800),
        (900, 3600, "7200", None, 900),
        (None, 14_400, None, 630, 600),  # 30 s of the 630 are over; below the 900 of the API (recorded)
        (None, 14_400, "900", 5000, 900),
        (43_200, 43_200, None, None, 43_200),
    ],
)
def test_duration(asked: int | None, maximum: int, attribute: str | None, idp_session: int | None, seconds: int) -> None:
    changes = {"SessionDuration": [attribute]} if attribute else {}
    made = login(attributes=attributes(**changes), session=timedelta(seconds=idp_session) if idp_session else None)
    session = World(max_session_duration=maximum).assume(mint(made), duration_seconds=asked)
    assert session.credentials.expiration - AT.replace(microsecond=0) == timedelta(seconds=seconds)
    assert session.credentials.expiration.microsecond == 0


@pytest.mark.parametrize(("asked", "maximum"), [(3601, 3600), (14_401, 14_400), (43_200, 43_199)])
def test_a22_duration_above_the_roles_maximum(asked: int, maximum: int) -> None:
    with pytest.raises(ValidationError) as refused:
        World(max_session_duration=maximum).assume(duration_seconds=asked)
    assert refused.value.message == "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    assert refused.value.check == "duration"


def period(end: datetime, *, at: datetime) -> tuple[datetime, datetime]:
    return session_period(asked=None, role_maximum=3600, attribute=None, not_on_or_after=end, at=at)


@pytest.mark.parametrize("left", [timedelta(0), timedelta(microseconds=1), timedelta(microseconds=499_999), -timedelta(seconds=1)])
@pytest.mark.parametrize("at", [AT.replace(microsecond=0), AT.replace(microsecond=500_000)])
def test_without_a_whole_second_left_there_is_no_session(left: timedelta, at: datetime) -> None:
    with pytest.raises(ExpiredTokenException) as refused:
        period(at + left, at=at)
    assert refused.value.check == "session-not-on-or-after"


def test_the_next_whole_second_is_a_session() -> None:
    whole = AT.replace(microsecond=0)
    for at in (whole, whole.replace(microsecond=500_000)):
        assert period(whole + timedelta(seconds=1), at=at) == (whole, whole + timedelta(seconds=1))


def test_the_end_of_the_calendar_is_a_refusal_not_a_crash() -> None:
    for at in (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)):
        with pytest.raises(FederationError):
            World(provider=provider(max_age=None)).assume(at=at)
