"""Which members of a set are most alike to what was presented: a bounded number of edits decides."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Final

LONGEST: Final = 256
"""Characters of a text that are compared; what follows them must be equal to count."""
_ALIKE: Final = 0.6
"""Share of the longer text that must remain unedited for a member to be called nearest."""
_COMPARED: Final = 16
"""Members that are compared edit by edit; a larger set is first narrowed to those with the longest common beginning and end."""


def most_alike(wanted: str, members: Iterable[str], *, limit: int = 5) -> tuple[str, ...]:
    """Return at most *limit* of *members*, those most alike to *wanted* first."""
    return tuple(each for _, each in _ranked(wanted, members)[:limit])


def nearest(wanted: str, members: Iterable[str]) -> str | None:
    """Return the member most alike to *wanted*; None where none is alike: more than two fifths of its characters differ."""
    ranked = _ranked(wanted, members)
    return ranked[0][1] if ranked and ranked[0][0] >= _ALIKE else None


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1. Upper and lower case, where nothing else differs, cost next to nothing."""
    if one == other:
        return 1.0
    longest = max(len(one), len(other))
    folded = one.casefold(), other.casefold()
    if folded[0] == folded[1]:
        return 1.0 - 1 / (longest + 1) / 4
    return max(0.0, 1.0 - edits(folded[0], folded[1]) / longest)


def edits(one: str, other: str) -> int:
    """Return how many characters must be inserted, removed or replaced to make *other* of *one* (Levenshtein).

    Beyond `LONGEST` characters the rest counts as one stretch: equal, or as many edits as it has characters.
    """
    head = _common(one, other)
    one, other = one[head:], other[head:]
    tail = _common(one[::-1], other[::-1])
    one, other = one[: len(one) - tail], other[: len(other) - tail]
    rest = 0
    if max(len(one), len(other)) > LONGEST:
        rest = max(len(one), len(other)) - LONGEST
        one, other = one[:LONGEST], other[:LONGEST]
    row = list(range(len(other) + 1))
    for line, left in enumerate(one, 1):
        diagonal, row[0] = row[0], line
        for column, right in enumerate(other, 1):
            cost = min(row[column] + 1, row[column - 1] + 1, diagonal + (left != right))
            diagonal, row[column] = row[column], cost
    return row[-1] + rest


def shared(one: str, other: str) -> float:
    """Return the share of the longer text that the common beginning and the common end make up: a quick `likeness`."""
    longest = max(len(one), len(other))
    head = _common(one, other)
    tail = _common(one[head:][::-1], other[head:][::-1])
    return (head + tail) / longest if longest else 1.0


def _ranked(wanted: str, members: Iterable[str]) -> list[tuple[float, str]]:
    several = list(dict.fromkeys(members))
    if len(several) > _COMPARED:
        folded, backwards = wanted.casefold(), wanted.casefold()[::-1]
        several = [*dict.fromkeys((*_around(folded, several, str.casefold), *_around(backwards, several, _reversed)))]
        several.sort(key=lambda each: -_common(each.casefold(), folded) - _common(_reversed(each), backwards))
        del several[_COMPARED:]
    return sorted(((likeness(wanted, each), each) for each in several), key=lambda pair: -pair[0])


def _around(wanted: str, members: Iterable[str], key: Callable[[str], str]) -> list[str]:
    """Return the members that stand next to *wanted* in the order of *key*: they have the longest beginning of it in common."""
    ordered = sorted(members, key=key)
    place = bisect_left(ordered, wanted, key=key)
    return ordered[max(0, place - _COMPARED) : place + _COMPARED]


def _reversed(text: str) -> str:
    return text.casefold()[::-1]


def _common(one: str, other: str) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
