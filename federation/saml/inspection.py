"""What an unproved response says of itself: for display beside the word UNVERIFIED, and for nothing else.

The octets go through the same bounded decoder and parser as in `validate`, so what cannot be judged is not shown either. Reading is
lenient where judging is strict: the first of several elements, text as far as it is plain.
"""

from __future__ import annotations

from typing import Any, Final

from federation.errors import FederationError
from federation.saml.decode import decode_response
from federation.saml.structure import ASSERTION, ENCRYPTED_ASSERTION
from federation.saml.xml import DS, SAML, SAMLP, Element, local_name, parse

MAX_VALUES: Final = 200
"""Attribute values that are shown; a response may hold many thousands."""


def inspect_response(token: object) -> dict[str, Any]:
    """Return the claims of *token* as plain data, nothing of it proved; empty where it cannot be decoded or parsed. Never raises.

    Keys: ``root``, ``id``, ``issuer``, ``destination``, ``in_response_to``, ``issue_instant``, ``status``, ``signed`` (elements with a
    Signature), ``assertions``, ``encrypted``, and of the first assertion ``assertion_issuer``, ``subject``, ``name_id_format``,
    ``recipient``, ``audiences``, ``not_before``, ``not_on_or_after``, ``session_not_on_or_after``, ``attributes``. Absent is None or empty.
    """
    try:
        root = parse(decode_response(token).octets)
    except FederationError:
        return {}
    assertion = next(root.iter(ASSERTION), None)
    return {
        "root": local_name(root),
        "id": root.get("ID"),
        "issuer": root.findtext(f"{SAML}Issuer"),
        "destination": root.get("Destination"),
        "in_response_to": root.get("InResponseTo"),
        "issue_instant": root.get("IssueInstant"),
        "status": [code.get("Value") for code in root.iter(f"{SAMLP}StatusCode")],
        "signed": [local_name(parent) for s in root.iter(f"{DS}Signature") if (parent := s.getparent()) is not None],
        "assertions": sum(1 for _ in root.iter(ASSERTION)),
        "encrypted": next(root.iter(ENCRYPTED_ASSERTION), None) is not None,
    } | (_claims(assertion) if assertion is not None else {})


def _claims(assertion: Element) -> dict[str, Any]:
    name_id = assertion.find(f"{SAML}Subject/{SAML}NameID")
    data = assertion.find(f"{SAML}Subject/{SAML}SubjectConfirmation/{SAML}SubjectConfirmationData")
    conditions = assertion.find(f"{SAML}Conditions")
    statement = assertion.find(f"{SAML}AuthnStatement")
    return {
        "assertion_issuer": assertion.findtext(f"{SAML}Issuer"),
        "subject": None if name_id is None else "".join(str(piece) for piece in name_id.itertext()),
        "name_id_format": _attribute(name_id, "Format"),
        "recipient": _attribute(data, "Recipient"),
        "audiences": [audience.text or "" for audience in assertion.iter(f"{SAML}Audience")][:MAX_VALUES],
        "not_before": _attribute(conditions, "NotBefore"),
        "not_on_or_after": _attribute(conditions, "NotOnOrAfter"),
        "session_not_on_or_after": _attribute(statement, "SessionNotOnOrAfter"),
        "attributes": _attributes(assertion),
    }


def _attribute(element: Element | None, name: str) -> str | None:
    return None if element is None else element.get(name)


def _attributes(assertion: Element) -> dict[str, list[str]]:
    shown: dict[str, list[str]] = {}
    for _, value in zip(range(MAX_VALUES), assertion.iter(f"{SAML}AttributeValue"), strict=False):
        parent = value.getparent()
        name = parent.get("Name", "") if parent is not None else ""
        shown.setdefault(name, []).append("".join(str(piece) for piece in value.itertext()))
    return shown
