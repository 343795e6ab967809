"""The findings of one reading, gathered resource by resource: a resource at fault is told, and the others are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from federation.errors import FederationError
from federation.evidence.documents.faults import DocumentFault, broken
from federation.evidence.documents.model import ExpectedLogin, Format, FoundDocument, FoundEvidence, FoundProvider, FoundRole
from federation.evidence.documents.rendering import render
from federation.evidence.documents.source import SourceFile
from federation.evidence.documents.values import DocumentValue, MapValue, ScalarValue, TextValue, UnknownValue
from federation.explaining.positions import TextSpan
from federation.policy import Kind

_DIGITS: Final = 9
"""Digits of a number that is read."""


@dataclass
class Collected:
    """What has been found so far; `given` are values of expressions that the caller knows, by the text of the expression."""

    given: Mapping[str, str] = field(default_factory=dict)
    documents: list[FoundDocument] = field(default_factory=list)
    roles: list[FoundRole] = field(default_factory=list)
    providers: list[FoundProvider] = field(default_factory=list)
    logins: list[ExpectedLogin] = field(default_factory=list)
    faults: list[DocumentFault] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)

    def evidence(self) -> FoundEvidence:
        """Return what was found."""
        return FoundEvidence(
            documents=tuple(self.documents),
            roles=tuple(self.roles),
            providers=tuple(self.providers),
            logins=tuple(self.logins),
            faults=tuple(self.faults),
            passed_over=tuple(self.passed_over),
        )

    @contextmanager
    def resource(self, source: SourceFile, address: str, span: TextSpan) -> Iterator[None]:
        """Record a refusal of what is read inside as the fault of the resource *address*."""
        try:
            yield
        except FederationError as refusal:
            self.faults.append(DocumentFault(source.name, address, source.line(span.start), refusal))

    def document(
        self, value: DocumentValue, source: SourceFile, *, form: Format, address: str, kind: Kind | None, earlier: bool = False
    ) -> FoundDocument:
        """Record the policy that *value* is, and return it."""
        found = FoundDocument(source, form, address, kind, render(value, source.text), earlier)
        if not earlier:
            self.documents.append(found)
        return found


def map_of(value: DocumentValue | None, what: str) -> MapValue:
    """Return *value*, which must be an object.

    Raises:
        ValidationError: Check ``document-resource``.
    """
    if not isinstance(value, MapValue):
        raise broken("document-resource", f"{what} as an object", kind_of(value), remedy="correct the resource")
    return value


def known_text(value: DocumentValue | None) -> str | None:
    """Return the string that *value* is; None where it is no string, or not known."""
    return value.known if isinstance(value, TextValue) else None


def number_of(value: DocumentValue | None) -> int | None:
    """Return the whole number that *value* is; None where it is none, or not known."""
    text = value.text if isinstance(value, ScalarValue) else known_text(value)
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def kind_of(value: DocumentValue | None) -> str:
    """Return what *value* is, in a word."""
    if value is None:
        return "nothing"
    if isinstance(value, UnknownValue):
        return "an expression"
    return {"TextValue": "a string", "ScalarValue": "a number or a constant", "ListValue": "a list"}.get(type(value).__name__, "an object")
