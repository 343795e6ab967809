"""Policy text to plain data: JSON read strictly, every fault with its JSON path.

Numbers keep the spelling of the document, so that a condition compares what its author wrote.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, NoReturn

from federation import aws_texts
from federation.check_names import PolicyCheck
from federation.errors import MalformedPolicyDocument, show
from federation.limits import JSON_DEPTH, POLICY_CHARS

_STRUCTURE: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class Number(str):
    """A JSON number in the spelling of the document."""

    __slots__ = ()


class _Duplicate(dict[str, Any]):
    """An object in which the member ``name`` occurs twice."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


def member(path: str, name: str) -> str:
    """Return the JSON path of the member *name* of the object at *path*."""
    return f"{path}.{name}" if _PLAIN.fullmatch(name) else f"{path}[{json.dumps(name[:128])}]"


def read_document(document: object) -> tuple[str, dict[str, Any]]:
    """Return the text and the object of a policy given as text, UTF-8 octets or a mapping.

    Raises:
        MalformedPolicyDocument: Not JSON, not an object, longer than `POLICY_CHARS`, deeper than `JSON_DEPTH`, a member twice
            (attack row A16), or text that is not Unicode.
    """
    if isinstance(document, Mapping):
        return _from_mapping(document)
    if isinstance(document, bytes):
        try:
            document = document.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _invalid("UTF-8 text", f"an octet that is none at {error.start}") from None
    if not isinstance(document, str):
        raise _invalid("JSON text, its UTF-8 octets or a mapping", show(document))
    _check_bounds(document)
    duplicates: list[_Duplicate] = []
    reader = partial(_object, duplicates=duplicates)
    try:
        parsed = json.loads(document, object_pairs_hook=reader, parse_int=Number, parse_float=Number, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise _invalid("JSON", f"{error.msg} at line {error.lineno} column {error.colno}") from None
    if duplicates or not document.isascii() or "\\u" in document:  # nothing else can be at fault, and most documents have none of these
        _check_tree(parsed, "$")
    if not isinstance(parsed, dict):
        raise _invalid("a JSON object", f"a JSON {type(parsed).__name__}")
    return document, parsed


def _from_mapping(document: Mapping[Any, Any]) -> tuple[str, dict[str, Any]]:
    try:
        text = json.dumps(dict(document), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise _invalid("a mapping that JSON can hold", type(error).__name__) from None
    return read_document(text)


def _check_bounds(text: str) -> None:
    if len(text) > POLICY_CHARS:
        raise _invalid(f"at most {POLICY_CHARS} characters", f"{len(text)} characters", check="policy-size")
    if text.count("{") + text.count("[") <= JSON_DEPTH:  # nearly every policy: it cannot be deeper than it has brackets
        return
    depth = 0
    for match in _STRUCTURE.finditer(text):
        opening = match[0]
        depth += 1 if opening in "[{" else -1 if opening in "]}" else 0
        if depth > JSON_DEPTH:
            raise _invalid(f"at most {JSON_DEPTH} levels of nesting", "more")


def _object(pairs: list[tuple[str, Any]], *, duplicates: list[_Duplicate]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    counts = Counter(name for name, _ in pairs)
    duplicates.append(_Duplicate(next(name for name, count in counts.items() if count > 1)))
    return duplicates[-1]


def _constant(name: str) -> NoReturn:
    raise _invalid("JSON", show(name))


def _check_tree(value: object, path: str) -> None:
    """Recursion is safe here: `_check_bounds` limited the depth."""
    if isinstance(value, _Duplicate):
        raise _invalid("every member once", f"{show(value.name)} twice", path=path)
    if isinstance(value, str) and _SURROGATE.search(value):
        raise _invalid("Unicode text", "a lone surrogate", path=path)
    if isinstance(value, dict):
        for name, inner in value.items():
            _check_tree(name, path)
            _check_tree(inner, member(path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check_tree(inner, f"{path}[{index}]")


def _invalid(expected: str, found: str, *, path: str = "$", check: PolicyCheck = "policy-json") -> MalformedPolicyDocument:
    return MalformedPolicyDocument(
        check=check,
        path=path,
        expected=expected,
        found=found,
        remedy="write the policy as one JSON object and check it with `federation policy lint`",
        message=aws_texts.policies.INVALID_JSON,
    )
