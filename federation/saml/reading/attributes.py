"""The attributes of an assertion and their condition keys (SAML Core 2.7.3; IAM user guide, "SAML condition keys")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Final

from federation.condition_keys import SAML_KEYS
from federation.identity import ContextValue
from federation.saml.foreign import KNOWN_ON_ATTRIBUTE, KNOWN_ON_VALUE, XSI_NIL, XSI_TYPE, foreign_attributes
from federation.saml.reading.shape import CHECK, no_attributes, no_decryption_key, refuse
from federation.saml.reading.subject import NAME_ID, NAME_ID_ATTRIBUTES, Decrypt
from federation.saml.xml import SAML, Element, attributes, malformed, text

ATTRIBUTE_STATEMENT: Final = f"{SAML}AttributeStatement"
ATTRIBUTE: Final = f"{SAML}Attribute"
_ENCRYPTED_ATTRIBUTE: Final = f"{SAML}EncryptedAttribute"
_ATTRIBUTE_VALUE: Final = f"{SAML}AttributeValue"
_OWN_ATTRIBUTES: Final = frozenset({"Name", "NameFormat", "FriendlyName"})
_USUAL_ON_VALUE: Final = frozenset({XSI_TYPE})
_NOT_NIL: Final = frozenset({"false", "0"})

VALUE_CHECK: Final = "attribute-value"


def read_attributes(statement: Element, into: dict[str, list[str]], foreign: list[str], decrypt: Decrypt | None) -> None:
    """Add the attributes of an AttributeStatement to *into*: Name to the texts of its values in document order.

    Repeated Attribute elements of one Name are joined (attack row T12). FriendlyName and NameFormat have no effect (row T13), and xsi:type
    is not interpreted (row T17). Names of foreign attributes are added to *foreign* (row X19).

    Raises:
        InvalidIdentityToken: The element violates the schema, a value is not text, or an EncryptedAttribute cannot be decrypted.
    """
    no_attributes(statement)
    # One iteration in document order takes half the time of listing the children of every element.
    elements = statement.iterdescendants()
    for element in elements:
        attribute, following = (element, elements) if element.tag == ATTRIBUTE else _open(element, elements, decrypt)
        name = attribute.get("Name")
        if name is None:
            raise refuse("a Name on every Attribute", attribute)
        if not _OWN_ATTRIBUTES.issuperset(attribute.keys()):
            foreign += foreign_attributes(attribute, KNOWN_ON_ATTRIBUTE, CHECK)
        texts = into.setdefault(name, [])
        # A value is a leaf or has one leaf inside, which is consumed with it, so the next elements are the children.
        for value in islice(following, len(attribute)):
            if value.tag != _ATTRIBUTE_VALUE:
                raise refuse("only AttributeValue elements in an Attribute", value)
            if not _USUAL_ON_VALUE.issuperset(value.keys()):
                _check_not_nil(value)
                foreign += foreign_attributes(value, KNOWN_ON_VALUE, CHECK)
            if len(value):
                texts.append(_structured(value))
                next(following)
            else:
                texts.append(value.text or "")


def _open(element: Element, following: Iterator[Element], decrypt: Decrypt | None) -> tuple[Element, Iterator[Element]]:
    """Return the Attribute in the EncryptedAttribute *element*, whose descendants are consumed from *following*, and its descendants."""
    if element.tag != _ENCRYPTED_ATTRIBUTE:
        raise refuse("only Attribute elements in the AttributeStatement", element)
    if decrypt is None:
        raise no_decryption_key(element)
    for _ in element.iterdescendants():
        next(following)
    opened = decrypt(element)
    if opened.tag != ATTRIBUTE:
        raise refuse("an Attribute in the EncryptedAttribute", opened)
    return opened, opened.iterdescendants()


def _check_not_nil(value: Element) -> None:
    """Refuse a value with xsi:nil and content, which different readers would read differently (attack row X25)."""
    nil = value.get(XSI_NIL)
    if nil is not None and nil.strip(" \t\r\n") not in _NOT_NIL and (len(value) or value.text):
        remedy = "have the identity provider leave xsi:nil away, or the content"
        raise malformed(VALUE_CHECK, "no content in an AttributeValue with xsi:nil", "content", remedy)


def _structured(value: Element) -> str:
    """Return the text of a value that is a NameID, as in eduPersonTargetedID, with the white space around the element.

    Any other structure has no unique reading as text, so the assertion is refused.
    """
    inner = value[0]
    around = (value.text or "", inner.tail or "")
    if len(value) > 1 or inner.tag != NAME_ID or any(space.strip(" \t\r\n") for space in around):
        raise malformed(
            VALUE_CHECK,
            "text, or one NameID and nothing beside it, in every AttributeValue",
            "other structured content",
            "have the identity provider send the value as plain text",
        )
    attributes(inner, NAME_ID_ATTRIBUTES, CHECK)
    return around[0] + text(inner) + around[1]


# Condition keys --------------------------------------------------------------------------------------------------------------------------

_EDU_PERSON: Final = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
_EDU_ORG: Final = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
_CLAIMS: Final = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

CONDITION_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    f"{_EDU_PERSON}1": ("saml:edupersonaffiliation",),
    f"{_EDU_PERSON}2": ("saml:edupersonnickname",),
    f"{_EDU_PERSON}3": ("saml:edupersonorgdn",),
    f"{_EDU_PERSON}4": ("saml:edupersonorgunitdn",),
    f"{_EDU_PERSON}5": ("saml:edupersonprimaryaffiliation",),
    f"{_EDU_PERSON}6": ("saml:edupersonprincipalname",),
    f"{_EDU_PERSON}7": ("saml:edupersonentitlement",),
    f"{_EDU_PERSON}8": ("saml:edupersonprimaryorgunitdn",),
    f"{_EDU_PERSON}9": ("saml:edupersonscopedaffiliation",),
    f"{_EDU_PERSON}10": ("saml:edupersontargetedid",),
    f"{_EDU_PERSON}11": ("saml:edupersonassurance",),
    f"{_EDU_ORG}2": ("saml:eduorghomepageuri",),
    f"{_EDU_ORG}3": ("saml:eduorgidentityauthnpolicyuri",),
    f"{_EDU_ORG}4": ("saml:eduorglegalname",),
    f"{_EDU_ORG}5": ("saml:eduorgsuperioruri",),
    f"{_EDU_ORG}6": ("saml:eduorgwhitepagesuri",),
    "urn:oid:2.5.4.3": ("saml:cn",),
    f"{_CLAIMS}name": ("saml:name",),
    f"{_CLAIMS}givenname": ("saml:givenName",),
    f"{_CLAIMS}surname": ("saml:surname",),
    f"{_CLAIMS}emailaddress": ("saml:mail",),
    "http://schemas.xmlsoap.org/claims/CommonName": ("saml:commonName",),
    # AWS documents this claim as uid in one table and as primaryGroupSID in another one.
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid": ("saml:primaryGroupSID", "saml:uid"),
    "2.5.4.3": ("saml:commonName",),
    "2.5.4.4": ("saml:surname",),
    # AWS's documentation spells three of the following differently from X.500 and COSINE; both spellings are accepted.
    "2.4.5.42": ("saml:givenName",),
    "2.5.4.42": ("saml:givenName",),
    "2.5.4.45": ("saml:x500UniqueIdentifier",),
    "0.9.2342.19200300100.1.1": ("saml:uid",),
    "0.9.2342.19200300.100.1.1": ("saml:uid",),
    "0.9.2342.19200300100.1.3": ("saml:mail",),
    "0.9.2342.19200300.100.1.3": ("saml:mail",),
    "0.9.2342.19200300.100.1.45": ("saml:organizationStatus",),
}
"""Attribute Name to its condition keys."""

SINGLE_VALUED: Final = frozenset(chain.from_iterable(CONDITION_KEYS.values())) & {
    key.name.lower() for key in SAML_KEYS if not key.multivalued
}
"""The single-valued condition keys. All others are multivalued, also with one value."""


def context_of(attributes: Mapping[str, tuple[str, ...]]) -> dict[str, ContextValue]:
    """Return the condition keys of *attributes*.

    A single-valued key with several values becomes a tuple, which no operator matches without ForAllValues or ForAnyValue, not even a
    negated one. So an additional value never grants access.
    """
    if CONDITION_KEYS.keys().isdisjoint(attributes):
        return {}
    filled: dict[str, tuple[str, ...]] = {}
    for name, values in attributes.items():
        for key in CONDITION_KEYS.get(name, ()):
            filled[key] = filled.get(key, ()) + values
    return {key: values[0] if key in SINGLE_VALUED and len(values) == 1 else values for key, values in filled.items() if values}
