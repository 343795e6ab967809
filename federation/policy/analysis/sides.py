"""What a policy says of one caller's login: the statements that apply, action by action, with their conditions as atoms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any, Literal

from federation.policy.analysis.atoms import Atom
from federation.policy.analysis.callers import CallerGroup
from federation.policy.analysis.search import Conjunction
from federation.policy.analysis.world import COMPANIONS, comes_with
from federation.policy.context import RequestContext
from federation.policy.policy import Policy
from federation.policy.statement import Statement
from federation.policy.wildcard import fold

Standing = Literal["any", "named", "itself"]
"""How a policy must let the caller in: in any way, by naming it, so that it needs no permission of its own account, or by naming the very
session, so that neither boundary nor session policy limit it."""


@dataclass(frozen=True, slots=True)
class AdmittedLogin:
    """A request to assume a role, which the evaluator has judged.

    Attributes:
        caller: Whose it is.
        actions: The operation, and the actions that accompany it.
        request: The request for the operation. Those for the others have the same keys.
    """

    caller: CallerGroup
    actions: tuple[str, ...]
    request: RequestContext

    def as_dict(self) -> dict[str, Any]:
        """Return the login as plain data."""
        keys = {name: value if isinstance(value, str) else list(value) for name, value in self.request.keys.items()}
        principal = self.request.principal
        return {
            "principal": "" if principal is None else principal.name,
            "type": "" if principal is None else principal.type,
            "actions": list(self.actions),
            "keys": keys,
        }


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement that applies to a caller and an action, with its conditions as atoms."""

    statement: Statement
    atoms: Conjunction


@dataclass(frozen=True, slots=True)
class Side:
    """What one policy says of the actions of one login of one caller: its Allows and Denies, by action."""

    policy: Policy
    caller: CallerGroup
    actions: tuple[str, ...]
    standing: Standing
    allows: tuple[tuple[Stated, ...], ...]
    denies: tuple[tuple[Stated, ...], ...]

    @classmethod
    def of(cls, policy: Policy, caller: CallerGroup, actions: tuple[str, ...], standing: Standing = "any") -> Side:
        """Gather what *policy* says."""
        stated = [[each for each in policy.statements if each.action.matches(fold(action))] for action in actions]
        return cls(
            policy,
            caller,
            actions,
            standing,
            tuple(
                tuple(_stated(each, "Allow") for each in row if each.effect == "Allow" and _named(each, caller, standing)) for row in stated
            ),
            tuple(tuple(_stated(each, "Deny") for each in row if each.effect == "Deny" and _named(each, caller, "any")) for row in stated),
        )

    def allows_login(self, request: RequestContext) -> bool:
        """Whether the policy lets the login of *request* in, by the evaluator."""
        for action in self.actions:
            decision = self.policy.evaluate(request.asking(action))
            if not decision.allowed:
                return False
            if self.standing != "any" and not any(
                each.statement.applies(_as(request.asking(action), self.caller, self.standing)) == "direct"
                for each in self.allows[self.actions.index(action)]
            ):
                return False
        return True


def companions_that_matter(caller: CallerGroup, policies: tuple[Policy, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the sets of actions that can accompany the caller's operation and matter to one of *policies*, the smaller first."""
    known = [each for each in COMPANIONS[caller.kind] if not all(_follows(each, caller, policy) for policy in policies)]
    return chain.from_iterable(combinations(known, count) for count in range(len(known) + 1))


def _follows(companion: str, caller: CallerGroup, policy: Policy) -> bool:
    """Whether *policy* decides on *companion* as on the operation: by the same statements, of which none asks for what it brings along."""
    side = Side.of(policy, caller, (caller.operation, companion))
    same = side.allows[0] == side.allows[1] and side.denies[0] == side.denies[1]
    return same and not any(comes_with(condition.folded, companion) for each in policy.statements for condition in each.conditions)


def _named(statement: Statement, caller: CallerGroup, standing: Standing) -> bool:
    if statement.principal is None:
        return False
    if standing == "any":
        return statement.principal.match(caller.principal) is not None
    principal = caller.own if standing == "itself" else caller.principal
    return principal is not None and statement.principal.match(principal) == "direct"


def _as(request: RequestContext, caller: CallerGroup, standing: Standing) -> RequestContext:
    if standing != "itself" or caller.own is None:
        return request
    return RequestContext(principal=caller.own, action=request.action, keys=request.keys)


def _stated(statement: Statement, effect: str) -> Stated:
    return Stated(statement, tuple(Atom.of(condition, lenient=effect == "Deny") for condition in statement.conditions))
