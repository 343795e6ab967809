"""What the response and its assertion must hold: status, subject, statements, and the form of the schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from federation.errors import show
from federation.explaining.saml.edits import at_identity_provider, new_response, setting
from federation.explaining.saml.evidence import Evidence, evidence_of
from federation.explaining.situation import Explain, Situation
from federation.explanation import Edit, Obstacle
from federation.saml.reading.envelope import SUCCESS
from federation.saml.reading.subject import BEARER

_PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
_STATUS: Final = "urn:oasis:names:tc:SAML:2.0:status:"
_MEANINGS: Final = {
    "Requester": "it holds the request for faulty",
    "Responder": "it failed to answer",
    "VersionMismatch": "it does not take the version of the request",
    "AuthnFailed": "it could not authenticate the user",
    "InvalidAttrNameOrValue": "it holds an attribute of the request for faulty",
    "InvalidNameIDPolicy": "it cannot give a NameID of the format that was asked for",
    "NoAuthnContext": "it cannot authenticate the user in the way that was asked for",
    "NoAvailableIDP": "it can reach none of the identity providers that were asked for",
    "NoPassive": "it must ask the user, and it was asked not to",
    "NoSupportedIDP": "it supports none of the identity providers that were asked for",
    "PartialLogout": "it could not end every session",
    "ProxyCountExceeded": "it may not ask a further identity provider",
    "RequestDenied": "it may not answer this request",
    "RequestUnsupported": "it does not support such requests",
    "UnknownPrincipal": "it does not know the user",
    "UnsupportedBinding": "it cannot answer by the binding that was asked for",
}
"""Second-level and top-level status codes (SAML Core 3.2.2.2)."""


def status(situation: Situation) -> Obstacle:
    """Explain that the identity provider itself refused the login."""
    evidence = evidence_of(situation)
    codes = [code or "" for code in evidence.response.get("StatusCodes", ())]
    message = evidence.response.get("StatusMessage")
    if not codes:
        sentence = "the Response states no status"
        return evidence.obstacle(sentence, [at_identity_provider(evidence, "have the Response state its status", path="Status")])
    telling = codes[-1].removeprefix(_STATUS)
    sentence = (
        f"{evidence.product.name} refused the login with the status {' and '.join(show(code.removeprefix(_STATUS)) for code in codes)}"
    )
    meaning = _MEANINGS.get(telling) if codes[0] != SUCCESS else None
    sentence += f": {meaning}" if meaning else ""
    sentence += f"; it says {show(message)}" if message else ""
    instruction = "find the refused login in its sign-in log, remove what it complains of, and sign in again"
    edit = at_identity_provider(evidence, instruction, path="Status/StatusCode", old=codes[-1], new=SUCCESS)
    return evidence.obstacle(sentence, [edit])


def name_id_format(situation: Situation) -> Obstacle:
    """Explain that the NameID states no Format, which AWS demands."""
    evidence = evidence_of(situation)
    name_id = None if evidence.presented is None else evidence.presented.name_id
    sentence = f"the NameID {show(name_id.text)} states no Format; AWS takes none without" if name_id else "the Subject has no NameID"
    return evidence.obstacle(sentence, [setting(evidence, "name-id-format", path="NameID/@Format", new=_PERSISTENT)])


def subject(situation: Situation) -> Obstacle:
    """Explain that the assertion has no subject."""
    evidence = evidence_of(situation)
    name_id = None if evidence.presented is None else evidence.presented.name_id
    sentence = (
        "the Subject has no NameID" if name_id is None else f"the NameID is {show(name_id.text)}: it is blank or has control characters"
    )
    instruction = "fill the NameID from an attribute that every user has, such as the user principal name"
    edit = at_identity_provider(evidence, instruction, path="Subject/NameID", old=None if name_id is None else name_id.text)
    return evidence.obstacle(sentence, [edit])


def subject_confirmation(situation: Situation) -> Obstacle:
    """Explain that the subject has no bearer confirmation."""
    evidence = evidence_of(situation)
    found = None if evidence.presented is None else evidence.presented.assertion.subject
    methods = [each.method for each in found.confirmations] if found else []
    sentence = f"the SubjectConfirmation has the Method {show(methods[0])}" if methods else "the assertion has no SubjectConfirmation"
    instruction = "use the Web Browser SSO profile, whose assertions are confirmed for their bearer"
    path = "SubjectConfirmation/@Method"
    edit = at_identity_provider(evidence, instruction, path=path, old=methods[0] if methods else None, new=BEARER)
    return evidence.obstacle(f"{sentence}; {show(BEARER)} is demanded", [edit])


def single_confirmation(situation: Situation) -> Obstacle:
    """Explain that the assertion has several SubjectConfirmations, of which AWS takes one."""
    evidence = evidence_of(situation)
    found = None if evidence.presented is None else evidence.presented.assertion.subject
    count = len(found.confirmations) if found else 0
    sentence = f"the assertion has {count} SubjectConfirmations; AWS takes exactly one"
    instruction = "leave one SubjectConfirmation, that for the bearer with AWS's URL as its Recipient"
    path = "Subject/SubjectConfirmation"
    edit = at_identity_provider(evidence, instruction, path=path, old=f"{count} SubjectConfirmations", new="1 SubjectConfirmation")
    return evidence.obstacle(sentence, [edit])


def confirmation_data(situation: Situation) -> Obstacle:
    """Explain that the confirmation does not say where or until when the assertion may be used."""
    evidence = evidence_of(situation)
    confirmation = None if evidence.presented is None else evidence.presented.confirmation
    missing = [
        name
        for name, value in (
            ("Recipient", confirmation.recipient if confirmation else None),
            ("NotOnOrAfter", confirmation.not_on_or_after if confirmation else None),
        )
        if not value
    ]
    sentence = f"the SubjectConfirmationData has no {' and no '.join(missing)}; AWS demands Recipient and NotOnOrAfter"
    edits = [at_identity_provider(evidence, f"have it state {name}", path=f"SubjectConfirmationData/@{name}") for name in missing]
    return evidence.obstacle(sentence, edits, alternatives=False)


def authn_statement(situation: Situation) -> Obstacle:
    """Explain that the assertion has no AuthnStatement."""
    evidence = evidence_of(situation)
    path = "Assertion/AuthnStatement"
    if "authn-statement" in evidence.product.settings:
        edit = setting(evidence, "authn-statement", path=path)
    else:
        edit = at_identity_provider(evidence, "use the Web Browser SSO profile, whose assertions have an AuthnStatement", path=path)
    return evidence.obstacle("the assertion has no AuthnStatement: it states attributes and no login", [edit])


def conditions(situation: Situation) -> Obstacle:
    """Explain that the assertion states no Conditions."""
    evidence = evidence_of(situation)
    edit = at_identity_provider(
        evidence, "have the assertion state Conditions with NotOnOrAfter and an audience", path="Assertion/Conditions"
    )
    return evidence.obstacle("the assertion has no Conditions: it says neither until when nor for whom it holds", [edit])


def assertion_count(situation: Situation) -> Obstacle:
    """Explain that the Response has not exactly one assertion."""
    evidence = evidence_of(situation)
    claims = situation.claims
    count = len(claims.get("assertions", ())) + len(claims.get("encrypted", ()))
    if not count:
        sentence = "the Response has no Assertion"
        edit = at_identity_provider(evidence, "have it release an assertion to this user", path="Response/Assertion", new="1 Assertion")
    else:
        sentence = f"the Response has {count} assertions, or one at another place than below the Response; AWS takes exactly one"
        instruction = "send one assertion with the roles of every account as values of the Role attribute"
        path = "Response/Assertion"
        edit = at_identity_provider(evidence, instruction, path=path, old=f"{count} assertions", new="1 Assertion")
    return evidence.obstacle(sentence, [edit])


def root(situation: Situation) -> Obstacle:
    """Explain that the XML is no Response."""
    evidence = evidence_of(situation)
    element = evidence.response.get("element", "")
    what = {
        "Assertion": "an Assertion without its Response",
        "AuthnRequest": "an AuthnRequest, which is the question and not the answer",
        "LogoutRequest": "a LogoutRequest",
        "LogoutResponse": "a LogoutResponse, which answers the end of a session",
        "EntityDescriptor": "metadata",
    }.get(element, f"a document of the element {show(element)}" if element else "no Response of SAML 2.0")
    if element == "Response":
        what = "a Response of another version or namespace than SAML 2.0, or one inside another"
    instruction = "Send the whole Response, the value of the form field SAMLResponse that the identity provider posts."
    edit = new_response(instruction, path=element, old=element or None)
    return evidence.obstacle(f"what was sent is {what}", [edit])


def _rule(sentence: str, edit: Callable[[Evidence], Edit]) -> Explain:
    """Return the explanation of a rule of form: *sentence* may name what was ``{found}`` and what is ``{expected}``."""

    def explain(situation: Situation) -> Obstacle:
        evidence = evidence_of(situation)
        refusal = situation.refusal
        return evidence.obstacle(sentence.format(found=refusal.found, expected=refusal.expected), [edit(evidence)])

    return explain


def _at_idp(instruction: str, path: str = "") -> Callable[[Evidence], Edit]:
    return lambda evidence: at_identity_provider(evidence, instruction, path=path)


def _unchanged(_: Evidence) -> Edit:
    return new_response("Send the response as the identity provider posts it, unchanged.")


_SCHEMA: Final = _at_idp("have it send what the schema of SAML 2.0 allows")
FORM: Final[dict[str, Explain]] = {
    "encoding": _rule("the XML is not XML 1.0 in UTF-8: found {found}", _at_idp("send the response as XML 1.0 in UTF-8")),
    "doctype": _rule("the XML has a document type declaration", _at_idp("send the response without a DOCTYPE")),
    "processing-instruction": _rule("the XML has a processing instruction", _at_idp("send the response without processing instructions")),
    "comment": _rule("the XML has a comment inside a text, which can split what is read", _at_idp("send the response without comments")),
    "well-formed": _rule("the XML is cut off or damaged: {found}", _unchanged),
    "depth": _rule("the XML is nested too deep: {found}, and {expected} are read", _unchanged),
    "attributes": _rule("an element has too many XML attributes: {found}, and {expected} are read", _unchanged),
    "elements": _rule("the XML has {found} elements, and {expected} are read", _unchanged),
    "namespaces": _rule("the XML declares too many namespaces: {found}, and {expected} are read", _unchanged),
    "xml-thread": _rule("the XML could not be parsed: {found}", _unchanged),
    "duplicate-id": _rule("the ID {found} stands in the response, and each may stand once", _at_idp("give every element an ID of its own")),
    "envelope-shape": _rule("the Response does not have the form of the schema: found {found}, expected {expected}", _SCHEMA),
    "assertion-shape": _rule("the assertion does not have the form of the schema: found {found}, expected {expected}", _SCHEMA),
    "text": _rule("a value has {found} where {expected} may stand", _at_idp("send the value as plain text")),
    "attribute-value": _rule("a value of an attribute is {found}, and {expected} is read", _at_idp("send the value as plain text")),
    "version": _rule("the message is of the version {found}, and {expected} is demanded", _at_idp("configure the application as SAML 2.0")),
    "response-fields": _rule("the Response has {found}, and {expected} is demanded", _SCHEMA),
    "assertion-id": _rule("the assertion's ID is {found}, which is no XML ID: {expected} is demanded", _SCHEMA),
    "foreign-attributes": _rule(
        "an element of the assertion has the attribute {found} of another namespace", _at_idp("leave the attribute away")
    ),
    "issuer-format": _rule(
        "the Issuer states the Format {found}, and {expected} is demanded", _at_idp("issue as an entity", "Assertion/Issuer/@Format")
    ),
    "known-conditions": _rule(
        "the Conditions hold {found}, which SAML 2.0 does not define, so nobody can say whether the assertion holds",
        _at_idp("leave the condition away", "Assertion/Conditions"),
    ),
}
"""The rules of form: what is wrong, and what the identity provider must do."""
