"""Unverified claims of a SAML response, for display and error reports, never for a decision.

All values are cut to a bounded size (attack row D04). The modules that verify and read do not import this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from lxml import etree

from federation.errors import FederationError
from federation.saml.decode import decode_response
from federation.saml.xml import (
    ASSERTION,
    DS,
    ENCRYPTED_ASSERTION,
    ISSUER,
    SAML,
    SAMLP,
    SIGNATURE,
    XENC,
    Element,
    local_name,
    parse,
)

_CONFIRMATION: Final = f"{SAML}SubjectConfirmationData"
_AUDIENCE: Final = f"{SAML}Audience"
_STATEMENT: Final = f"{SAML}AuthnStatement"
_ATTRIBUTE: Final = f"{SAML}Attribute"
_PARTS: Final = (_CONFIRMATION, _AUDIENCE, _STATEMENT, _ATTRIBUTE)
_MAX_ITEMS: Final = 64
_MAX_CHARS: Final = 512
_string = etree.XPath("string()", smart_strings=False)  # many times faster than joining itertext() for nested elements


def inspect_response(token: object) -> dict[str, Any]:
    """Return the unverified claims of *token*; empty where its XML cannot be parsed.

    Keys: ``response`` (its fields and status codes), ``assertions`` (each with issuer, subject, conditions, times and attributes),
    ``signatures`` (the reference and algorithms of each, unverified) and ``encrypted`` (the number of encrypted assertions).
    """
    try:
        root = parse(decode_response(token).octets).root
    except FederationError:
        return {}
    return {
        "response": _response(root),
        "assertions": [_assertion(element, parts) for element, parts in _parts_by_assertion(root).items()],
        "signatures": [_signature(element) for element in _some(root, SIGNATURE)],
        "encrypted": [_encrypted(element) for element in _some(root, ENCRYPTED_ASSERTION)],
    }


@dataclass(frozen=True, slots=True)
class ClaimedLogin:
    """The unverified issuer, subject and issue instant of a response as written; None where absent."""

    issuer: str | None = None
    subject: str | None = None
    issue_instant: str | None = None


def claimed_login(token: object) -> ClaimedLogin:
    """Return the unverified claims of the first assertion, or of the Response where there is none.

    Raises:
        InvalidIdentityToken: *token* cannot be decoded or parsed.
    """
    root = parse(decode_response(token).octets).root
    bearers = [*islice(root.iter(ASSERTION), _MAX_ITEMS), root]
    return ClaimedLogin(
        issuer=next((text for bearer in bearers if (text := _text(bearer.find(ISSUER))) is not None), None),
        subject=_text(bearers[0].find(f"{SAML}Subject/{SAML}NameID")),
        issue_instant=_cut(bearers[0].get("IssueInstant")),
    )


def claimed_values(token: object, attribute: str) -> tuple[str, ...]:
    """Return the unverified values of the attribute named *attribute*, of all assertions.

    Raises:
        InvalidIdentityToken: *token* cannot be decoded or parsed.
    """
    named = (each for each in parse(decode_response(token).octets).root.iter(_ATTRIBUTE) if each.get("Name") == attribute)
    values = (_text(value) for each in named for value in each.iterchildren(f"{SAML}AttributeValue"))
    return tuple(value for value in islice(values, _MAX_ITEMS) if value is not None)


def _some(element: Element, tag: str) -> Iterator[Element]:
    return islice(element.iter(tag), _MAX_ITEMS)


def _cut(value: str | None) -> str | None:
    return value if value is None or len(value) <= _MAX_CHARS else value[:_MAX_CHARS] + "…"


def _text(element: Element | None) -> str | None:
    return None if element is None else _cut(str(_string(element)))


def _fields(element: Element, *names: str) -> dict[str, str | None]:
    return {name: _cut(element.get(name)) for name in names if element.get(name) is not None}


def _response(root: Element) -> dict[str, Any]:
    return {
        "element": local_name(root),
        **_fields(root, "ID", "Version", "IssueInstant", "Destination", "InResponseTo"),
        "Issuer": _text(root.find(ISSUER)),
        "StatusCodes": [_cut(code.get("Value")) for code in _some(root, f"{SAMLP}StatusCode")],
        "StatusMessage": _text(root.find(f"{SAMLP}Status/{SAMLP}StatusMessage")),
    }


def _parts_by_assertion(root: Element) -> dict[Element, dict[str, list[Element]]]:
    """Return the assertions, each with its parts outside of nested assertions, so that each part is read once."""
    found: dict[Element, dict[str, list[Element]]] = {}
    for element in root.iter(ASSERTION, *_PARTS):
        if element.tag == ASSERTION:
            if len(found) < _MAX_ITEMS:
                found[element] = {tag: [] for tag in _PARTS}
            continue
        around = next(element.iterancestors(ASSERTION), None)
        parts = None if around is None else found.get(around)
        if parts is not None and len(parts[str(element.tag)]) < _MAX_ITEMS:
            parts[str(element.tag)].append(element)
    return found


def _assertion(assertion: Element, parts: dict[str, list[Element]]) -> dict[str, Any]:
    name_id = assertion.find(f"{SAML}Subject/{SAML}NameID")
    conditions = assertion.find(f"{SAML}Conditions")
    return {
        **_fields(assertion, "ID", "Version", "IssueInstant"),
        "Issuer": _text(assertion.find(ISSUER)),
        "NameID": _text(name_id),
        "NameIDFormat": None if name_id is None else _cut(name_id.get("Format")),
        "Confirmations": [_fields(data, "Recipient", "NotBefore", "NotOnOrAfter", "InResponseTo") for data in parts[_CONFIRMATION]],
        "Conditions": {} if conditions is None else _fields(conditions, "NotBefore", "NotOnOrAfter"),
        "Audiences": [_text(audience) for audience in parts[_AUDIENCE]],
        "AuthnStatements": [_fields(statement, "AuthnInstant", "SessionIndex", "SessionNotOnOrAfter") for statement in parts[_STATEMENT]],
        "Attributes": [
            {
                "Name": _cut(attribute.get("Name")),
                "Values": [_text(value) for value in islice(attribute.iterchildren(f"{SAML}AttributeValue"), _MAX_ITEMS)],
            }
            for attribute in parts[_ATTRIBUTE]
        ],
    }


def _signature(signature: Element) -> dict[str, Any]:
    parent = signature.getparent()
    reference = signature.find(f"{DS}SignedInfo/{DS}Reference")
    method = signature.find(f"{DS}SignedInfo/{DS}SignatureMethod")
    digest = None if reference is None else reference.find(f"{DS}DigestMethod")
    return {
        "in": None if parent is None else local_name(parent),
        "Reference": None if reference is None else _cut(reference.get("URI")),
        "SignatureMethod": None if method is None else _cut(method.get("Algorithm")),
        "DigestMethod": None if digest is None else _cut(digest.get("Algorithm")),
    }


def _encrypted(encrypted: Element) -> dict[str, Any]:
    methods = [_cut(method.get("Algorithm")) for method in _some(encrypted, f"{XENC}EncryptionMethod")]
    return {"EncryptionMethods": methods}
