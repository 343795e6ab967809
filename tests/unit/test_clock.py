"""The one door through which time enters."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest

from federation import clock
from federation.errors import ValidationError


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
