"""Two texts as a reader compares them: strings with their differences marked, and a file before and after an edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple

from federation.explaining.difference import compare

_CONTEXT: Final = 3
"""Lines that are shown before and after a change."""
_MOST_LINES: Final = 2_000
"""Lines from the first change to the last; files of roles and providers have some hundreds in all."""


class MarkedText(NamedTuple):
    """A stretch of a text, and whether it differs from the text beside it."""

    text: str
    differs: bool


class DiffLine(NamedTuple):
    """A line of a diff.

    Attributes:
        kind: Whether the line stays, is removed or is added; ``gap`` stands for lines that are left out.
        number: Number of the line in the old file, of an added line in the new one; None for a gap.
        parts: The text of the line.
    """

    kind: Literal["same", "removed", "added", "gap"]
    number: int | None
    parts: tuple[MarkedText, ...]


def marked(expected: str, found: str) -> tuple[tuple[MarkedText, ...], tuple[MarkedText, ...]]:
    """Return both texts with what differs marked."""
    stretches = compare(expected, found)
    upper = tuple(MarkedText(each.expected, not each.equal) for each in stretches if each.expected)
    return upper, tuple(MarkedText(each.found, not each.equal) for each in stretches if each.found)


def diff(old: str, new: str) -> tuple[DiffLine, ...]:
    """Return how the file *new* differs from *old*, line by line, with a few lines around each change.

    Changes that are further apart than `_MOST_LINES` are no diff: it is empty.
    """
    before, after = old.splitlines(), new.splitlines()
    begin, behind = _window(before, after)
    compared = before[begin : len(before) - behind], after[begin : len(after) - behind]
    if max(map(len, compared)) > _MOST_LINES:
        return ()
    groups = SequenceMatcher(None, *compared).get_grouped_opcodes(_CONTEXT)
    lines: list[DiffLine] = []
    for group in groups:
        if lines:
            lines.append(DiffLine("gap", None, ()))
        for kind, *places in group:
            start, end, new_start, new_end = (begin + place for place in places)
            if kind == "equal":
                lines += (DiffLine("same", start + at + 1, _plain(line)) for at, line in enumerate(before[start:end]))
            else:
                lines += _changed(before[start:end], after[new_start:new_end], start, new_start)
    return tuple(lines)


def _window(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Return how many lines at the begin and at the end need no comparison: all that are equal, but for the context.

    Thousands of equal lines, such as empty ones, cost `SequenceMatcher` their square.
    """
    shorter = min(len(before), len(after))
    begin = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    behind = next((at for at in range(shorter - begin) if before[-1 - at] != after[-1 - at]), shorter - begin)
    return max(begin - _CONTEXT, 0), max(behind - _CONTEXT, 0)


def _changed(before: Sequence[str], after: Sequence[str], start: int, new_start: int) -> Iterator[DiffLine]:
    beside = len(before) == len(after)
    pairs = [marked(*pair) for pair in zip(before, after, strict=False)] if beside else []
    for at, line in enumerate(before):
        yield DiffLine("removed", start + at + 1, pairs[at][0] if beside else _plain(line))
    for at, line in enumerate(after):
        yield DiffLine("added", new_start + at + 1, pairs[at][1] if beside else _plain(line))


def _plain(line: str) -> tuple[MarkedText, ...]:
    return (MarkedText(line, differs=False),)
