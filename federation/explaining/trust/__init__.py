"""Why a trust policy refuses a caller, and which edit of it lets in that caller and nobody else."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from federation.explaining.fixing import plain
from federation.explaining.plain import plainly
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explaining.trust import repairing
from federation.explaining.trust.asked import Asked
from federation.explaining.trust.principals import own_statement
from federation.explanation import Obstacle
from federation.policy import Decision, Policy

__all__ = ["assume_trusted", "explain_trust", "obstacles"]


def obstacles(decision: Decision, situation: Situation) -> tuple[Obstacle, ...]:
    """Return why the trust policy of the role of *situation* refuses by *decision*; empty where the account does not have the role.

    There is one obstacle: its causes are all that is unmet, in the nearest statement and in each Deny that applies, and the first of its
    edits repairs the policy as a whole.
    """
    role = situation.role
    if role is None:
        return ()
    found = repairing.obstacle(Asked(policy=role.trust_policy, request=decision.request, situation=situation))
    return () if found is None else (found,)


def explain_trust(situation: Situation) -> Obstacle:
    """Explain a refusal by the trust policy."""
    decision = situation.decision
    found = () if decision is None else obstacles(decision, situation)
    return found[0] if found else plainly(situation)


def assume_trusted(situation: Situation) -> Trial | None:
    """Judge the login as if the trust policy allowed it, and nothing but it."""
    trial, role, decision = situation.trial, situation.role, situation.decision
    if trial is None or role is None or decision is None or trial.account is None:
        return None
    asked = Asked(policy=role.trust_policy, request=decision.request, situation=situation)
    statement = {**own_statement(asked), "Action": list(repairing.actions(asked))}
    # A caller with AWS credentials is asked about one action after another, and the policy may refuse a later one.
    others = [plain(each.source) for each in asked.policy.statements if each not in asked.denying] if asked.protocol == "AWS" else []
    trusting = replace(role, trust_policy=Policy.stored({"Version": role.trust_policy.version, "Statement": [*others, statement]}))
    roles = MappingProxyType({**trial.account.roles, role.arn: trusting})
    return replace(trial, account=replace(trial.account, roles=roles), proved=situation.outcome)
