"""Many patterns against many texts at once: the cost grows with the sizes of both, and not with the number of pairs.

The texts lie side by side in one row of bits, one bit for each place that a match can have reached. A step of a pattern moves every bit of
the row: a character keeps the places where it stands and shifts them by one, a star fills each text from its first place on. Sixty-four
places cost what one costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from federation.policy.wildcard import Pattern, Places

_GAP: Final = "\0\0"
"""Between two fields: the first bit says that a field is used up, the second keeps a star from running on."""


_STAR: Final = "star"
_NEXT: Final = "next field"
_ANY: Final = "any character"


class Sieve:
    """Texts in UTF-16 `units`, or texts that are cut into fields, ready to be compared with patterns."""

    __slots__ = ("_characters", "_ends", "_inside", "_known", "_lasts", "_octets", "_places", "_starts", "_walls")

    def __init__(self, texts: Sequence[tuple[str, ...]]) -> None:
        fields = [field for text in texts for field in text]
        self._places = Places(_GAP.join([*fields, ""]))
        self._known: dict[str, int] = {}
        self._octets = (sum(map(len, fields)) + len(_GAP) * len(fields)) // 8 + 1
        starts, ends, characters = (bytearray(self._octets) for _ in range(3))
        lasts: list[int] = []
        at = 0
        for text in texts:
            _set(starts, at)
            for field in text:
                end = at + len(field)
                _fill(characters, at, end)
                _set(ends, end)
                at = end + len(_GAP)
            lasts.append(at - len(_GAP))
        self._lasts = lasts
        self._starts, self._ends, self._characters = (int.from_bytes(bits, "little") for bits in (starts, ends, characters))
        self._inside = self._characters | self._ends
        self._walls = self._ends << 1

    def matched_by(self, patterns: Iterable[tuple[Pattern, ...]]) -> list[bool]:
        """Return for each text whether one of *patterns* matches it, field by field."""
        row = 0
        before: list[str] = []
        rows = [self._starts]  # after each step of the pattern before: where the next begins likewise, it goes on from there
        for steps in sorted(map(_steps, patterns)):
            shared = next((at for at, (one, other) in enumerate(zip(steps, before, strict=False)) if one != other), len(before))
            del rows[min(shared, len(steps)) + 1 :]
            for step in steps[len(rows) - 1 :]:
                if not rows[-1]:
                    break
                rows.append(self._after(step, rows[-1]))
            before = steps[: len(rows) - 1]
            row |= rows[-1] & self._ends if len(before) == len(steps) else 0
        octets = row.to_bytes(self._octets, "little")
        return [bool(octets[at >> 3] >> (at & 7) & 1) for at in self._lasts]

    def _after(self, step: str, row: int) -> int:
        if step == _STAR:  # every place of a field from the first that was reached
            return row | (((self._walls - row) ^ row) & self._inside)
        if step == _NEXT:
            return (row & self._ends) << len(_GAP)
        return (row & (self._characters if step == _ANY else self._where(step))) << 1

    def _where(self, char: str) -> int:
        places = self._known.get(char)
        if places is None:
            places = self._known[char] = self._places.of(char) & self._characters
        return places


def _steps(fields: tuple[Pattern, ...]) -> list[str]:
    """Return a pattern as steps: a character each, or one of the three that no character is."""
    steps: list[str] = []
    for number, field in enumerate(fields):
        steps += [_NEXT] if number else []
        for place, chunk in enumerate(field.chunks):
            steps += [_STAR] if place else []
            steps += (_ANY if at in chunk.holes else char for at, char in enumerate(chunk.text)) if chunk.holes else chunk.text
    return steps


def _set(bits: bytearray, at: int) -> None:
    bits[at >> 3] |= 1 << (at & 7)


def _fill(bits: bytearray, start: int, end: int) -> None:
    while start < end and start & 7:
        _set(bits, start)
        start += 1
    whole = max(0, (end - start) >> 3)
    bits[start >> 3 : (start >> 3) + whole] = b"\xff" * whole
    for at in range(start + 8 * whole, end):
        _set(bits, at)
