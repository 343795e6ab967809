"""What the intrinsic functions of a CloudFormation template say, as far as the template alone says it.

Resolved are references to parameters with a default, to identity providers of the template and to what the caller has given, and
``Fn::Sub``, ``Fn::Join``, ``Fn::Select`` and ``Fn::FindInMap`` of these. Conditions and everything else stay unknown: no stack is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from federation.evidence.documents.collecting import known_text, number_of
from federation.evidence.documents.given import ACCOUNT_ID, PARTITION
from federation.evidence.documents.spelling import offsets
from federation.evidence.documents.values import (
    DocumentValue,
    ListValue,
    MapMember,
    MapValue,
    ReferenceBudget,
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

OIDC_PROVIDER: Final = "AWS::IAM::OIDCProvider"
SAML_PROVIDER: Final = "AWS::IAM::SAMLProvider"
_VARIABLE: Final = re.compile(r"\$\{(?P<literal>!)?(?P<name>[^${}]+)\}")
_SCHEME: Final = "https://"
_DEEPEST: Final = 32
"""Intrinsic functions inside each other."""
_LISTS: Final = ("CommaDelimitedList", "List<Number>")


class StackTemplate:
    """A template, and what its functions say."""

    def __init__(self, root: MapValue, given: Mapping[str, str], source: str) -> None:
        self._root = root
        self._given = given
        self._source = source
        self._budget = ReferenceBudget()
        self._depth = 0

    def resolved(self, value: DocumentValue) -> DocumentValue:
        """Return *value* with every function in it resolved, or unknown."""
        self._budget.spend(text_at(value, ""))
        match value:
            case ListValue(items=items):
                found = [self.resolved(each) for each in items]
                return ListValue(value.start, value.end, tuple(each for each in found if not _is_nothing(each)))
            case MapValue(members=members):
                if len(members) == 1 and _is_function(members[0].name.known):
                    return self._function(members[0].name.known or "", members[0].value, value)
                pairs = [MapMember(each.name, self.resolved(each.value)) for each in members]
                return MapValue(value.start, value.end, tuple(each for each in pairs if not _is_nothing(each.value)))
        return value

    def property_text(self, address: str, name: str) -> str | None:
        """Return a property of the resource *address* that is a string; None where the template does not say."""
        value = _member(self._resource(address), "Properties", name)
        return None if value is None else known_text(self.resolved(value))

    def provider_arn(self, address: str) -> str | None:
        """Return the ARN of the identity provider *address*; None where a part of it is not known."""
        found = self._arn(address, self._root)
        return None if found is None else known_text(found)

    def _function(self, name: str, argument: DocumentValue, span: MapValue) -> DocumentValue:
        self._depth += 1
        try:
            found = self._called(name, argument, TextSpan(span.start, span.end)) if self._depth <= _DEEPEST else None
        finally:
            self._depth -= 1
        return UnknownValue(span.start, span.end, self._words(name, argument, span)) if found is None else self._budget.spend(found)

    def _called(self, name: str, argument: DocumentValue, span: TextSpan) -> DocumentValue | None:
        if name == "Ref":
            return self._reference(known_text(argument) or "", span)
        function = {
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::FindInMap": self._mapped,
        }.get(name)
        return None if function is None else function(argument, span)

    def _reference(self, name: str, span: TextSpan) -> DocumentValue | None:
        if name == "AWS::NoValue":
            return ScalarValue(span.start, span.end, "")
        if name in self._given:
            return text_at(span, self._given[name])
        default = _member(self._root.get("Parameters"), name, "Default")
        if default is not None:
            text = default.text if isinstance(default, ScalarValue) else known_text(default)
            if text is None:
                return None
            if known_text(_member(self._root.get("Parameters"), name, "Type")) in _LISTS:
                return ListValue(span.start, span.end, tuple(text_at(span, each.strip()) for each in text.split(",")))
            return text_at(span, text)
        return self._arn(name, span)

    def _attribute(self, argument: DocumentValue, span: TextSpan) -> DocumentValue | None:
        parts = (
            [known_text(each) for each in argument.items] if isinstance(argument, ListValue) else (known_text(argument) or "").split(".", 1)
        )
        words = ".".join(part or "" for part in parts)
        if words in self._given:
            return text_at(span, self._given[words])
        return self._arn(parts[0] or "", span) if parts[1:] == ["Arn"] else None

    def _arn(self, address: str, span: TextSpan) -> DocumentValue | None:
        """Return the ARN of an identity provider of the template; None where it has none of that name, or does not say its issuer."""
        kind = known_text(_member(self._resource(address), "Type"))
        if kind not in (OIDC_PROVIDER, SAML_PROVIDER):
            return None
        name = self.property_text(address, "Url" if kind == OIDC_PROVIDER else "Name")
        if name is None:
            return None
        partition, account = (self._pseudo(each, span) for each in (PARTITION, ACCOUNT_ID))
        noun = "oidc-provider" if kind == OIDC_PROVIDER else "saml-provider"
        fixed = (TextPiece(span.start, span.end, text) for text in ("arn:", ":iam::", f":{noun}/{name.removeprefix(_SCHEME)}"))
        return joined(span, (next(fixed), partition, next(fixed), account, next(fixed)))

    def _pseudo(self, name: str, span: TextSpan) -> TextPiece:
        return TextPiece(span.start, span.end, self._given.get(name, name), known=name in self._given)

    def _sub(self, argument: DocumentValue, span: TextSpan) -> DocumentValue | None:
        """Return ``Fn::Sub`` of a string, or of a string and its own variables."""
        del span  # that of the string, which is inside
        own: Mapping[str, DocumentValue] = {}
        match argument:
            case ListValue(items=(text, MapValue() as variables)):
                own = {name: self.resolved(value) for name, value in variables.known_members()}
                argument = text
        if not isinstance(argument, TextValue) or argument.known is None:
            return None
        whole = argument.pieces[0] if len(argument.pieces) == 1 else TextPiece(argument.start, argument.end, argument.known)
        return joined(argument, self._substituted(whole, own))

    def _substituted(self, piece: TextPiece, own: Mapping[str, DocumentValue]) -> Iterator[TextPiece]:
        places = offsets(piece, self._source)
        at = 0
        for match in _VARIABLE.finditer(piece.text):
            yield _part(piece, at, match.start(), places)
            span = _part(piece, match.start(), match.end(), places)
            name = match["name"].strip()
            at = match.end()
            if match["literal"]:
                yield TextPiece(span.start, span.end, f"${{{match['name']}}}")
                continue
            value = own.get(name) or (self._attribute(text_at(span, name), span) if "." in name else self._reference(name, span))
            pieces = None if value is None else pieces_of(value, span)
            yield from (TextPiece(span.start, span.end, name, known=False),) if pieces is None else pieces
        yield _part(piece, at, len(piece.text), places)

    def _join(self, argument: DocumentValue, span: TextSpan) -> DocumentValue | None:
        first, second = _pair(argument)
        between, listed = known_text(first), None if second is None else self.resolved(second)
        if between is None or not isinstance(listed, ListValue):
            return None
        pieces: list[TextPiece] = []
        for each in listed.items:
            inner = each.pieces if isinstance(each, TextValue) else pieces_of(each, each)
            if inner is None:
                return None
            pieces += (*([TextPiece(each.start, each.start, between)] if pieces else []), *inner)
        return joined(span, pieces)

    def _select(self, argument: DocumentValue, span: TextSpan) -> DocumentValue | None:
        del span
        first, second = _pair(argument)
        index, listed = number_of(first), None if second is None else self.resolved(second)
        return listed.items[index] if isinstance(listed, ListValue) and index is not None and index < len(listed.items) else None

    def _mapped(self, argument: DocumentValue, span: TextSpan) -> DocumentValue | None:
        del span
        if not isinstance(argument, ListValue) or len(argument.items) != len(("map", "key", "second key")):
            return None
        keys = [known_text(self.resolved(each)) for each in argument.items]
        return None if None in keys else _member(self._root.get("Mappings"), *(key or "" for key in keys))

    def _resource(self, address: str) -> DocumentValue | None:
        return _member(self._root.get("Resources"), address)

    def _words(self, name: str, argument: DocumentValue, span: TextSpan) -> str:
        """Return the function as one would write it, which is also what its value can be given by."""
        if name == "Ref":
            return known_text(argument) or name
        if name == "Fn::GetAtt":
            parts = argument.items if isinstance(argument, ListValue) else (argument,)
            return ".".join(known_text(each) or "?" for each in parts)
        return expression(self._source[span.start : span.end])


def _pair(argument: DocumentValue) -> tuple[DocumentValue | None, DocumentValue | None]:
    match argument:
        case ListValue(items=(first, second)):
            return first, second
    return None, None


def _is_function(name: str | None) -> bool:
    return name is not None and (name == "Ref" or name.startswith("Fn::"))


def _is_nothing(value: DocumentValue) -> bool:
    """Whether *value* is ``AWS::NoValue``, which takes away the member or item that it is."""
    return isinstance(value, ScalarValue) and not value.text


def _member(value: DocumentValue | None, *names: str) -> DocumentValue | None:
    for name in names:
        value = value.get(name) if isinstance(value, MapValue) else None
    return value


def _part(piece: TextPiece, start: int, end: int, places: list[int] | None) -> TextPiece:
    """Return a part of the string *piece*, with its own place where the place of each character is known."""
    text = piece.text[start:end]
    if places is None:
        return TextPiece(piece.start, piece.end, text)
    return TextPiece(places[start], places[end], text, spelling=piece.spelling)
