"""Lines for a terminal: text from outside is wrapped here, and every line begins with a mark or indentation (attack row T08).

A terminal that wraps a long line itself would put text of a token at the beginning of a row, where verdicts are printed. So no line is
longer than a row, whatever width the terminal gives to a character.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TextIO

from federation.wrapping import Line, cells

USUAL_COLUMNS: Final = 80
"""Default number of columns, also for a file, which is read on a terminal later."""
FEWEST_COLUMNS: Final = 20


class Screen(NamedTuple):
    """What a stream can show: the cells of a row, and the characters of an encoding."""

    columns: int
    encoding: str

    def shown(self, text: str) -> str:
        """Return *text* with characters that the encoding lacks escaped, as the stream does; an escape takes more cells."""
        return text.encode(self.encoding, "backslashreplace").decode(self.encoding)


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
