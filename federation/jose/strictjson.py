"""Strict JSON (RFC 8259, with restrictions of I-JSON, RFC 7493). Text that parsers read differently is refused or reported.

Nesting is limited by a scan before parsing (attack row J49), and digits of numbers by hooks of the parser (J50). Refused are other
encodings than UTF-8, a byte order mark, trailing data, ``NaN`` and ``Infinity`` (J26), numbers of more than 20 digits or beyond a double,
and lone surrogates (J48). A repeated member (J25) is reported and has its last value, because profile ``aws`` accepts it.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from federation import limits
from federation.check_names import CheckName
from federation.errors import FederationError, show
from federation.records import record

_TOKENS: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)
_SURROGATE_ESCAPE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_MAX_DIGITS: Final = 20


@record()
class JsonObject:
    """A decoded JSON object: its ``members``, and the names that occur more than once in an object inside it (``repeated``)."""

    members: dict[str, Any]
    repeated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Complaint:
    """The properties of the refusal of a text: class, check, name of the text, remedy, and AWS's message."""

    error: type[FederationError]
    check: CheckName
    what: str
    remedy: str
    message: str | None = None

    def refusal(self, expected: str, found: str) -> FederationError:
        """Return the refusal."""
        return self.error(check=self.check, expected=f"{self.what} as {expected}", found=found, remedy=self.remedy, message=self.message)


class _RepeatedMemberError(ValueError):
    """An object names a member twice."""


def decode_object(octets: bytes, complaint: Complaint) -> JsonObject:
    """Decode *octets*, which must hold exactly one JSON object.

    The time is linear in the length of *octets*, which the caller limits.

    Raises:
        FederationError: *octets* is not such an object; *complaint* has class and texts.
    """
    try:
        text = octets.decode()
    except UnicodeDecodeError as fault:
        raise complaint.refusal("UTF-8 text", f"an octet sequence that is not UTF-8 at octet {fault.start}") from None
    # The search for a nested beginning is much faster than the count, and most claims sets and headers are flat.
    nested = "[" in text or text.find("{", 1) > 0
    if nested and text.count("[") + text.count("{") > limits.JSON_DEPTH and _depth(text) > limits.JSON_DEPTH:
        raise complaint.refusal(f"JSON nested at most {limits.JSON_DEPTH} deep", "deeper nesting")
    repeated: tuple[str, ...] = ()
    try:
        value = _decode_strictly(text)
    except _RepeatedMemberError:
        value, repeated = _decode_repeated(text, complaint)
    except ValueError as fault:
        raise complaint.refusal("one JSON object", _fault(fault)) from None
    if not isinstance(value, dict):
        raise complaint.refusal("one JSON object", "JSON of another type")
    if "\\" in text and _SURROGATE_ESCAPE.search(text) is not None:
        _refuse_lone_surrogates(value, complaint)
    return JsonObject(value, repeated)


def _decode_strictly(text: str) -> object:
    """Return the decoded *text*. White space around it is checked only where it does not begin and end with braces."""
    if text.startswith("{"):
        value, end = _STRICT.raw_decode(text)
        if end == len(text):
            return value
    return _STRICT.decode(text)


def _decode_repeated(text: str, complaint: Complaint) -> tuple[object, tuple[str, ...]]:
    """Decode again with the last value of repeated names, as AWS does, and return these names too."""
    repeated: dict[str, None] = {}

    def last_wins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for name, value in pairs:
            if name in members:
                repeated[name] = None
            members[name] = value
        return members

    lenient = json.JSONDecoder(object_pairs_hook=last_wins, parse_int=_integer, parse_float=_float, parse_constant=_constant)
    try:
        return lenient.decode(text), tuple(repeated)
    except ValueError as fault:
        raise complaint.refusal("one JSON object", _fault(fault)) from None


def _refuse_lone_surrogates(value: object, complaint: Complaint) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise complaint.refusal("strings of Unicode characters", "a lone surrogate") from None


def _depth(text: str) -> int:
    depth = deepest = 0
    for token in _TOKENS.finditer(text):
        first = text[token.start()]
        if first in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in "]}":
            depth -= 1
    return deepest


def _fault(fault: ValueError) -> str:
    """Return a description of the fault that does not repeat the text, which may hold secrets."""
    return f"{fault.msg} at character {fault.pos}" if isinstance(fault, json.JSONDecodeError) else str(fault)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _RepeatedMemberError
    return members


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError(f"a number of more than {_MAX_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("a number beyond the range of a double")
    return value


def _constant(name: str) -> NoReturn:
    raise ValueError(f"the word {show(name)}, which is not JSON")


_STRICT: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_int=_integer, parse_float=_float, parse_constant=_constant)
