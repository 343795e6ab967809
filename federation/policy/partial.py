"""Evaluation of a policy where some condition keys of the request are not known: allowed, refused, or not decided.

A key that is not known may be absent, or have any value or values. What is decided holds for all of them: whatever the keys turn out to be,
`Policy.evaluate` says the same. What is not decided comes with the conditions that it waits for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

from federation.policy.conditions import UNSETTLED, Condition, Outcome
from federation.policy.context import RequestContext
from federation.policy.grammar import PRINCIPALED
from federation.policy.keys import RequestKeys
from federation.policy.operators import NULL
from federation.policy.policy import Policy
from federation.policy.statement import ResourceElement, Statement
from federation.policy.variables import Template, Variable
from federation.policy.wildcard import Pattern

IsUnknown = Callable[[str], bool]
"""Tells of a condition key, by its folded name, whether nobody knows what the request has for it."""


class Met(StrEnum):
    """Whether a condition is met."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UndecidedCondition:
    """A condition that an answer waits for.

    Attributes:
        statement: Position of its statement in the document, from 0.
        sid: The Sid of the statement, or None.
        effect: ``Allow`` or ``Deny``.
        operator: The operator with its qualifiers; ``Resource`` or ``NotResource`` where the resource has a variable that is not known.
        key: The condition key as the policy spells it; empty for a resource.
        expected: The values of the policy.
        path: JSON path of the condition.
        unknown: The keys that are not known and would decide it, folded: its own, or those of its policy variables.
    """

    statement: int
    sid: str | None
    effect: str
    operator: str
    key: str
    expected: tuple[str, ...]
    path: str
    unknown: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the condition as plain data with stable names."""
        return {
            "statement": self.statement,
            "sid": self.sid,
            "effect": self.effect,
            "operator": self.operator,
            "key": self.key,
            "expected": list(self.expected),
            "path": self.path,
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True, slots=True)
class PartialDecision:
    """The decision of a policy on a request of which some keys are not known.

    Attributes:
        effect: That of `Policy.evaluate`; ``Unknown`` where that depends on keys that are not known.
        allowed: Whether the request is allowed; None where that is not decided. A refusal can be decided where its effect is not: no
            statement can allow, and one may deny.
        request: The request, with the keys that are known.
        undecided: What the effect waits for, in the order of the document; empty where that is decided.
    """

    effect: Literal["Allow", "Deny", "ImplicitDeny", "Unknown"]
    allowed: bool | None
    request: RequestContext = field(repr=False)
    undecided: tuple[UndecidedCondition, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the decision as plain data with stable names."""
        return {"effect": self.effect, "allowed": self.allowed, "undecided": [each.as_dict() for each in self.undecided]}


def evaluate_partially(policy: Policy, request: RequestContext, unknown: IsUnknown) -> PartialDecision:
    """Return the decision of *policy* on *request*, of which the keys for which *unknown* says so are not known.

    Args:
        policy: The policy.
        request: Principal, action, resource, and the keys that are known. Every other key that is not unknown is absent.
        unknown: Tells which keys are not known.

    Raises:
        ValidationError: As `Policy.evaluate`.
    """
    if not isinstance(request, RequestContext) or (request.principal is None and policy.kind in PRINCIPALED):
        policy.evaluate(request)  # refuses it
    results = [(statement, *_statement(statement, request, unknown)) for statement in policy.statements]
    denies, allows = ([each for each in results if each[0].effect == effect] for effect in ("Deny", "Allow"))
    if any(met is Met.MET for _, met, _ in denies):
        return PartialDecision("Deny", allowed=False, request=request)
    waiting = [each for _, _, waits in denies for each in waits]
    if all(met is Met.UNMET for _, met, _ in allows):
        return PartialDecision("Unknown" if waiting else "ImplicitDeny", allowed=False, request=request, undecided=tuple(waiting))
    if any(met is Met.MET for _, met, _ in allows):  # an Allow that waits for something is no matter beside one that applies
        return PartialDecision(
            "Unknown" if waiting else "Allow", allowed=None if waiting else True, request=request, undecided=tuple(waiting)
        )
    waiting += [each for _, _, waits in allows for each in waits]
    return PartialDecision("Unknown", allowed=None, request=request, undecided=tuple(waiting))


def condition_met(condition: Condition, keys: RequestKeys, unknown: IsUnknown, *, effect: str) -> Met:
    """Return whether *condition* of a statement with *effect* is met by the *keys* that are known."""
    if unknown(condition.folded):
        return _of_unknown_key(condition)
    value = keys.get(condition.folded)
    quantifier = condition.operator.quantifier
    if not _waits(condition, unknown) or value is None or (quantifier is None and not isinstance(value, str)):
        return _as_met(condition.holds(keys), effect)
    known = _known_part(condition, unknown)
    ordered = condition.operator.operator.family.well_formed is not None
    decisive = quantifier == "ForAnyValue"
    waiting = False
    for text in (value,) if isinstance(value, str) else value:
        outcome = _compared(condition, known, text, keys)
        if outcome is Met.UNKNOWN:
            waiting = True
        elif quantifier is None or outcome is UNSETTLED or outcome is decisive:
            # Where a malformed operand decides, an earlier value may have met one.
            return Met.UNKNOWN if waiting and ordered else _as_met(outcome, effect)
    return Met.UNKNOWN if waiting else _as_met(not decisive, effect)


def undecided_conditions(policy: Policy, request: RequestContext, unknown: IsUnknown) -> tuple[UndecidedCondition, ...]:
    """Return every condition of *policy* that the keys that are known leave open, of the statements about this caller and this action."""
    return tuple(
        _undecided(statement, condition, unknown)
        for statement in policy.statements
        if statement.action.matches(request.folded_action) and statement.via(request) is not None
        for condition in statement.conditions
        if condition_met(condition, request.folded_keys, unknown, effect=statement.effect) is Met.UNKNOWN
    )


def named_keys(policy: Policy) -> frozenset[str]:
    """Return every condition key, folded, on which decisions of *policy* depend: those of its conditions and of its variables."""
    return frozenset(key for statement in policy.statements for key in _named(statement))


def _named(statement: Statement) -> Iterator[str]:
    for condition in statement.conditions:
        yield condition.folded
        yield from _variables(condition.operands)
    if statement.resource is not None:
        yield from _variables(statement.resource.templates)


def _variables(operands: Iterable[Any]) -> Iterator[str]:
    return (part.key for operand in operands if isinstance(operand, Template) for part in operand.parts if isinstance(part, Variable))


def _statement(statement: Statement, request: RequestContext, unknown: IsUnknown) -> tuple[Met, tuple[UndecidedCondition, ...]]:
    """Return whether *statement* applies, and what that waits for."""
    if not statement.action.matches(request.folded_action) or statement.via(request) is None:
        return Met.UNMET, ()
    waits: list[UndecidedCondition] = []
    if statement.resource is not None:
        names = tuple(dict.fromkeys(filter(unknown, _variables(statement.resource.templates))))
        if names:
            waits.append(_undecided_resource(statement, statement.resource, names))
        elif not statement.resource.matches(request):
            return Met.UNMET, ()
    for condition in statement.conditions:
        met = condition_met(condition, request.folded_keys, unknown, effect=statement.effect)
        if met is Met.UNMET:  # then nothing else of the statement matters
            return Met.UNMET, ()
        if met is Met.UNKNOWN:
            waits.append(_undecided(statement, condition, unknown))
    return Met.UNKNOWN if waits else Met.MET, tuple(waits)


def _undecided(statement: Statement, condition: Condition, unknown: IsUnknown) -> UndecidedCondition:
    own = (condition.folded,) if unknown(condition.folded) else ()
    names = own or tuple(dict.fromkeys(filter(unknown, _variables(condition.operands))))
    what = (condition.operator.name, condition.key, condition.expected, condition.path)
    return UndecidedCondition(statement.index, statement.sid, statement.effect, *what, names)


def _undecided_resource(statement: Statement, element: ResourceElement, names: tuple[str, ...]) -> UndecidedCondition:
    name = "NotResource" if element.negated else "Resource"
    return UndecidedCondition(
        statement.index, statement.sid, statement.effect, name, "", element.spelled, f"{statement.path}.{name}", names
    )


def _as_met(outcome: Outcome, effect: str) -> Met:
    applies = effect == "Deny" if outcome is UNSETTLED else outcome
    return Met.MET if applies else Met.UNMET


def _of_unknown_key(condition: Condition) -> Met:
    """Return what *condition* says whatever its key is: nothing, but where its values leave no choice."""
    if condition.operator.operator is NULL:
        truths = set(condition.operands)
        return Met.UNKNOWN if len(truths) == 1 else Met.MET if truths else Met.UNMET
    absence = condition.operator.matches_absence
    if not condition.expected:  # no value matches, so only an absent key does
        return Met.UNKNOWN if absence else Met.UNMET
    # Without a quantifier the operator does not match several values.
    everything = condition.operator.quantifier is not None and not condition.operator.operator.negated and _takes_everything(condition)
    return Met.MET if everything and absence else Met.UNKNOWN


def _takes_everything(condition: Condition) -> bool:
    return any(isinstance(each, Pattern) and each.exact is None and each.shortest == 0 for each in condition.operands)


def _waits(condition: Condition, unknown: IsUnknown) -> bool:
    return any(map(unknown, _variables(condition.operands)))


def _known_part(condition: Condition, unknown: IsUnknown) -> Condition | None:
    """Return *condition* with the operands alone that decide whatever the others are; None where there is none.

    Of ARNs a malformed operand decides once it is reached: those after one that is not known may never be.
    """
    known = [not any(map(unknown, _variables((operand,)))) for operand in condition.operands]
    if condition.operator.operator.family.well_formed is not None:
        known = [all(known[: place + 1]) for place in range(len(known))]
    expected = tuple(text for text, is_known in zip(condition.expected, known, strict=True) if is_known)
    if not expected:
        return None
    return Condition.compile(
        operator=condition.operator, key=condition.key, expected=expected, variables=condition.variables, path=condition.path
    )


_OPEN: Final[Literal[Met.UNKNOWN]] = Met.UNKNOWN


def _compared(condition: Condition, known: Condition | None, text: str, keys: RequestKeys) -> Outcome | Literal[Met.UNKNOWN]:
    """Return what *condition* says of one value by the operands that are known."""
    operator = condition.operator.operator
    if operator.family.read(text) is None:  # no operand is asked
        return condition.compares(text, keys)
    outcome: Outcome | Literal[Met.UNKNOWN] = _OPEN if known is None else known.compares(text, keys)
    # That no known operand matches decides nothing: another one may.
    return _OPEN if outcome is operator.negated else outcome
