"""YAML text to values with their places, from the parser's events: no object is ever constructed.

A tag that is not YAML's own becomes an object with one member, as CloudFormation reads it: ``!Sub x`` is ``{"Fn::Sub": x}``. An alias is
the value of its anchor; each use counts all its values again, so that a document that multiplies itself is refused (billion laughs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Protocol, cast

import yaml

from federation import limits
from federation.evidence.documents.faults import broken
from federation.evidence.documents.values import (
    DocumentValue,
    ListValue,
    MapMember,
    MapValue,
    ScalarValue,
    Spelling,
    TextPiece,
    TextValue,
    text_at,
)
from federation.explaining.positions import TextSpan

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Final[Any] = yaml.SafeLoader("")
_YAML: Final = "tag:yaml.org,2002:"
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
"""Numbers that YAML and JSON spell alike; others are kept as they are written."""
_OWN: Final = {"!Ref": "Ref", "!Condition": "Condition"}
"""Short forms whose long form has no ``Fn::``."""
_PROPERTIES: Final = re.compile(r"(?:[!&][^\s,\[\]{}]*\s+)*")
"""Tag and anchor before a value."""
_SPELLINGS: Final[dict[str, Spelling]] = {'"': "backslash", "'": "doubled"}


def read_yaml(text: str) -> tuple[DocumentValue, ...]:
    """Return the values of the documents of the YAML *text*.

    Raises:
        ValidationError: Check ``document-syntax``: no YAML, or nested deeper than `limits.EVIDENCE_DEPTH`; ``document-aliases``: more than
            `limits.EVIDENCE_VALUES` values, those of aliases included, or an alias inside its own anchor.
    """
    try:
        return tuple(_Composer(text).documents())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = "" if mark is None else f" at line {mark.line + 1} column {mark.column + 1}"
        raise broken("document-syntax", "YAML", f"{(error.problem or 'a fault').removeprefix('found ')}{where}") from None
    except yaml.YAMLError:  # of the reader: a character that YAML does not allow
        raise broken("document-syntax", "YAML", "a character that YAML does not allow") from None


class _YamlMark(Protocol):
    index: int


class _YamlEvent(Protocol):
    """What every event has that is asked for it; those of the parser in C have the same."""

    start_mark: _YamlMark
    end_mark: _YamlMark
    anchor: str | None
    tag: str | None
    value: str
    style: str | None


class _Composer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._events = cast("Iterator[_YamlEvent]", yaml.parse(text, Loader=_LOADER))
        self._anchors: dict[str, tuple[DocumentValue, int] | None] = {}
        self._count = 0

    def documents(self) -> Iterator[DocumentValue]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
                yield self._value(next(self._events), 0)

    def _value(self, event: _YamlEvent, depth: int) -> DocumentValue:
        if depth > limits.EVIDENCE_DEPTH:
            raise broken("document-syntax", f"YAML nested at most {limits.EVIDENCE_DEPTH} deep", "deeper nesting")
        before = self._count
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._counted(1)
        anchor: str | None = event.anchor
        if anchor is not None:
            self._anchors[anchor] = None
        start = event.start_mark.index
        if isinstance(event, yaml.ScalarEvent):
            value: DocumentValue = _scalar(event, self._text)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._list(start, depth)
        else:
            value = self._map(start, depth)
        value = _tagged(event.tag, value, start)
        if anchor is not None:
            self._anchors[anchor] = (value, self._count - before)
        return value

    def _alias(self, event: _YamlEvent) -> DocumentValue:
        known = self._anchors.get(event.anchor or "")
        if known is None:
            raise broken("document-aliases", "an alias of an anchor that stands before it", "an alias of none, or inside its own anchor")
        self._counted(known[1])
        return known[0]

    def _list(self, start: int, depth: int) -> ListValue:
        items: list[DocumentValue] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, depth + 1))
        return ListValue(start, _end(event, items, start), tuple(items))

    def _map(self, start: int, depth: int) -> MapValue:
        members: list[MapMember] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            name = self._value(event, depth + 1)
            value = self._value(next(self._events), depth + 1)
            members.append(MapMember(self._name(name), value))
        return MapValue(start, _end(event, [each.value for each in members], start), tuple(members))

    def _name(self, name: DocumentValue) -> TextValue:
        """Return the name of a member as it is written: ``on`` is no boolean there."""
        return name if isinstance(name, TextValue) else text_at(name, self._text[name.start : name.end])

    def _counted(self, values: int) -> None:
        self._count += values
        if self._count > limits.EVIDENCE_VALUES:
            raise broken("document-aliases", f"at most {limits.EVIDENCE_VALUES} values, those of aliases included", "more")


def _end(event: _YamlEvent, inside: list[DocumentValue], start: int) -> int:
    """Return the end of a collection: a block ends with its last value, not where the next one begins; an alias stands elsewhere."""
    end: int = event.end_mark.index
    if event.start_mark.index != end:  # a flow collection, which has a bracket
        return end
    return max([start, *(each.end for each in inside if start <= each.end <= end)])


def _scalar(event: _YamlEvent, source: str) -> DocumentValue:
    start, end, text = event.start_mark.index, event.end_mark.index, event.value
    properties = _PROPERTIES.match(source, start, end)
    start = start if properties is None else properties.end()
    if not event.style and event.tag is None:
        tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
        if tag == f"{_YAML}null":
            return ScalarValue(start, end, "null")
        if tag == f"{_YAML}bool":
            return ScalarValue(start, end, "true" if text.lower() in ("true", "yes", "on") else "false")
        if tag in (f"{_YAML}int", f"{_YAML}float") and _NUMBER.fullmatch(text):
            return ScalarValue(start, end, text)
    spelling: Spelling = _SPELLINGS.get(event.style or "") or "plain"
    if event.style in ("|", ">"):  # its first line says only how the others are to be read
        return TextValue(start, end, (TextPiece(source.find("\n", start, end) + 1 or end, end, text, spelling=spelling),))
    inner = 1 if event.style in ("'", '"') else 0
    return TextValue(start, end, (TextPiece(start + inner, end - inner, text, spelling=spelling),))


def _tagged(tag: str | None, value: DocumentValue, start: int) -> DocumentValue:
    if tag is None or not tag.startswith("!") or tag == "!":
        return value
    span = TextSpan(start, value.end)
    name = _OWN.get(tag, f"Fn::{tag[1:]}")
    return MapValue(span.start, span.end, (MapMember(text_at(span, name), value),))
