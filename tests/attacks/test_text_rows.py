"""Attack rows of section 6: what the text of an identifier can be made to mean."""

import base64
from typing import Any

import pytest
from lxml import etree

from federation.errors import FederationError
from federation.identity import VerifiedIdentity
from tests.support.saml import SIGN_IN, Hook, add, found, good_login, judge, provider, put, refused_by, respond, say

ADMIN = "admin@example.com"


def subject(text: str, **words: Any) -> str:
    verdict = judge(respond(good_login(subject=text)), provider(**words))
    assert isinstance(verdict, VerifiedIdentity), verdict
    return verdict.subject


def comment(name: str, inside: str = "Assertion") -> Hook:
    """Split the text of *name* by a comment, as only somebody who writes the message can."""

    def edit(response: etree._Element) -> None:
        element = found(found(response, inside), name)
        text = element.text or ""
        element.text = text[:5]
        split = etree.Comment("")
        split.tail = text[5:]
        element.insert(0, split)

    return edit


@pytest.mark.parametrize("signed", ["before", "after"])
def test_T01_comment_truncation(signed: str) -> None:
    """The signature still holds, for canonicalisation drops comments; the document with the comment is refused all the same."""
    login = good_login(subject=f"{ADMIN}.evil.example")
    token = respond(login, comment("NameID")) if signed == "before" else respond(login, after_signing=comment("NameID"))
    assert refused_by(token, provider()) == "comment"


@pytest.mark.parametrize("name", ["Issuer", "Audience", "AttributeValue", "NameID"])
def test_T02_comment_in_other_values(name: str) -> None:
    assert refused_by(respond(after_signing=comment(name)), provider()) == "comment"


@pytest.mark.parametrize("markup", ["<?x y?>", "<![CDATA[]]>"])
def test_T02_other_markup_that_splits_text(markup: str) -> None:
    """A processing instruction is refused; CDATA is text like any other and cannot split it."""
    document = base64.b64decode(respond()).replace(b"subject-123", f"subject{markup}-123".encode())
    verdict = judge(base64.b64encode(document).decode(), provider())
    if markup.startswith("<?"):
        assert isinstance(verdict, FederationError)
        assert verdict.check == "processing-instruction"
    else:
        assert isinstance(verdict, VerifiedIdentity)
        assert verdict.subject == "subject-123"


@pytest.mark.parametrize("name", ["NameID", "Audience", "Issuer"])
def test_T03_child_elements_in_a_leaf(name: str) -> None:
    def edit(response: etree._Element) -> None:
        add(name, "<x:b>evil</x:b>")(found(response, "Assertion"))

    assert refused_by(respond(None, edit), provider()) == "text"


def test_T03_child_elements_in_a_value() -> None:
    assert refused_by(respond(None, add("AttributeValue", "<x:b>evil</x:b>")), provider()) == "attribute-value"


@pytest.mark.parametrize("text", [f" {ADMIN}", f"{ADMIN} ", f"\u00a0{ADMIN}", f"{ADMIN}\u200b"])
def test_T04_nothing_is_trimmed(text: str) -> None:
    assert subject(text) == text


@pytest.mark.parametrize("name", ["Issuer", "Audience"])
@pytest.mark.parametrize("form", ["{} ", " {}", "{}\n", "\u00a0{}"])
def test_T04_what_is_compared_is_not_trimmed(name: str, form: str) -> None:
    def edit(response: etree._Element) -> None:
        element = found(found(response, "Assertion"), name)
        element.text = form.format(element.text)

    assert refused_by(respond(None, edit), provider()) == {"Issuer": "issuer", "Audience": "audience"}[name]


@pytest.mark.parametrize(
    "text",
    ["\u0430dmin@example.com", "\uff41dmin@example.com", "\ufb01nance", "\u212aelvin", "ADMIN@example.com", "adm\u0131n", "a\u0301dmin"],
    ids=["T05 Cyrillic a", "T06 full width", "T06 ligature", "T06 Kelvin sign", "T07 capitals", "T06 dotless i", "T06 combining"],
)
def test_T05_T06_T07_code_points_stay_what_they_are(text: str) -> None:
    assert subject(text) == text


def test_T08_invisible_characters_are_shown_escaped() -> None:
    text = "admin\u202emoc.live\u200b"
    assert subject(text) == text
    refusal = judge(respond(None, lambda r: say("Issuer", text)(found(r, "Assertion"))), provider())
    assert isinstance(refusal, FederationError)
    assert "\u202e" not in str(refusal)
    assert "\\u202e" in refusal.found


@pytest.mark.parametrize("octets", [b"\xc0\xaf", b"\xed\xa0\x80", b"&#xD800;", b"\xff", b"&#0;", b"&#x1;"])
def test_T09_overlong_and_surrogates(octets: bytes) -> None:
    document = base64.b64decode(respond()).replace(b"subject-123", octets)
    assert refused_by(base64.b64encode(document).decode(), provider()) == "well-formed"


@pytest.mark.parametrize("text", ['a"b', "a/b:c", "${jndi:ldap://x}", "'; drop"])
def test_T10_the_subject_is_data(text: str) -> None:
    """It is reported as it is; what grammar each output field has is for that field to check."""
    assert subject(text) == text


def test_T11_the_forge_builds_trees() -> None:
    value = "x</saml:AttributeValue><saml:AttributeValue>evil"
    verdict = judge(respond(good_login(attributes={"a": (value,)})), provider())
    assert isinstance(verdict, VerifiedIdentity)
    assert verdict.attributes["a"] == (value,)


def test_T12_duplicate_attribute_names_are_joined() -> None:
    more = '<saml:Attribute Name="a"><saml:AttributeValue>2</saml:AttributeValue></saml:Attribute>'
    verdict = judge(respond(good_login(attributes={"a": ("1",), "b": ("3",)}), add("AttributeStatement", more)), provider())
    assert isinstance(verdict, VerifiedIdentity)
    assert verdict.attributes == {"a": ("1", "2"), "b": ("3",)}


def test_T13_names_are_exact_and_friendly_names_decide_nothing() -> None:
    oid = "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"
    verdict = judge(
        respond(good_login(attributes={"x": ("evil",), oid.upper(): ("evil",)}), put("Attribute", FriendlyName=oid)), provider()
    )
    assert isinstance(verdict, VerifiedIdentity)
    assert set(verdict.attributes) == {"x", oid.upper()}
    assert "saml:edupersonprincipalname" not in verdict.context_keys


def test_T14_format_and_qualifiers_are_part_of_the_identity() -> None:
    made = [
        judge(respond(good_login(subject_format=f"urn:oasis:names:tc:SAML:2.0:nameid-format:{kind}")), provider())
        for kind in ("persistent", "transient")
    ]
    kinds = [one.context_keys["saml:sub_type"] for one in made if isinstance(one, VerifiedIdentity)]
    assert kinds == ["persistent", "transient"]


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_T15_empty_identifiers(text: str) -> None:
    assert refused_by(respond(None, say("NameID", text)), provider()) == "subject"
    assert refused_by(respond(None, say("Audience", text)), provider()) == "audience"
    assert refused_by(respond(None, lambda r: say("Issuer", text)(found(r, "Assertion"))), provider()) == "issuer"


@pytest.mark.parametrize("xml", ["<saml:BaseID/>", "<saml:NameID>other</saml:NameID>"])
def test_T16_another_identifier(xml: str) -> None:
    for place in (0, 1, 2):
        assert refused_by(respond(None, add("Subject", xml, place)), provider()) == "assertion-shape"


@pytest.mark.parametrize(
    ("kind", "text"), [("xs:boolean", "1"), ("xs:base64Binary", "YWRtaW4="), ("xs:integer", "007"), ("xs:QName", "xs:a")]
)
def test_T17_typed_values_are_literal(kind: str, text: str) -> None:
    xsi = "{http://www.w3.org/2001/XMLSchema-instance}"

    def edit(response: etree._Element) -> None:
        found(response, "AttributeValue").set(f"{xsi}type", kind)

    verdict = judge(respond(good_login(attributes={"a": (text,)}), edit), provider())
    assert isinstance(verdict, VerifiedIdentity)
    assert verdict.attributes["a"] == (text,)


@pytest.mark.parametrize(("nil", "expected"), [("false", "text"), ("0", "text"), ("true", "attribute-value"), ("1", "attribute-value")])
def test_T17_X25_a_value_is_its_text_or_says_that_it_has_none(nil: str, expected: str) -> None:
    xsi = "{http://www.w3.org/2001/XMLSchema-instance}"

    def edit(response: etree._Element) -> None:
        found(response, "AttributeValue").set(f"{xsi}nil", nil)

    verdict = judge(respond(good_login(attributes={"a": ("text",)}), edit), provider())
    assert (verdict.attributes["a"][0] if isinstance(verdict, VerifiedIdentity) else verdict.check) == expected


@pytest.mark.parametrize("profile", ["strict", "aws"])
@pytest.mark.parametrize("text", [f"{ADMIN}\r", f"{ADMIN}\n", f"\t{ADMIN}", f"{ADMIN}\r\n@evil.example.com"])
def test_X23_identifiers_hold_no_control_characters(text: str, profile: str) -> None:
    def edit(response: etree._Element) -> None:
        found(response, "NameID").text = text

    assert refused_by(respond(None, edit), provider(profile=profile)) == "subject"


def test_X23_line_ends_in_attributes_are_what_the_parser_makes_of_them() -> None:
    # A literal line break in an XML attribute is read as a space, a character reference to one is kept: neither is our URL.
    for url in (f"{SIGN_IN}\n", f"\n{SIGN_IN}"):
        assert refused_by(respond(None, put("SubjectConfirmationData", Recipient=url)), provider()) == "recipient"
