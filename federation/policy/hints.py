"""The sentence that says what a condition compared, and the mistake it most likely shows."""

from __future__ import annotations

from collections.abc import Iterable

from federation.errors import show
from federation.policy.conditions import UNSETTLED, Condition, Outcome
from federation.policy.context import RequestContext
from federation.policy.operators import NULL
from federation.policy.variables import Unresolved, read_template

MAX_LISTED = 5
"""Values and keys that one sentence lists."""


def about_condition(condition: Condition, outcome: Outcome, request: RequestContext) -> str:
    """Return one sentence on *condition*, which said *outcome* to *request*."""
    value = request.folded_keys.get(condition.folded)
    subject = f"{condition.operator.name} {show(condition.key).strip('`')}"
    if condition.operator.operator is NULL:
        state, other = ("absent", "present") if value is None else ("present", "absent")
        return f"{subject}: the key is {state}" + ("" if outcome else f", expected {other}")
    if value is None:
        absent = f"{subject}: the request has no such key"
        return f"{absent}, which satisfies the operator" if outcome else absent + _about_absence(condition, request)
    found = (value,) if isinstance(value, str) else value
    if outcome is UNSETTLED:
        return f"{subject}: found {listed(found)}, and a value of the policy is no ARN: a Deny applies and an Allow does not"
    if outcome:
        return f"{subject}: found {listed(found)}, as demanded"
    if not isinstance(value, str) and condition.operator.quantifier is None:
        return (
            f"{subject}: the key is multivalued, which {condition.operator.name} never matches; write ForAnyValue:{condition.operator.name}"
        )
    return f"{subject}: found {listed(found)}, {_about_mismatch(condition, found, request)}"


def _about_absence(condition: Condition, request: RequestContext) -> str:
    if condition.folded.startswith("https://"):
        return "; keys of a provider begin with its URL without https://"
    near = _closest(condition.folded, request.folded_keys)
    return f"; the nearest it has are {', '.join(map(show, near))}" if near else ""


def _about_mismatch(condition: Condition, found: tuple[str, ...], request: RequestContext) -> str:
    operator = condition.operator.operator
    if not condition.expected:
        return "but the policy lists no value, which nothing matches"
    if operator.family.read(found[0]) is None:
        return f"which is no value of the type {operator.family.name}"
    if operator.negated:
        return _unresolved(condition, request) or f"expected another than {listed(condition.expected)}"
    if operator.family.name == "String" and len(found) == 1:
        return _unresolved(condition, request) or _nearest_value(condition, found[0])
    return _unresolved(condition, request) or f"expected {listed(condition.expected)}"


def _nearest_value(condition: Condition, found: str) -> str:
    operator = condition.operator.operator
    backwards = found[::-1]
    nearest = max(condition.expected, key=lambda each: _shared(each, found) + _shared(each[::-1], backwards))
    if not operator.wildcards and ("*" in nearest or "?" in nearest):
        literal = "StringLike" if operator.name == "StringEquals" else "an operator with wildcards"
        return f"expected {show(nearest)}, in which * and ? stand for themselves; {literal} would read them as wildcards"
    noun = "pattern" if operator.wildcards else "value"
    return f"nearest {noun} {show(nearest)} {_difference(nearest, found, wildcards=operator.wildcards)}"


def _unresolved(condition: Condition, request: RequestContext) -> str:
    for text in condition.expected if condition.operator.operator.family.variables else ():
        if "${" in text and not condition.variables:
            return f"expected {show(text)} literally: the policy's version has no variables, write 2012-10-17"
        template = read_template(text, variables=condition.variables, path=condition.path)
        resolved = template.resolve(request.folded_keys)
        if isinstance(resolved, Unresolved):
            return f"and {show(text)} has no value: {resolved.value}"
    return ""


def _difference(pattern: str, text: str, *, wildcards: bool) -> str:
    fixed = min((place for char in "*?" if (place := pattern.find(char)) >= 0), default=len(pattern)) if wildcards else len(pattern)
    if pattern.casefold() == text.casefold():
        return "differs in upper and lower case alone"
    shared = _shared(pattern[:fixed], text)
    return f"differs at character {shared + 1}" if shared < fixed or fixed == len(pattern) else "differs after its first wildcard"


def _shared(one: str, other: str) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _closest(key: str, keys: Iterable[str]) -> list[str]:
    """Keys of the same provider, or with the same name after the colon."""
    prefix, _, name = key.rpartition(":")
    return sorted(each for each in keys if each.rpartition(":")[0] == prefix or (name and each.rpartition(":")[2] == name))[:MAX_LISTED]


def listed(values: tuple[str, ...]) -> str:
    """Return the first `MAX_LISTED` of *values*, each as an error shows it, and how many more there are."""
    rest = len(values) - MAX_LISTED
    return ", ".join(map(show, values[:MAX_LISTED])) + (f" and {rest} more" if rest > 0 else "")
