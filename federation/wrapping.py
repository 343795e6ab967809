"""Lines of limited width, whatever width the characters of foreign text have (attack row T08)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple
from unicodedata import category, east_asian_width

_WIDEST: Final = 2
"""Cells that one character can take."""
_RARE: Final = "\U00010000"
"""From this character on there are pictures and rare scripts, whose width differs between terminals."""


class Line(NamedTuple):
    """A line before it is wrapped.

    Attributes:
        text: The line, with its mark or indentation.
        head: Number of characters at its beginning within which it is not broken at a space.
        rest: The beginning of further lines.
        name: Number of characters of the head up to the end of a name; 0 where there is none.
    """

    text: str
    head: int
    rest: str
    name: int = 0

    def breaks(self, columns: int) -> list[int]:
        """Return the offsets of further lines: after the last space that fits in the row, else at the first character that does not fit."""
        found: list[int] = []
        start, room, inside = 0, columns, self.head
        while (full := _full(self.text, start, max(room, _WIDEST))) < len(self.text):
            space = self.text.rfind(" ", max(start, inside), full + 1) + 1
            start = space if space > start else full
            found.append(start)
            room, inside = columns - cells(self.rest), 0
        return found

    def wrapped(self, columns: int) -> Iterator[str]:
        """Yield lines of at most *columns* cells, without blanks at their ends."""
        places = [0, *self.breaks(columns), len(self.text)]
        for start, end in pairwise(places):
            yield (self.rest if start else "") + self.text[start:end].rstrip(" ")


def cells(text: str) -> int:
    """Return the most cells that a terminal may use for *text*: two for a character of uncertain width, one for an invisible one."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if character.isascii():
        return 1
    return _WIDEST if east_asian_width(character) in "WFA" or category(character) == "So" or character >= _RARE else 1


def _full(text: str, start: int, room: int) -> int:
    """Return the offset at which a row of *room* cells that begins at *start* is full."""
    at = start
    while at < len(text) and (room := room - _cells(text[at])) >= 0:
        at += 1
    return at
