"""Instants: xs:dateTime in UTC, and nothing else (attack row P07)."""

from datetime import UTC, datetime, timedelta

import pytest

from federation.errors import InvalidIdentityToken
from federation.saml.reading.times import read_instant, shift

GOOD = {
    "2026-09-15T12:00:00Z": datetime(2026, 9, 15, 12, tzinfo=UTC),
    "2026-09-15T12:00:00.5Z": datetime(2026, 9, 15, 12, 0, 0, 500_000, tzinfo=UTC),
    "2026-09-15T12:00:00.123456Z": datetime(2026, 9, 15, 12, 0, 0, 123_456, tzinfo=UTC),
    "2026-09-15T12:00:00.1234569999999Z": datetime(2026, 9, 15, 12, 0, 0, 123_456, tzinfo=UTC),
    "2026-12-31T24:00:00Z": datetime(2027, 1, 1, tzinfo=UTC),
    "2026-12-31T24:00:00.000Z": datetime(2027, 1, 1, tzinfo=UTC),
    "2024-02-29T00:00:00Z": datetime(2024, 2, 29, tzinfo=UTC),
    "0001-01-01T00:00:00Z": datetime(1, 1, 1, tzinfo=UTC),
    f"2026-09-15T12:00:00.{'1' * 43}Z": datetime(2026, 9, 15, 12, 0, 0, 111_111, tzinfo=UTC),  # 64 characters
    "9999-12-31T23:59:59Z": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
}

BAD = [
    "",
    "invalid",
    "2026-09-15",
    "2026-09-15T12:00:00",
    "2026-09-15T12:00:00+00:00",
    "2026-09-15T12:00:00+02:00",
    "2026-09-15T12:00Z",
    "2026-09-15 12:00:00Z",
    "2026-09-15T12:00:00z",
    "2026-09-15t12:00:00Z",
    " 2026-09-15T12:00:00Z",
    "2026-09-15T12:00:00Z\n",
    "2026-09-15T12:00:00,5Z",
    "2026-09-15T12:00:00.Z",
    "2026-02-29T00:00:00Z",
    "2026-09-15T12:00:60Z",
    "2026-09-15T24:00:01Z",
    "2026-09-15T25:00:00Z",
    "2026-00-15T12:00:00Z",
    "0000-01-01T00:00:00Z",
    "10000-01-01T00:00:00Z",
    "-2026-09-15T12:00:00Z",
    "9999-12-31T24:00:00Z",
    "2026-W38-2T12:00:00Z",
    "20260915T120000Z",
    "\uff12\uff10\uff12\uff16-09-15T12:00:00Z",
    "2026-09-15T12:00:00." + "1" * 44 + "Z",
    "2026-09-15T12:00:00." + "1" * 100 + "Z",
    "2026-09-15T12:00:00Z" * 10_000,
]


@pytest.mark.parametrize("text", GOOD)
def test_read(text: str) -> None:
    assert read_instant(text, "Conditions NotBefore") == GOOD[text]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_refused(text: str) -> None:
    with pytest.raises(InvalidIdentityToken) as refused:
        read_instant(text, "Conditions NotBefore")
    assert refused.value.check == "time-syntax"
    assert "Conditions NotBefore" in refused.value.expected
    assert len(str(refused.value)) < 500


def test_shifting_stops_at_the_ends_of_the_calendar() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert shift(last, timedelta(minutes=5)) == last
    assert shift(first, timedelta(minutes=-5)) == first
    assert shift(first, timedelta(minutes=5)) == first + timedelta(minutes=5)
