"""Why a resource control policy of the organization stops a login that the role's trust policy allows."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from federation.errors import AccessDenied
from federation.explaining.plain import plainly
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explaining.trust.asked import Asked
from federation.explaining.trust.denies import explain_deny
from federation.explanation import Edit, Obstacle, Place
from federation.policy import Decision
from federation.sts.callers.permissions import Attached, control_levels


def explain_resource_control(situation: Situation) -> Obstacle:
    """Explain every Deny of the resource control policies of the account that applies to the login."""
    decision = cast("Decision | None", situation.refusal.decision) if isinstance(situation.refusal, AccessDenied) else None
    organization = None if situation.account is None else situation.account.organization
    if decision is None or organization is None:
        return plainly(situation)
    causes, edits = [], []
    for attached in (each for level in control_levels(organization.resource_control) for each in level):
        if attached.policy is None:
            continue
        asked = Asked(policy=attached.policy, request=decision.request, situation=situation)
        for statement in asked.denying:
            unmet = explain_deny(asked, statement)
            sentence = f"the resource control policy {attached.source}: {unmet.cause.sentence}"
            causes.append(replace(unmet.cause, check=situation.refusal.check, sentence=sentence, place=_place(attached, statement.path)))
            edits.append(tuple(_edit(attached, each) for each in unmet.edits))
    if not causes:
        return plainly(situation)
    if len(causes) == 1:
        return Obstacle(causes=tuple(causes), edits=edits[0])
    return Obstacle(causes=tuple(causes), edits=tuple(each[0] for each in edits if each), alternatives=False)


def assume_uncontrolled(situation: Situation) -> Trial | None:
    """Judge the login as if the organization had no resource control policies."""
    return None if situation.trial is None else without_resource_control(situation.trial)


def without_resource_control(trial: Trial) -> Trial | None:
    """Return *trial* in an account without resource control policies; None where it has no organization."""
    account = trial.account
    if account is None or account.organization is None:
        return None
    return replace(trial, account=replace(account, organization=replace(account.organization, resource_control=())))


def _place(attached: Attached, path: str) -> Place:
    return Place(owner="policy", path=f"{attached.source} {path}")


def _edit(attached: Attached, edit: Edit) -> Edit:
    """Return *edit* of the document of *attached*, which no program makes: it is in the answer of a command, as text."""
    if edit.place.owner != "policy":
        return edit
    lets_in = "whoever this policy stops and the edit leaves out, in every account that it bounds"
    return replace(
        edit, place=_place(attached, edit.place.path), instruction=f"in {attached.source}, {edit.instruction}", changes=(), lets_in=lets_in
    )
