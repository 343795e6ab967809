"""Two texts one above the other, and a line that marks where they differ."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from federation.errors import printable
from federation.explaining.lookalikes import look_alike, odd_characters

GAP: Final = "·"
"""Fills the place where the other text has an additional character."""
MARK: Final = "^"
_SHORTEST: Final = 4
"""Characters that must agree between two differences to be shown as agreeing: fewer do so by chance."""
LONGEST: Final = 512
"""Characters of a text that are aligned; of longer ones the beginnings are."""
QUOTATION_MARKS: Final = "\"'`\u201c\u201d\u2018\u2019"
_PARTITION_CHARS: Final = 32
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class Aligned(NamedTuple):
    """Two texts of equal length, and under them the marks: `MARK` where they differ, a space where they agree."""

    expected: str
    found: str
    marks: str


class Stretch(NamedTuple):
    """A stretch of two texts: whether they agree there, and what each of them has."""

    equal: bool
    expected: str
    found: str


def align(expected: str, found: str) -> Aligned:
    """Return both texts aligned: what only one of them has stands above or below `GAP`. Both are `printable` and cut to `LONGEST`."""
    upper, lower, marks = [], [], []
    for equal, left, right in compare(expected, found):
        width = max(len(left), len(right))
        upper.append(left.ljust(width, GAP))
        lower.append(right.ljust(width, GAP))
        marks.append((" " if equal else MARK) * width)
    return Aligned("".join(upper), "".join(lower), "".join(marks).rstrip())


def compare(expected: str, found: str) -> tuple[Stretch, ...]:
    """Return the stretches in which both texts agree or differ, in order. Both are `printable` and cut to `LONGEST`."""
    return tuple(_stretches(_bounded(expected), _bounded(found)))


def _stretches(one: str, other: str) -> list[Stretch]:
    found: list[Stretch] = []
    codes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    for number, (kind, a, b, c, d) in enumerate(codes):
        equal = kind == "equal" and (b - a >= _SHORTEST or number in (0, len(codes) - 1))
        if found and not equal and not found[-1][0]:
            _, left, right = found.pop()
            found.append(Stretch(equal=False, expected=left + one[a:b], found=right + other[c:d]))
        else:
            found.append(Stretch(equal, one[a:b], other[c:d]))
    return found


def differs_in_case_alone(one: str, other: str) -> bool:
    """Tell whether the texts differ only in upper and lower case."""
    return one != other and one.casefold() == other.casefold()


def how_they_differ(one: str, other: str) -> str:
    """Return in words how two names differ, such as ``in a slash at the end``; empty where nothing simple tells them apart."""
    if look_alike(one, other):
        return f"in characters that look alike or cannot be seen: {odd_characters(one, other)}"
    return next((words for words, alike in _LIKENESSES if one != other and alike(one) == alike(other)), "")


def other_partition(one: str, other: str) -> str:
    """Return in words that two ARNs differ in their partition alone, such as ``in the partition: aws-cn and aws``; empty otherwise."""
    (prefix, partition, rest), (_, own, same) = (f"{text}::".split(":", 2) for text in (one, other))
    alone = prefix == "arn" and partition != own and rest == same
    return f"in the partition: {partition[:_PARTITION_CHARS]} and {own[:_PARTITION_CHARS]}" if alone else ""


_LIKENESSES: Final = (
    ("in upper and lower case alone", str.casefold),
    ("in a slash at the end", lambda text: text.rstrip("/")),
    ("in white space", lambda text: "".join(text.split())),
    ("in quotation marks around it", lambda text: text.strip(QUOTATION_MARKS)),
    ("in `https://` at the beginning", lambda text: text.removeprefix("https://")),
    ("in `api://` at the beginning", lambda text: text.removeprefix("api://")),
    ("in http against https", lambda text: re.sub("^http:", "https:", text)),
    ("in their UUID, such as the id of a tenant", lambda text: _UUID.sub("", text)),
)
"""How two names differ, and what makes them equal if they differ so. The simplest comes first."""


def _bounded(text: str) -> str:
    safe = printable(text[:LONGEST])
    return safe if len(text) <= LONGEST else f"{safe}…"
