"""The one entry of the room: from a refusal to its explanation.

What refuses first is explained first. Then the login is judged again as if that check were met, until it would succeed or nobody can know
how it would go on: later refusals are found in the order in which the user would meet them, by the code that refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from federation import aws_texts
from federation.errors import FederationError, ValidationError
from federation.explaining import assuming, call, oauth, oidc, session
from federation.explaining.exchange import duration, replay
from federation.explaining.permissions import assume_authorized, explain_authorization
from federation.explaining.plain import plainly
from federation.explaining.presented import explain_presented, unwrapped
from federation.explaining.saml import table as saml
from federation.explaining.situation import OAUTH, OIDC, Row, Situation, situation_of
from federation.explaining.trial import Trial
from federation.explaining.trust import assume_trusted, explain_trust
from federation.explaining.trust.controls import assume_uncontrolled, explain_resource_control
from federation.explanation import Explanation, Obstacle
from federation.profiles import Profile
from federation.saml.registration.provider import SamlProvider

MAX_LATER: Final = 8
"""Refusals after the first that are explained. A login that meets more of them is repaired in two rounds."""


_PLAINLY: Final = Row(plainly)
TABLE: Final[Mapping[str, Row]] = {
    **{check: Row(plainly, assume) for check, assume in assuming.ASSUMED.items()},
    "duration": Row(duration, assuming.ASSUMED["duration"]),
    **dict.fromkeys(("type", "size", "base64", "content"), Row(explain_presented, unwrapped)),
    **call.TABLE,
    **session.TABLE,
    "replay": Row(replay),
    "trust-policy": Row(explain_trust, assume_trusted),
    "resource-control-policy": Row(explain_resource_control, assume_uncontrolled),
    "authorization": Row(explain_authorization, assume_authorized),
}
"""Check to its explanation, whatever the token is."""
OF_KIND: Final[Mapping[str, Mapping[str, Row]]] = {SamlProvider.kind: saml.TABLE, OIDC: oidc.TABLE, OAUTH: oauth.TABLE}
"""Likewise for one kind of token: what it says of a check comes before `TABLE`."""


def explain(refusal: FederationError) -> Explanation:
    """Return why *refusal* was raised and what to change. The refusal's own ``explanation`` is the same, computed once.

    Nothing is raised: where an explainer has a bug, the refusal is explained by its own texts.
    """
    try:
        return explanation_of(refusal)
    except Exception:  # noqa: BLE001 - as the docstring says
        return Explanation(first=plainly(Situation(refusal=refusal)), aws_message=refusal.aws_message)


def explanation_of(refusal: FederationError) -> Explanation:
    """Return why *refusal* was raised and what to change. A bug of an explainer is raised."""
    situation = situation_of(refusal)
    try:
        first = _row(situation).explain(situation)
        return Explanation(
            first=first,
            later=tuple(_later(situation, first)),
            aws_accepts=_aws_accepts(situation),
            aws_message=_said_by_aws(situation).aws_message,
            aws_shown_by="console" if refusal.aws_message == aws_texts.saml.AUDIENCE else "API",
        )
    finally:
        situation.kept.clear()  # what is kept there refers to the situation: the token would wait for the garbage collector with it


def _row(situation: Situation) -> Row:
    check = situation.refusal.check
    of_parameters = call.OF_PARAMETERS.get(check) if isinstance(situation.refusal, ValidationError) else None
    return of_parameters or OF_KIND.get(situation.kind, {}).get(check) or TABLE.get(check, _PLAINLY)


def _later(situation: Situation, first: Obstacle) -> list[Obstacle]:
    """Return what would refuse after the refusal of *situation*, of which *first* is the explanation."""
    later: list[Obstacle] = []
    seen = {situation.point}
    trial = _assumed(situation, first)
    while trial is not None and len(later) < MAX_LATER:
        outcome = trial.outcome()
        if outcome.refusal is None:
            break
        following = Situation(refusal=outcome.refusal, trial=trial, outcome=outcome)
        # A check that refuses again was not met by the assumption: what comes after it cannot be known.
        if following.point in seen:
            break
        seen.add(following.point)
        try:
            obstacle = _row(following).explain(following)
            later.append(_unverified(obstacle) if trial.unproved else obstacle)
            trial = _assumed(following, obstacle)
        finally:
            following.kept.clear()
    return later


def _unverified(obstacle: Obstacle) -> Obstacle:
    """Return *obstacle* with every cause marked as unverified: it rests on claims of an unproved token."""
    causes, others = (tuple(replace(each, unverified=True) for each in several) for several in (obstacle.causes, obstacle.others))
    return replace(obstacle, causes=causes, others=others)


def _assumed(situation: Situation, obstacle: Obstacle) -> Trial | None:
    """Return the trial as it would be with the edits of *obstacle* made, where they are of the call, else with the check met."""
    assume = _row(situation).assume
    if assume is None or situation.trial is None:
        return None
    return assuming.with_the_edits(situation, obstacle) or assume(situation)


def _said_by_aws(situation: Situation) -> FederationError:
    """Return the refusal whose text AWS shows: that of the first check that AWS makes, where the check that refuses first is not one."""
    refusal, report = situation.refusal, situation.report if _is_of_the_token(situation) else None
    own = (
        None if report is None else next((each for each in report.results if each.refusal is not None and each.name == refusal.check), None)
    )
    if report is None or own is None or Profile.AWS in own.profiles:
        return refusal
    return report.refusal(Profile.AWS) or refusal


def _is_of_the_token(situation: Situation) -> bool:
    """Whether a provider of the profile ``strict`` refuses the token itself."""
    provider, outcome = situation.provider, situation.outcome
    return provider is not None and provider.profile is Profile.STRICT and (outcome is None or outcome.identity is None)


def _aws_accepts(situation: Situation) -> bool:
    """Whether the token is refused by a check that AWS does not make, and by no other."""
    report = situation.report if _is_of_the_token(situation) else None
    if report is None:
        return False
    refusal = report.refusal()
    return refusal is not None and refusal.check == situation.refusal.check and report.refusal(Profile.AWS) is None
