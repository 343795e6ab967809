"""Members are grouped by common beginnings into no more groups than there is room for, and none is lost."""

from hypothesis import given
from hypothesis import strategies as st

from federation.drawing.prefixes import Bunch, bunches

PATHS = st.lists(st.lists(st.sampled_from("abc"), max_size=4).map(tuple), min_size=1, max_size=30)


def grouped(*texts: str, most: int) -> list[tuple[str, int]]:
    return [("".join(bunch.prefix), len(bunch.members)) for bunch in bunches([((tuple(text), text) for text in texts)], most)]


def test_the_largest_group_is_divided_first() -> None:
    names = ["ax1", "ax2", "ay1", "b1"]
    assert grouped(*names, most=1) == [("", 4)]
    assert grouped(*names, most=2) == [("a", 3), ("b1", 1)]
    assert grouped(*names, most=3) == [("ax", 2), ("ay1", 1), ("b1", 1)]
    assert grouped(*names, most=4) == [("ax1", 1), ("ax2", 1), ("ay1", 1), ("b1", 1)]


def test_what_comes_apart_stays_apart() -> None:
    assert len(bunches([[(("a",), 1)], [(("a",), 2)]], 1)) == 2


@given(PATHS, st.integers(1, 12))
def test_nothing_is_lost_and_every_member_begins_as_its_group(paths: list[tuple[str, ...]], most: int) -> None:
    found: list[Bunch[int]] = bunches([((path, number) for number, path in enumerate(paths))], most)
    assert sorted(member for bunch in found for member in bunch.members) == list(range(len(paths)))
    assert len(found) <= max(most, 1)
    for bunch in found:
        assert all(paths[member][: len(bunch.prefix)] == bunch.prefix for member in bunch.members)
        assert bunch.whole is (len({paths[member] for member in bunch.members}) == 1)
