"""Values to the JSON text of a policy, as CloudFormation or Terraform would write it, unknown parts as placeholders.

The placeholder of the unknown part *n* is the character U+F0000 + *n*, of a plane that Unicode keeps for private use (docs/adr/0054).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

from federation import limits
from federation.errors import FederationError
from federation.evidence.documents.faults import broken
from federation.evidence.documents.json_text import read_json
from federation.evidence.documents.spelling import Offsets
from federation.evidence.documents.values import (
    DocumentValue,
    EncodedValue,
    ListValue,
    MapValue,
    ScalarValue,
    TextPiece,
    TextValue,
    UnknownValue,
)
from federation.explaining.positions import TextSpan
from federation.policy.document import member

FIRST: Final = 0xF0000
"""Code point of the placeholder of the first unknown part."""
LAST: Final = 0xFFFFD
"""The last code point of that plane."""
_PRIVATE: Final = re.compile(f"[{chr(FIRST)}-{chr(LAST)}]")
_REFUSED: Final = re.compile(f"[\ud800-\udfff{chr(FIRST)}-{chr(LAST)}]")


@dataclass(frozen=True, slots=True)
class Unknown(TextSpan):
    """A part of a policy that its file does not say.

    Attributes:
        expression: The text of the expression that stands there.
    """

    expression: str


_SpansByPath = tuple[Mapping[str, TextSpan], Mapping[str, TextSpan]]


@dataclass(frozen=True)
class Rendered:
    """A policy document as text.

    Attributes:
        text: Its JSON, or what stands where JSON belongs; each unknown part is a placeholder.
        unknowns: The unknown parts, by the number of their placeholders.
    """

    text: str
    unknowns: tuple[Unknown, ...]
    _locate: Callable[[], _SpansByPath] = field(repr=False, compare=False)

    @property
    def values(self) -> Mapping[str, TextSpan]:
        """The places of its values, by JSON path."""
        return self._places[0]

    @property
    def names(self) -> Mapping[str, TextSpan]:
        """The places of the names of its members, by the JSON path of the member."""
        return self._places[1]

    @cached_property
    def _places(self) -> _SpansByPath:
        """Looked for when they are first asked for: most policies are in order, and nobody asks where their parts stand."""
        return self._locate()


def placeholders(text: str) -> frozenset[int]:
    """Return the numbers of the unknown parts in *text*."""
    return frozenset() if text.isascii() else frozenset(ord(character) - FIRST for character in _PRIVATE.findall(text))


def render(value: DocumentValue, source: str) -> Rendered:
    """Return the policy that *value* is: an object, or a string of JSON.

    Raises:
        ValidationError: Check ``document-text``: a character of the plane of the placeholders; ``document-unknown``: more than
            `limits.EVIDENCE_UNKNOWNS` unknown parts; ``document-size``: longer than a policy can be.
    """
    renderer = _Renderer()
    match value:
        case EncodedValue(value=inner):
            return renderer.rendered(inner)
        case TextValue():
            return renderer.embedded(value, source)
    return renderer.rendered(value)


class _Renderer:
    def __init__(self, *, inside: bool = False) -> None:
        self._inside = inside  # of a text that was looked at already, so that placeholders are what they seem
        self._out: list[str] = []
        self._size = 0
        self._unknowns: list[Unknown] = []
        self._values: dict[str, TextSpan] = {}
        self._names: dict[str, TextSpan] = {}

    def rendered(self, value: DocumentValue) -> Rendered:
        self._write(value, "$")
        return Rendered("".join(self._out), tuple(self._unknowns), partial(_known_places, self._values, self._names))

    def embedded(self, value: TextValue, source: str) -> Rendered:
        """Return the policy whose JSON is the string *value*; its text stays as it is."""
        text = self._text(value.pieces)
        self._put(text)
        unknowns = tuple(self._unknowns)
        if (
            unknowns and _inside(text) is None
        ):  # an expression may stand for more than a part of a string: nobody knows what the text is then
            return _Renderer().rendered(UnknownValue(value.start, value.end, unknowns[0].expression))
        return Rendered(text, unknowns, partial(_embedded_places, value, text, source))

    def _write(self, value: DocumentValue, path: str) -> None:
        self._values[path] = TextSpan(value.start, value.end)
        match value:
            case MapValue():
                self._map(value, path)
            case ListValue(items=items):
                self._put("[")
                for index, item in enumerate(items):
                    self._put("," if index else "")
                    self._write(item, f"{path}[{index}]")
                self._put("]")
            case ScalarValue(text=text):
                self._put(text)
            case UnknownValue(expression=words):
                self._put(_quoted(self._unknown(words, value)))
            case TextValue(pieces=pieces):
                self._put(_quoted(self._text(pieces)))
            case EncodedValue(value=inner):
                nested = _Renderer().rendered(inner)
                unknown = nested.unknowns[0] if nested.unknowns else None
                self._put(_quoted(nested.text if unknown is None else self._unknown(unknown.expression, unknown)))

    def _map(self, value: MapValue, path: str) -> None:
        self._put("{")
        for index, each in enumerate(value.members):
            name = self._text(each.name.pieces)
            inside = member(path, name)
            self._put(("," if index else "") + _quoted(name) + ":")
            self._names[inside] = TextSpan(each.name.start, each.name.end)
            self._write(each.value, inside)
        self._put("}")

    def _text(self, pieces: tuple[TextPiece, ...]) -> str:
        return "".join(self._own(piece.text) if piece.known else self._unknown(piece.text, piece) for piece in pieces)

    def _unknown(self, words: str, span: TextSpan) -> str:
        if len(self._unknowns) == limits.EVIDENCE_UNKNOWNS:
            raise broken("document-unknown", f"at most {limits.EVIDENCE_UNKNOWNS} unknown parts in one policy", "more")
        self._unknowns.append(Unknown(span.start, span.end, words))
        return chr(FIRST + len(self._unknowns) - 1)

    def _own(self, text: str) -> str:
        """Return *text* of the author, which must not hold a placeholder."""
        if not self._inside and not text.isascii() and _REFUSED.search(text):
            raise broken(
                "document-text",
                "Unicode text without characters of the private plane U+F0000 to U+FFFFD",
                "one of them, or a lone surrogate",
            )
        return text

    def _put(self, text: str) -> None:
        self._size += len(text)
        if self._size > limits.POLICY_CHARS:
            raise broken("document-size", f"a policy of at most {limits.POLICY_CHARS} characters", "a longer one")
        self._out.append(text)


def _known_places(values: Mapping[str, TextSpan], names: Mapping[str, TextSpan]) -> _SpansByPath:
    return values, names


def _embedded_places(value: TextValue, text: str, source: str) -> _SpansByPath:
    """Return the places in *source* of the parts of the JSON *text*, which the string *value* spells."""
    whole = {"$": TextSpan(value.start, value.end)}
    inner = _inside(text)
    if inner is None:
        return whole, {}
    offsets = Offsets(value, source)

    def outer(spans: Mapping[str, TextSpan]) -> dict[str, TextSpan]:
        return {path: TextSpan(offsets.start(span.start), offsets.end(span.end)) for path, span in spans.items()}

    return outer(inner.values) | whole, outer(inner.names)


def _inside(text: str) -> Rendered | None:
    """Return the document in the JSON *text*; None where it is none, which whoever reads the policy refuses as AWS would."""
    try:
        return _Renderer(inside=True).rendered(read_json(text))
    except FederationError:
        return None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
