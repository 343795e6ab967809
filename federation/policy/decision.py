"""The decision of a policy. The explanation is computed when it is read, so that evaluation stays fast."""

from __future__ import annotations

from dataclasses import field
from typing import Any, Literal

from federation.policy.context import RequestContext
from federation.policy.explain import NearMiss, StatementResult, explain, near_miss
from federation.policy.principal import Via
from federation.policy.statement import Statement
from federation.records import record

DecisionEffect = Literal["Allow", "Deny", "ImplicitDeny"]


@record()
class Decision:
    """The decision of one policy on one request.

    Attributes:
        effect: ``Allow``, ``Deny`` (a Deny statement applies) or ``ImplicitDeny`` (no statement applies).
        via: How the deciding statement matches the principal: ``direct`` when it names the principal, ``account`` when it names only its
            account (then an identity policy must allow too), ``everyone`` for ``*``. None for an implicit deny.
        request: The request that was decided.
        policy: Which policy decides, where it is not the one that was asked: a resource control policy; else empty.
    """

    effect: DecisionEffect
    via: Via | None
    request: RequestContext
    _deciding: Statement | None = field(repr=False)
    _statements: tuple[Statement, ...] = field(repr=False)
    policy: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the policy allows the request."""
        return self.effect == "Allow"

    @property
    def statement(self) -> StatementResult | None:
        """The explanation of the deciding statement; None for an implicit deny."""
        return None if self._deciding is None else explain(self._deciding, self.request)

    @property
    def statements(self) -> tuple[StatementResult, ...]:
        """The explanation of every statement, in the order of the document. It is computed on each access."""
        return tuple(explain(statement, self.request) for statement in self._statements)

    @property
    def nearest(self) -> NearMiss | None:
        """For an implicit deny, the Allow statement with the fewest failing parts; otherwise, or without an Allow statement, None."""
        return near_miss(self.statements) if self.effect == "ImplicitDeny" else None

    def as_dict(self) -> dict[str, Any]:
        """Return the decision and its explanation as plain data: the documented schema of ``--json``."""
        statements = self.statements
        nearest = near_miss(statements) if self.effect == "ImplicitDeny" else None
        told = {
            "effect": self.effect,
            "via": self.via,
            "statement": None if self._deciding is None else self._deciding.index,
            "statements": [each.as_dict() for each in statements],
            "nearest": None if nearest is None else nearest.as_dict(),
        }
        return {**told, "policy": self.policy} if self.policy else told

    def of(self, policy: str) -> Decision:
        """Return the same decision as that of another *policy* than the one that was asked."""
        return Decision(self.effect, self.via, self.request, self._deciding, self._statements, policy)
