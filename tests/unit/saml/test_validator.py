"""The validator: what an identity says, and that nothing but a refusal ever comes out."""

import base64
import hashlib
import json
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

import federation
from federation.errors import FederationError, RegistrationError
from federation.identity import VerifiedIdentity
from federation.oidc.provider import OidcProvider
from federation.saml.checks import CHECKS
from federation.saml.decode import decode_response
from federation.saml.response import STAGES
from federation.saml.road.proving import prove
from federation.saml.validator import SamlResponseValidator, _identity, _present, name_qualifier
from federation.saml.xml import ISSUER as ISSUER_TAG
from tests.support.saml import (
    ARN,
    AT,
    ISSUER,
    PERSISTENT,
    SIGN_IN,
    add,
    decryption_pem,
    found,
    good_login,
    judge,
    provider,
    put,
    respond,
    to_service_provider,
)


def test_a_response_of_somebody_else_is_remarked() -> None:
    elsewhere = "https://elsewhere.example.com/saml"
    report = federation.diagnose(respond(good_login(issuer=elsewhere), key="stranger-rsa2048"), provider(), at=AT)
    assert any("unverified issuer" in note and elsewhere in note for note in report.notes)
    for ours in (respond(good_login(), key="stranger-rsa2048"), respond(good_login()), "AAAA"):
        assert not any("unverified issuer" in note for note in federation.diagnose(ours, provider(), at=AT).notes)


def elsewhere(*issuers: str | None) -> str:
    """A response that names these issuers: its own, then one of each of its assertions."""

    def edit(response: etree._Element) -> None:
        assertion = found(response, "Assertion")
        for issuer in issuers[2:]:
            another = deepcopy(assertion)
            another.set("ID", "_another")
            name(another, issuer)
            response.append(another)
        name(assertion, issuers[1])
        name(response, issuers[0])

    def name(element: etree._Element, issuer: str | None) -> None:
        child = element.find(ISSUER_TAG)
        assert child is not None
        if issuer is None:
            element.remove(child)
        else:
            child.text = issuer

    return respond(None, edit, key="stranger-rsa2048", sign=None)


@pytest.mark.parametrize(
    ("issuers", "named"),
    [
        (("urn:response", "urn:assertion"), "urn:assertion"),
        ((None, "urn:assertion"), "urn:assertion"),
        (("urn:response", None), "urn:response"),
        ((None, None, "urn:second"), "urn:second"),
        ((ISSUER, "urn:assertion"), "urn:assertion"),
        (("urn:response", ISSUER), None),
        ((None, None), None),
    ],
)
def test_the_remark_names_the_assertions_issuer_or_else_the_responses(issuers: tuple[str | None, ...], named: str | None) -> None:
    notes = [note for note in federation.diagnose(elsewhere(*issuers), provider(), at=AT).notes if "unverified issuer" in note]
    assert [named is not None and named in note for note in notes] == ([True] if named else [])


def test_no_identity_is_made_of_what_the_rules_would_refuse() -> None:
    proved = prove(decode_response(respond()), provider())
    whole = _present(proved, provider(), AT)
    unconditional = replace(whole, assertion=whole.assertion._replace(conditions=None))
    for presented in (replace(whole, name_id=None), replace(whole, confirmation=None), unconditional):
        with pytest.raises(TypeError):
            _identity(presented, proved)


def test_an_identity_cannot_be_changed() -> None:
    identity = federation.validate(respond(good_login()), provider(), at=AT)
    for mapping in (identity.attributes, identity.context_keys):
        with pytest.raises(TypeError):
            mapping["saml:sub"] = "another"  # type: ignore[index]
    assert identity.as_dict()["context_keys"]["saml:sub"] == "subject-123"
    assert type(identity.as_dict()["attributes"]) is dict


def test_identity() -> None:
    token = respond(
        good_login(not_before=timedelta(seconds=-30)),
        put("AuthnStatement", SessionNotOnOrAfter="2026-09-15T20:00:00Z"),
        put("SubjectConfirmationData", NotOnOrAfter="2026-09-15T12:04:00Z"),
        add(
            "AttributeStatement",
            '<saml:Attribute Name="urn:oid:1.3.6.1.4.1.5923.1.1.1.1"><saml:AttributeValue>staff</saml:AttributeValue></saml:Attribute>',
        ),
    )
    identity = federation.validate(token, provider(), at=AT)
    assert identity.kind == "saml2-response"
    assert identity.provider_arn == ARN
    assert (identity.issuer, identity.subject, identity.subject_type) == (ISSUER, "subject-123", "persistent")
    assert (identity.audience, identity.audiences) == ("urn:amazon:webservices", ("urn:amazon:webservices",))
    assert identity.recipient == SIGN_IN
    assert identity.issued_at == AT
    assert identity.not_on_or_after == AT + timedelta(minutes=4)
    assert identity.session_not_on_or_after == AT + timedelta(hours=8)
    assert identity.token_id is not None
    assert identity.name_qualifier == name_qualifier(ISSUER, provider().doc)
    assert identity.context_keys == {
        "saml:aud": SIGN_IN,
        "saml:iss": ISSUER,
        "saml:sub": "subject-123",
        "saml:sub_type": "persistent",
        "saml:namequalifier": identity.name_qualifier,
        "saml:doc": "123456789012/SAML-test",
        "saml:edupersonaffiliation": ("staff",),
    }
    json.dumps(identity.as_dict())


def test_name_qualifier_is_the_documented_one() -> None:
    """The example of the IAM user guide: issuer, account and provider name of its own policy."""
    expected = base64.b64encode(hashlib.sha1(b"https://integ.example.com/idp/shibboleth123456789012/SAML-test").digest()).decode()  # noqa: S324
    assert name_qualifier(ISSUER, provider().doc) == expected


@pytest.mark.parametrize(
    ("given", "reported"),
    [
        (PERSISTENT, "persistent"),
        ("urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "transient"),
        ("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
        ("urn:x", "urn:x"),
        (None, ""),
    ],
)
def test_subject_type(given: str | None, reported: str) -> None:
    identity = federation.validate(respond(None, put("NameID", Format=given)), provider(), at=AT)
    assert identity.subject_type == reported


def test_encrypted_assertion() -> None:
    identity = federation.validate(respond(encryption=to_service_provider()), provider(decryption_keys=decryption_pem()), at=AT)
    assert identity.subject == "subject-123"


def test_a_report_lists_every_step_in_order() -> None:
    report = federation.diagnose(respond(), provider(), at=AT)
    names = ["base64", *(stage.name for stage in STAGES), "assertion-shape", *(check.name for check in CHECKS)]
    assert [result.name for result in report.results] == names
    assert {result.outcome for result in report.results} == {"passed"}
    assert report.results[0].clause == "SAML Bindings 3.5.4; RFC 4648 section 4, canonical"
    data = report.as_dict()
    assert data["verdicts"] == {p: {"accepted": True, "check": None, "refusal": None} for p in ("aws", "strict")}
    json.dumps(data)


@pytest.mark.parametrize(
    ("token", "refused"),
    [("%%%", "base64"), (base64.b64encode(b"<a").decode(), "xml"), (respond(sign=None), "assertion-signature")],
    ids=["base64", "xml", "unsigned"],
)
def test_after_a_refusal_that_leaves_nothing_the_rest_is_skipped(token: str, refused: str) -> None:
    report = federation.diagnose(token, provider(), at=AT)
    outcomes = [result.outcome for result in report.results]
    names: list[str] = [result.name for result in report.results]
    at = names.index(refused)
    assert outcomes[at] == "refused"
    assert set(outcomes[:at]) <= {"passed"}
    assert set(outcomes[at + 1 :]) == {"skipped"}
    assert report.identity is None
    assert not report.accepted
    json.dumps(report.as_dict())


def test_claims_of_a_refused_response_are_only_claimed() -> None:
    report = federation.diagnose(respond(sign=None), provider(), at=AT)
    assert report.identity is None
    assert "subject-123" in json.dumps(report.claimed)


@pytest.mark.parametrize(
    "token",
    [None, 5, 1.5, True, [], {}, object(), "", b"", "a", "\ud800", "ü", b"\xff" * 9, "A" * 1_400_001, respond() + "A", respond()[:-4]],
    ids=range(16),
)
def test_any_token_of_any_type(token: Any) -> None:
    assert isinstance(judge(token, provider()), FederationError)


def test_another_kind_of_provider() -> None:
    with pytest.raises(RegistrationError) as refused:
        SamlResponseValidator().validate(respond(), OidcProvider.__new__(OidcProvider), at=AT)
    assert refused.value.check == "provider"
    with pytest.raises(RegistrationError):
        federation.validate(respond(), None, at=AT)  # type: ignore[arg-type]


def test_recognises_by_shape_alone() -> None:
    validator = SamlResponseValidator()
    assert validator.recognises(respond(sign=None))
    assert not validator.recognises("eyJhbGciOiJSUzI1NiJ9.e30.AA")
    assert not validator.recognises(None)


def test_the_same_arguments_give_the_same_answer() -> None:
    token, registered = respond(), provider()
    first = federation.validate(token, registered, at=AT)
    assert isinstance(first, VerifiedIdentity)
    assert all(federation.validate(token, registered, at=AT) == first for _ in range(3))
    assert federation.validate(token.encode(), registered, at=AT) == first


def test_no_secret_in_any_error() -> None:
    token = respond(key="stranger-rsa2048")
    refusal = judge(token, provider())
    assert isinstance(refusal, FederationError)
    assert token[:40] not in json.dumps(refusal.as_dict())
