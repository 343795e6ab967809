"""The AWS Query wire format, inbound: one HTTP request → the parameters of one operation.

Two readers of the same octets must never see different requests (attack row B07). So a parameter that is given twice, parameters in both
query string and body, and a list with a gap are refused rather than resolved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from federation import aws_texts, limits
from federation.calls.constraints import (
    BooleanConstraint,
    Constraint,
    EnumConstraint,
    IntegerConstraint,
    StructureConstraint,
    StructureListConstraint,
    TextConstraint,
    TextListConstraint,
)
from federation.check_names import WireCheck
from federation.errors import MalformedInput, MalformedQueryString, show
from federation.server.messages import Request

Argument = str | int | bool | dict[str, "Argument"] | list["Argument"]
"""A parameter in the form that boto3 and the library take."""

_FORM: Final = "application/x-www-form-urlencoded"
_CHARSET = re.compile(r'\s*charset\s*=\s*"?utf-?8"?\s*', re.ASCII | re.IGNORECASE)
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,64}", re.ASCII)
_INTEGER_MIN, _INTEGER_MAX = -(2**31), 2**31 - 1
_MEMBER = re.compile(r"member\.([1-9][0-9]{0,3})(?:\.(.*))?", re.ASCII | re.DOTALL)
_BOOLEANS: Final = {"true": True, "false": False}
_SIGNATURE_PREFIX: Final = "X-Amz-"


def read_parameters(request: Request) -> dict[str, str]:
    """Read the parameters of *request* from its form body or its query string, whichever carries them.

    The query string may hold the signature of a request whose parameters are in the body: ``X-Amz-…`` does not count as a second source.

    Raises:
        MalformedQueryString: A percent sign does not begin an escape.
        MalformedInput: The content type is not that of a form, a text is not UTF-8, a parameter is given twice, parameters are in both
            places, or there are more than `limits.REQUEST_PARAMETERS`.
    """
    in_query = _pairs(request.query.encode("utf-8", "surrogatepass"), "query string") if request.query else {}
    if not request.body:
        return in_query
    _check_content_type(request.header("content-type"))
    in_body = _pairs(request.body, "body")
    if any(not name.startswith(_SIGNATURE_PREFIX) for name in in_query):
        raise _malformed("parameter-source", "parameters in the query string or in the body", "parameters in both", "send them in the body")
    return in_body


def read_arguments(parameters: Mapping[str, str], constraints: Mapping[str, Constraint]) -> dict[str, Argument]:
    """Return the values in flat *parameters* (``Tags.member.1.Key=…``), by wire name; names that *constraints* lacks are ignored.

    Raises:
        MalformedInput: An integer or a boolean is malformed, a list has a gap, or a parameter is both a value and a list.
    """
    grouped: dict[str, dict[str, str]] = {}
    for name, value in parameters.items():
        head, dot, rest = name.partition(".")
        if head in constraints:
            grouped.setdefault(head, {})[dot + rest] = value
    arguments = {}
    for name, parts in grouped.items():
        argument = _argument(name, constraints[name], parts)
        if argument is not None:
            arguments[name] = argument
    return arguments


def _check_content_type(header: str) -> None:
    media_type, semicolon, rest = header.partition(";")
    if media_type.strip().lower() != _FORM or (semicolon and rest.strip() and _CHARSET.fullmatch(rest) is None):
        raise _malformed("content-type", f"{_FORM}; charset=utf-8", show(header), "send the parameters as a form in UTF-8")


def _pairs(data: bytes, where: str) -> dict[str, str]:
    if b"%" in data:
        _check_escapes(data)
    pairs = data.split(b"&", limits.REQUEST_PARAMETERS)
    if len(pairs) > limits.REQUEST_PARAMETERS:
        raise _malformed("parameter-count", f"at most {limits.REQUEST_PARAMETERS} parameters", "more", "send one operation per request")
    found: dict[str, str] = {}
    for pair in filter(None, pairs):
        name, _, value = pair.partition(b"=")
        key = _decoded(name, where)
        if key in found:
            raise _malformed("duplicate-parameter", "each parameter once", f"{show(key)} twice", "send it once")
        found[key] = _decoded(value, where)
    return found


def _check_escapes(data: bytes) -> None:
    bad = _BAD_ESCAPE.search(data)
    if bad is None:
        return
    digits = data[bad.start() + 1 : bad.start() + 3].decode("latin-1")
    shown = "".join(c if c.isprintable() else "?" for c in digits)
    raise MalformedQueryString(
        check="parameter-escape",
        expected="two hexadecimal digits after every percent sign",
        found=show("%" + digits),
        remedy="percent-encode the parameters",
        message=aws_texts.requests.illegal_escape(shown) if len(digits) > 1 else aws_texts.requests.INCOMPLETE_ESCAPE,
    )


def _decoded(escaped: bytes, where: str) -> str:
    octets = escaped.replace(b"+", b" ")
    if b"%" in octets:
        octets = unquote_to_bytes(octets)
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("parameter-text", f"a {where} in UTF-8", "octets that are not UTF-8", "encode the parameters as UTF-8") from None


def _argument(name: str, constraint: Constraint, parts: Mapping[str, str]) -> Argument | None:
    """Return the value of one parameter; None where no part is known. *parts* maps the rest of a name (empty, or from a dot) to a value."""
    if isinstance(constraint, (TextListConstraint, StructureListConstraint)):
        return _list(name, constraint.element, parts)
    if isinstance(constraint, StructureConstraint):
        return _structure(name, constraint, parts)
    if "" not in parts:
        return None
    if isinstance(constraint, BooleanConstraint):
        return _boolean(name, parts[""])
    return _integer(name, parts[""]) if isinstance(constraint, IntegerConstraint) else parts[""]


def _list(name: str, element: TextConstraint | EnumConstraint | StructureConstraint, parts: Mapping[str, str]) -> list[Argument]:
    if parts.get("") == "" and len(parts) == 1:  # how SDKs send an empty list
        return []
    elements: dict[int, dict[str, str]] = {}
    for part, value in parts.items():
        match = _MEMBER.fullmatch(part[1:]) if part else None
        if match is None:
            raise _malformed("list-index", f"{name}.member.N, N from 1", show(name + part), "number the elements from 1, without gaps")
        index, rest = int(match[1]), match[2]
        elements.setdefault(index, {})["" if rest is None else "." + rest] = value
    if max(elements) != len(elements):
        found = f"{len(elements)} of them, the last numbered {max(elements)}"
        raise _malformed("list-index", f"elements of {name} numbered from 1 without gaps", found, "renumber the elements")
    return [_element(f"{name}.member.{index}", element, elements[index]) for index in sorted(elements)]


def _element(name: str, element: TextConstraint | EnumConstraint | StructureConstraint, parts: Mapping[str, str]) -> Argument:
    if isinstance(element, StructureConstraint):
        return _structure(name, element, parts)
    if set(parts) != {""}:
        raise _malformed("parameter-shape", f"one value for {name}", "members", "send the value alone")
    return parts[""]


def _structure(name: str, structure: StructureConstraint, parts: Mapping[str, str]) -> dict[str, Argument]:
    if parts.get(""):
        raise _malformed(
            "parameter-shape", f"members, such as {name}.{next(iter(structure.members))}", "a value", "send the members one by one"
        )
    return read_arguments({part[1:]: value for part, value in parts.items() if part}, structure.members)


def _boolean(name: str, text: str) -> bool:
    if text not in _BOOLEANS:
        raise _malformed("parameter-boolean", f"true or false for {name}", show(text), "send true or false")
    return _BOOLEANS[text]


def _integer(name: str, text: str) -> int:
    value = int(text) if _INTEGER.fullmatch(text) else None
    if value is None or not _INTEGER_MIN <= value <= _INTEGER_MAX:
        raise MalformedInput(
            check="parameter-integer",
            expected=f"a decimal integer of 32 bits for {name}",
            found=show(text),
            remedy="send digits alone",
            message=None if text else aws_texts.requests.NO_DECIMAL,
        )
    return value


def _malformed(check: WireCheck, expected: str, found: str, remedy: str) -> MalformedInput:
    return MalformedInput(check=check, expected=expected, found=found, remedy=remedy)
