"""A slow, simple evaluator of conditions, written from the reference. It shares no code with the engine."""

import ipaddress
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from federation.policy import Principal

ORDER: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "Equals": operator.eq,
    "NotEquals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


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


def arn_like(pattern: list[str], arn: list[str]) -> bool:
    return all(like(one, other) for one, other in zip(pattern, arn, strict=True))


def arn_of(text: str) -> list[str] | None:
    fields = text.split(":", 5)
    return fields if len(fields) == 6 and fields[0] == "arn" else None


def fraction_of(text: str) -> Fraction | None:
    try:
        return Fraction(text)
    except ValueError:
        return None


def address_of(text: str) -> Any:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def takes_in(plain: str, each: str, value: str) -> bool:
    """Whether the policy's value *each* takes in *value*, which is of the operator's type."""
    if plain.startswith("Numeric"):
        found, expected = fraction_of(value), fraction_of(each)
        return found is not None and expected is not None and ORDER[plain.removeprefix("Numeric")](found, expected)
    if plain.startswith("Arn"):
        return arn_like(arn_of(each) or [], arn_of(value) or [])
    if plain.endswith("IpAddress"):
        return address_of(value) in ipaddress.ip_network(each, strict=False)
    if plain == "Bool":
        return (each.lower() == "true") is (value.lower() == "true")
    if plain.endswith("IgnoreCase"):
        return each.lower() == value.lower()
    return like(each, value) if plain.endswith("Like") else each == value


def condition_holds(name: str, expected: list[str], found: Any) -> bool | None:
    quantifier, _, rest = name.rpartition(":")
    plain = rest.removesuffix("IfExists")
    negated = "Not" in plain
    if found is None:
        return rest.endswith("IfExists") or (quantifier == "ForAllValues" if quantifier else negated)
    if not quantifier and not isinstance(found, str):
        return False

    def one(value: str) -> bool | None:
        readers = {"Numeric": fraction_of, "Arn": arn_of, "IpAddress": address_of, "NotIpAddress": address_of}
        reader = next((read for name, read in readers.items() if plain.startswith(name)), str)
        if reader(value) is None:
            return bool(expected) and negated and plain.startswith("Numeric")
        malformed = next((at for at, each in enumerate(expected) if plain.startswith("Arn") and arn_of(each) is None), None)
        hit = any(takes_in(plain, each, value) for each in expected[:malformed])
        return None if malformed is not None and not hit else bool(expected) and hit is not negated

    decisive = quantifier != "ForAllValues"
    for value in [found] if isinstance(found, str) else found:
        outcome = one(value)
        if outcome is None or outcome is decisive:
            return outcome
    return not decisive


def statement_applies(statement: Mapping[str, Any], caller: Principal, action: str, keys: Mapping[str, Any]) -> bool:
    actions = statement["Action"]
    if not any(like(each.lower(), action.lower()) for each in actions):
        return False
    if not any(caller.name == name for names in statement["Principal"].values() for name in names):
        return False
    lowered = {key.lower(): value for key, value in keys.items()}
    outcomes = [
        condition_holds(name, values, lowered.get(key.lower()))
        for name, tests in statement.get("Condition", {}).items()
        for key, values in tests.items()
    ]
    return all(statement["Effect"] == "Deny" if outcome is None else outcome for outcome in outcomes)


def evaluate(document: Mapping[str, Any], caller: Principal, action: str, keys: Mapping[str, Any]) -> str:
    effects = {each["Effect"] for each in document["Statement"] if statement_applies(each, caller, action, keys)}
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else "ImplicitDeny"
