"""The Subject of an assertion: its identifier and its confirmations (SAML Core 2.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from federation.saml.foreign import KNOWN_ON_CONFIRMATION_DATA, foreign_attributes, refuse_foreign_attributes
from federation.saml.reading.shape import CHECK, no_attributes, no_decryption_key, optional_instant, refuse, required
from federation.saml.xml import SAML, Element, attributes, text

BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SAML2_FORMATS: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:"

SUBJECT: Final = f"{SAML}Subject"
NAME_ID: Final = f"{SAML}NameID"
ENCRYPTED_ID: Final = f"{SAML}EncryptedID"
_CONFIRMATION: Final = f"{SAML}SubjectConfirmation"
_CONFIRMATION_DATA: Final = f"{SAML}SubjectConfirmationData"
_BASE_ID: Final = f"{SAML}BaseID"

NAME_ID_ATTRIBUTES: Final = frozenset({"Format", "NameQualifier", "SPNameQualifier", "SPProvidedID"})
_CONFIRMATION_ATTRIBUTES: Final = frozenset({"Method"})

Decrypt = Callable[[Element], Element]
"""Decrypts an EncryptedID or EncryptedAttribute of a signed assertion and returns the NameID or Attribute in it."""


class NameID(NamedTuple):
    """A name identifier; Format and qualifiers are part of it (attack row T14).

    Attributes:
        text: The complete text, not trimmed.
        format: The Format as written, or None.
        name_qualifier: NameQualifier, or None.
        sp_name_qualifier: SPNameQualifier, the service provider for which the name was created, or None.
        sp_provided_id: SPProvidedID, or None.
    """

    text: str
    format: str | None = None
    name_qualifier: str | None = None
    sp_name_qualifier: str | None = None
    sp_provided_id: str | None = None

    @property
    def subject_type(self) -> str:
        """The Format as STS reports it: without the SAML 2.0 prefix; empty where there is none."""
        return (self.format or "").removeprefix(SAML2_FORMATS)


class SubjectConfirmation(NamedTuple):
    """A SubjectConfirmation. Times are aware UTC; None where the attribute is absent."""

    method: str
    recipient: str | None = None
    not_on_or_after: datetime | None = None
    not_before: datetime | None = None
    in_response_to: str | None = None
    address: str | None = None


class Subject(NamedTuple):
    """The Subject: at most one identifier (None where there is none) and its confirmations in document order."""

    name_id: NameID | None
    confirmations: tuple[SubjectConfirmation, ...]


def read_subject(element: Element, foreign: list[str], decrypt: Decrypt | None) -> Subject:
    """Return the Subject of *element*. *decrypt* decrypts an EncryptedID. Foreign attributes are added to *foreign* (attack row X19).

    Raises:
        InvalidIdentityToken: The element violates the schema, a time is malformed, or an EncryptedID cannot be decrypted.
    """
    no_attributes(element)
    name_id: NameID | None = None
    confirmations: list[SubjectConfirmation] = []
    for position, child in enumerate(element):
        tag = child.tag
        if tag == _CONFIRMATION:
            confirmations.append(_read_confirmation(child, foreign))
        elif position == 0 and tag in (NAME_ID, ENCRYPTED_ID):
            name_id = read_identifier(child, decrypt)
        else:
            # BaseID has no text to compare, and a second identifier makes the subject ambiguous (attack row T16).
            raise refuse("one NameID or EncryptedID, then SubjectConfirmation elements, in the Subject", child)
    return Subject(name_id, tuple(confirmations))


def read_identifier(element: Element, decrypt: Decrypt | None) -> NameID:
    """Return the NameID of *element*, a NameID or an EncryptedID."""
    if element.tag == ENCRYPTED_ID:
        if decrypt is None:
            raise no_decryption_key(element)
        element = decrypt(element)
    get = attributes(element, NAME_ID_ATTRIBUTES, CHECK)
    return NameID(text(element), get("Format"), get("NameQualifier"), get("SPNameQualifier"), get("SPProvidedID"))


def _read_confirmation(element: Element, foreign: list[str]) -> SubjectConfirmation:
    attributes(element, _CONFIRMATION_ATTRIBUTES, CHECK)
    method = required(element, "Method")
    data: Element | None = None
    for position, child in enumerate(element):
        if child.tag == _CONFIRMATION_DATA and data is None:
            data = child
        elif position or child.tag not in (NAME_ID, ENCRYPTED_ID, _BASE_ID):
            raise refuse("at most one identifier and one SubjectConfirmationData in a SubjectConfirmation", child)
        else:
            refuse_foreign_attributes(child, CHECK)
    if data is None:
        return SubjectConfirmation(method)
    # Content and foreign attributes are allowed here (Core 2.4.1.2) and ignored.
    foreign += foreign_attributes(data, KNOWN_ON_CONFIRMATION_DATA, CHECK)
    for content in data:
        refuse_foreign_attributes(content, CHECK)
    get = data.get
    return SubjectConfirmation(
        method,
        get("Recipient"),
        optional_instant(get("NotOnOrAfter"), "SubjectConfirmationData NotOnOrAfter"),
        optional_instant(get("NotBefore"), "SubjectConfirmationData NotBefore"),
        get("InResponseTo"),
        get("Address"),
    )
