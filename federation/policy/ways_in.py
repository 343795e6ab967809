"""Whom a trust policy lets in, read from its compiled statements: each way in with its demands, and each Deny, without a request.

Nothing is proved here: demands that contradict each other, or a Deny that covers an Allow, are listed as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from federation.condition_keys import find_key
from federation.errors import printable, show
from federation.policy.conditions import Condition
from federation.policy.hints import listed
from federation.policy.keys import RequestKeys
from federation.policy.operators import NULL
from federation.policy.policy import Policy
from federation.policy.principal import OPERATIONS, PrincipalElement, caller_kind
from federation.policy.statement import ActionElement, Statement
from federation.policy.wildcard import fold

EVERYBODY: Final = "*"
"""The principal of a way in that is open to every caller with AWS credentials, or to all but those that NotPrincipal lists."""
_WITH_OTHERS: Final = frozenset(map(fold, ("sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext")))
"""Actions that only accompany another one, so a statement of them alone opens nothing and is no mistake."""
_ANYTHING: Final = "sts:no-such-action"
_VERBS: Final = {
    "Equals": "is",
    "EqualsIgnoreCase": "is, in any case,",
    "Like": "is like",
    "LessThan": "is below",
    "LessThanEquals": "is at most",
    "GreaterThan": "is above",
    "GreaterThanEquals": "is at least",
    "IpAddress": "lies in",
    "Bool": "is",
    "NotEquals": "is not",
    "NotEqualsIgnoreCase": "is not, in any case,",
    "NotLike": "is not like",
    "NotIpAddress": "does not lie in",
}
"""How an operator reads, by its name, or its name without the type of its values."""
_WILDCARD: Final = re.compile(r"[*?]|\$\{")


@dataclass(frozen=True, slots=True, order=True)
class Demand:
    """What one condition demands of a request.

    Attributes:
        key: The condition key in lower case.
        name: The key as AWS spells it, and as the policy spells it where AWS does not define it.
        operator: The operator with its qualifiers, such as ``ForAnyValue:StringLike``.
        values: The values that the policy lists, sorted, each once.
        words: The demand as a clause, with at most five values.
        bounding: Whether the request must have the key with one of the values, or with a text that one of them matches.
    """

    key: str
    name: str
    operator: str
    values: tuple[str, ...]
    words: str
    bounding: bool

    def as_dict(self) -> dict[str, object]:
        """Return the demand as plain data."""
        return {"key": self.name, "operator": self.operator, "values": list(self.values), "words": self.words}


@dataclass(frozen=True, slots=True)
class WayIn:
    """One principal that one Allow statement lets in, by one operation.

    Attributes:
        principal: The entry of the Principal element: an ARN, an account id, a host name, a service, or `EVERYBODY`.
        type: The member of the Principal element: ``Federated``, ``AWS``, ``Service`` or ``CanonicalUser``.
        operation: The action by which the caller assumes the role, such as ``sts:AssumeRoleWithSAML``.
        demands: What the statement demands besides, sorted, each once.
        spared: The entries of NotPrincipal, whom the way in excludes; empty where the statement has Principal.
        statement: Index of the statement in the policy.
    """

    principal: str
    type: str
    operation: str
    demands: tuple[Demand, ...]
    spared: tuple[str, ...]
    statement: int


@dataclass(frozen=True, slots=True)
class WaysIn:
    """Whom a trust policy lets in.

    Attributes:
        open: The ways in, in the order of the statements.
        denies: Each Deny statement in words.
        idle: What opens nothing although an Allow names it, in words: a principal without an action by which it could assume the role.
    """

    open: tuple[WayIn, ...]
    denies: tuple[str, ...]
    idle: tuple[str, ...]


def ways_in(policy: Policy) -> WaysIn:
    """Return whom *policy* lets in. It must be a trust policy."""
    allows = [each for each in policy.statements if each.effect == "Allow"]
    return WaysIn(
        open=tuple(chain.from_iterable(map(_ways, allows))),
        denies=tuple(_deny(each) for each in policy.statements if each.effect == "Deny"),
        idle=tuple(chain.from_iterable(map(_idle, allows))),
    )


def _ways(statement: Statement) -> Iterator[WayIn]:
    demands, spared = _demands(statement), _spared(statement)
    for principal, type_, operations in _callers(statement):
        for operation in () if principal != EVERYBODY and _WILDCARD.search(principal) else operations:
            if statement.action.matches(fold(operation)):
                yield WayIn(principal, type_, operation, demands, spared, statement.index)


def _idle(statement: Statement) -> Iterator[str]:
    action = statement.action
    if not action.negated and all(fold(each) in _WITH_OTHERS for each in action.spelled):
        return
    for principal, _, operations in _callers(statement):
        if principal != EVERYBODY and _WILDCARD.search(principal):
            yield f"{show(principal)} of {place_of(statement)} is nobody: a principal has no wildcards"
        elif not any(action.matches(fold(operation)) for operation in operations):
            yield f"{show(principal)} cannot come in by {place_of(statement)}: it allows {_actions(action)}, not {' or '.join(operations)}"


def _callers(statement: Statement) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each principal of the statement, its type, and the operations by which such a caller assumes a role."""
    element = statement.principal
    if element is None:
        return
    if element.negated:  # whoever is not listed, federated callers included
        if not element.everyone:
            yield EVERYBODY, "AWS", tuple(dict.fromkeys(OPERATIONS.values()))
        return
    if element.everyone:  # in an Allow, * covers callers with AWS credentials alone
        yield EVERYBODY, "AWS", (OPERATIONS["AWS"],)
    for type_, names in element.names.items():
        for name in sorted(names - {EVERYBODY}):
            yield name, type_, (OPERATIONS[caller_kind(type_, name)],)
        if EVERYBODY in names and type_ != "AWS":
            yield f"{type_}:{EVERYBODY}", type_, (OPERATIONS[caller_kind(type_, EVERYBODY)],)


def _spared(statement: Statement) -> tuple[str, ...]:
    element = statement.principal
    return element.spelled if element is not None and element.negated else ()


def _demands(statement: Statement) -> tuple[Demand, ...]:
    return tuple(sorted({demand_of(condition) for condition in statement.conditions}))


def demand_of(condition: Condition) -> Demand:
    """Return what *condition* demands."""
    operator = condition.operator
    positive = operator.operator is not NULL and not operator.operator.negated and not operator.matches_absence
    return Demand(
        key=condition.folded,
        name=name_of_key(condition),
        operator=operator.name,
        values=tuple(sorted(set(condition.expected))),
        words=demand_in_words(condition),
        bounding=positive and bool(condition.expected),
    )


def demand_in_words(condition: Condition) -> str:
    """Return what *condition* demands as a clause, such as "saml:aud is `https://signin.aws.amazon.com/saml`"."""
    qualified, key = condition.operator, name_of_key(condition)
    nobody = f"{key} is compared with no value, which no request satisfies"
    if qualified.operator is NULL:
        requests = {"absent": RequestKeys(), "present": RequestKeys({condition.folded: ""})}
        states = [state for state, request in requests.items() if condition.holds(request)]
        return f"{key} is {' or '.join(states)}" if states else nobody
    if not condition.expected:
        return f"{key} is absent" if qualified.matches_absence else nobody
    subject = {"ForAnyValue": f"a value of {key}", "ForAllValues": f"every value of {key}"}.get(qualified.quantifier or "", key)
    absent = ", or it is absent" if qualified.matches_absence else ""
    return f"{subject} {_comparison(condition)}{absent}"


def name_of_key(condition: Condition) -> str:
    """Return the key of *condition* as a `Demand` names it."""
    known = find_key(condition.folded)
    return printable(known.name if known is not None and not known.name.endswith("/") else condition.key)


def _comparison(condition: Condition) -> str:
    operator, values = condition.operator.operator, tuple(sorted(set(condition.expected)))
    verb = _VERBS[operator.name if operator.name in _VERBS else operator.name.removeprefix(operator.family.name)]
    if operator.wildcards and not any(map(_WILDCARD.search, values)):
        verb = verb.removesuffix(" like")  # the operator is then one of equality
    several = "" if len(values) == 1 else "any of " if operator.negated else "one of "
    literal = not condition.variables and any("${" in value for value in values)
    remarks = [
        *(["where ${…} is no variable, since the policy is not of version 2012-10-17"] if literal else []),
        *([f"of which {show(condition.malformed)} is malformed"] if condition.malformed is not None else []),
    ]
    return f"{verb} {several}{listed(values)}" + "".join(f" ({remark})" for remark in remarks)


def _deny(statement: Statement) -> str:
    demands = [demand.words for demand in _demands(statement)]
    where = f" where {' and '.join(demands)}" if demands else ""
    return f"{place_of(statement)} denies {_actions(statement.action)} to {_whom(statement.principal)}{where}"


def place_of(statement: Statement) -> str:
    """Return the name of *statement* in a sentence: its Sid, else its number."""
    return f"statement {show(statement.sid)}" if statement.sid else f"statement {statement.index + 1}"


def _actions(action: ActionElement) -> str:
    if action.negated:
        return f"everything but {listed(action.spelled)}"
    return "everything" if action.matches(_ANYTHING) else listed(action.spelled)


def _whom(element: PrincipalElement | None) -> str:
    if element is None or (element.everyone and not element.negated):
        return "everybody"
    names = listed(tuple(each.partition(":")[2] or each for each in element.spelled))
    return f"everybody but {names}" if element.negated else names
