"""Explanations why a statement applies to a request or does not. The same predicates decide and explain; this module adds the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from federation.errors import show
from federation.policy.conditions import UNSETTLED, Condition
from federation.policy.context import RequestContext
from federation.policy.hints import about_condition
from federation.policy.principal import Principal, Via
from federation.policy.statement import Statement

MAX_TOLD = 2_048
"""Most characters of the request's values that the explanation of one condition repeats. No condition key of AWS is longer."""
MAX_REASONS = 3
"""Most failing parts in the sentence of a near miss, which may be part of an error of one line."""


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """The result of one condition.

    Attributes:
        operator: The operator with its qualifiers.
        key: The condition key as the policy spells it.
        expected: The policy's values.
        found: The request's values; None where the key is absent.
        matched: Whether the condition held for this statement.
        reason: One sentence: what was compared, and what would make the condition match.
        path: JSON path of the condition.
    """

    operator: str
    key: str
    expected: tuple[str, ...]
    found: tuple[str, ...] | None
    matched: bool
    reason: str
    path: str

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain data with stable names."""
        return {
            "operator": self.operator,
            "key": self.key,
            "expected": list(self.expected),
            "found": None if self.found is None else _told(self.found),
            "matched": self.matched,
            "reason": self.reason,
            "path": self.path,
        }


def _told(values: tuple[str, ...]) -> list[str]:
    """Return the values of the request, cut to `MAX_TOLD`, because every condition on a key repeats them (attack row D04)."""
    left = MAX_TOLD
    told: list[str] = []
    for number, value in enumerate(values):
        if left <= 0:
            return [*told, f"… ({len(values) - number} more)"]
        told.append(value if len(value) <= left else f"{value[:left]}… ({len(value)} characters)")
        left -= len(value) + 8  # quotes and separator of a value
    return told


@dataclass(frozen=True, slots=True)
class ElementResult:
    """The result of the principal, action or resource element of a statement.

    Attributes:
        name: Name of the element in the policy, such as ``NotAction``.
        expected: What the element lists.
        found: What the request has.
        matched: Whether the element matches the request.
        reason: One sentence: what was compared, and what would make the element match.
    """

    name: str
    expected: tuple[str, ...]
    found: str | None
    matched: bool
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain data with stable names."""
        return {
            "element": self.name,
            "expected": list(self.expected),
            "found": self.found,
            "matched": self.matched,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class StatementResult:
    """The result of one statement.

    Attributes:
        index: Position in the document, from 0.
        sid: Its Sid, or None.
        effect: ``Allow`` or ``Deny``.
        matched: Whether the statement applies to the request.
        via: How it matches the principal: ``direct``, ``account``, ``everyone``, or None.
        principal: The principal element; None in policies that have none.
        action: The action element.
        resource: The resource element; None in trust policies.
        conditions: Every condition in document order.
    """

    index: int
    sid: str | None
    effect: str
    matched: bool
    via: Via | None
    principal: ElementResult | None
    action: ElementResult
    resource: ElementResult | None
    conditions: tuple[ConditionResult, ...]

    @property
    def failures(self) -> tuple[ElementResult | ConditionResult, ...]:
        """The elements and conditions that do not match."""
        parts = (self.principal, self.action, self.resource, *self.conditions)
        return tuple(part for part in parts if part is not None and not part.matched)

    @property
    def label(self) -> str:
        """The name of the statement in texts: its Sid, or its position."""
        return f"statement {show(self.sid)}" if self.sid else f"statement {self.index}"

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain data with stable names."""
        return {
            "index": self.index,
            "sid": self.sid,
            "effect": self.effect,
            "matched": self.matched,
            "via": self.via,
            "principal": self.principal.as_dict() if self.principal else None,
            "action": self.action.as_dict(),
            "resource": self.resource.as_dict() if self.resource else None,
            "conditions": [each.as_dict() for each in self.conditions],
        }


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The Allow statement with the fewest failing parts: ``failures`` are these parts, ``sentence`` describes them in one line."""

    statement: StatementResult
    failures: tuple[ElementResult | ConditionResult, ...]
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """Return the near miss as plain data with stable names."""
        return {
            "statement": self.statement.index,
            "failures": [failure.as_dict() for failure in self.failures],
            "sentence": self.sentence,
        }


def explain(statement: Statement, request: RequestContext) -> StatementResult:
    """Return the result of *statement* for *request*, with explanations."""
    return StatementResult(
        index=statement.index,
        sid=statement.sid,
        effect=statement.effect,
        matched=statement.applies(request) is not None,
        via=statement.via(request),
        principal=_explain_principal(statement, request.principal),
        action=_explain_action(statement, request),
        resource=_explain_resource(statement, request),
        conditions=tuple(_explain_condition(each, statement, request) for each in statement.conditions),
    )


def near_miss(results: tuple[StatementResult, ...]) -> NearMiss | None:
    """Return the Allow statement with the fewest failing parts. Of equal ones, one whose principal and action match, then the first."""
    allows = [result for result in results if result.effect == "Allow" and result.failures]
    if not allows:
        return None
    nearest = min(allows, key=_distance)
    failures = nearest.failures
    rest = len(failures) - MAX_REASONS
    reasons = [failure.reason for failure in failures[:MAX_REASONS]] + ([f"and {rest} more"] if rest > 0 else [])
    return NearMiss(nearest, failures, f"{nearest.label} does not apply: {'; '.join(reasons)}")


def _distance(result: StatementResult) -> tuple[int, int]:
    elements = [failure for failure in result.failures if isinstance(failure, ElementResult)]
    return len(result.failures), len(elements)


def _explain_principal(statement: Statement, caller: Principal | None) -> ElementResult | None:
    element = statement.principal
    if element is None or caller is None:
        return None
    name = "NotPrincipal" if element.negated else "Principal"
    via = element.match(caller)
    listed = ", ".join(map(show, element.spelled[:5]))
    if via is not None:
        reason = f"{name} covers {show(caller.name)} ({via})"
    elif element.negated:
        reason = f"NotPrincipal lists {show(caller.name)}"
    elif element.everyone and caller.type == "Federated":
        reason = f'{name} is `*`, which never covers a federated caller; name it as {{"Federated": {show(caller.name)}}}'
    else:
        reason = f"{name} names {listed}, the caller is {caller.type or 'anonymous'} {show(caller.name)}"
    return ElementResult(name, element.spelled, caller.name, via is not None, reason)


def _explain_action(statement: Statement, request: RequestContext) -> ElementResult:
    element = statement.action
    name = "NotAction" if element.negated else "Action"
    matched = element.matches(request.folded_action)
    listed = ", ".join(map(show, element.spelled[:5]))
    verb = "covers" if matched else "does not cover"
    return ElementResult(name, element.spelled, request.action, matched, f"{name} {listed} {verb} {show(request.action)}")


def _explain_resource(statement: Statement, request: RequestContext) -> ElementResult | None:
    element = statement.resource
    if element is None:
        return None
    name = "NotResource" if element.negated else "Resource"
    matched = element.matches(request)
    listed = ", ".join(map(show, element.spelled[:5]))
    verb = "covers" if matched else "does not cover"
    return ElementResult(name, element.spelled, request.resource, matched, f"{name} {listed} {verb} {show(request.resource)}")


def _explain_condition(condition: Condition, statement: Statement, request: RequestContext) -> ConditionResult:
    value = request.folded_keys.get(condition.folded)
    outcome = condition.holds(request.folded_keys)
    found = None if value is None else (value,) if isinstance(value, str) else value
    return ConditionResult(
        operator=condition.operator.name,
        key=condition.key,
        expected=condition.expected,
        found=found,
        matched=statement.effect == "Deny" if outcome is UNSETTLED else outcome,
        reason=about_condition(condition, outcome, request),
        path=condition.path,
    )
