"""The IAM policy language: parsing, evaluation and explanation of policies.

policy = Policy.parse(text, kind="trust")
decision = policy.evaluate(RequestContext(principal=Principal.federated(arn), action="sts:AssumeRoleWithSAML", keys={"saml:aud": url}))
decision.effect, decision.statement, decision.nearest
who_can(policy).admissions, compare(old, new).lets_nobody_new_in
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.lazy import lazily
from federation.policy.conditions import Condition
from federation.policy.context import RequestContext
from federation.policy.decision import Decision
from federation.policy.explain import ConditionResult, ElementResult, NearMiss, StatementResult
from federation.policy.grammar import Kind
from federation.policy.keys import RequestKeys
from federation.policy.policy import Policy
from federation.policy.principal import Principal, PrincipalElement
from federation.policy.statement import ActionElement, ResourceElement, Statement

if TYPE_CHECKING:
    from federation.policy.analysis import (
        Admission,
        AdmittedLogin,
        CallerGroup,
        TrustChange,
        TrustComparison,
        TrustDifference,
        WhoCan,
        compare,
        who_can,
    )
    from federation.policy.partial import PartialDecision, UndecidedCondition, evaluate_partially
    from federation.policy.ways_in import Demand

__all__ = [
    "ActionElement",
    "Admission",
    "AdmittedLogin",
    "CallerGroup",
    "Condition",
    "ConditionResult",
    "Decision",
    "Demand",
    "ElementResult",
    "Kind",
    "NearMiss",
    "PartialDecision",
    "Policy",
    "Principal",
    "PrincipalElement",
    "RequestContext",
    "RequestKeys",
    "ResourceElement",
    "Statement",
    "StatementResult",
    "TrustChange",
    "TrustComparison",
    "TrustDifference",
    "UndecidedCondition",
    "WhoCan",
    "compare",
    "evaluate_partially",
    "who_can",
]

_LATER: Final = {
    "Admission": "analysis",
    "AdmittedLogin": "analysis",
    "CallerGroup": "analysis",
    "Demand": "ways_in",
    "PartialDecision": "partial",
    "TrustChange": "analysis",
    "TrustComparison": "analysis",
    "TrustDifference": "analysis",
    "UndecidedCondition": "partial",
    "WhoCan": "analysis",
    "compare": "analysis",
    "evaluate_partially": "partial",
    "who_can": "analysis",
}
"""What judging does not need, to its module, which is imported on first use."""

if not TYPE_CHECKING:  # a checker would take any name from it
    __getattr__ = lazily(__name__, _LATER)
