"""Findings on a policy that is well-formed and does something else than its author thinks.

A rule looks at one `Subject`, one statement among its siblings, and yields findings; `RULES` is the list of them. Rules that know identity
providers join the same list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from federation.errors import show
from federation.policy.conditions import Condition
from federation.policy.grammar import CURRENT
from federation.policy.policy import Policy
from federation.policy.shared_issuers import unscoped
from federation.policy.statement import Statement

Severity = Literal["error", "warning", "note"]
_LABELS: Final = frozenset({"Sid"})
_CIRCUMSTANCES: Final = frozenset({"Sid", "Effect", "Condition"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        id: Stable name of the rule.
        severity: ``error``: grants more than any author means; ``warning``: probably not what is meant; ``note``: without effect.
        path: JSON path of the place.
        message: What is there and what it does.
        remedy: What to write instead.
    """

    id: str
    severity: Severity
    path: str
    message: str
    remedy: str

    def as_dict(self) -> dict[str, str]:
        """Return the finding as plain data: the documented schema of ``--json``."""
        return {"id": self.id, "severity": self.severity, "path": self.path, "message": self.message, "remedy": self.remedy}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule looks at.

    Attributes:
        statement: The statement.
        version: The version of its policy.
        twin: An earlier statement that says the same, or None.
        denied_by: An unconditional Deny of the very same principal, action and resource, or None.
    """

    statement: Statement
    version: str
    twin: Statement | None
    denied_by: Statement | None

    @property
    def allows(self) -> bool:
        """Whether the statement is an Allow."""
        return self.statement.effect == "Allow"


Rule = Callable[[Subject], Iterator[Finding]]


def lint(policy: Policy) -> tuple[Finding, ...]:
    """Return every finding on *policy*, statement by statement."""
    return tuple(finding for subject in _subjects(policy) for rule in RULES for finding in rule(subject))


def _subjects(policy: Policy) -> Iterator[Subject]:
    first: dict[str, Statement] = {}
    denies = {_text(each, _CIRCUMSTANCES): each for each in policy.statements if each.effect == "Deny" and not each.conditions}
    for statement in policy.statements:
        twin = first.setdefault(_text(statement, _LABELS), statement)
        denied_by = denies.get(_text(statement, _CIRCUMSTANCES)) if statement.effect == "Allow" else None
        yield Subject(statement, policy.version, None if twin is statement else twin, denied_by)


def _text(statement: Statement, without: frozenset[str]) -> str:
    """Return the statement's content as text that is equal for equal content."""
    return json.dumps({name: value for name, value in statement.source.items() if name not in without}, sort_keys=True)


def _literal_wildcard(subject: Subject) -> Iterator[Finding]:
    for condition in subject.statement.conditions:
        operator = condition.operator.operator
        if operator.family.name != "String" or operator.wildcards:
            continue
        plain = [text.replace("${*}", "").replace("${?}", "") for text in condition.expected]
        if any("*" in text or "?" in text for text in plain):
            like = "StringNotLike" if operator.negated else "StringLike"
            message = f"{operator.name} compares `*` and `?` as the characters themselves"
            yield Finding("literal-wildcard", "warning", condition.path, message, f"write {like} for a pattern, or the whole value")


def _vacuous_for_all_values(subject: Subject) -> Iterator[Finding]:
    """Attack row A05."""
    for condition in subject.statement.conditions if subject.allows else ():
        if condition.operator.quantifier == "ForAllValues" and not _presence_demanded(subject.statement, condition):
            message = f"ForAllValues is true when the request lacks {show(condition.key)}, so the Allow applies without it"
            remedy = f'use ForAnyValue, or add "Null": {{{json.dumps(condition.key[:128])}: "false"}}'
            yield Finding("for-all-values-absent", "error", condition.path, message, remedy)


def _satisfied_by_absence(subject: Subject) -> Iterator[Finding]:
    """Attack row A07."""
    for condition in subject.statement.conditions if subject.allows else ():
        operator = condition.operator
        if operator.quantifier == "ForAllValues" or operator.operator.name == "Null" or not operator.matches_absence:
            continue
        if not _presence_demanded(subject.statement, condition):
            message = f"{operator.name} is true when the request lacks {show(condition.key)}, so the Allow applies without it"
            remedy = "compare with the values that are meant, without IfExists, or demand the key with Null false"
            yield Finding("absent-key-allows", "warning", condition.path, message, remedy)


def _presence_demanded(statement: Statement, condition: Condition) -> bool:
    """Whether another condition on the same key fails when the key is absent."""
    siblings = [each for each in statement.conditions if each.folded == condition.folded and each is not condition]
    return any(each.holds({}) is False for each in siblings)


def _negated_elements(subject: Subject) -> Iterator[Finding]:
    """Attack row A15."""
    statement = subject.statement
    if not subject.allows:
        return
    elements = {"NotPrincipal": statement.principal, "NotAction": statement.action, "NotResource": statement.resource}
    for name, element in elements.items():
        if element is not None and element.negated:
            severity: Severity = "error" if name == "NotPrincipal" else "warning"
            message = f"Allow with {name} grants everything that it does not list, now and in future"
            yield Finding(
                f"allow-{name.lower()}",
                severity,
                f"{statement.path}.{name}",
                message,
                f"list what is meant under {name.removeprefix('Not')}",
            )


def _duplicate(subject: Subject) -> Iterator[Finding]:
    if subject.twin is not None:
        message = f"the statement says the same as statement {subject.twin.index}"
        yield Finding("duplicate-statement", "note", subject.statement.path, message, "remove one of the two")


def _unreachable(subject: Subject) -> Iterator[Finding]:
    if subject.denied_by is not None:
        message = f"statement {subject.denied_by.index} denies all that this statement allows"
        yield Finding("unreachable-statement", "warning", subject.statement.path, message, "remove the statement or condition the Deny")


def _legacy_variables(subject: Subject) -> Iterator[Finding]:
    """Attack row A17."""
    if subject.version == CURRENT:
        return
    statement = subject.statement
    for condition in statement.conditions:
        if any("${" in text for text in condition.expected):
            yield _legacy(condition.path)
    if statement.resource is not None and any("${" in text for text in statement.resource.spelled):
        yield _legacy(f"{statement.path}.Resource")


def _legacy(path: str) -> Finding:
    message = "version 2008-10-17 has no policy variables: ${…} stands for itself"
    return Finding("variables-need-2012", "error", path, message, 'write "Version": "2012-10-17"')


def _empty(subject: Subject) -> Iterator[Finding]:
    block = subject.statement.source.get("Condition")
    if isinstance(block, dict) and (not block or not all(block.values())):
        path = f"{subject.statement.path}.Condition"
        yield Finding(
            "empty-condition", "warning", path, "an empty block demands nothing", "remove it, or write the condition that is meant"
        )
    for condition in subject.statement.conditions:
        if not condition.expected:
            yield Finding(
                "no-values", "warning", condition.path, "a condition without values matches no value", "list the values that are meant"
            )


def _malformed_value(subject: Subject) -> Iterator[Finding]:
    for condition in subject.statement.conditions:
        bad = condition.malformed
        if bad is not None:
            message = f"{show(bad)} is no value of the type {condition.operator.operator.family.name}"
            yield Finding("malformed-value", "error", condition.path, message, "correct the value: as it stands it equals nothing")


def _shared_issuer(subject: Subject) -> Iterator[Finding]:
    """Attack rows A01 and A20."""
    for statement, rule in unscoped((subject.statement,)):
        path = f"{statement.path}.Condition"
        remedy = f"add a condition on {' or '.join(map(show, rule.keys))}"
        yield Finding("shared-issuer-unscoped", "error", path, f"everybody can get a token of {show(rule.issuer)}", remedy)


RULES: Final[tuple[Rule, ...]] = (
    _literal_wildcard,
    _vacuous_for_all_values,
    _satisfied_by_absence,
    _negated_elements,
    _duplicate,
    _unreachable,
    _legacy_variables,
    _empty,
    _malformed_value,
    _shared_issuer,
)
"""Every rule, in the order of its findings."""
