"""What a response must hold: each check says what is missing, and what the identity provider must do."""

from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from federation.saml.registration.provider import SamlProvider
from federation.testing import SHAPES, SamlForge, to_base64
from tests.support.explaining import edit_of, element, explained
from tests.support.sts import saml_login
from tests.support.sts.saml_login import PROVIDER, World, login, mint

STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
AWS = World(provider=saml_login.provider(profile="aws"))


def dropped(name: str) -> Callable[[Any], None]:
    def drop(response: Any) -> None:
        found: Any = element(response, name)
        found.getparent().remove(found)

    return drop


def without(name: str, attribute: str) -> Callable[[Any], None]:
    def drop(response: Any) -> None:
        element(response, name).attrib.pop(attribute)

    return drop


def doubled(response: Any) -> None:
    found = element(response, "SubjectConfirmation")
    found.addnext(etree.fromstring(etree.tostring(found)))


def test_a_status_is_read_out() -> None:
    def add(response: Any) -> None:
        code: Any = element(response, "StatusCode")
        etree.SubElement(code, code.tag, {"Value": f"{STATUS}AuthnFailed"})
        etree.SubElement(code.getparent(), code.tag.replace("StatusCode", "StatusMessage")).text = "User is disabled"

    token = mint(login(status=f"{STATUS}Responder"), before_signing=add, sign=None)
    explanation = explained(World(), token, check="status")
    assert "`Responder` and `AuthnFailed`" in explanation.cause
    assert "it could not authenticate the user" in explanation.cause
    assert "it says `User is disabled`" in explanation.cause
    edit = edit_of(explanation, "identity-provider")
    assert (edit.old, edit.new) == (f"{STATUS}AuthnFailed", f"{STATUS}Success")


def test_a_name_without_format_is_one_that_aws_refuses() -> None:
    explanation = explained(AWS, mint(login(subject_format=None)), check="name-id-format")
    assert explanation.cause == "the NameID `subject-123` states no Format; AWS takes none without"
    assert edit_of(explanation, "identity-provider").new == "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


@pytest.mark.parametrize(
    ("check", "change", "sentence", "path"),
    [
        ("subject", dropped("NameID"), "the Subject has no NameID", "Subject/NameID"),
        ("subject-confirmation", dropped("SubjectConfirmation"), "the assertion has no SubjectConfirmation", "SubjectConfirmation/@Method"),
        ("authn-statement", dropped("AuthnStatement"), "the assertion has no AuthnStatement", "Assertion/AuthnStatement"),
        ("conditions", dropped("Conditions"), "the assertion has no Conditions", "Assertion/Conditions"),
        (
            "confirmation-data",
            without("SubjectConfirmationData", "Recipient"),
            "has no Recipient; AWS demands",
            "SubjectConfirmationData/@Recipient",
        ),
        (
            "confirmation-data",
            without("SubjectConfirmationData", "NotOnOrAfter"),
            "has no NotOnOrAfter; AWS demands",
            "SubjectConfirmationData/@NotOnOrAfter",
        ),
        ("single-confirmation", doubled, "the assertion has 2 SubjectConfirmations; AWS takes exactly one", "Subject/SubjectConfirmation"),
    ],
)
def test_what_is_missing_is_named(check: str, change: Callable[[Any], None], sentence: str, path: str) -> None:
    explanation = explained(AWS, mint(before_signing=change), check=check)
    assert sentence in explanation.cause
    assert edit_of(explanation, "identity-provider").place.path == path
    assert not explanation.first.causes[0].unverified


def test_keycloak_names_the_switch_of_the_authn_statement() -> None:
    forge = SamlForge(key=saml_login.forge().key, issuer="https://keycloak.example.com/realms/aws", shape=SHAPES["keycloak"])
    token = to_base64(forge.response(login(), sign="assertion", before_signing=dropped("AuthnStatement")))
    world = World(provider=SamlProvider.from_metadata(forge.metadata(), arn=PROVIDER))
    edit = edit_of(explained(world, token, check="authn-statement"), "identity-provider")
    assert edit.place.setting == "Include AuthnStatement"
    assert edit.instruction == "At Keycloak, set “Include AuthnStatement” to On."


def test_an_assertion_alone_is_no_response() -> None:
    response = etree.fromstring(saml_login.forge().response(login(), sign="assertion"))
    assertion = response.find("{*}Assertion")
    assert assertion is not None
    explanation = explained(World(), to_base64(etree.tostring(assertion)), check="root")
    assert explanation.cause == "what was sent is an Assertion without its Response"
    assert edit_of(explanation, "token").old == "Assertion"


def test_no_assertion_and_several_are_counted() -> None:
    explanation = explained(World(), mint(before_signing=dropped("Assertion"), sign="response"), check="assertion-count")
    assert explanation.cause == "the Response has no Assertion"

    def twice(response: Any) -> None:
        found = element(response, "Assertion")
        found.addnext(etree.fromstring(etree.tostring(found)))

    several = explained(World(), mint(after_signing=twice), check="assertion-count")
    assert "the Response has 2 assertions" in several.cause


@pytest.mark.parametrize(
    ("check", "octets", "part"),
    [
        ("doctype", b"<!DOCTYPE a><a/>", "document type declaration"),
        ("processing-instruction", b"<a><?b c?></a>", "processing instruction"),
        ("comment", b"<a>x<!-- y --></a>", "a comment inside a text"),
        ("well-formed", b"<a><b></a>", "cut off or damaged"),
        ("encoding", b'<?xml version="1.1"?><a/>', "not XML 1.0 in UTF-8"),
        ("depth", b"<a>" * 200 + b"x" * 20_000 + b"</a>" * 200, "nested too deep"),
    ],
)
def test_a_document_that_is_not_read_is_told(check: str, octets: bytes, part: str) -> None:
    explanation = explained(World(), to_base64(octets), check=check)
    assert part in explanation.cause
    assert explanation.first.causes[0].unverified
    assert explanation.first.edits


def test_a_version_is_shown() -> None:
    explanation = explained(World(), mint(before_signing=lambda response: response.set("Version", "1.1")), check="version")
    assert explanation.cause == "the message is of the version `1.1`, and Response Version 2.0 is demanded"
