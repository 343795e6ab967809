"""What the rules examine: one proved assertion, presented to one registration at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from federation.saml.assertion import Assertion
from federation.saml.envelope import Envelope
from federation.saml.provider import SamlProvider
from federation.saml.subject import BEARER, NameID, SubjectConfirmation
from federation.saml.times import shift


@dataclass(frozen=True, slots=True)
class Presentation:
    """One proved assertion, presented to one provider's registration at one instant: what every check examines.

    Attributes:
        assertion: What was signed, as typed values.
        envelope: The Response around it; signed only where it says so.
        provider: The registration that decides.
        at: The instant, aware UTC.
        encrypted: Whether the assertion came encrypted.
        name_id: The identifier of the subject, or None where there is none.
        confirmation: The bearer confirmation that counts, or None where there is none.
    """

    assertion: Assertion
    envelope: Envelope
    provider: SamlProvider
    at: datetime
    encrypted: bool
    name_id: NameID | None
    confirmation: SubjectConfirmation | None


def choose_confirmation(assertion: Assertion, envelope: Envelope, provider: SamlProvider, at: datetime) -> SubjectConfirmation | None:
    """Return the bearer confirmation that counts: the first that keeps every rule at once, else the one that keeps most of them.

    Judging one rule on one confirmation and the next on another would accept what none of them allows (attack row P14).
    """
    bearers = [c for c in assertion.subject.confirmations if c.method == BEARER] if assertion.subject else []
    if len(bearers) < 2:  # noqa: PLR2004 - nothing to choose between
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
