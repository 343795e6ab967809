"""Values of a document with their places in its text, some of them known only in part.

JSON, YAML and HCL are read into one tree, so that what a template or a configuration means is decided in one way for all of them. Nothing
in the tree is run: an expression that is not understood is an `UnknownValue` with its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from federation import limits
from federation.evidence.documents.faults import broken
from federation.explaining.positions import TextSpan

Spelling = Literal["plain", "backslash", "doubled", "percent"]
"""How characters are spelled in a text: as they are, with backslash escapes, with doubled apostrophes, or URL-encoded in JSON."""
EXPRESSION_CHARS: Final = 160
"""Longest text of an expression that is kept."""


@dataclass(frozen=True, slots=True)
class TextPiece(TextSpan):
    """A part of a string.

    Attributes:
        text: Its characters, or the expression where they are not known.
        known: Whether they are.
        spelling: How they are spelled in the place; None where they do not stand there.
    """

    text: str
    known: bool = True
    spelling: Spelling | None = None


@dataclass(frozen=True, slots=True)
class TextValue(TextSpan):
    """A string of known and unknown pieces."""

    pieces: tuple[TextPiece, ...]

    @property
    def known(self) -> str | None:
        """The string; None where a part of it is not known."""
        return "".join(piece.text for piece in self.pieces) if all(piece.known for piece in self.pieces) else None


@dataclass(frozen=True, slots=True)
class ScalarValue(TextSpan):
    """A number as it is spelled, ``true``, ``false`` or ``null``, in the spelling of JSON."""

    text: str


@dataclass(frozen=True, slots=True)
class ListValue(TextSpan):
    """A list."""

    items: tuple[DocumentValue, ...]


@dataclass(frozen=True, slots=True)
class MapMember:
    """A member of an object."""

    name: TextValue
    value: DocumentValue


@dataclass(frozen=True, slots=True)
class MapValue(TextSpan):
    """An object; its members in the order of the text, repeated names among them."""

    members: tuple[MapMember, ...]

    def get(self, name: str) -> DocumentValue | None:
        """Return the value of the member *name*, the last one of several; None where there is none."""
        for member in reversed(self.members):
            if member.name.known == name:
                return member.value
        return None

    def known_members(self) -> Iterator[tuple[str, DocumentValue]]:
        """Yield name and value of the members whose names are known."""
        for member in self.members:
            name = member.name.known
            if name is not None:
                yield name, member.value


@dataclass(frozen=True, slots=True)
class UnknownValue(TextSpan):
    """A value that the document does not say, by the text of its expression."""

    expression: str


@dataclass(frozen=True, slots=True)
class EncodedValue(TextSpan):
    """A string that is the JSON text of ``value``: what ``jsonencode`` returns."""

    value: DocumentValue


DocumentValue = TextValue | ScalarValue | ListValue | MapValue | UnknownValue | EncodedValue


def expression(text: str) -> str:
    """Return *text* as an expression is kept: on one line, cut after `EXPRESSION_CHARS` characters."""
    words = " ".join(text.split())
    return words if len(words) <= EXPRESSION_CHARS else f"{words[: EXPRESSION_CHARS - 1]}…"


def text_at(span: TextSpan, text: str, spelling: Spelling | None = None) -> TextValue:
    """Return the known string *text* at *span*."""
    return TextValue(span.start, span.end, (TextPiece(span.start, span.end, text, spelling=spelling),))


def joined(span: TextSpan, pieces: Iterable[TextPiece]) -> TextValue | UnknownValue:
    """Return the string of *pieces* at *span*; one unknown piece alone is an unknown value, since it need not be a string."""
    kept = tuple(piece for piece in pieces if piece.text)
    if len(kept) == 1 and not kept[0].known:
        return UnknownValue(span.start, span.end, kept[0].text)
    return TextValue(span.start, span.end, kept)


def pieces_of(value: DocumentValue, span: TextSpan) -> tuple[TextPiece, ...] | None:
    """Return the pieces of *value* where it is written into a string at *span*; None where it is no part of a string."""
    match value:
        case TextValue(pieces=pieces):
            return tuple(replace(piece, start=span.start, end=span.end, spelling=None) for piece in pieces)
        case UnknownValue(expression=words):
            return (TextPiece(span.start, span.end, words, known=False),)
        case ScalarValue(text=text) if text != "null":
            return (TextPiece(span.start, span.end, text),)
    return None


def moved(value: DocumentValue, span: TextSpan) -> DocumentValue:
    """Return *value* with every place replaced by *span*, the place that refers to it: it stands in another file."""
    match value:
        case TextValue(pieces=pieces):
            return TextValue(span.start, span.end, tuple(replace(each, start=span.start, end=span.end, spelling=None) for each in pieces))
        case ScalarValue(text=text):
            return ScalarValue(span.start, span.end, text)
        case UnknownValue(expression=words):
            return UnknownValue(span.start, span.end, words)
        case EncodedValue(value=inner):
            return EncodedValue(span.start, span.end, moved(inner, span))
        case ListValue(items=items):
            return ListValue(span.start, span.end, tuple(moved(each, span) for each in items))
        case MapValue(members=members):
            return MapValue(span.start, span.end, tuple(MapMember(_name(each.name, span), moved(each.value, span)) for each in members))


def _name(name: TextValue, span: TextSpan) -> TextValue:
    pieces = tuple(replace(each, start=span.start, end=span.end, spelling=None) for each in name.pieces)
    return TextValue(span.start, span.end, pieces)


class ReferenceBudget:
    """Values that references may add to a document, so that one which multiplies itself is refused (billion laughs)."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = limits.EVIDENCE_VALUES

    def spend(self, value: DocumentValue) -> DocumentValue:
        """Return *value*, after its size has been taken off.

        Raises:
            ValidationError: Check ``document-aliases``: the document multiplies itself.
        """
        waiting: list[DocumentValue] = [value]
        while waiting:
            each = waiting.pop()
            self._left -= 1
            match each:
                case TextValue(pieces=pieces):
                    self._left -= sum(1 + len(piece.text) // 64 for piece in pieces)
                case ListValue(items=items):
                    waiting += items
                case MapValue(members=members):
                    waiting += (member.value for member in members)
                case EncodedValue(value=inner):
                    waiting.append(inner)
            if self._left < 0:
                raise broken("document-aliases", f"at most {limits.EVIDENCE_VALUES} values, those of references included", "more")
        return value
