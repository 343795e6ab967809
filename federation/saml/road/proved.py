"""The end of the road: an assertion as typed values, with the octets that prove it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from federation.saml.reading.assertion import Assertion
from federation.saml.reading.envelope import Envelope
from federation.saml.signature.proof import SignedOctets

EngineUsed = Literal["fast", "python"]


class ProvedAssertion(NamedTuple):
    """An assertion whose every value was read from octets that a registered key signed. Nothing of it is checked.

    Attributes:
        assertion: The assertion as typed values.
        signed: The octets that hold it: its own, or the Response's where it has no signature.
        envelope: The fields of the Response; ``envelope.signed`` tells whether a signature covers them.
        encrypted: Whether the assertion was encrypted.
        notes: The keys that verified the response, weak algorithms, and comments that were left out.
        engine: The engine that read it.
    """

    assertion: Assertion
    signed: SignedOctets
    envelope: Envelope
    encrypted: bool
    notes: tuple[str, ...]
    engine: EngineUsed
