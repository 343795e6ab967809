"""Lines for a terminal: text from outside is wrapped here, and every line begins with a mark or indentation (attack row T08).

A terminal that wraps a long line itself would put text of a token at the beginning of a row, where verdicts are printed. So no line is
longer than a row, whatever width the terminal gives to a character.
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
"""Default number of columns, also for a file, which is read on a terminal later."""
FEWEST_COLUMNS: Final = 20
_WIDEST: Final = 2
"""Cells that one character can take."""
_RARE: Final = "\U00010000"
"""From this character on there are pictures and rare scripts, whose width differs between terminals."""


class Screen(NamedTuple):
    """What a stream can show: the cells of a row, and the characters of an encoding."""

    columns: int
    encoding: str

    def shown(self, text: str) -> str:
        """Return *text* with characters that the encoding lacks escaped, as the stream does; an escape takes more cells."""
        return text.encode(self.encoding, "backslashreplace").decode(self.encoding)


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


def screen_of(stream: TextIO) -> Screen:
    """Return what *stream* can show: at most the columns in the variable COLUMNS, and those of the narrowest terminal of this process."""
    terminal = narrowest(stream)
    known = [] if terminal is None else [terminal]
    wished = os.environ.get("COLUMNS", "")
    if re.fullmatch("[1-9][0-9]{0,5}", wished):
        known.append(int(wished))
    elif not stream.isatty():
        known.append(USUAL_COLUMNS)
    return Screen(max(min(known, default=USUAL_COLUMNS), FEWEST_COLUMNS), stream.encoding or "ascii")


def narrowest(stream: TextIO) -> int | None:
    """Return the columns of the narrowest terminal of this process, on which a pipe from *stream* may end; None where there is none."""
    terminals = (each for each in (stream, sys.stdin, sys.stdout, sys.stderr) if each is not None and each.isatty())
    return min((columns for each in terminals if (columns := _columns_of(each))), default=None)


def cells(text: str) -> int:
    """Return the most cells that a terminal may use for *text*: two for a character of uncertain width, one for an invisible one."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def listed(pairs: Iterable[tuple[str, str]], columns: int, *, mark: str) -> Iterator[Line]:
    """Yield names and values in two columns after *mark*; a name longer than half the row has its own line."""
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
    """Return the offset at which a row of *room* cells that begins at *start* is full."""
    at = start
    while at < len(text) and (room := room - _cells(text[at])) >= 0:
        at += 1
    return at
