"""Why a value or the instant of a login is beyond the limit that a condition sets, and the nearest limit that it is not beyond."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from federation.errors import show
from federation.explaining.rewriting import literal
from federation.explaining.trust import origins
from federation.explaining.trust.asked import Asked, Unmet
from federation.explaining.trust.keys import second_factor
from federation.explaining.trust.mismatch import Mismatch
from federation.explanation import Edit, Place
from federation.identity import timestamp
from federation.policy import Statement
from federation.policy.conditions import Condition

_MAX_LISTED: Final = 8
_DAY: Final = timedelta(days=1)


def explain_limit(asked: Asked, statement: Statement, condition: Condition, value: str) -> Unmet:
    """Explain why *value* does not satisfy a condition that compares by order."""
    at = Mismatch(asked, statement, condition, value)
    limit = ", ".join(map(show, condition.expected[:_MAX_LISTED]))
    name = condition.operator.name
    if not condition.expected:
        return at.finding(f"the policy lists no value of {show(condition.key)}, and nothing satisfies an empty list", [])
    if condition.folded in origins.CLOCK:
        sentence = f"the statement applies while the instant satisfies {name} {limit}; the login is judged at {show(value)}"
        return at.finding(sentence, list(_of_clock(at)))
    sentence = f"{at.source} {show(value)}; the policy demands {name} {limit}"
    if condition.folded == "aws:multifactorauthage":
        return at.finding(f"{sentence}: so many seconds ago the caller gave its second factor", [second_factor(old=value)])
    return at.finding(sentence, [edit for edit in (_at_value(at),) if edit is not None])


def _at_value(at: Mismatch) -> Edit | None:
    """Return the edit by which the value itself is the limit, and is within it."""
    name = at.condition.operator.name
    if "ThanEquals" in name:
        return at.replaced() if len(at.condition.expected) == 1 else at.added()
    return at.operator(name.replace("Than", "ThanEquals", 1), literal(at.found, at.condition))


def _of_clock(at: Mismatch) -> Iterator[Edit]:
    """Yield the edits of a limit in time: it is put to the nearest midnight that lets in the login, or the login waits for it."""
    instant = at.asked.situation.trial.at if at.asked.situation.trial is not None else None
    if instant is not None:
        begun = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        later = "Less" in at.condition.operator.name
        midnight = next((each for each in _midnights(begun, later=later) if at.accepts(_written(at, each))), None)
        if midnight is not None:
            text = _written(at, midnight)
            yield at.replaced(text) if len(at.condition.expected) == 1 else at.added(text)
    if "Greater" in at.condition.operator.name:
        place = Place(owner="clock")
        instruction = f"log in when the instant satisfies {at.condition.operator.name} {show(at.nearest)}, with a token issued then"
        yield Edit(place=place, instruction=instruction, old=at.found, new=at.nearest)


def _midnights(begun: datetime, *, later: bool) -> Iterator[datetime]:
    """Yield the midnights around the day that began at *begun*, the nearest first; none beyond the calendar."""
    for days in (1, 2) if later else (0, 1):
        try:
            yield begun + days * _DAY if later else begun - days * _DAY
        except OverflowError:
            return


def _written(at: Mismatch, instant: datetime) -> str:
    """Return *instant* as the policy writes instants: in seconds since 1970, or by the calendar."""
    if all(each.isascii() and each.isdigit() for each in at.condition.expected):
        return str(int(instant.timestamp()))
    return str(timestamp(instant))
