"""Policy variables: ``${key}``, ``${key, 'default'}``, and ``${*}`` ``${?}`` ``${$}`` for the characters themselves.

They exist under version 2012-10-17 alone, in resources and in the values of String and Arn operators; elsewhere the text stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from federation import aws_texts
from federation.errors import MalformedPolicyDocument, show
from federation.identity import ContextValue
from federation.policy.wildcard import Piece, fold

_VARIABLE: Final = re.compile(
    r"\$\{(?:(?P<literal>[*?$])|(?P<key>[^\s{}$,'*?](?:[^{}$,'*?]*[^\s{}$,'*?])?)\s*(?:,\s*'(?P<default>[^']*)'\s*)?)\}"
)


def keys_named(text: str) -> Iterator[str]:
    """Yield the condition keys that the policy variables in *text* refer to, as spelled."""
    return (match["key"] for match in _VARIABLE.finditer(text) if match["key"] is not None)


class Unresolved(Enum):
    """Why a variable has no value."""

    ABSENT = "the key is absent from the request and the variable has no default"
    MULTIVALUED = "the key is multivalued"


@dataclass(frozen=True, slots=True)
class Variable:
    """A reference to a condition key; ``key`` is folded."""

    key: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Template:
    """Text with its variables told apart once, when the policy is compiled."""

    parts: tuple[Piece | Variable, ...]

    @property
    def pieces(self) -> tuple[Piece, ...] | None:
        """The pieces of a template without variables, otherwise None."""
        pieces = tuple(part for part in self.parts if isinstance(part, Piece))
        return pieces if len(pieces) == len(self.parts) else None

    def resolve(self, keys: Mapping[str, ContextValue]) -> tuple[Piece, ...] | Unresolved:
        """Put the request's values in; *keys* are folded. A multivalued key resolves to nothing, default or not (AWS, observed)."""
        pieces = []
        for part in self.parts:
            if isinstance(part, Piece):
                pieces.append(part)
                continue
            value = keys.get(part.key, part.default)
            if value is None:
                return Unresolved.ABSENT
            if not isinstance(value, str):
                return Unresolved.MULTIVALUED
            pieces.append(Piece(value, literal=True))
        return tuple(pieces)


def outgrows(pieces: tuple[Piece, ...], length: int) -> bool:
    """Whether the literal *pieces* alone are too long to match a text of *length* characters, which is seen without putting them together.

    A character may count as two units (beyond U+FFFF) or become two (in lower case).
    """
    return sum([len(piece.text) for piece in pieces if piece.literal]) > 2 * length


def read_template(text: str, *, variables: bool, path: str) -> Template:
    """Cut *text* into pieces and variables; with *variables* false it is one piece.

    Raises:
        MalformedPolicyDocument: A ``${`` begins no well-formed variable; *path* says where.
    """
    if not variables or "${" not in text:
        return Template((Piece(text),))
    parts: list[Piece | Variable] = []
    start = 0
    while (opening := text.find("${", start)) >= 0:
        match = _VARIABLE.match(text, opening)
        if match is None:
            raise MalformedPolicyDocument(
                check="policy-variable",
                path=path,
                expected="variables of the form ${key} or ${key, 'default'}",
                found=show(text[opening : opening + 64]),
                remedy="close the variable, name one condition key in it, and write ${$} for a dollar sign before a brace",
                message=aws_texts.policies.SYNTAX,
            )
        if opening > start:
            parts.append(Piece(text[start:opening]))
        literal = match["literal"]
        parts.append(Piece(literal, literal=True) if literal else Variable(fold(match["key"]), match["default"]))
        start = match.end()
    if start < len(text):
        parts.append(Piece(text[start:]))
    return Template(tuple(parts))
