"""What was sent instead of a token, recognised by its form and never shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from federation.calls.constraints import TextConstraint
from federation.explaining.presented.model import Presented
from federation.explaining.presented.recognising import recognise
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explaining.wording import number
from federation.explanation import Cause, Edit, Obstacle, Place
from federation.saml.registration.provider import SamlProvider
from federation.shapes import SAML, WEB
from federation.tags import utf16_units

__all__ = ["explain_presented", "recognise", "unwrapped"]

_PARAMETERS: Final = {SAML: "SAMLAssertion", WEB: "WebIdentityToken"}


def explain_presented(situation: Situation) -> Obstacle:
    """Explain a value that is not a token: what it is instead, and how to get the right token."""
    wanted = _wanted(situation)
    presented = recognise(situation.token, wanted)
    refusal = situation.refusal
    sentence = presented.sentence or f"the token is malformed: expected {refusal.expected}, found {refusal.found}"
    limit = parameter_sentence(situation, _PARAMETERS[wanted])
    cause = Cause(check=refusal.check, sentence=f"{limit}; {sentence}" if limit else sentence)
    path = presented.path or _PARAMETERS[wanted]
    edit = Edit(
        place=Place(owner=presented.owner, path=path),
        instruction=presented.instruction,
        old=presented.old,
        new=presented.new,
        command=presented.command,
    )
    return Obstacle(causes=(cause,), edits=(edit,))


def unwrapped(situation: Situation) -> Trial | None:
    """Judge the token that what was sent plainly holds; None where it holds none, or several."""
    trial, found = situation.trial, _presented(situation).token
    if trial is None or found is None:
        return None
    if situation.call is None:
        return replace(trial, token=found)
    name = "saml_assertion" if _wanted(situation) == SAML else "web_identity_token"
    return trial.with_call(**{name: found})


def parameter_sentence(situation: Situation, wire: str) -> str:
    """Return which limit of the service model the token's parameter exceeds; empty where it exceeds none."""
    token, call = situation.token, situation.call
    declared = () if call is None else call.parameters
    constraint = next((each.constraint for each in declared if each.wire == wire), None)
    if not isinstance(constraint, TextConstraint) or not isinstance(token, str | bytes):
        return ""
    length = utf16_units(token) if isinstance(token, str) else len(token)
    if constraint.shortest <= length <= constraint.longest:
        return ""
    return f"{wire} has {number(length, 'character')}, and must have {constraint.shortest} to {constraint.longest}"


def _presented(situation: Situation) -> Presented:
    return recognise(situation.token, _wanted(situation))


def _wanted(situation: Situation) -> str:
    """Return which kind of token the login wants."""
    if situation.operation == "AssumeRoleWithSAML" or isinstance(situation.provider, SamlProvider):
        return SAML
    return WEB
