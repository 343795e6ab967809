"""The explanation of a refusal by its own texts."""

from __future__ import annotations

from federation.errors import MalformedPolicyDocument
from federation.explaining.situation import Situation
from federation.explanation import Cause, Edit, Obstacle, Place


def plainly(situation: Situation) -> Obstacle:
    """Explain a refusal by its own texts: what was expected, what was found, and the remedy."""
    refusal = situation.refusal
    path = refusal.path if isinstance(refusal, MalformedPolicyDocument) else ""
    cause = Cause(check=refusal.check, sentence=f"expected {refusal.expected}, found {refusal.found}")
    return Obstacle(causes=(cause,), edits=(Edit(place=Place(owner="call", path=path), instruction=refusal.remedy),))
