"""Lines for a terminal: foreign text is wrapped here, each line with the mark that tells it from the tool's own words (attack row T08).

A terminal wraps a line that is too long wherever it is full, and the next row begins with whatever comes: text of a token would stand where
a verdict stands. So no line is longer than its row, whatever the terminal takes the width of a character to be.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple, TextIO
from unicodedata import category, east_asian_width

USUAL_COLUMNS: Final = 80
"""Columns where nothing says otherwise: what is written to a file is read on a terminal later."""
FEWEST_COLUMNS: Final = 20
_WIDEST: Final = 2
"""Cells that one character can take."""
_RARE: Final = "\U00010000"
"""From here on characters are pictures and rare scripts, of which terminals know different widths."""


class Screen(NamedTuple):
    """What a stream shows: cells in a row, and the characters of an encoding."""

    columns: int
    encoding: str

    def shown(self, text: str) -> str:
        """Return *text* with what the encoding lacks escaped, as the stream does it: the escape takes more cells than the character."""
        return text.encode(self.encoding, "backslashreplace").decode(self.encoding)


class Line(NamedTuple):
    """A line before it is wrapped.

    Attributes:
        text: The line, with its mark or indentation.
        head: Characters at its beginning that are not broken at a space.
        rest: What further lines begin with.
        name: Characters of the head up to the end of a name; 0 where there is none.
    """

    text: str
    head: int
    rest: str
    name: int = 0

    def breaks(self, columns: int) -> list[int]:
        """Return where further lines begin: after the last space before the row is full, else at the first character that does not fit."""
        found: list[int] = []
        start, room, inside = 0, columns, self.head
        while (full := _full(self.text, start, max(room, _WIDEST))) < len(self.text):
            space = self.text.rfind(" ", max(start, inside), full + 1) + 1
            start = space if space > start else full
            found.append(start)
            room, inside = columns - cells(self.rest), 0
        return found

    def wrapped(self, columns: int) -> Iterator[str]:
        """Yield the lines that fit; a line shows no blanks at its end."""
        places = [0, *self.breaks(columns), len(self.text)]
        for start, end in pairwise(places):
            yield (self.rest if start else "") + self.text[start:end].rstrip(" ")


def screen_of(stream: TextIO) -> Screen:
    """Return what *stream* shows: no more columns than COLUMNS says, nor than the narrowest terminal at hand."""
    terminal = narrowest(stream)
    known = [] if terminal is None else [terminal]
    wished = os.environ.get("COLUMNS", "")
    if re.fullmatch("[1-9][0-9]{0,5}", wished):
        known.append(int(wished))
    elif not stream.isatty():
        known.append(USUAL_COLUMNS)
    return Screen(max(min(known, default=USUAL_COLUMNS), FEWEST_COLUMNS), stream.encoding or "ascii")


def narrowest(stream: TextIO) -> int | None:
    """Return the columns of the narrowest terminal at hand, since a pipe from *stream* may end at another; None where there is none."""
    terminals = (each for each in (stream, sys.stdin, sys.stdout, sys.stderr) if each is not None and each.isatty())
    return min((columns for each in terminals if (columns := _columns_of(each))), default=None)


def cells(text: str) -> int:
    """Return the most cells that a terminal may take to show *text*: two where terminals differ, one for what most do not show at all."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def listed(pairs: Iterable[tuple[str, str]], columns: int, *, mark: str) -> Iterator[Line]:
    """Yield names and values in two columns after *mark*; a name that would take half the row has a line of its own."""
    rows = list(pairs)
    longest = (columns - cells(mark)) // 2 - 2
    widest = max((taken for name, _ in rows if (taken := cells(name)) <= longest), default=0)
    rest = mark + " " * (widest + 2)
    for name, value in rows:
        lead, blanks = mark + name, widest - cells(name)
        if blanks >= 0:
            head = lead + " " * (blanks + 2)
            yield Line(head + value, len(head), rest, len(lead))
        else:
            yield Line(lead, len(mark), mark, len(lead))
            yield Line(rest + value, len(rest), rest)


def _columns_of(terminal: TextIO) -> int:
    try:
        return os.get_terminal_size(terminal.fileno()).columns
    except (OSError, ValueError):
        return 0


def _cells(character: str) -> int:
    if character.isascii():
        return 1
    return _WIDEST if east_asian_width(character) in "WFA" or category(character) == "So" or character >= _RARE else 1


def _full(text: str, start: int, room: int) -> int:
    """Return where the row of *room* cells that begins at *start* is full."""
    at = start
    while at < len(text) and (room := room - _cells(text[at])) >= 0:
        at += 1
    return at
