"""The text of a file, and the lines and columns of its places."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from federation.explaining.positions import TextSpan


class Region(NamedTuple):
    """Where something stands in a file: lines and columns from 1, in characters; the last column is the one behind."""

    line: int
    column: int
    end_line: int
    end_column: int

    def as_dict(self) -> dict[str, int]:
        """Return it as plain data, stable names."""
        return self._asdict()


@dataclass(frozen=True)
class SourceFile:
    """A file and its text."""

    name: str
    text: str = field(repr=False)

    def region(self, span: TextSpan) -> Region:
        """Return the lines and columns of *span*."""
        return Region(*self._position(span.start), *self._position(max(span.start, span.end)))

    def line(self, offset: int) -> int:
        """Return the line of *offset*, from 1."""
        return self._position(offset)[0]

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins."""
        begins = [0]
        at = self.text.find("\n")
        while at >= 0:
            begins.append(at + 1)
            at = self.text.find("\n", at + 1)
        return begins
