"""What an expression of Terraform's language says without being run: literals, references that resolve, and a few pure functions.

Everything else is an unknown value with the text of the expression.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from federation.errors import FederationError
from federation.evidence.documents.collecting import known_text
from federation.evidence.documents.terraform.functions import called
from federation.evidence.documents.terraform.hcl import parse
from federation.evidence.documents.terraform.nodes import HclNode
from federation.evidence.documents.values import (
    DocumentValue,
    ListValue,
    MapMember,
    MapValue,
    ScalarValue,
    TextPiece,
    TextValue,
    UnknownValue,
    expression,
    joined,
    pieces_of,
    text_at,
)
from federation.explaining.positions import TextSpan

Resolve = Callable[[str, TextSpan], DocumentValue | None]
"""Returns the value that a reference stands for, with its place; None where the files do not say."""

HOST: Final = "#host"
"""Added to a reference to ask for it without its scheme."""
_ESCAPE: Final = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U000[0-9A-Fa-f]{5}|U0010[0-9A-Fa-f]{4}|.)", re.DOTALL)
_SHORT: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_HEREDOC: Final = re.compile(r"<<-?(?P<mark>[^\r\n]+)\r?\n(?P<body>.*?)[ \t]*(?P=mark)\s*\Z", re.DOTALL)
_TEMPLATE: Final = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_HEXADECIMAL: Final = 16
_SPACE: Final = re.compile(r"\s+")
_WRAPPED: Final = "v = ("
_TRAVERSAL: Final = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+|\[(?:\d+|\"[^\"\\]*\")\])*", re.ASCII)
_MOST_PARSED: Final = 200
"""Expressions in heredocs of one file that are parsed, each on its own; beyond it they are unknown."""
_SCHEME: Final = "https://"
_UNSCHEMED: Final = ([_SCHEME], [_SCHEME, ""])
"""What ``trimprefix`` and ``replace`` are given to take the scheme off an issuer."""


class Evaluator:
    """Evaluates the expressions of one file.

    Attributes:
        text: The text of the file.
        resolve: What references stand for.
    """

    def __init__(self, text: str, resolve: Resolve) -> None:
        self.text = text
        self.resolve = resolve
        self._parsed = 0

    def value(self, node: HclNode) -> DocumentValue:
        """Return the value of the expression *node*."""
        while node.rule == "expr_term" and len(node.rules) == 1:
            [node] = node.rules
        read = _READ.get(node.rule)
        found = None if read is None else read(self, node)
        return UnknownValue(node.start, node.end, expression(self.words(node))) if found is None else found

    def words(self, span: TextSpan) -> str:
        """Return the text at *span*."""
        return self.text[span.start : span.end]

    def reference(self, node: HclNode) -> DocumentValue | None:
        """Return what a reference stands for."""
        return self.resolve(_SPACE.sub("", self.words(node)), node)

    def scalar(self, node: HclNode) -> DocumentValue | None:
        """Return a number or a constant."""
        return ScalarValue(node.start, node.end, self.words(node))

    def list_(self, node: HclNode) -> DocumentValue | None:
        """Return a tuple."""
        return ListValue(node.start, node.end, tuple(self.value(each) for each in node.rules))

    def object_(self, node: HclNode) -> DocumentValue | None:
        """Return an object."""
        return MapValue(node.start, node.end, tuple(self._element(each) for each in node.rules))

    def string(self, node: HclNode) -> DocumentValue | None:
        """Return a quoted string; None where it has a directive."""
        pieces: list[TextPiece] = []
        for each in (part for string_part in node.rules for part in string_part.children):
            found = self._part(each)
            if found is None:
                return None
            pieces += found
        return joined(node, pieces)

    def heredoc(self, node: HclNode) -> DocumentValue | None:
        """Return a heredoc; None where it has a directive."""
        match = _HEREDOC.match(self.words(node))
        if match is None:
            return None
        end = node.start + match.end("body")
        pieces = self._template(node.start + match.start("body"), end)
        return None if pieces is None else joined(TextSpan(node.start, end), pieces)

    def call(self, node: HclNode) -> DocumentValue | None:
        """Return what a function returns."""
        name, *given = node.rules
        if len(given) > 1 or any(each.rule == "ELLIPSIS" for inside in given for each in inside.children):
            return None
        arguments = given[0].rules if given else ()
        values = [self.value(each) for each in arguments]
        word = self.words(name)
        if word in ("replace", "trimprefix") and [known_text(each) for each in values[1:]] in _UNSCHEMED:
            # The usual way to name an issuer's keys. It holds whether the provider's `url` has its scheme or not.
            issuer = self.resolve(_SPACE.sub("", self.words(arguments[0])) + HOST, node)
            if issuer is not None:
                return issuer
        return called(word, values, node)

    def _element(self, node: HclNode) -> MapMember:
        key, value = node.rules
        [named] = key.children
        if named.rule != "expr_term" or (len(named.children) == 1 and named.children[0].rule != "string"):
            plain = named.rule != "expr_term" or named.children[0].rule in ("identifier", "literal_value", "int_lit")
            name = text_at(key, self.words(key)) if plain else TextValue(key.start, key.end, (self._unknown(key),))
            return MapMember(name, self.value(value))
        found = self.value(named)
        pieces = pieces_of(found, key) or (self._unknown(key),)
        return MapMember(found if isinstance(found, TextValue) else TextValue(key.start, key.end, pieces), self.value(value))

    def _unknown(self, span: TextSpan) -> TextPiece:
        return TextPiece(span.start, span.end, expression(self.words(span)), known=False)

    def _part(self, part: HclNode) -> tuple[TextPiece, ...] | None:
        """Return the pieces of a part of a string; None for a directive."""
        match part.rule:
            case "STRING_CHARS":
                return (TextPiece(part.start, part.end, _unescaped(part.text), spelling="backslash"),)
            case "ESCAPED_INTERPOLATION" | "ESCAPED_DIRECTIVE":
                return (TextPiece(part.start, part.end, _unescaped(part.text[1:])),)
            case "interpolation":
                [inner] = part.rules
                return self._written(self.value(inner), part, inner)
        return None

    def _written(self, value: DocumentValue, span: TextSpan, inner: TextSpan) -> tuple[TextPiece, ...]:
        """Return the pieces of *value* where it is interpolated at *span*."""
        return pieces_of(value, span) or (TextPiece(span.start, span.end, expression(self.words(inner)), known=False),)

    def _template(self, at: int, end: int) -> list[TextPiece] | None:
        """Return the pieces of the template in the text from *at* to *end*; None where it has a directive."""
        pieces: list[TextPiece] = []
        match = _TEMPLATE.search(self.text, at, end)
        while match is not None:
            pieces.append(TextPiece(at, match.start(), self.text[at : match.start()], spelling="plain"))
            if match[0] == "${":
                closed = _closing(self.text, match.end(), end)
                if closed is None:
                    return None
                pieces += self._interpolated(TextSpan(match.start(), closed + 1), TextSpan(match.end(), closed))
                at = closed + 1
            elif match[0] == "%{":
                return None
            else:
                pieces.append(TextPiece(match.start(), match.end(), match[0][1:]))
                at = match.end()
            match = _TEMPLATE.search(self.text, at, end)
        return [*pieces, TextPiece(at, end, self.text[at:end], spelling="plain")]

    def _interpolated(self, span: TextSpan, inner: TextSpan) -> tuple[TextPiece, ...]:
        words = self.words(inner).strip()
        unknown = (TextPiece(span.start, span.end, expression(words), known=False),)
        if _TRAVERSAL.fullmatch(words):
            value = self.resolve(words, span)
            return unknown if value is None else self._written(value, span, inner)
        self._parsed += 1
        if self._parsed > _MOST_PARSED:
            return unknown
        try:
            [attribute] = parse(f"{_WRAPPED}{words})").children
        except FederationError:
            return unknown
        found = Evaluator(f"{_WRAPPED}{words})\n", self.resolve).value(attribute.rules[1])
        return unknown if isinstance(found, UnknownValue) else self._written(found, span, inner)


_READ: Final[Mapping[str, Callable[[Evaluator, HclNode], DocumentValue | None]]] = {
    "float_lit": Evaluator.scalar,
    "function_call": Evaluator.call,
    "get_attr_expr_term": Evaluator.reference,
    "heredoc_template": Evaluator.heredoc,
    "heredoc_template_trim": Evaluator.heredoc,
    "identifier": Evaluator.reference,
    "index_expr_term": Evaluator.reference,
    "int_lit": Evaluator.scalar,
    "literal_value": Evaluator.scalar,
    "object": Evaluator.object_,
    "string": Evaluator.string,
    "tuple": Evaluator.list_,
}
"""How the rules of the grammar are evaluated."""


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    spelled = match[0]
    if len(spelled) == len("\\u0000"):
        return str(json.loads(f'"{spelled}"'))
    if len(spelled) == len("\\U00000000"):
        return chr(int(spelled[2:], _HEXADECIMAL))
    return _SHORT.get(spelled[1], spelled)


def _closing(text: str, at: int, end: int) -> int | None:
    """Return the place of the brace that closes the interpolation whose expression begins at *at*; strings in it are passed over."""
    depth = 0
    quoted = False
    while at < end:
        character = text[at]
        if quoted:
            if character == "\\":
                at += 1
            quoted = character != '"'
        elif character == '"':
            quoted = True
        elif character == "{":
            depth += 1
        elif character == "}":
            if depth == 0:
                return at
            depth -= 1
        at += 1
    return None
