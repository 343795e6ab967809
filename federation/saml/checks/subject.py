"""Checks of the subject and its confirmation."""

from __future__ import annotations

import re
from typing import Final

from federation.errors import show
from federation.saml.checks.presentation import PresentedAssertion
from federation.saml.checks.words import any_of, malformed, places, refuse_strictly
from federation.saml.reading.subject import BEARER

_BLANK: Final = " \t\r\n"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def check_subject(presented: PresentedAssertion) -> None:
    """The subject has exactly one identifier, not blank and without control characters (Core 2.4.1; attack rows T15, T16, X23)."""
    name_id = presented.name_id
    if name_id is None or not name_id.text.strip(_BLANK) or _CONTROL.search(name_id.text):
        raise malformed(
            "subject",
            "a Subject with a NameID that is not empty and has no tabs or line breaks",
            "no NameID" if name_id is None else show(name_id.text),
            "map the NameID to an attribute that every user has",
        )


def check_name_id_format(presented: PresentedAssertion) -> None:
    """AWS demands a Format on the NameID (observed)."""
    if presented.name_id is None or presented.name_id.format is None:
        raise malformed("name-id-format", "a NameID with a Format", "none", "choose a NameID format at the identity provider")


def check_sp_name_qualifier(presented: PresentedAssertion) -> None:
    """An identifier made for a service provider was made for us (Core 2.2.2, 8.3.7; attack row T14)."""
    qualifier = presented.name_id.sp_name_qualifier if presented.name_id else None
    if qualifier is not None and qualifier not in presented.provider.audiences:
        raise refuse_strictly(
            "sp-name-qualifier",
            any_of(presented.provider.audiences),
            show(qualifier),
            "correct the service provider's entity id at the identity provider",
        )


def check_subject_confirmation(presented: PresentedAssertion) -> None:
    """Whoever presents the assertion is confirmed as its bearer (Profiles 4.1.4.2; attack row P14)."""
    if presented.confirmation is None:
        methods = [c.method for c in presented.assertion.subject.confirmations] if presented.assertion.subject else []
        raise malformed(
            "subject-confirmation",
            f"a SubjectConfirmation with Method {BEARER}",
            show(methods[0]) if methods else "none",
            "use the Web Browser SSO profile at the identity provider",
        )


def check_single_confirmation(presented: PresentedAssertion) -> None:
    """AWS takes exactly one SubjectConfirmation (observed)."""
    count = len(presented.assertion.subject.confirmations) if presented.assertion.subject else 0
    if count != 1:
        raise malformed("single-confirmation", "exactly one SubjectConfirmation", f"{count}", "leave the bearer confirmation alone")


def check_confirmation_data(presented: PresentedAssertion) -> None:
    """The bearer confirmation says where and until when it may be used (Profiles 4.1.4.2; recorded)."""
    confirmation = presented.confirmation
    if confirmation is None or not confirmation.recipient or confirmation.not_on_or_after is None:
        recipient, end = (confirmation.recipient, confirmation.not_on_or_after) if confirmation else (None, None)
        missing = [name for name, value in (("Recipient", recipient), ("NotOnOrAfter", end)) if not value]
        raise malformed(
            "confirmation-data",
            "SubjectConfirmationData with Recipient and NotOnOrAfter",
            f"no {' and no '.join(missing)}",
            "have the identity provider state both",
        )


def check_recipient(presented: PresentedAssertion) -> None:
    """The Recipient is exactly one of our URLs (Profiles 4.1.4.2; attack row P03). AWS's API takes any text (observed)."""
    recipient = presented.confirmation.recipient if presented.confirmation else None
    if recipient is None or not presented.provider.receives_at(recipient):
        raise refuse_strictly(
            "recipient",
            places(presented.provider),
            "none" if recipient is None else show(recipient),
            "register the URL as recipient, or correct it at the identity provider",
        )
