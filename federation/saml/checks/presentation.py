"""The subject of the checks: a proved assertion, the provider, and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from federation.saml.reading.assertion import Assertion
from federation.saml.reading.envelope import Envelope
from federation.saml.reading.subject import BEARER, NameID, SubjectConfirmation
from federation.saml.reading.times import shift
from federation.saml.registration.provider import SamlProvider


@dataclass(frozen=True, slots=True)
class PresentedAssertion:
    """A proved assertion with the provider and the time to judge at. Every check examines one.

    Attributes:
        assertion: The signed assertion as typed values.
        envelope: The fields of the Response; signed only where ``envelope.signed`` is True.
        provider: The registered provider.
        at: The time to judge at, aware UTC.
        encrypted: Whether the assertion was encrypted.
        name_id: The identifier of the subject; None where there is none.
        confirmation: The bearer confirmation that is checked; None where there is none.
    """

    assertion: Assertion
    envelope: Envelope
    provider: SamlProvider
    at: datetime
    encrypted: bool
    name_id: NameID | None
    confirmation: SubjectConfirmation | None


def choose_confirmation(assertion: Assertion, envelope: Envelope, provider: SamlProvider, at: datetime) -> SubjectConfirmation | None:
    """Return the bearer confirmation to check: the first that passes all rules, or the one that passes most of them.

    All rules must be checked on one confirmation; otherwise a message could pass although no single confirmation does (attack row P14).
    """
    bearers = [c for c in assertion.subject.confirmations if c.method == BEARER] if assertion.subject else []
    if len(bearers) < 2:  # noqa: PLR2004 - there is no choice
        return bearers[0] if bearers else None

    def kept(confirmation: SubjectConfirmation) -> int:
        return sum(
            (
                confirmation.recipient is not None and provider.receives_at(confirmation.recipient),
                confirmation.not_on_or_after is not None and at < confirmation.not_on_or_after,
                confirmation.not_before is None or confirmation.not_before <= shift(at, provider.clock_skew),
                confirmation.in_response_to in (None, envelope.in_response_to),
            )
        )

    return max(bearers, key=kept)
