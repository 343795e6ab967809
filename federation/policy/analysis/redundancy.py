"""Values and conditions that can be left out without changing whom a statement lets in: what remains is said shorter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from federation.policy.analysis.atoms import NO_KEYS, Atom
from federation.policy.analysis.budget import Budget, BudgetSpentError
from federation.policy.analysis.language import Language
from federation.policy.conditions import Condition
from federation.policy.operators import OPERATORS, QUALIFIED, STRING, Operator

_EQUALS, _LIKE = OPERATORS["StringEquals"], OPERATORS["StringLike"]
_WILDCARDS: Final = "*?$"


def with_values(condition: Condition, values: Iterable[str], operator: Operator | None = None) -> Condition:
    """Return *condition* with other values, and with another operator under the same qualifiers."""
    name = condition.operator.name
    if operator is not None:
        name = name.replace(condition.operator.operator.name, operator.name)
    return Condition.compile(
        operator=QUALIFIED[name], key=condition.key, expected=tuple(values), variables=condition.variables, path=condition.path
    )


def without_covered_values(condition: Condition, budget: Budget) -> Condition:
    """Return *condition* without the values that another of them takes in as a whole; as it is, where *budget* does not last."""
    try:
        return _without_covered_values(condition, budget)
    except BudgetSpentError:
        return condition


def _without_covered_values(condition: Condition, budget: Budget) -> Condition:
    if condition.malformed is not None or len(condition.expected) <= 1:
        return condition
    atom = Atom.of(condition, lenient=False)
    texts = None if atom.family or atom.presence else atom.texts(NO_KEYS)
    if texts is None or len(texts.inside) != len(condition.expected):
        distinct = dict.fromkeys(condition.expected)
        return condition if len(distinct) == len(condition.expected) else with_values(condition, distinct)
    index, kept, seen = texts.index, list[str](), set[Language]()
    for value, language in zip(condition.expected, texts.inside, strict=True):
        if language not in seen and not any(other != language for other in index.covering(language, budget)):
            kept.append(value)
        seen.add(language)
    return condition if len(kept) == len(condition.expected) else with_values(condition, kept)


def joint(conditions: Sequence[Condition]) -> object:
    """Return what statements have in common that differ in the listed values of one key alone; equal only for such statements.

    It is the last condition that lists values, so that audiences, which are equal as a rule, stay apart from subjects.
    """
    free = _free(conditions)
    if free is None:
        return frozenset(map(_said, conditions))
    plain = all(not any(char in value for char in _WILDCARDS) for value in free.expected)
    kind = _LIKE.name if free.operator.operator is _LIKE or plain else free.operator.name
    return (free.folded, free.variables, kind, frozenset(_said(each) for each in conditions if each is not free))


def merged(ways: Sequence[Sequence[Condition]], budget: Budget) -> tuple[Condition, ...]:
    """Return the conditions that take in what each of *ways*, which are `joint`, does."""
    first, frees = ways[0], [_free(way) for way in ways]
    others = [each for each in frees if each is not None]
    free = frees[0]
    if free is None:
        return tuple(first)
    operator = _EQUALS if all(each.operator.operator is _EQUALS for each in others) else _LIKE
    both = with_values(free, dict.fromkeys(value for each in others for value in each.expected), operator)
    return tuple(without_covered_values(both, budget) if each is free else each for each in first)


def _free(conditions: Sequence[Condition]) -> Condition | None:
    """Return the condition whose values may differ between statements that are joined."""
    keys = [each.folded for each in conditions]
    return max((each for each in conditions if _lists(each) and keys.count(each.folded) == 1), key=lambda each: each.folded, default=None)


def _said(condition: Condition) -> tuple[object, ...]:
    return Atom.of(condition, lenient=False).identity


def _lists(condition: Condition) -> bool:
    """Whether *condition* asks for one of several texts, so that more of them let more in."""
    qualified = condition.operator
    return qualified.name in {"StringEquals", "StringLike"} and bool(condition.expected) and qualified.operator.family.name == STRING.name
