"""The one entry of the room: from a refusal to its explanation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.errors import FederationError, MalformedPolicyDocument
from federation.explaining.situation import Explain, Situation, situation_of
from federation.explanation import Cause, Edit, Explanation, Obstacle, Place

TABLE: Final[Mapping[str, Explain]] = {}
"""Check to its explanation."""


def explain(refusal: FederationError) -> Explanation:
    """Return why *refusal* was raised and what to change. The refusal's own ``explanation`` is the same, computed once."""
    situation = situation_of(refusal)
    return Explanation(first=_obstacle(situation), aws_message=refusal.aws_message)


def _obstacle(situation: Situation) -> Obstacle:
    return TABLE.get(situation.refusal.check, plainly)(situation)


def plainly(situation: Situation) -> Obstacle:
    """Explain a refusal by its own words: what was demanded, what was there, what to do."""
    refusal = situation.refusal
    path = refusal.path if isinstance(refusal, MalformedPolicyDocument) else ""
    cause = Cause(check=refusal.check, sentence=f"expected {refusal.expected}, found {refusal.found}")
    return Obstacle(causes=(cause,), edits=(Edit(place=Place(owner="call", path=path), instruction=refusal.remedy),))
