"""Who else is let in by a changed trust policy, from its statements before and after the change."""

from __future__ import annotations

from collections.abc import Iterator

from federation.errors import show
from federation.policy import Condition, Policy, Statement

_MAX_TOLD = 4
"""Most differences in one sentence."""


def lets_in(before: Policy, after: Policy) -> str:
    """Return one sentence on who else can log in by the policy *after* and could not by *before*; empty where nobody can."""
    found = list(dict.fromkeys(_differences(before, after)))
    if not found:
        return ""
    rest = len(found) - _MAX_TOLD
    return "; ".join(found[:_MAX_TOLD]) + (f"; and {rest} more" if rest > 0 else "")


def _differences(before: Policy, after: Policy) -> Iterator[str]:
    for statement in after.statements:
        if statement.index >= len(before.statements):
            if statement.effect == "Allow":
                yield f"whoever meets the new statement: {_demands(statement)}"
            continue
        former = before.statements[statement.index]
        if former.source != statement.source:
            yield from _of_allow(former, statement) if statement.effect == "Allow" else _of_deny(former, statement)


def _of_allow(former: Statement, statement: Statement) -> Iterator[str]:
    if former.principal is not None and statement.principal is not None:
        further = [each for each in statement.principal.spelled if each not in former.principal.spelled]
        if further:
            names = ", ".join(show(each.partition(":")[2] or each) for each in further)
            yield f"whoever comes by {names} and meets the statement: {_demands(statement)}"
            return
    known = {(each.operator.name, each.folded): each for each in former.conditions}
    for condition in statement.conditions:
        same = known.get((condition.operator.name, condition.folded))
        values = [each for each in condition.expected if same is None or each not in same.expected]
        if condition.operator.operator.negated and same is not None:
            values = [each for each in same.expected if each not in condition.expected]
            listed = ", ".join(map(show, values[:_MAX_TOLD]))
            yield from (f"every login whose {show(condition.key)} is {each}" for each in ([listed] if values else []))
        elif values and condition.operator.operator.name != "Null":  # that a key is there lets nobody in
            yield f"every login with {_told(condition, tuple(values))} that meets the rest of the statement"


def _of_deny(former: Statement, statement: Statement) -> Iterator[str]:
    if former.principal is not None and statement.principal is not None and statement.principal.negated:
        for each in (name for name in statement.principal.spelled if name not in former.principal.spelled):
            yield f"whoever comes by {show(each.partition(':')[2] or each)} and meets an Allow statement, which the Deny stopped until now"
    known = {(each.operator.name, each.folded): each for each in statement.conditions}
    for condition in former.conditions:
        same = known.get((condition.operator.name, condition.folded))
        now = () if same is None else same.expected
        values = [each for each in (*condition.expected, *now) if (each in condition.expected) is not (each in now)]
        if values:
            listed = ", ".join(map(show, values[:_MAX_TOLD]))
            yield f"logins whose {show(condition.key)} is {listed}, which the Deny stopped until now"


def _demands(statement: Statement) -> str:
    return ", ".join(_told(each, each.expected) for each in statement.conditions[:_MAX_TOLD]) or "no condition"


def _told(condition: Condition, values: tuple[str, ...]) -> str:
    plain = condition.operator.operator.name in ("StringEquals", "NumericEquals", "Bool")
    return f"{show(condition.key)} {'=' if plain else condition.operator.name} {' or '.join(map(show, values[:_MAX_TOLD]))}"
