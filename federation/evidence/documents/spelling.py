"""Where the characters of a string stand in the text that spells it, escapes, indentation and line folding between."""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_right
from typing import Final
from urllib.parse import unquote

from federation.evidence.documents.values import Spelling, TextPiece, TextValue

_ESCAPE: Final = re.compile(
    r"\\(?:u[0-9A-Fa-f]{4}(?:\\u[dD][c-fC-F][0-9A-Fa-f]{2})?|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|\r?\n[ \t]*|.)", re.DOTALL
)
_SHORT: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0", "a": "\a", "v": "\v", "e": "\x1b"}
_HEXADECIMAL: Final = 16
_PERCENT: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


class Offsets:
    """Places in a file of the characters of a string with pieces, unknown ones as a placeholder of one character each."""

    __slots__ = ("_end", "_maps", "_source", "_starts")

    def __init__(self, value: TextValue, source: str) -> None:
        self._starts: list[int] = []
        self._maps: list[tuple[TextPiece, list[int] | None]] = []
        self._end = value.end
        self._source = source
        length = 0
        for piece in value.pieces:
            self._starts.append(length)
            self._maps.append((piece, offsets(piece, source) if piece.known else None))
            length += len(piece.text) if piece.known else 1

    def start(self, at: int) -> int:
        """Return the place of the character *at*; the beginning of its piece where the character does not stand in the file."""
        number = bisect_right(self._starts, at) - 1
        if number < 0:
            return self._end
        piece, inside = self._maps[number]
        return piece.start if inside is None else inside[min(at - self._starts[number], len(inside) - 1)]

    def end(self, at: int) -> int:
        """Return the place behind the character before *at*."""
        number = bisect_right(self._starts, at - 1) - 1
        if number < 0:
            return self._end
        piece, inside = self._maps[number]
        if inside is None or piece.spelling is None:
            return piece.end
        last = min(at - 1 - self._starts[number], len(inside) - 2)
        read = None if piece.spelling == "percent" else _read(self._source, inside[last], piece.end, piece.spelling)
        return inside[last + 1] if read is None else read[1]


def offsets(piece: TextPiece, source: str) -> list[int] | None:
    """Return the place of each character of *piece* in *source*, and of its end; None where they do not stand there one by one.

    White space may be left out or folded in the string; every other character must stand in its order, so that its place is certain.
    """
    if piece.spelling is None:
        return None
    if piece.spelling == "percent":
        return _url_encoded(piece, source)
    found: list[int] = []
    at = piece.start
    for character in piece.text:
        read = _read(source, at, piece.end, piece.spelling)
        if character.isspace():
            found.append(at)
            at = read[1] if read is not None and read[0] == character else at
            continue
        while read is not None and (read[0] == "" or read[0].isspace()):
            at = read[1]
            read = _read(source, at, piece.end, piece.spelling)
        if read is None or read[0] != character:
            return None
        found.append(at)
        at = read[1]
    return [*found, at]


def _url_encoded(piece: TextPiece, source: str) -> list[int] | None:
    """Return the places of URL-encoded characters, each of which is spelled by one octet in hexadecimal or more."""
    found: list[int] = []
    read = ""
    at = piece.start
    while at < piece.end:
        match = _PERCENT.match(source, at, piece.end)
        spelled = source[at] if match is None else match[0]
        inside = at
        for character in unquote(spelled):
            found.append(inside)
            inside += 1 if match is None else 3 * len(character.encode("utf-8", "replace"))
            read += character
        at += len(spelled)
    return [*found, at] if read == piece.text else None


def _read(source: str, at: int, end: int, spelling: Spelling) -> tuple[str, int] | None:
    """Return the characters that are spelled at *at* and the place behind them; None at the end."""
    if at >= end:
        return None
    first = source[at]
    if spelling == "doubled" and first == "'":
        return "'", at + 2
    if spelling == "backslash" and first == "\\":
        match = _ESCAPE.match(source, at, end)
        return None if match is None else (_unescaped(match[0]), match.end())
    return first, at + 1


def _unescaped(spelled: str) -> str:
    kind = spelled[1]
    if kind in "uUx":
        if kind == "u":
            return str(json.loads(f'"{spelled}"'))
        code = int(spelled[2:], _HEXADECIMAL)
        return chr(code) if code <= sys.maxunicode else ""
    if kind in "\r\n":
        return ""
    return _SHORT.get(kind, kind)
