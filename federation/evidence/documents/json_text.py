"""JSON text to values with their places: strict, bounded, repeated names kept."""

from __future__ import annotations

import json
import re
from typing import Final

from federation import limits
from federation.evidence.documents.faults import broken
from federation.evidence.documents.values import DocumentValue, ListValue, MapMember, MapValue, ScalarValue, TextPiece, TextValue

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_SCALAR: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null", re.ASCII)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_STRING: Final = json.decoder.scanstring  # type: ignore[attr-defined]  # the scanner of strings, in C where there is one


def read_json(text: str) -> DocumentValue:
    """Return the value of the JSON *text*.

    Raises:
        ValidationError: Check ``document-syntax``: no JSON, or nested deeper than `limits.EVIDENCE_DEPTH`.
    """
    value, end = _value(text, _skip(text, 0), 0)
    end = _skip(text, end)
    if end != len(text):
        raise _wrong(text, end, "text after the value")
    return value


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return at if match is None else match.end()


def _value(text: str, at: int, depth: int) -> tuple[DocumentValue, int]:
    first = text[at : at + 1]
    if first == '"':
        return _string(text, at)
    if first in ("{", "["):
        if depth == limits.EVIDENCE_DEPTH:
            raise _wrong(text, at, "deeper nesting", expected=f"JSON nested at most {limits.EVIDENCE_DEPTH} deep")
        return _object(text, at, depth + 1) if first == "{" else _list(text, at, depth + 1)
    match = _SCALAR.match(text, at)
    if match is None:
        raise _wrong(text, at, "the end of the text" if not first else "no value")
    return ScalarValue(at, match.end(), match[0]), match.end()


def _string(text: str, at: int) -> tuple[TextValue, int]:
    try:
        decoded, end = _STRING(text, at + 1, True)  # noqa: FBT003 - the scanner takes no keyword
    except ValueError:
        raise _wrong(text, at, "a string that does not end, or with a control character or a wrong escape") from None
    if _SURROGATE.search(decoded):
        raise _wrong(text, at, "a lone surrogate")
    return TextValue(at, end, (TextPiece(at + 1, end - 1, decoded, spelling="backslash"),)), end


def _object(text: str, start: int, depth: int) -> tuple[MapValue, int]:
    members: list[MapMember] = []
    at = _skip(text, start + 1)
    while text[at : at + 1] != "}":
        if members:
            at = _expected(text, at, ",")
        if text[at : at + 1] != '"':
            raise _wrong(text, at, "no name of a member")
        name, at = _string(text, at)
        value, at = _value(text, _expected(text, _skip(text, at), ":"), depth)
        members.append(MapMember(name, value))
        at = _skip(text, at)
    return MapValue(start, at + 1, tuple(members)), at + 1


def _list(text: str, start: int, depth: int) -> tuple[ListValue, int]:
    items: list[DocumentValue] = []
    at = _skip(text, start + 1)
    while text[at : at + 1] != "]":
        if items:
            at = _expected(text, at, ",")
        value, at = _value(text, at, depth)
        items.append(value)
        at = _skip(text, at)
    return ListValue(start, at + 1, tuple(items)), at + 1


def _expected(text: str, at: int, mark: str) -> int:
    if text[at : at + 1] != mark:
        raise _wrong(text, at, f"no {mark!r}")
    return _skip(text, at + 1)


def _wrong(text: str, at: int, found: str, *, expected: str = "JSON") -> Exception:
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    return broken("document-syntax", expected, f"{found} at line {line} column {column}")
