"""Assertions as typed values, read only from signed octets (SAML Core 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from federation.saml.foreign import refuse_foreign_attributes
from federation.saml.reading.attributes import ATTRIBUTE_STATEMENT, read_attributes
from federation.saml.reading.conditions import CONDITIONS, Conditions, read_conditions
from federation.saml.reading.shape import CHECK, optional_instant, refuse, required
from federation.saml.reading.subject import SUBJECT, Decrypt, Subject, read_subject
from federation.saml.reading.times import read_instant
from federation.saml.xml import ASSERTION, ENCRYPTED_ASSERTION, ISSUER, SAML, SIGNATURE, Element, attributes, text

_ADVICE: Final = f"{SAML}Advice"
_AUTHN_STATEMENT: Final = f"{SAML}AuthnStatement"
_AUTHN_CONTEXT: Final = f"{SAML}AuthnContext"
_SUBJECT_LOCALITY: Final = f"{SAML}SubjectLocality"
_AUTHZ_DECISION_STATEMENT: Final = f"{SAML}AuthzDecisionStatement"

_ASSERTION_ATTRIBUTES: Final = frozenset({"Version", "ID", "IssueInstant"})
_ISSUER_ATTRIBUTES: Final = frozenset({"Format", "NameQualifier", "SPNameQualifier", "SPProvidedID"})
_AUTHN_ATTRIBUTES: Final = frozenset({"AuthnInstant", "SessionIndex", "SessionNotOnOrAfter"})


class AuthnStatement(NamedTuple):
    """An AuthnStatement. Times are aware UTC; None where the attribute is absent."""

    authn_instant: datetime
    session_index: str | None = None
    session_not_on_or_after: datetime | None = None


class Assertion(NamedTuple):
    """A SAML 2.0 assertion that conforms to the schema. Its content is proved, but not yet checked against the provider.

    Attributes:
        version: Version as written.
        assertion_id: ID as written. Replay is detected by issuer and ID.
        issue_instant: IssueInstant, aware UTC.
        issuer: Text of the Issuer, untrimmed.
        issuer_format: Format of the Issuer, or None.
        subject: The Subject, or None.
        conditions: The Conditions, or None.
        authn_statements: Every AuthnStatement in order.
        attributes: Name to values in document order; values of repeated Attribute elements joined.
        foreign: Names of unknown attributes of other namespaces where the schema allows any (attack row X19).
    """

    version: str
    assertion_id: str
    issue_instant: datetime
    issuer: str
    issuer_format: str | None
    subject: Subject | None
    conditions: Conditions | None
    authn_statements: tuple[AuthnStatement, ...]
    attributes: Mapping[str, tuple[str, ...]]
    foreign: tuple[str, ...] = ()


def read_assertion(root: Element, *, decrypt: Decrypt | None = None) -> Assertion:
    """Return the assertion of the element *root*, which must come from `SignedOctets`.

    Elements must be in the order of the schema: Issuer, Signature, Subject, Conditions, Advice, statements.

    Args:
        root: Root element of the parsed assertion.
        decrypt: Decrypts EncryptedID and EncryptedAttribute; when None they are refused.

    Raises:
        InvalidIdentityToken: Check ``assertion-shape``, ``time-syntax``, ``text``, ``attribute-value`` or one of decryption.
    """
    if root.tag != ASSERTION:
        raise refuse("a SAML 2.0 Assertion", root)
    attributes(root, _ASSERTION_ATTRIBUTES, CHECK)
    children = iter(root)
    issuer, issuer_format = _read_issuer(next(children, None), root)
    child = next(children, None)
    if child is not None and child.tag == SIGNATURE:  # present where the Response was signed; the assertion's own signature is removed
        child = next(children, None)
    foreign: list[str] = []
    subject: Subject | None = None
    if child is not None and child.tag == SUBJECT:
        subject = read_subject(child, foreign, decrypt)
        child = next(children, None)
    conditions: Conditions | None = None
    if child is not None and child.tag == CONDITIONS:
        conditions = read_conditions(child)
        child = next(children, None)
    if child is not None and child.tag == _ADVICE:
        _check_advice(child)
        child = next(children, None)
    authn_statements: list[AuthnStatement] = []
    values: dict[str, list[str]] = {}
    while child is not None:
        _read_statement(child, authn_statements, values, foreign, decrypt)
        child = next(children, None)
    return Assertion(
        required(root, "Version"),
        required(root, "ID"),
        read_instant(required(root, "IssueInstant"), "Assertion IssueInstant"),
        issuer,
        issuer_format,
        subject,
        conditions,
        tuple(authn_statements),
        dict(zip(values, map(tuple, values.values()), strict=True)),
        tuple(foreign),
    )


def _read_issuer(element: Element | None, assertion: Element) -> tuple[str, str | None]:
    if element is None or element.tag != ISSUER:
        raise refuse("an Issuer as first element of the Assertion", assertion if element is None else element)
    return text(element), attributes(element, _ISSUER_ATTRIBUTES, CHECK)("Format")


def _read_statement(
    child: Element, authn: list[AuthnStatement], values: dict[str, list[str]], foreign: list[str], decrypt: Decrypt | None
) -> None:
    tag = child.tag
    if tag == ATTRIBUTE_STATEMENT:
        read_attributes(child, values, foreign, decrypt)
        return
    refuse_foreign_attributes(child, CHECK)
    if tag == _AUTHN_STATEMENT:
        authn.append(_read_authn_statement(child))
    elif tag != _AUTHZ_DECISION_STATEMENT:  # has no effect here
        raise refuse("the elements of an Assertion in the order of the schema", child)


def _read_authn_statement(element: Element) -> AuthnStatement:
    get = attributes(element, _AUTHN_ATTRIBUTES, CHECK)
    # The content of an AuthnContext is by agreement of the parties and has no effect here.
    if [child.tag for child in element if child.tag != _SUBJECT_LOCALITY] != [_AUTHN_CONTEXT]:
        raise refuse("an optional SubjectLocality and one AuthnContext in the AuthnStatement", element)
    return AuthnStatement(
        read_instant(required(element, "AuthnInstant"), "AuthnStatement AuthnInstant"),
        get("SessionIndex"),
        optional_instant(get("SessionNotOnOrAfter"), "AuthnStatement SessionNotOnOrAfter"),
    )


def _check_advice(advice: Element) -> None:
    """Refuse foreign attributes and assertions inside the Advice.

    Such assertions would be neither verified nor read. Wrapping attacks put the original there (row S36).
    """
    refuse_foreign_attributes(advice, CHECK)
    hidden = next(advice.iter(ASSERTION, ENCRYPTED_ASSERTION), None)
    if hidden is not None:
        raise refuse("an Advice that holds no assertion", hidden)
