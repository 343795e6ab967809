"""Wildcards of the policy language: ``*`` for any text, ``?`` for one character.

A pattern is cut at its stars into chunks of fixed length, which are then found from left to right: no backtracking, whatever the pattern
(attack row A06). What a policy variable brought in is literal text and never read as a wildcard again (attack row A04).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

_ZEROS: Final = b"0" * 256
_FEW: Final = 16
"""Characters that are each sought in the whole text, before all are listed in one pass."""
_ASCII_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold(name: str) -> str:
    """Return *name* with its ASCII letters in lower case: how names of keys and actions compare (attack row A08)."""
    return name.lower() if name.isascii() else name.translate(_ASCII_LOWER)


def beyond_units(text: str) -> bool:
    """Whether *text* has characters beyond U+FFFF."""
    return not text.isascii() and len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)


def units(text: str) -> str:
    """Return *text* with characters beyond U+FFFF as their two UTF-16 units: AWS counts those, so ``??`` matches one such character."""
    if not beyond_units(text):
        return text
    return "".join(map(chr, array("H", text.encode("utf-16", "surrogatepass")[2:])))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a pattern: ``text`` holds wildcards, or, where ``literal``, stands for itself."""

    text: str
    literal: bool = False


class Places:
    """Where each character stands in a text of UTF-16 `units`: a number whose bit *n* says whether the character does at *n*."""

    __slots__ = ("_known", "_planes", "_table", "_text")

    def __init__(self, text: str) -> None:
        self._text, self._known = text, dict[str, int]()
        self._planes: tuple[bytes, ...] = ()
        self._table: dict[str, list[int]] | None = None

    def of(self, char: str) -> int:
        """Return the places of *char*."""
        places = self._known.get(char)
        if places is None:
            if self._table is None and len(self._known) == _FEW:
                self._table = {}
                for at, each in enumerate(self._text):
                    self._table.setdefault(each, []).append(at)
            places = self._known[char] = self._seek(char) if self._table is None else self._gather(self._table.get(char, ()))
        return places

    def _seek(self, char: str) -> int:
        """Read the whole text for one character: what is fast for few of them."""
        if char not in self._text:
            return 0
        if not self._planes:  # the low and the high octets, last first: the last character is the highest bit
            octets = self._text.encode("utf-16-le", "surrogatepass")
            self._planes = (octets[::2][::-1], octets[1::2][::-1])
        places = -1
        for plane, octet in zip(self._planes, char.encode("utf-16-le", "surrogatepass"), strict=True):
            digits = _ZEROS[:octet] + b"1" + _ZEROS[octet + 1 :]
            places &= int(plane.translate(digits), 2)
        return places

    def _gather(self, places: Iterable[int]) -> int:
        bits = bytearray(len(self._text) // 8 + 1)
        for at in places:
            bits[at >> 3] |= 1 << (at & 7)
        return int.from_bytes(bits, "little")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of fixed length between two stars; ``holes`` are the places of its ``?``, where ``text`` holds a NUL."""

    text: str
    holes: frozenset[int]
    runs: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, text: str, holes: frozenset[int]) -> Chunk:
        """Compile a stretch."""
        if not holes:
            return cls(text, holes, ((0, text),))
        runs, start = [], 0
        for end in [*sorted(holes), len(text)]:
            if end > start:
                runs.append((start, text[start:end]))
            start = end + 1
        return cls(text, holes, tuple(runs))

    def fits(self, text: str, at: int) -> bool:
        """Whether the chunk matches *text* at *at*; the caller knows that it is long enough."""
        return all(text.startswith(run, at + offset) for offset, run in self.runs)

    def find(self, text: str, start: int, end: int, places: Places) -> int:
        """Return the first place in ``text[start:end]`` where the chunk matches, or -1; *places* are those of *text*.

        With holes every place is tried at once: one bit for each, shifted and intersected for each character of the chunk.
        """
        if not self.holes:
            return text.find(self.text, start, end)
        last = end - len(self.text)
        if last < start:
            return -1
        found = (1 << last + 1) - (1 << start)
        for offset, run in self.runs:
            for at, char in enumerate(run, offset):
                found &= places.of(char) >> at
            if not found:
                return -1
        return (found & -found).bit_length() - 1


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern.

    Attributes:
        exact: The text of a pattern without wildcards, otherwise None.
        chunks: What stands between its stars.
        shortest: The length of the shortest text it matches.
    """

    exact: str | None
    chunks: tuple[Chunk, ...] = field(repr=False)
    shortest: int = field(repr=False)

    @classmethod
    def of(cls, *pieces: Piece) -> Pattern:
        """Compile the concatenation of *pieces*."""
        chunks = tuple(_chunks(pieces))
        exact = chunks[0].text if len(chunks) == 1 and not chunks[0].holes else None
        return cls(exact, chunks, sum(len(chunk.text) for chunk in chunks))

    @staticmethod
    @lru_cache(maxsize=4096)  # actions and resources repeat from policy to policy; patterns are immutable
    def read(text: str) -> Pattern:
        """Compile *text*, in which every ``*`` and ``?`` is a wildcard."""
        return Pattern.of(Piece(text))

    @property
    def fields(self) -> tuple[Pattern, ...]:
        """The pattern as the only field of a text, as `Sieve` wants it."""
        return (self,)

    def matches(self, text: str, places: Places | None = None) -> bool:
        """Whether the whole of *text*, in UTF-16 `units`, matches; *places* are its places where they are at hand."""
        if self.exact is not None:
            return text == self.exact
        if len(text) < self.shortest or not self.chunks[0].fits(text, 0):
            return False
        if len(self.chunks) == 1:
            return len(text) == self.shortest
        end = len(text) - len(self.chunks[-1].text)
        return self.chunks[-1].fits(text, end) and self._middle_fits(text, end, places or Places(text))

    def _middle_fits(self, text: str, end: int, places: Places) -> bool:
        start = len(self.chunks[0].text)
        for chunk in self.chunks[1:-1]:
            place = chunk.find(text, start, end, places)
            if place < 0:
                return False
            start = place + len(chunk.text)
        return start <= end


def _chunks(pieces: Iterable[Piece]) -> Iterable[Chunk]:
    text = ""
    holes: list[int] = []
    for piece in pieces:
        whole = units(piece.text)
        if piece.literal or ("*" not in whole and "?" not in whole):
            text += whole
            continue
        for number, stretch in enumerate(whole.split("*")):
            if number:
                yield Chunk.of(text, frozenset(holes))
                text, holes = "", []
            if "?" in stretch:
                holes += (len(text) + place for place, char in enumerate(stretch) if char == "?")
            text += stretch.replace("?", "\0")
    yield Chunk.of(text, frozenset(holes))
