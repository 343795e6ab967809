"""How the values of conditions are read: every bound, from both sides."""

import pytest

from federation.policy.values import read_date, read_number, read_octets, read_truth

DAY = 1_767_225_600_000  # 2026-01-01T00:00:00Z in milliseconds


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2026-01-01T00:00:00Z", 0),
        ("2026-01-01T00:00Z", 0),
        ("2026-01-01", 0),
        ("2026-01-01T23:59:59Z", 86_399_000),
        ("2026-01-01T00:00:00.5Z", 500),
        ("2026-01-01T00:00:00.007Z", 7),
        ("2026-01-01T00:00:59Z", 59_000),
        ("2026-01-01T00:59:00Z", 3_540_000),
        ("2026-01-01T01:00:00+01:00", 0),
        ("2026-01-01T00:00:00-00:30", 1_800_000),
        ("2026-01-01T23:59:00+23:59", 0),
        ("1767225600", 0),
        ("1767225601", 1_000),
    ],
)
def test_dates(text: str, offset: int) -> None:
    assert read_date(text) == DAY + offset


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T24:00:00Z",
        "2026-01-01T23:60:00Z",
        "2026-01-01T23:59:60Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+00:60",
        "2026-02-29T00:00:00Z",
        "2026-13-01",
        "2026-00-01",
        "2026-01-32",
        "0000-01-01",
        "tomorrow",
        "",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


def test_the_other_readers() -> None:
    assert [read_truth(text) for text in ("true", "TRUE", "false", "yes", "")] == [True, True, False, False, False]
    assert [read_octets(text) for text in ("", "AA==", "AB==", "AA", "AA=", "A A==", "ä", "YQ==")] == [
        b"",
        b"\0",
        None,
        None,
        None,
        None,
        None,
        b"a",
    ]
    assert [str(read_number(text)) for text in ("1", "-1.5", "+2", "1e3", "x", "")] == ["1", "-1.5", "2", "1E+3", "None", "None"]
