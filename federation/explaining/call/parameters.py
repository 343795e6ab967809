"""Why a parameter violates the service model: which, its limit, and what its value has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from federation.calls.constraints import IntegerConstraint, TextConstraint
from federation.calls.record import Call, Parameter
from federation.errors import printable, show
from federation.explaining.lookalikes import as_it_looks, odd_characters
from federation.explaining.plain import plainly
from federation.explaining.situation import Situation
from federation.explaining.trial import Trial
from federation.explaining.wording import named, number
from federation.explanation import Cause, Edit, Obstacle, Place
from federation.tags import utf16_units

_NOT_IN_NAME: Final = re.compile(r"[^\w+=,.@-]+", re.ASCII)
_SHOWN: Final = 256


def explain_parameter(situation: Situation) -> Obstacle:
    """Explain every parameter of the call that violates its constraint, in the order in which AWS lists them."""
    call = situation.call
    broken = [] if call is None else list(_broken(call))
    if not broken:
        return plainly(situation)
    causes = tuple(Cause(check=each.flag, sentence=_sentence(each, value)) for each, value in broken)
    return Obstacle(causes=causes, edits=tuple(_edit(each, value) for each, value in broken), alternatives=False)


def with_a_valid_one(situation: Situation) -> Trial | None:
    """Judge the call with the nearest valid value of each parameter that has one."""
    trial, call = situation.trial, situation.call
    if trial is None or call is None:
        return None
    valid = {each.name: _nearest_valid(each, value) for each, value in _broken(call)}
    return trial.with_call(**valid) if valid and all(value is not None for value in valid.values()) else None


def _broken(call: Call) -> Iterator[tuple[Parameter, object]]:
    for each in call.parameters:
        value = getattr(call, each.name)
        if each.required if value is None else not each.constraint.accepts(value):
            yield each, value


def _sentence(each: Parameter, value: object) -> str:
    constraint, name = each.constraint, each.wire
    if value is None:
        return f"{name} is missing, and the operation requires it"
    if isinstance(constraint, IntegerConstraint):
        span = f"{constraint.lowest} to {constraint.highest}"
        return f"{name} is {show(value)}, and must be an integer of {span}"
    if not isinstance(constraint, TextConstraint):
        return f"{name} does not satisfy the service model: {_demands(each, value)}"
    if not isinstance(value, str):
        return f"{name} is of the type {type(value).__name__}, and must be text"
    length = utf16_units(value)
    limits = f"{constraint.shortest} to {constraint.longest} characters"
    shown = "" if each.secret else f" {show(value)}"
    if not constraint.shortest <= length <= constraint.longest:
        return f"{name}{shown} has {number(length, 'character')}, and must have {limits}"
    strange = [] if each.secret else list(dict.fromkeys(_strange(constraint, value)))
    holds = f"holds {named(strange)}" if strange else "does not match"
    unseen = "".join(mark for mark in strange if as_it_looks(mark) != mark)
    if unseen:
        holds += f", {odd_characters(unseen, '')}"
    return f"{name}{shown} {holds}, and may hold what {constraint.written} matches: {limits}"


def _edit(each: Parameter, value: object) -> Edit:
    new = _nearest_valid(each, value)
    hidden = each.secret or value is None
    return Edit(
        place=Place(owner="call", path=each.wire),
        instruction=f"pass {each.wire} as {'the service model demands' if new is None else show(new)}",
        old=None if hidden else printable(str(value)[:_SHOWN]),
        new=None if new is None else str(new),
    )


def _nearest_valid(each: Parameter, value: object) -> object | None:
    """Return the valid value that is nearest to *value*; None where there is none that keeps its meaning."""
    constraint = each.constraint
    if isinstance(constraint, IntegerConstraint):
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(constraint.highest)):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        return min(max(value, constraint.lowest), constraint.highest)
    if each.flag != "role-session-name" or not isinstance(value, str) or not isinstance(constraint, TextConstraint):
        return None
    cleaned: str = _NOT_IN_NAME.sub("-", as_it_looks(value)).strip("-")[: constraint.longest]
    return cleaned if constraint.accepts(cleaned) else None


def _strange(constraint: TextConstraint, value: str) -> Iterator[str]:
    return (mark for mark in value if constraint.pattern is not None and constraint.pattern.fullmatch(mark) is None)


def _demands(each: Parameter, value: object) -> str:
    return "; ".join(violation.demanded for violation in each.constraint.violations(each.member, value))
