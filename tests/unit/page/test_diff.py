import time

import pytest

from federation.page.diff import DiffLine, diff


def told(lines: tuple[DiffLine, ...]) -> list[tuple[str, int | None, str]]:
    return [(line.kind, line.number, "".join(part.text for part in line.parts)) for line in lines]


def test_a_change_stands_between_its_neighbours() -> None:
    old = "".join(f"{number}\n" for number in range(1, 12))
    assert told(diff(old, old.replace("6\n", "six\n"))) == [
        ("same", 3, "3"),
        ("same", 4, "4"),
        ("same", 5, "5"),
        ("removed", 6, "6"),
        ("added", 6, "six"),
        ("same", 7, "7"),
        ("same", 8, "8"),
        ("same", 9, "9"),
    ]


def test_what_lies_between_two_changes_is_left_out() -> None:
    old = "".join(f"{number}\n" for number in range(1, 21))
    kinds = [kind for kind, *_ in told(diff(old, old.replace("1\n", "one\n", 1).replace("20\n", "twenty\n")))]
    assert kinds == ["removed", "added", "same", "same", "same", "gap", "same", "same", "same", "removed", "added"]


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("a\na\n", "a\na\na\n", [("added", 3, "a")]),
        ("a\na\na\n", "a\n", [("removed", 2, "a"), ("removed", 3, "a")]),
        ("", "a\n", [("added", 1, "a")]),
        ("a\n", "", [("removed", 1, "a")]),
        ("a\n", "a\n", []),
    ],
)
def test_lines_that_are_equal_among_themselves(old: str, new: str, changed: list[tuple[str, int, str]]) -> None:
    assert [line for line in told(diff(old, new)) if line[0] != "same"] == changed


def test_thousands_of_empty_lines_cost_no_more_than_their_number() -> None:
    empty = "\n" * 2_400
    began = time.process_time()
    lines = told(diff(f"{empty}a\n{empty}", f"{empty}b\n{empty}"))
    assert time.process_time() - began < 1, "4 seconds, where every line is compared with every other one"
    assert [line for line in lines if line[0] != "same"] == [("removed", 2_401, "a"), ("added", 2_401, "b")]


def test_changes_that_are_thousands_of_lines_apart_are_no_diff() -> None:
    empty = "\n" * 2_400
    assert diff(f"a\n{empty}a\n", f"b\n{empty}b\n") == ()
