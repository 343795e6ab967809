"""Changes of one condition: a value added or replaced, another key, another operator."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from federation.errors import printable
from federation.explaining.fixing import plain
from federation.explanation import ABSENT, Change, Json
from federation.policy import Statement
from federation.policy.conditions import Condition
from federation.policy.document import member
from federation.policy.wildcard import fold

_TOLD: Final = 320
"""Characters of a value in an instruction."""


def raw(statement: Statement, condition: Condition) -> Any:  # noqa: ANN401 - JSON
    """Return the values of *condition* as the document has them: one value, or a list."""
    return plain(statement.source["Condition"][condition.operator.name][condition.key])


def with_value(statement: Statement, condition: Condition, value: str, *, instead_of: str | None = None) -> tuple[Change, ...]:
    """Return the change by which *value* stands beside the values of *condition*, or *instead_of* one of them."""
    old = raw(statement, condition)
    new: Any
    if isinstance(old, list):
        place = None if instead_of is None else next((at for at, each in enumerate(old) if _text(each) == instead_of), None)
        new = [*old, value] if place is None else [*old[:place], value, *old[place + 1 :]]
    else:
        new = value if instead_of is not None else [old, value]
    return (Change(path=condition.path, old=old, new=new),)


def without_value(statement: Statement, condition: Condition, value: str) -> tuple[Change, ...]:
    """Return the change that takes *value* out of the values of *condition*; none where it is the only one."""
    old = raw(statement, condition)
    if not isinstance(old, list) or len(old) == 1 or value not in map(_text, old):
        return ()
    return (Change(path=condition.path, old=old, new=[each for each in old if _text(each) != value]),)


def with_key(statement: Statement, condition: Condition, key: str, values: Json = None) -> tuple[Change, ...]:
    """Return the change by which *condition* is about another *key*, with its own values or *values*; none where that key is taken."""
    block = plain(statement.source["Condition"][condition.operator.name])
    if any(fold(name) == fold(key) for name in block if name != condition.key):
        return ()
    value = raw(statement, condition) if values is None else values
    new = {key if name == condition.key else name: value if name == condition.key else each for name, each in block.items()}
    return (Change(path=member(f"{statement.path}.Condition", condition.operator.name), old=block, new=new),)


def with_operator(statement: Statement, condition: Condition, operator: str, values: Json = None) -> tuple[Change, ...]:
    """Return the changes by which *condition* stands under another *operator*; none where that operator has the key already."""
    source = plain(statement.source["Condition"])
    target = source.get(operator, {})
    if any(fold(name) == condition.folded for name in target):
        return ()
    value = raw(statement, condition) if values is None else values
    name, at = condition.operator.name, f"{statement.path}.Condition"
    if len(source[name]) == 1 and operator not in source:
        renamed = {operator if each == name else each: {condition.key: value} if each == name else tests for each, tests in source.items()}
        return (Change(path=at, old=source, new=renamed),)
    gone = condition.path if len(source[name]) > 1 else member(at, name)
    removed = Change(path=gone, old=raw(statement, condition) if len(source[name]) > 1 else source[name], new=ABSENT)
    added = Change(path=member(member(at, operator), condition.key), old=ABSENT, new=value)
    return (removed, added if operator in source else Change(path=member(at, operator), old=ABSENT, new={condition.key: value}))


def demanding(statement: Statement, values: Sequence[tuple[str, str]]) -> tuple[Change, ...]:
    """Return the changes by which *statement* demands each of *values*, key and value, that it does not speak of yet."""
    source = plain(statement.source.get("Condition", {}))
    spoken = {condition.folded for condition in statement.conditions}
    wanted = {key: value for key, value in values if fold(key) not in spoken}
    at = f"{statement.path}.Condition"
    if not wanted:
        return ()
    if "Condition" not in statement.source:
        return (Change(path=at, old=ABSENT, new={"StringEquals": wanted}),)
    if "StringEquals" not in source:
        return (Change(path=f"{at}.StringEquals", old=ABSENT, new=wanted),)
    return tuple(Change(path=member(f"{at}.StringEquals", key), old=ABSENT, new=value) for key, value in wanted.items())


def adding(statement: Statement, operator: str, key: str, value: Json) -> tuple[Change, ...]:
    """Return the change by which *statement* demands by *operator* that *key* is *value*; none where that operator has the key already."""
    source = plain(statement.source.get("Condition", {}))
    at = f"{statement.path}.Condition"
    if "Condition" not in statement.source:
        return (Change(path=at, old=ABSENT, new={operator: {key: value}}),)
    if operator not in source:
        return (Change(path=member(at, operator), old=ABSENT, new={key: value}),)
    if any(fold(name) == fold(key) for name in source[operator]):
        return ()
    return (Change(path=member(member(at, operator), key), old=ABSENT, new=value),)


def literal(text: str, condition: Condition) -> str:
    """Return *text* so that *condition* takes it for itself, whatever wildcards and variables it looks like."""
    if condition.variables and condition.operator.operator.family.variables:
        text = text.replace("${", "${$}{")
        if condition.operator.operator.wildcards:
            text = "".join(f"${{{each}}}" if each in "*?" else each for each in text)
    return text


def shown(value: object) -> str:
    """Return *value* as JSON that can be shown: what is not `printable` is escaped as JSON does, so that it stays the same value."""
    text = json.dumps(plain(value), ensure_ascii=False)
    return text if printable(text) == text else json.dumps(plain(value))


def quoted(value: object) -> str:
    """Return *value* as `shown`, cut to the length of a sentence."""
    text = shown(value)
    return text if len(text) <= _TOLD else f"{text[:_TOLD]}…"


def _text(value: object) -> str:
    return ("false", "true")[value] if isinstance(value, bool) else str(value)
