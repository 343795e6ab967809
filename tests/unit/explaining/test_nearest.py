"""Which member of a set is most alike, and where two texts differ."""

from collections.abc import Callable

import pytest

from federation.explaining.difference import align, differs_in_case_alone
from federation.explaining.nearest import edits, likeness, most_alike, nearest
from tests.support.growth import assert_grows_linearly


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("prod", "production", 6), ("x" * 5000, "x" * 4999, 1)],
)
def test_edits(one: str, other: str, count: int) -> None:
    assert edits(one, other) == edits(other, one) == count


def test_case_alone_is_nearer_than_any_other_difference() -> None:
    assert likeness("acme", "acme") == 1
    assert 1 > likeness("Acme", "acme") > likeness("acmes", "acme")


@pytest.mark.parametrize(
    ("wanted", "members", "found"),
    [
        ("Administrators", ["ReadOnly", "Administrator"], "Administrator"),
        ("https://idp.example.com/", ["https://idp.example.com", "https://other.example.org"], "https://idp.example.com"),
        ("completely-different", ["x", "y"], None),
        ("x", [], None),
    ],
)
def test_nearest(wanted: str, members: list[str], found: str | None) -> None:
    assert nearest(wanted, members) == found


def test_the_most_alike_come_first_of_many() -> None:
    def search(size: int) -> Callable[[], None]:
        members = [f"arn:aws:iam::123456789012:role/Role{number:05}" for number in range(size)]

        def found() -> None:
            assert most_alike("arn:aws:iam::123456789012:role/role00777", members)[0].endswith("Role00777")

        return found

    assert_grows_linearly(search, small=1_250)


def test_texts_are_aligned_and_the_difference_is_marked() -> None:
    aligned = align("repo:acme/app:ref:refs/heads/main", "repo:acme@1/app@2:ref:refs/heads/main")
    assert aligned.expected == "repo:acme··/app··:ref:refs/heads/main"
    assert aligned.found == "repo:acme@1/app@2:ref:refs/heads/main"
    assert aligned.marks == "         ^^    ^^"
    assert align("same", "same").marks == ""


def test_what_is_aligned_is_printable_and_bounded() -> None:
    aligned = align("a\u202eb", "a" * 100_000)
    assert "\u202e" not in aligned.expected
    assert len(aligned.found) < 2_000


def test_case_alone() -> None:
    assert differs_in_case_alone("Acme", "acme")
    assert not differs_in_case_alone("acme", "acme")
    assert not differs_in_case_alone("acme", "acmes")
