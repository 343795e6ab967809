"""JSON objects, cut out of a stream one after the other: the window is as large as the largest of them, whatever the size of the stream.

An object is found by its braces and texts, in one pass of a regular expression. What is inside is decoded later, strictly, by itself, so a
record that is no JSON costs nothing but itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from federation import limits

_PIECE: Final = 262_144
# A group that repeats is atomic and not possessive: before 3.11.5 Python lost matches of possessive groups (bpo gh-106052).
_TEXT: Final = rb'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"'
_SPACE: Final = re.compile(rb"[ \t\r\n\x00]*+")
_MARK: Final = b"\xef\xbb\xbf"


def _object(depth: int) -> bytes:
    """Return the expression of an object, its braces *depth* deep. Nothing in it is tried twice."""
    inner = b"" if depth == 1 else b"|" + _object(depth - 1)
    return rb'\{[^"{}]*+(?>(?:(?:' + _TEXT + inner + rb')[^"{}]*+)*)\}'


_OBJECT: Final = re.compile(_object(limits.JSON_DEPTH), re.DOTALL)
_SCALARS: Final = rb'(?>(?:"[^"\\]*+"\s*+:\s*+(?:' + _TEXT + rb"|[-+.\w]++)\s*+,\s*+)*)"
_OPENING: Final = re.compile(rb"\[|\{\s*+" + _SCALARS + rb'"(?:Records|Events)"\s*+:\s*+\[', re.DOTALL)
"""The beginning of a list of records, in an object or by itself; members that are no lists or objects may stand before it."""
_CLOSING: Final = re.compile(rb'\](?:\s*+(?>(?:,\s*+"[^"\\]*+"\s*+:\s*+(?:' + _TEXT + rb"|[-+.\w]++)\s*+)*)\})?", re.DOTALL)
_NEXT: Final = re.compile(rb'\{\s*"(?:eventVersion|EventId)"|(?<=\n)\{')
"""Where a record begins in all likelihood, behind one that cannot be told apart from what follows it."""
_HEAD: Final = 65_536
"""Octets in which the beginning of a list is looked for."""


class CutObject(NamedTuple):
    """The octets of one object, which nobody has decoded, and how many were taken from the stream for it."""

    octets: bytes
    taken: int


class Damage(NamedTuple):
    """Octets that are no object: what was expected, and what was found."""

    expected: str
    found: str


class _Window:
    """The octets of a stream that are looked at."""

    __slots__ = ("_stream", "at", "buffer", "ended", "taken")

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.buffer, self.at, self.ended, self.taken = b"", 0, False, 0

    @property
    def size(self) -> int:
        return len(self.buffer) - self.at

    def more(self) -> bool:
        """Read on, at least as much as there is; False at the end."""
        piece = b"" if self.ended else self._stream.read(max(_PIECE, self.size))
        self.ended = not piece
        self.buffer, self.at = self.buffer[self.at :] + piece, 0
        return not self.ended

    def take(self, end: int) -> bytes:
        """Return the octets up to *end* and go on behind them."""
        octets = self.buffer[self.at : end]
        self.taken += end - self.at
        self.at = end
        return octets

    def skip_space(self) -> bool:
        """Go on behind white space; False where nothing follows."""
        while True:
            found = _SPACE.match(self.buffer, self.at)
            self.take(found.end() if found else self.at)
            if self.size:
                return True
            if not self.more():
                return False

    def matched(self, pattern: re.Pattern[bytes], most: int) -> re.Match[bytes] | None:
        """Match *pattern* here, reading on until *most* octets are looked at."""
        while True:
            found = pattern.match(self.buffer, self.at)
            if found is not None and (found.end() < len(self.buffer) or self.ended):
                return found
            if self.size >= most or not self.more():
                return pattern.match(self.buffer, self.at)

    def seek(self, pattern: re.Pattern[bytes]) -> bool:
        """Go on at the next place, behind this one, where *pattern* matches; False where there is none."""
        start = self.at + 1
        while True:
            found = pattern.search(self.buffer, start)
            if found is not None:
                self.take(found.start())
                return True
            self.take(max(self.at, len(self.buffer) - _HEAD))  # what a match can reach back to is less
            start = self.at
            if not self.more():
                return False
            start = 0


def cut_objects(stream: BinaryIO) -> Iterator[CutObject | Damage]:
    """Yield the objects of *stream*: of lists under ``Records`` or ``Events``, of lists by themselves, or one after the other.

    Several such documents may follow each other. A stretch that is no object is one `Damage`; the objects behind it are found again where
    they begin as records do.

    Args:
        stream: Plain octets, of any size.

    Raises:
        OSError: The stream cannot be read; whatever else a stream that is uncompressed meanwhile raises.
    """
    window = _Window(stream)
    if window.skip_space() and window.buffer.startswith(_MARK, window.at):
        window.take(window.at + len(_MARK))
    while window.skip_space():
        opening = window.matched(_OPENING, _HEAD)
        if opening is not None:
            window.take(opening.end())
            yield from _listed(window)
        else:
            yield from _element(window)


def _listed(window: _Window) -> Iterator[CutObject | Damage]:
    """Yield the objects of a list that has begun, and go on behind its end."""
    while window.skip_space():
        first = window.buffer[window.at : window.at + 1]
        if first == b"]":
            closing = window.matched(_CLOSING, _HEAD)
            window.take(closing.end() if closing else window.at + 1)
            return
        if first == b",":
            window.take(window.at + 1)
        else:
            yield from _element(window)
    yield Damage("a list of records with its end", "a file that is cut off")


def _element(window: _Window) -> Iterator[CutObject | Damage]:
    before = window.taken
    found = window.matched(_OBJECT, limits.EVENT_OCTETS) if window.buffer.startswith(b"{", window.at) else None
    if found is not None and found.end() - window.at <= limits.EVENT_OCTETS:
        yield CutObject(window.take(found.end()), window.taken - before)
        return
    yield _damage(window)
    if not window.seek(_NEXT):
        window.take(len(window.buffer))


def _damage(window: _Window) -> Damage:
    begun = window.buffer.startswith(b"{", window.at)
    expected = f"an object of JSON of at most {limits.EVENT_OCTETS} octets, nested at most {limits.JSON_DEPTH} deep"
    return Damage(expected, "one that does not end, is longer, or is nested deeper" if begun else "something else")
