"""What a policy answers. The answer alone is computed when deciding; how it came about is worked out when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from federation.policy.context import RequestContext
from federation.policy.explain import NearMiss, StatementResult, explain, near_miss
from federation.policy.principal import Via
from federation.policy.statement import Statement

Verdict = Literal["Allow", "Deny", "ImplicitDeny"]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of one policy to one request.

    Attributes:
        effect: ``Allow``, ``Deny`` (a Deny statement applies, whatever else does) or ``ImplicitDeny`` (no Allow applies).
        via: How the deciding statements cover the caller: ``direct`` when one names it, ``account`` when they name its account only, so
            that its own policy must allow too, ``everyone`` for ``*``. None for an implicit deny.
        request: The request that was decided.
    """

    effect: Verdict
    via: Via | None
    request: RequestContext
    _deciding: Statement | None = field(repr=False)
    _statements: tuple[Statement, ...] = field(repr=False)

    @property
    def allowed(self) -> bool:
        """Whether the policy allows the request."""
        return self.effect == "Allow"

    @property
    def statement(self) -> StatementResult | None:
        """The deciding statement, explained; None for an implicit deny."""
        return None if self._deciding is None else explain(self._deciding, self.request)

    @property
    def statements(self) -> tuple[StatementResult, ...]:
        """Every statement in the order of the document, each with what matched and why the rest did not. Computed on each access."""
        return tuple(explain(statement, self.request) for statement in self._statements)

    @property
    def nearest(self) -> NearMiss | None:
        """For an implicit deny the Allow statement with the fewest failing parts; None otherwise or where the policy allows nothing."""
        return near_miss(self.statements) if self.effect == "ImplicitDeny" else None

    def as_dict(self) -> dict[str, Any]:
        """Return the decision and its explanation as plain data: the documented schema of ``--json``."""
        statements = self.statements
        nearest = near_miss(statements) if self.effect == "ImplicitDeny" else None
        return {
            "effect": self.effect,
            "via": self.via,
            "statement": None if self._deciding is None else self._deciding.index,
            "statements": [each.as_dict() for each in statements],
            "nearest": None if nearest is None else nearest.as_dict(),
        }
