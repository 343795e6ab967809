"""Attributes: which condition keys their names fill, what their values may hold, and what opens an encrypted one."""

import pytest
from lxml import etree

from federation.errors import InvalidIdentityToken
from federation.saml.reading.attributes import CONDITION_KEYS, context_of, read_attributes
from federation.saml.xml import SAML, XML, XSI, Element

PERSON, ORG = "urn:oid:1.3.6.1.4.1.5923.1.1.1.", "urn:oid:1.3.6.1.4.1.5923.1.2.1."
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

KEYS = {
    f"{PERSON}1": ["saml:edupersonaffiliation"],
    f"{PERSON}2": ["saml:edupersonnickname"],
    f"{PERSON}3": ["saml:edupersonorgdn"],
    f"{PERSON}4": ["saml:edupersonorgunitdn"],
    f"{PERSON}5": ["saml:edupersonprimaryaffiliation"],
    f"{PERSON}6": ["saml:edupersonprincipalname"],
    f"{PERSON}7": ["saml:edupersonentitlement"],
    f"{PERSON}8": ["saml:edupersonprimaryorgunitdn"],
    f"{PERSON}9": ["saml:edupersonscopedaffiliation"],
    f"{PERSON}10": ["saml:edupersontargetedid"],
    f"{PERSON}11": ["saml:edupersonassurance"],
    f"{ORG}2": ["saml:eduorghomepageuri"],
    f"{ORG}3": ["saml:eduorgidentityauthnpolicyuri"],
    f"{ORG}4": ["saml:eduorglegalname"],
    f"{ORG}5": ["saml:eduorgsuperioruri"],
    f"{ORG}6": ["saml:eduorgwhitepagesuri"],
    "urn:oid:2.5.4.3": ["saml:cn"],
    f"{CLAIMS}name": ["saml:name"],
    f"{CLAIMS}givenname": ["saml:givenName"],
    f"{CLAIMS}surname": ["saml:surname"],
    f"{CLAIMS}emailaddress": ["saml:mail"],
    "http://schemas.xmlsoap.org/claims/CommonName": ["saml:commonName"],
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid": ["saml:primaryGroupSID", "saml:uid"],
    "2.5.4.3": ["saml:commonName"],
    "2.5.4.4": ["saml:surname"],
    "2.4.5.42": ["saml:givenName"],
    "2.5.4.42": ["saml:givenName"],
    "2.5.4.45": ["saml:x500UniqueIdentifier"],
    "0.9.2342.19200300100.1.1": ["saml:uid"],
    "0.9.2342.19200300.100.1.1": ["saml:uid"],
    "0.9.2342.19200300100.1.3": ["saml:mail"],
    "0.9.2342.19200300.100.1.3": ["saml:mail"],
    "0.9.2342.19200300.100.1.45": ["saml:organizationStatus"],
}
"""Name of an attribute to the condition keys it fills: the tables of the IAM user guide, and the right spelling of three of its names."""


def test_every_name_fills_the_keys_of_the_documentation_and_no_other_does() -> None:
    assert CONDITION_KEYS.keys() == KEYS.keys()
    for name, keys in KEYS.items():
        assert list(context_of({name: ("v",)})) == keys


def read(xml: str, opened: Element | None = None) -> tuple[dict[str, list[str]], list[str]]:
    """What an AttributeStatement with *xml* inside says, and the foreign attributes on it; *opened* is what decryption gives."""
    spaces = f'xmlns="{SAML[1:-1]}" xmlns:xsi="{XSI[1:-1]}" xmlns:x="urn:x"'
    statement = etree.fromstring(f"<AttributeStatement {spaces}>{xml}</AttributeStatement>")
    values: dict[str, list[str]] = {}
    foreign: list[str] = []
    read_attributes(statement, values, foreign, None if opened is None else lambda _element: opened)
    return values, foreign


def refusal(xml: str, opened: Element | None = None) -> str:
    with pytest.raises(InvalidIdentityToken) as caught:
        read(xml, opened)
    return caught.value.check


def test_a_name_id_fills_its_value_with_no_white_space_around_it() -> None:
    value = "<AttributeValue><NameID Format='f' NameQualifier='q' SPNameQualifier='s' SPProvidedID='p'>b</NameID></AttributeValue>"
    assert read(f"<Attribute Name='a'>{value}<AttributeValue>c</AttributeValue></Attribute>") == ({"a": ["b", "c"]}, [])


@pytest.mark.parametrize("content", ["x<NameID>b</NameID>", "<NameID>b</NameID>x", "<NameID>b</NameID><x:c/>"])
def test_nothing_but_white_space_stands_beside_a_name_id(content: str) -> None:
    assert refusal(f"<Attribute Name='a'><AttributeValue>{content}</AttributeValue></Attribute>") == "attribute-value"


@pytest.mark.parametrize("nil", ["falsex", "xfalse", "x0"])
def test_nil_is_false_only_where_it_says_so(nil: str) -> None:
    assert refusal(f"<Attribute Name='a'><AttributeValue xsi:nil='{nil}'>b</AttributeValue></Attribute>") == "attribute-value"


def test_attributes_of_xml_and_of_eidas_are_known_on_a_value() -> None:
    known = [f"{XML}{name}" for name in ("base", "id", "lang", "space")]
    known += [f"{{http://eidas.europa.eu/attributes/{person}person}}LatinScript" for person in ("natural", "legal")]
    value = etree.fromstring(f'<AttributeValue xmlns="{SAML[1:-1]}">v</AttributeValue>')
    for name in known:
        value.set(name, "a")
    assert read(f"<Attribute Name='a'>{etree.tostring(value).decode()}</Attribute>") == ({"a": ["v"]}, [])


def test_a_statement_has_no_attributes_of_its_own() -> None:
    statement = etree.fromstring(f'<AttributeStatement xmlns="{SAML[1:-1]}" Name="a"/>')
    with pytest.raises(InvalidIdentityToken) as caught:
        read_attributes(statement, {}, [], None)
    assert caught.value.check == "assertion-shape"


ENCRYPTED = "<EncryptedAttribute><x:a><x:b>c</x:b></x:a></EncryptedAttribute>"


def test_an_encrypted_attribute_is_read_in_its_place() -> None:
    opened = etree.fromstring(f'<Attribute xmlns="{SAML[1:-1]}" Name="s"><AttributeValue>hidden</AttributeValue></Attribute>')
    after = "<Attribute Name='a'><AttributeValue>plain</AttributeValue></Attribute>"
    assert read(ENCRYPTED + after, opened) == ({"s": ["hidden"], "a": ["plain"]}, [])


def test_an_encrypted_attribute_holds_an_attribute() -> None:
    opened = etree.fromstring(f'<NameID xmlns="{SAML[1:-1]}" Name="s">hidden</NameID>')
    assert refusal(ENCRYPTED, opened) == "assertion-shape"
