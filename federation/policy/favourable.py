"""A request with values for the keys that nobody knows, chosen so that the policy refuses it for nothing that nobody knows.

What still refuses it is what is known, so that an explanation of it holds for the request as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final

from federation.identity import ContextValue
from federation.policy.conditions import Condition
from federation.policy.context import RequestContext
from federation.policy.keys import RequestKeys
from federation.policy.partial import IsUnknown
from federation.policy.policy import Policy
from federation.policy.values import read_number

_MOST: Final = 64
"""Values that are tried for one key."""
_ELSE: Final = "a value that nobody knows"
_DENIED: Final = 1_000
"""What a Deny that stays away is worth, in conditions of an Allow that are met."""


def favourable(policy: Policy, request: RequestContext, unknown: IsUnknown, *, actions: Iterable[str] = ()) -> RequestContext:
    """Return *request* with a value for each key that *policy* names and nobody knows, the one that meets most and is denied least.

    Args:
        policy: The policy.
        request: The request, with the keys that are known.
        unknown: Tells which keys are not known.
        actions: Further actions, whose statements an explanation may speak of.
    """
    asked = (request, *map(request.asking, actions))
    about: dict[str, list[tuple[str, Condition]]] = {}
    for statement in policy.statements:
        if any(statement.action.matches(each.folded_action) for each in asked) and statement.via(request) is not None:
            for condition in statement.conditions:
                if unknown(condition.folded):
                    about.setdefault(condition.folded, []).append((statement.effect, condition))
    chosen: dict[str, str | tuple[str, ...]] = {}
    for key, conditions in about.items():
        best = max(_candidates(conditions), key=lambda value: _worth(key, value, conditions, request.folded_keys))
        if best is not None:
            chosen[conditions[0][1].key] = best
    return RequestContext(principal=request.principal, action=request.action, resource=request.resource, keys={**request.keys, **chosen})


def _worth(key: str, value: ContextValue | None, conditions: list[tuple[str, Condition]], known: Mapping[str, ContextValue]) -> int:
    keys = RequestKeys(known if value is None else {**known, key: value})
    applies = ((effect, condition.holds(keys)) for effect, condition in conditions)
    return sum(_DENIED * (outcome is False) if effect == "Deny" else outcome is True for effect, outcome in applies)


def _candidates(conditions: list[tuple[str, Condition]]) -> Iterator[ContextValue | None]:
    texts = list(dict.fromkeys(chain.from_iterable(_near(each) for _, condition in conditions for each in condition.expected)))[:_MOST]
    yield from texts
    yield None
    if any(condition.operator.quantifier is not None for _, condition in conditions):
        yield from ((text,) for text in texts)
        yield (_ELSE,)
    yield _ELSE


def _near(expected: str) -> Iterator[str]:
    """Yield values that a condition with the value *expected* may take."""
    plain = expected.replace("*", "").replace("?", "x")
    yield plain.partition("/")[0] if _is_network(expected) else plain
    number = read_number(expected)
    if number is not None and -(10**12) < number < 10**12:
        yield from (str(number - 1), str(number + 1))


def _is_network(expected: str) -> bool:
    address, slash, length = expected.partition("/")
    return bool(slash) and length.isdigit() and set(address.lower()) <= set("0123456789abcdef.:")
