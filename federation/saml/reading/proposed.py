"""The assertion from the values that the fast engine read out of signed octets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.saml.reading.assertion import Assertion, AuthnStatement
from federation.saml.reading.conditions import Conditions
from federation.saml.reading.shape import optional_instant
from federation.saml.reading.subject import NameID, Subject, SubjectConfirmation
from federation.saml.reading.times import read_instant
from federation.saml.signature.proof import SignedValues

if TYPE_CHECKING:
    from sts_federation_core import Confirmation as ProposedConfirmation
    from sts_federation_core import NameId as ProposedNameId


def read_proposed(proved: SignedValues) -> Assertion:
    """Return the assertion of *proved*, with its times parsed as `read_assertion` parses them.

    Raises:
        InvalidIdentityToken: check ``time-syntax``.
    """
    version, assertion_id, issued, issuer, issuer_format, subject, conditions, statements, attributes = proved.values
    return Assertion(
        version,
        assertion_id,
        read_instant(issued, "Assertion IssueInstant"),
        issuer,
        issuer_format,
        None if subject is None else _subject(*subject),
        None if conditions is None else _conditions(*conditions),
        tuple(_authn_statement(*statement) for statement in statements),
        attributes,
    )


def _subject(name_id: ProposedNameId | None, confirmations: tuple[ProposedConfirmation, ...]) -> Subject:
    return Subject(None if name_id is None else NameID(*name_id), tuple(_confirmation(*confirmation) for confirmation in confirmations))


def _confirmation(
    method: str, recipient: str | None, end: str | None, begin: str | None, in_response_to: str | None, address: str | None
) -> SubjectConfirmation:
    return SubjectConfirmation(
        method,
        recipient,
        optional_instant(end, "SubjectConfirmationData NotOnOrAfter"),
        optional_instant(begin, "SubjectConfirmationData NotBefore"),
        in_response_to,
        address,
    )


def _conditions(begin: str | None, end: str | None, audiences: tuple[tuple[str, ...], ...], one_time_use: bool) -> Conditions:  # noqa: FBT001
    return Conditions(
        optional_instant(begin, "Conditions NotBefore"), optional_instant(end, "Conditions NotOnOrAfter"), audiences, one_time_use
    )


def _authn_statement(instant: str, session_index: str | None, session_end: str | None) -> AuthnStatement:
    return AuthnStatement(
        read_instant(instant, "AuthnStatement AuthnInstant"),
        session_index,
        optional_instant(session_end, "AuthnStatement SessionNotOnOrAfter"),
    )
