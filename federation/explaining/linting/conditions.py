"""What to write where a condition's operator or values do something else than is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.errors import show
from federation.explaining.linting.case import APPLIES, ExplainFinding, LintCase, about, pair
from federation.explaining.rewriting import adding, raw, shown, with_operator, with_value
from federation.explanation import Listing, Obstacle
from federation.policy.conditions import Condition
from federation.policy.document import member
from federation.policy.operators import QUALIFIED, STRING

_EXAMPLES: Final = {
    "Numeric": "<number>",
    "Date": "<date such as 2026-11-24T12:00:00Z>",
    "Bool": "true",
    "IpAddress": "<network such as 192.0.2.0/24>",
    "Arn": "arn:aws:iam::<account>:role/<role>",
}
"""What a value of each type looks like."""


def explain_operator(case: LintCase) -> Obstacle:
    """Explain an operator that another must take the place of. That one must not let in requests without the key."""
    condition, new = about(case, case.condition), case.finding.new
    value = raw(case.statement, condition)
    changes = with_operator(case.statement, condition, new)
    text = f'"{new}": {{{pair(condition, value)}}}'
    absent = QUALIFIED[new].matches_absence and (QUALIFIED[new].quantifier is not None or not condition.operator.matches_absence)
    if absent and case.linted.allows and changes:
        changes, text = (
            (*changes, *adding(case.statement, "Null", condition.key, "false")),
            f'{text}, "Null": {shown({condition.key: "false"})}',
        )
    lets_in = APPLIES if _opens(case, condition, new) else ""
    return case.explained(case.edit(changes, old=f'"{condition.operator.name}": {{{pair(condition, value)}}}', new=text, lets_in=lets_in))


def explain_wildcard(case: LintCase) -> Obstacle:
    """Explain wildcards that are compared as characters. An operator without regard to case has no counterpart with wildcards."""
    condition, new = about(case, case.condition), case.finding.new
    if condition.operator.operator.family is STRING:
        quantifier, _, _ = condition.operator.name.rpartition(":")
        name = f"{quantifier}:{new}" if quantifier else new
        name += "IfExists" if condition.operator.if_exists else ""
        value = raw(case.statement, condition)
        old, text = (f'"{each}": {{{pair(condition, value)}}}' for each in (condition.operator.name, name))
        lets_in = APPLIES if condition.operator.operator.negated is not case.linted.allows else ""
        return case.explained(case.edit(with_operator(case.statement, condition, name), old=old, new=text, lets_in=lets_in))
    return case.explained(case.edit(old=shown(case.finding.about), new=shown("<the whole value>")))


def explain_absence(case: LintCase) -> Obstacle:
    """Explain an Allow that applies without the key: the operator that demands the key, or the demand that it is there."""
    condition = about(case, case.condition)
    if case.finding.new:
        return explain_operator(case)
    return case.explained(case.demanding("Null", condition.key, "false", known=True))


def explain_null(case: LintCase) -> Obstacle:
    """Explain an Allow for requests without a key: which value is meant, if one is, is the author's to say."""
    condition = about(case, case.condition)
    old = f'"{condition.operator.name}": {{{pair(condition, raw(case.statement, condition))}}}'
    return case.explained(case.edit(old=old, new=f'"StringEquals": {{{pair(condition, "<value that is meant>")}}}'))


def explain_empty(case: LintCase) -> Obstacle:
    """Explain an empty block: whether a condition was meant is the author's to say."""
    block = case.source("Condition")
    name = next((each for each, tests in block.items() if not tests), "")
    path = member(case.finding.path, name) if name else case.finding.path
    old = shown({name: block[name]} if name else {"Condition": block})[1:-1]
    return case.explained(case.edit(old=old, new=f'"{name or "StringEquals"}": {{"<key>": "<value>"}}', path=path))


def explain_no_values(case: LintCase) -> Obstacle:
    """Explain an empty list of values."""
    condition = about(case, case.condition)
    return case.explained(case.edit(old=pair(condition, []), new=pair(condition, "<value that is meant>")))


def explain_malformed(case: LintCase) -> Obstacle:
    """Explain a value that is not of the operator's type. White space around one that is can go; else the author knows the value."""
    condition, bad = about(case, case.condition), case.finding.about
    family = condition.operator.operator.family.name
    trimmed = bad.strip()
    if trimmed != bad and _is_of_type(condition, trimmed):
        changes = with_value(case.statement, condition, trimmed, instead_of=bad)
        instruction = f"write {show(trimmed)}, without white space"
        return case.explained(case.edit(changes, old=shown(bad), new=shown(trimmed), instruction=instruction, lets_in=APPLIES))
    return case.explained(case.edit(old=shown(bad), new=shown(_EXAMPLES.get(family, "<value of the type>"))))


def explain_contradiction(case: LintCase) -> Obstacle:
    """Explain conditions on one key that no value satisfies: which of them is meant is the author's to say."""
    condition = about(case, case.condition)
    several = case.linted.by_key[condition.folded]
    texts = tuple(f'"{each.operator.name}": {{{pair(each, raw(case.statement, each))}}}' for each in several)
    listing = Listing(label=f"conditions on {condition.key}", members=texts)
    new = pair(condition, "<value that satisfies every condition>")
    return case.explained(case.edit(old=pair(condition, raw(case.statement, condition)), new=new), listings=[listing])


def _is_of_type(condition: Condition, text: str) -> bool:
    compiled = Condition.compile(
        operator=condition.operator, key=condition.key, expected=(text,), variables=condition.variables, path=condition.path
    )
    return compiled.malformed is None


def _opens(case: LintCase, condition: Condition, new: str) -> bool:
    """Whether the condition never matches what it now can: a plain operator on a list of values, in an Allow."""
    return case.linted.allows and condition.operator.quantifier is None and QUALIFIED[new].quantifier is not None


TABLE: Final[Mapping[str, ExplainFinding]] = {
    "literal-wildcard": explain_wildcard,
    "for-all-values-absent": explain_absence,
    "absent-key-allows": explain_absence,
    "absence-demanded": explain_null,
    "plain-operator-multivalued": explain_operator,
    "set-operator-single-valued": explain_operator,
    "empty-condition": explain_empty,
    "no-values": explain_no_values,
    "malformed-value": explain_malformed,
    "contradictory-conditions": explain_contradiction,
}
