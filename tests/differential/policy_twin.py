"""A slow, obvious evaluator of single-valued string conditions, written from the reference alone and sharing nothing with the engine."""

from collections.abc import Mapping
from typing import Any

from federation.policy import Principal


def like(pattern: str, text: str) -> bool:
    """Wildcards by dynamic programming: row i tells which prefixes of text the first i characters of pattern match."""
    row = [True] + [False] * len(text)
    for char in pattern:
        if char == "*":
            new = [any(row[: place + 1]) for place in range(len(text) + 1)]
        else:
            new = [False] + [row[place] and char in ("?", text[place]) for place in range(len(text))]
        row = new
    return row[-1]


def condition_holds(operator: str, expected: list[str], found: Any) -> bool:
    quantifier, _, rest = operator.rpartition(":")
    plain = rest.removesuffix("IfExists")
    negated = "Not" in plain
    if found is None:
        return rest.endswith("IfExists") or (quantifier == "ForAllValues" if quantifier else negated)
    if not quantifier and not isinstance(found, str):
        return False

    def one(value: str) -> bool:
        hit = any(like(each, value) if plain.endswith("Like") else each == value for each in expected)
        return bool(expected) and hit is not negated

    values = [found] if isinstance(found, str) else found
    return all(map(one, values)) if quantifier == "ForAllValues" else any(map(one, values))


def statement_applies(statement: Mapping[str, Any], caller: Principal, action: str, keys: Mapping[str, Any]) -> bool:
    actions = statement["Action"]
    if not any(like(each.lower(), action.lower()) for each in actions):
        return False
    if not any(caller.name == name for names in statement["Principal"].values() for name in names):
        return False
    lowered = {key.lower(): value for key, value in keys.items()}
    return all(
        condition_holds(operator, values, lowered.get(key.lower()))
        for operator, tests in statement.get("Condition", {}).items()
        for key, values in tests.items()
    )


def evaluate(document: Mapping[str, Any], caller: Principal, action: str, keys: Mapping[str, Any]) -> str:
    effects = {each["Effect"] for each in document["Statement"] if statement_applies(each, caller, action, keys)}
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else "ImplicitDeny"
