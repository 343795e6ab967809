"""The one door through which time enters."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest

from federation import clock
from federation.errors import RegistrationError, ValidationError


def test_an_aware_instant_comes_out_in_utc() -> None:
    noon = datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=2)))
    assert clock.resolve(noon) == datetime(2026, 1, 31, 10, tzinfo=UTC)
    assert clock.resolve(noon).tzinfo is UTC


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 1, 31),  # noqa: DTZ001 - the point of the test
        "2026-01-31T12:00:00Z",
        1_700_000_000,
        datetime.min.replace(tzinfo=timezone(timedelta(hours=5))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))),
    ],
)
def test_anything_else_is_refused(at: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        clock.resolve(at)
    assert caught.value.check == "clock"


def test_none_is_now() -> None:
    assert abs(clock.resolve(None) - datetime.now(UTC)) < timedelta(minutes=1)


class Broken(tzinfo):
    """A zone of the caller's own that fails when asked."""

    def utcoffset(self, moment: datetime | None, /) -> timedelta:
        raise LookupError("no such zone")

    dst = utcoffset

    def tzname(self, moment: datetime | None, /) -> str:
        return "nowhere"


def test_a_zone_that_fails_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        clock.resolve(datetime(2026, 1, 31, tzinfo=Broken()))
    assert caught.value.check == "clock"


def test_lengths_of_time_are_timedeltas_or_seconds() -> None:
    assert clock.skew(60) == clock.skew(timedelta(minutes=1)) == timedelta(minutes=1)
    assert clock.age(300) == clock.age(timedelta(minutes=5)) == timedelta(minutes=5)
    assert clock.skew(0) == timedelta(0)
    assert clock.age(None) is None


@pytest.mark.parametrize("length", [-1, 601, 10**400, True, 0.5, "60", timedelta(seconds=-1), timedelta(seconds=601), None])
def test_other_skews_are_refused(length: Any) -> None:
    with pytest.raises(RegistrationError) as caught:
        clock.skew(length)
    assert caught.value.check == "clock-skew"


@pytest.mark.parametrize("length", [0, -1, 10**400, True, 0.5, "60", timedelta(0)])
def test_other_ages_are_refused(length: Any) -> None:
    with pytest.raises(RegistrationError) as caught:
        clock.age(length)
    assert caught.value.check == "max-age"
