"""The reader of assertions: strict shape, complete text, values in order."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from federation.errors import InvalidIdentityToken
from federation.saml.reading.assertion import Assertion, AuthnStatement, read_assertion
from federation.saml.reading.attributes import CONDITION_KEYS, context_of
from federation.saml.reading.conditions import Conditions
from federation.saml.reading.subject import BEARER, NameID, SubjectConfirmation
from federation.saml.xml import SAML, XML, XSI
from federation.testing import SHAPES
from federation.testing.message import build_response
from tests.support.saml import AT, ISSUER, PERSISTENT, ROLE, SIGN_IN, Hook, add, drop, found, good_login, put, say

NAME = "https://aws.amazon.com/SAML/Attributes/RoleSessionName"


def built(*edits: Hook, shape: str = "shibboleth", **changes: Any) -> etree._Element:
    response = build_response(good_login(**changes), SHAPES[shape], ISSUER)
    for edit in edits:
        edit(response)
    # Read from octets, as the proved assertion is: no namespace or text node is left over from building.
    return etree.fromstring(etree.tostring(found(response, "Assertion")))


def read(*edits: Hook, **changes: Any) -> Assertion:
    return read_assertion(built(*edits, **changes))


def refusal(*edits: Hook) -> str:
    with pytest.raises(InvalidIdentityToken) as refused:
        read(*edits)
    return refused.value.check


@pytest.mark.parametrize("shape", SHAPES)
def test_every_product_says_the_same(shape: str) -> None:
    assertion = read(shape=shape)
    assert assertion.version == "2.0"
    assert assertion.issuer == ISSUER
    assert assertion.issue_instant == AT
    assert assertion.subject is not None
    assert assertion.subject.name_id is not None
    assert (assertion.subject.name_id.text, assertion.subject.name_id.format) == ("subject-123", PERSISTENT)
    [confirmation] = assertion.subject.confirmations
    assert (confirmation.method, confirmation.recipient) == (BEARER, SIGN_IN)
    assert assertion.conditions is not None
    assert assertion.conditions.audience_restrictions == (("urn:amazon:webservices",),)
    assert len(assertion.authn_statements) == 1
    assert assertion.attributes[NAME] == ("session-name",)


def test_every_field() -> None:
    at = datetime(2026, 9, 15, 12, 5, tzinfo=UTC)
    assertion = read(
        put("Issuer", Format="urn:x", NameQualifier="q", SPNameQualifier="s", SPProvidedID="p"),
        drop("NameID"),
        add("Subject", '<saml:NameID Format="f" NameQualifier="q" SPNameQualifier="s" SPProvidedID="p"> a </saml:NameID>', 0),
        put("SubjectConfirmationData", NotBefore="2026-09-15T12:05:00Z", InResponseTo="_r", Address="192.0.2.1"),
        add("Conditions", "<saml:OneTimeUse/>"),
        add("Conditions", '<saml:ProxyRestriction Count="0"><saml:Audience>a</saml:Audience></saml:ProxyRestriction>'),
        add("Conditions", "<saml:AudienceRestriction><saml:Audience>a</saml:Audience><saml:Audience/></saml:AudienceRestriction>"),
        put("AuthnStatement", SessionIndex="_s", SessionNotOnOrAfter="2026-09-15T12:05:00Z"),
        response_issuer=None,
    )
    assert assertion.subject is not None
    assert assertion.issuer_format == "urn:x"
    assert assertion.subject.name_id == NameID(" a ", "f", "q", "s", "p")
    assert assertion.subject.confirmations == (SubjectConfirmation(BEARER, SIGN_IN, at, at, "_r", "192.0.2.1"),)
    assert assertion.conditions == Conditions(AT, at, (("urn:amazon:webservices",), ("a", "")), one_time_use=True)
    assert assertion.authn_statements == (AuthnStatement(AT, "_s", at),)


def test_absent_parts_are_none() -> None:
    assertion = read(drop("Subject"), drop("Conditions"), drop("AuthnStatement"), drop("AttributeStatement"))
    assert assertion.subject is None
    assert assertion.conditions is None
    assert assertion.authn_statements == ()
    assert assertion.attributes == {}


def test_repeated_attributes_are_joined_in_order() -> None:
    more = f'<saml:Attribute Name="{NAME}"><saml:AttributeValue>b</saml:AttributeValue><saml:AttributeValue/></saml:Attribute>'
    statement = f"<saml:AttributeStatement>{more}</saml:AttributeStatement>"
    assert read(add("AttributeStatement", more), add("Assertion", statement)).attributes[NAME] == ("session-name", "b", "", "b", "")


def test_name_id_as_attribute_value() -> None:
    """eduPersonTargetedID: the whole text, with the white space around the element."""
    value = '<saml:AttributeValue>\n <saml:NameID Format="f">abc=</saml:NameID>\n</saml:AttributeValue>'
    assertion = read(add("AttributeStatement", f'<saml:Attribute Name="urn:oid:1.3.6.1.4.1.5923.1.1.1.10">{value}</saml:Attribute>'))
    assert assertion.attributes["urn:oid:1.3.6.1.4.1.5923.1.1.1.10"] == ("\n abc=\n",)


SHAPE: Mapping[str, Hook] = {
    "no Issuer": lambda response: drop("Issuer")(found(response, "Assertion")),
    "two Issuers": add("Assertion", "<saml:Issuer>x</saml:Issuer>", 1),
    "two Subjects": add("Assertion", "<saml:Subject/>", 2),
    "two Conditions": add("Assertion", "<saml:Conditions/>", 3),
    "Conditions after a statement": add("Assertion", "<saml:Conditions/>"),
    "unknown element": add("Assertion", "<x:Other/>"),
    "unknown statement": add("Assertion", "<saml:Statement/>"),
    "SAML 1.1 element": add("Assertion", '<a:AttributeStatement xmlns:a="urn:oasis:names:tc:SAML:1.0:assertion"/>'),
    "unknown attribute": put("Assertion", Extra="1"),
    "foreign attribute": put("Assertion", **{"{urn:x}ID": "1"}),
    "foreign attribute on SubjectLocality": add("AuthnStatement", '<saml:SubjectLocality x:Address="1"/>', 0),
    "foreign attribute in AuthnContext": put("AuthnContextClassRef", **{"{urn:x}a": "1"}),
    "foreign attribute in Advice": add("Assertion", '<saml:Advice><x:a><saml:AssertionIDRef x:a="1"/></x:a></saml:Advice>', 3),
    "foreign attribute on an unread statement": add("Assertion", '<saml:AuthzDecisionStatement x:Resource="1"/>'),
    "foreign attribute on an unread name": add("SubjectConfirmation", '<saml:NameID x:Format="1">x</saml:NameID>', 0),
    "foreign attribute inside the data": add("SubjectConfirmationData", '<ds:KeyInfo><ds:KeyName x:a="1"/></ds:KeyInfo>'),
    "foreign attribute on a name as value": add("AttributeValue", '<saml:NameID x:Format="1"/>'),
    "xml:id on an Attribute": put("Attribute", **{f"{XML}id": "_x"}),
    "xml:lang on the data": put("SubjectConfirmationData", **{f"{XML}lang": "en"}),
    "no IssueInstant": put("Assertion", IssueInstant=None),
    "no Version": put("Assertion", Version=None),
    "no ID": put("Assertion", ID=None),
    "two NameIDs": add("Subject", "<saml:NameID>x</saml:NameID>", 1),
    "NameID after the confirmation": add("Subject", "<saml:NameID>x</saml:NameID>"),
    "BaseID": add("Subject", "<saml:BaseID/>", 0),
    "confirmation without Method": put("SubjectConfirmation", Method=None),
    "two data": add("SubjectConfirmation", "<saml:SubjectConfirmationData/>"),
    "two OneTimeUse": add("Conditions", "<saml:OneTimeUse/><saml:OneTimeUse/>"),
    "Audience outside": add("AudienceRestriction", "<saml:Issuer>x</saml:Issuer>"),
    "no AuthnContext": drop("AuthnContext"),
    "no AuthnInstant": put("AuthnStatement", AuthnInstant=None),
    "Attribute without Name": put("Attribute", Name=None),
    "Attribute child": add("Attribute", "<saml:Name>x</saml:Name>"),
    "statement child": add("AttributeStatement", "<saml:AttributeValue>x</saml:AttributeValue>"),
    "attribute on Subject": put("Subject", Extra="1"),
    "attribute on SubjectConfirmation": put("SubjectConfirmation", Extra="1"),
    "unknown first child of a confirmation": add("SubjectConfirmation", "<x:Other/>", 0),
    "name after the data": add("SubjectConfirmation", "<saml:NameID>x</saml:NameID>"),
    "two names in a confirmation": add("SubjectConfirmation", "<saml:NameID>x</saml:NameID><saml:NameID>x</saml:NameID>", 0),
    "attribute on AudienceRestriction": put("AudienceRestriction", Extra="1"),
    "attribute on Audience": put("Audience", Extra="1"),
    "attribute on OneTimeUse": add("Conditions", '<saml:OneTimeUse Extra="1"/>'),
    "attribute on ProxyRestriction": add("Conditions", '<saml:ProxyRestriction Extra="1"/>'),
    "Issuer in ProxyRestriction": add("Conditions", "<saml:ProxyRestriction><saml:Issuer>x</saml:Issuer></saml:ProxyRestriction>"),
    "attribute on Conditions": put("Conditions", Extra="1"),
    "attribute on AuthnStatement": put("AuthnStatement", Extra="1"),
    "two AuthnContexts": add("AuthnStatement", "<saml:AuthnContext/>"),
    "assertion in Advice": add("Assertion", "<saml:Advice><x:a><saml:Assertion/></x:a></saml:Advice>", 3),
}


@pytest.mark.parametrize("what", SHAPE)
def test_other_shapes_are_refused(what: str) -> None:
    edits = [SHAPE[what]]
    if what == "foreign attribute on a name as value":
        edits.insert(0, say("AttributeValue", ""))
    if what == "two OneTimeUse":
        edits.append(add("Conditions", "<saml:OneTimeUse/>"))
    if what == "two names in a confirmation":
        edits.append(edits[0])
    assert refusal(*edits) == "assertion-shape"


def test_one_proxy_restriction_at_most() -> None:
    proxied = add("Conditions", '<saml:ProxyRestriction Count="1"/>')
    assert read(proxied) == read()
    assert refusal(proxied, proxied) == "assertion-shape"


@pytest.mark.parametrize("name", ["<saml:NameID>x</saml:NameID>", "<saml:EncryptedID/>", "<saml:BaseID/>"])
def test_a_confirmation_may_name_its_party_first(name: str) -> None:
    assert read(add("SubjectConfirmation", name, 0)) == read()


def test_what_decides_nothing_may_stand_in_its_place() -> None:
    assert read(
        add("AuthnStatement", '<saml:SubjectLocality Address="192.0.2.1"/>', 0),
        add("Assertion", '<saml:Advice><x:a x:b="1"/></saml:Advice>', 3),
        add("Assertion", "<saml:AuthzDecisionStatement/>"),
    ) == read(drop("SubjectLocality"))


def test_conditions_without_one_time_use_do_not_ask_for_it() -> None:
    at = datetime(2026, 9, 15, 12, 5, tzinfo=UTC)
    assert read(put("Conditions", NotBefore=None)).conditions == Conditions(None, at, (("urn:amazon:webservices",),))
    assert not Conditions().one_time_use


def test_another_element_is_no_assertion() -> None:
    for tag in ("{urn:oasis:names:tc:SAML:1.0:assertion}Assertion", "Assertion", f"{SAML}Evidence"):
        element = built()
        element.tag = tag
        with pytest.raises(InvalidIdentityToken) as refused:
            read_assertion(element)
        assert refused.value.check == "assertion-shape"


def test_an_empty_assertion_has_no_issuer() -> None:
    with pytest.raises(InvalidIdentityToken) as refused:
        read_assertion(etree.Element(f"{SAML}Assertion", Version="2.0", ID="_a", IssueInstant="2026-09-15T12:00:00Z"))
    assert refused.value.check == "assertion-shape"


@pytest.mark.parametrize(
    "place",
    [
        ("Assertion", "IssueInstant"),
        ("Conditions", "NotBefore"),
        ("Conditions", "NotOnOrAfter"),
        ("SubjectConfirmationData", "NotBefore"),
        ("SubjectConfirmationData", "NotOnOrAfter"),
        ("AuthnStatement", "AuthnInstant"),
        ("AuthnStatement", "SessionNotOnOrAfter"),
    ],
)
def test_no_instant_is_read_as_absent(place: tuple[str, str]) -> None:
    name, attribute = place
    assert refusal(put(name, **{attribute: "soon"})) == "time-syntax"
    assert refusal(put(name, **{attribute: ""})) == "time-syntax"


@pytest.mark.parametrize("name", ["NameID", "Issuer", "Audience"])
def test_text_has_no_children(name: str) -> None:
    def split(response: etree._Element) -> None:
        add(name, "<x:b/>")(found(response, "Assertion"))

    assert refusal(split) == "text"


@pytest.mark.parametrize(
    "value",
    [
        "a<x:b/>c",
        "<x:b>c</x:b>",
        "<saml:NameID>a</saml:NameID><saml:NameID>b</saml:NameID>",
        "a<saml:NameID>b</saml:NameID>",
        "<saml:NameID>b</saml:NameID>a",
    ],
)
def test_other_structured_values_are_refused(value: str) -> None:
    more = f'<saml:Attribute Name="a"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
    assert refusal(add("AttributeStatement", more)) == "attribute-value"


@pytest.mark.parametrize("nil", ["true", "1", " true\n", "TRUE", "yes", ""])
@pytest.mark.parametrize("content", ["x", " ", "<saml:NameID>x</saml:NameID>"])
def test_a_value_that_says_it_is_nil_has_no_content(nil: str, content: str) -> None:
    value = f'<saml:AttributeValue xmlns:xsi="{XSI[1:-1]}" xsi:nil="{nil}">{content}</saml:AttributeValue>'
    assert refusal(add("AttributeStatement", f'<saml:Attribute Name="a">{value}</saml:Attribute>')) == "attribute-value"


@pytest.mark.parametrize(("nil", "content"), [("true", ""), ("1", ""), ("false", "x"), ("0", "x"), (" false ", "x"), ("false", "")])
def test_a_nil_value_is_empty_and_any_other_has_its_text(nil: str, content: str) -> None:
    value = f'<saml:AttributeValue xmlns:xsi="{XSI[1:-1]}" xsi:nil="{nil}">{content}</saml:AttributeValue>'
    assert read(add("AttributeStatement", f'<saml:Attribute Name="a">{value}</saml:Attribute>')).attributes["a"] == (content,)


def test_known_attributes_of_other_namespaces_are_not_foreign() -> None:
    assertion = read(
        put("Attribute", **{"{urn:oasis:names:tc:SAML:2.0:profiles:attribute:X500}Encoding": "LDAP"}),
        put("Attribute", **{"{http://schemas.xmlsoap.org/ws/2009/09/identity/claims}OriginalIssuer": "urn:x"}),
        put("AttributeValue", **{f"{XML}lang": "en", f"{XML}space": "preserve", f"{XSI}type": "unbound:string"}),
        put("SubjectConfirmationData", **{f"{XSI}type": "saml:KeyInfoConfirmationDataType"}),
    )
    assert assertion.foreign == ()
    assert assertion == read()


def test_foreign_attributes_are_kept_for_the_rule() -> None:
    assertion = read(
        put("SubjectConfirmationData", **{"{urn:x}Recipient": "a"}),
        put("Attribute", **{"{urn:x}Name": "b", f"{XSI}nil": "true"}),
        put("AttributeValue", **{f"{XSI}schemaLocation": "c d", f"{XSI}type": "xs:string"}),
    )
    assert assertion.foreign == ("{urn:x}Recipient", "{urn:x}Name", f"{XSI}nil", f"{XSI}schemaLocation")


@pytest.mark.parametrize("name", ["EncryptedID", "EncryptedAttribute"])
def test_encrypted_parts_need_a_key(name: str) -> None:
    target = ("Subject", 0) if name == "EncryptedID" else ("AttributeStatement", None)
    edits = [drop("NameID")] if name == "EncryptedID" else []
    assert refusal(*edits, add(target[0], f"<saml:{name}/>", target[1])) == "decryption-key"


def test_unknown_conditions_are_kept_for_the_rule() -> None:
    conditions = read(add("Conditions", "<x:Custom/>"), add("Conditions", "<saml:Condition/>")).conditions
    assert conditions is not None
    assert conditions.unknown == ("Custom", "Condition")


def test_condition_keys() -> None:
    name = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
    keys = dict(context_of({f"{name}6": ("one",), f"{name}1": ("one",), f"{name}5": ("a", "b"), f"{name}7": (), "other": ("x",)}))
    assert keys == {
        "saml:edupersonprincipalname": "one",
        "saml:edupersonaffiliation": ("one",),
        # Two values where one is defined: a tuple, which no plain operator matches.
        "saml:edupersonprimaryaffiliation": ("a", "b"),
    }
    claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
    assert dict(context_of({f"{claims}emailaddress": ("a@example.com",), "0.9.2342.19200300100.1.3": ("b@example.com",)})) == {
        "saml:mail": ("a@example.com", "b@example.com")
    }
    assert all(key.startswith("saml:") for keys_of in CONDITION_KEYS.values() for key in keys_of)


def test_role_is_only_an_attribute_here() -> None:
    assert any(value.startswith(ROLE) for values in read().attributes.values() for value in values)
    assert built().tag == f"{SAML}Assertion"
    assert read(say("NameID", "")).subject is not None
