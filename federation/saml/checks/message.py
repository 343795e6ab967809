"""Checks of the message and its parties."""

from __future__ import annotations

import re
from typing import Final

from federation.errors import show
from federation.saml.checks.presentation import PresentedAssertion
from federation.saml.checks.words import any_of, malformed, places, refuse_strictly
from federation.saml.reading.times import read_instant

ENTITY_FORMAT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"

# The schema type xs:ID: a name without colons.
_NC_NAME: Final = re.compile(r"[^\W\d][\w.\-·]*")


def check_version(presented: PresentedAssertion) -> None:
    """Response and Assertion are of version 2.0, exactly (Core 2.3.3, 3.2.2; attack rows P17, P20)."""
    for name, version in (("Response", presented.envelope.version), ("Assertion", presented.assertion.version)):
        if version != "2.0":
            raise malformed(
                "version", f"{name} Version 2.0", show(version), "configure the application as SAML 2.0 at the identity provider"
            )


def check_response_fields(presented: PresentedAssertion) -> None:
    """The Response has an ID, and an IssueInstant that is one (Core 3.2.2; attack rows P07, P17)."""
    if not presented.envelope.response_id or presented.envelope.issue_instant is None:
        raise refuse_strictly(
            "response-fields",
            "a Response with ID and IssueInstant",
            "no ID" if not presented.envelope.response_id else "no IssueInstant",
            "have the identity provider send schema-valid responses",
        )
    read_instant(presented.envelope.issue_instant, "Response IssueInstant")


def check_assertion_id(presented: PresentedAssertion) -> None:
    """The assertion has an ID of the schema type xs:ID: replay is noticed by it (Core 2.3.3; attack row P17)."""
    if not _NC_NAME.fullmatch(presented.assertion.assertion_id):
        raise malformed(
            "assertion-id",
            "an ID that begins with a letter or underscore",
            show(presented.assertion.assertion_id),
            "have the identity provider send schema-valid IDs",
        )


def check_foreign_attributes(presented: PresentedAssertion) -> None:
    """No attribute of another namespace stands on an element of SAML, but those known to be sent (attack row X19).

    On Attribute, AttributeValue and SubjectConfirmationData, that is: elsewhere the schema has no place for one.
    """
    if presented.assertion.foreign:
        raise refuse_strictly(
            "foreign-attributes",
            "only the attributes of SAML on its elements",
            show(presented.assertion.foreign[0]),
            "have the identity provider leave the attribute away",
        )


def check_issuer(presented: PresentedAssertion) -> None:
    """The assertion's Issuer is the registered entity id, code point by code point (Profiles 4.1.4.2; attack rows K11, P05, T07)."""
    issuer = presented.assertion.issuer
    if issuer not in presented.provider.entity_ids:
        raise malformed(
            "issuer", any_of(presented.provider.entity_ids), show(issuer), "register the metadata of the provider that issued it"
        )


def check_issuer_format(presented: PresentedAssertion) -> None:
    """The Issuer, where it states a Format, names an entity (Profiles 4.1.4.2; attack row P05)."""
    if presented.assertion.issuer_format not in (None, ENTITY_FORMAT):
        raise refuse_strictly(
            "issuer-format", f"no Format, or {ENTITY_FORMAT}", show(presented.assertion.issuer_format), "issue as an entity"
        )


def check_response_issuer(presented: PresentedAssertion) -> None:
    """The Response's Issuer equals the assertion's, and is there where the Response is signed or the assertion encrypted.

    Profiles 4.1.4.2; attack row P05. AWS tolerates another (recorded).
    """
    issuer = presented.envelope.issuer
    if issuer is None:
        if presented.envelope.signed or presented.encrypted:
            raise refuse_strictly(
                "response-issuer",
                "an Issuer in a Response that is signed or holds an encrypted assertion",
                "none",
                "have the identity provider name itself in the Response",
            )
    elif issuer != presented.assertion.issuer:
        raise refuse_strictly(
            "response-issuer", show(presented.assertion.issuer), show(issuer), "have one identity provider make Response and Assertion"
        )


def check_destination(presented: PresentedAssertion) -> None:
    """The Destination is exactly one of our URLs; it may be absent only where the Response is unsigned (Core 3.2.2; attack row P04)."""
    destination = presented.envelope.destination
    if destination is None:
        if presented.envelope.signed:
            raise refuse_strictly(
                "destination", "a Destination in the signed Response", "none", "have the identity provider say where it posts"
            )
    elif not presented.provider.receives_at(destination):
        raise refuse_strictly(
            "destination", places(presented.provider), show(destination), "register the URL as recipient, or correct it at the provider"
        )


def check_in_response_to(presented: PresentedAssertion) -> None:
    """Response and confirmation answer the same request, or none (Profiles 4.1.4.3; attack row P12).

    Which request that is, only who sent one can know.
    """
    confirmed = presented.confirmation.in_response_to if presented.confirmation else None
    answered = presented.envelope.in_response_to
    if confirmed is not None and confirmed != answered:
        raise refuse_strictly(
            "in-response-to", show(confirmed), show(answered), "start a new login; parts of two answers were put together"
        )
