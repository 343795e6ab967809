"""The condition operators, one frozen object each, and how a condition names them: ``ForAnyValue:StringLikeIfExists``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from federation.policy.addresses import Address, Network, read_address, read_network
from federation.policy.values import ArnPattern, lower, read_arn, read_date, read_number, read_octets, read_truth
from federation.policy.wildcard import Pattern, Piece, units

Quantifier = Literal["ForAllValues", "ForAnyValue"]


@dataclass(frozen=True, slots=True)
class Family:
    """A value type that operators compare.

    Attributes:
        name: As in the reference: String, Numeric, Date, Bool, Binary, IpAddress, Arn, Null.
        variables: Whether policy variables are replaced in its operands.
        read: Reads a request value; None where it is not of the type.
        compile: Compiles an operand; None where it is not of the type.
        unreadable_differs: Whether an unreadable request value counts as unequal, so that negated operators match it. Otherwise no
            operator of the family, negated or not, matches it (AWS, observed: numbers and dates differ, addresses and ARNs do not compare).
        malformed_decides: Whether a malformed operand, once reached, settles the condition: a Deny applies and an Allow does not
            (AWS, observed: ARNs). Otherwise it equals nothing.
    """

    name: str
    variables: bool
    read: Callable[[str], Any]
    compile: Callable[[tuple[Piece, ...]], Any]
    unreadable_differs: bool = True
    malformed_decides: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator: ``test(operand, value)`` compares, and ``negated`` turns "equals one of" into "differs from all of"."""

    name: str
    family: Family
    test: Callable[[Any, Any], bool]
    negated: bool = False
    wildcards: bool = False

    def __reduce__(self) -> tuple[Callable[[str], Operator], tuple[str]]:
        """Travel by name: an operator is the very object of `OPERATORS`, also in another process (docs/adr/0021)."""
        return operator_named, (self.name,)


@dataclass(frozen=True, slots=True)
class QualifiedOperator:
    """An operator with its qualifiers, as a policy spells it in ``name``."""

    name: str
    operator: Operator
    quantifier: Quantifier | None
    if_exists: bool

    @property
    def matches_absence(self) -> bool:
        """What the condition says when the request lacks the key; empty sets satisfy "for all" and never "for any"."""
        if self.if_exists:
            return True
        if self.quantifier is not None:
            return self.quantifier == "ForAllValues"
        return self.operator.negated


def _text(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in pieces)


def _typed(read: Callable[[str], Any]) -> Callable[[tuple[Piece, ...]], Any]:
    return lambda pieces: read(_text(pieces))


def _matches(operand: Pattern | ArnPattern, value: Any) -> bool:  # noqa: ANN401 - what the family reads
    return operand.matches(value)


def _contains(operand: Network, value: Address) -> bool:
    return operand.contains(value)


def _greater(operand: Any, value: Any) -> bool:  # noqa: ANN401 - numbers and dates alike
    return bool(value > operand)


def _greater_equals(operand: Any, value: Any) -> bool:  # noqa: ANN401
    return bool(value >= operand)


def _less(operand: Any, value: Any) -> bool:  # noqa: ANN401
    return bool(value < operand)


def _less_equals(operand: Any, value: Any) -> bool:  # noqa: ANN401
    return bool(value <= operand)


def _as_is(text: str) -> str:
    return text


STRING: Final = Family("String", variables=True, read=_as_is, compile=_text)
_CASELESS: Final = Family("String", variables=True, read=lower, compile=_typed(lower))
_LIKE: Final = Family("String", variables=True, read=units, compile=lambda pieces: Pattern.of(*pieces))
NUMERIC: Final = Family("Numeric", variables=False, read=read_number, compile=_typed(read_number))
DATE: Final = Family("Date", variables=False, read=read_date, compile=_typed(read_date))
_BOOL: Final = Family("Bool", variables=False, read=read_truth, compile=_typed(read_truth))
BINARY: Final = Family("Binary", variables=False, read=read_octets, compile=_typed(read_octets))
IP: Final = Family("IpAddress", variables=False, read=read_address, compile=_typed(read_network), unreadable_differs=False)
ARN: Final = Family("Arn", variables=True, read=read_arn, compile=ArnPattern.of, unreadable_differs=False, malformed_decides=True)
_PRESENCE: Final = Family("Null", variables=False, read=read_truth, compile=_typed(read_truth))

NULL: Final = Operator("Null", _PRESENCE, operator.eq)


def _ordered(family: Family) -> tuple[Operator, ...]:
    return (
        Operator(f"{family.name}Equals", family, operator.eq),
        Operator(f"{family.name}NotEquals", family, operator.eq, negated=True),
        Operator(f"{family.name}LessThan", family, _less),
        Operator(f"{family.name}LessThanEquals", family, _less_equals),
        Operator(f"{family.name}GreaterThan", family, _greater),
        Operator(f"{family.name}GreaterThanEquals", family, _greater_equals),
    )


OPERATORS: Final = {
    each.name: each
    for each in (
        Operator("StringEquals", STRING, operator.eq),
        Operator("StringNotEquals", STRING, operator.eq, negated=True),
        Operator("StringEqualsIgnoreCase", _CASELESS, operator.eq),
        Operator("StringNotEqualsIgnoreCase", _CASELESS, operator.eq, negated=True),
        Operator("StringLike", _LIKE, _matches, wildcards=True),
        Operator("StringNotLike", _LIKE, _matches, negated=True, wildcards=True),
        *_ordered(NUMERIC),
        *_ordered(DATE),
        Operator("Bool", _BOOL, operator.eq),
        Operator("BinaryEquals", BINARY, operator.eq),
        Operator("IpAddress", IP, _contains),
        Operator("NotIpAddress", IP, _contains, negated=True),
        Operator("ArnEquals", ARN, _matches, wildcards=True),
        Operator("ArnLike", ARN, _matches, wildcards=True),
        Operator("ArnNotEquals", ARN, _matches, negated=True, wildcards=True),
        Operator("ArnNotLike", ARN, _matches, negated=True, wildcards=True),
        NULL,
    )
}
"""Every operator by its exact name (names are case-sensitive)."""


def operator_named(name: str) -> Operator:
    """Return the operator of that exact name."""
    return OPERATORS[name]


def _qualified() -> dict[str, QualifiedOperator]:
    table = {}
    quantifiers: tuple[Quantifier | None, ...] = (None, "ForAllValues", "ForAnyValue")
    for each in OPERATORS.values():
        for quantifier in quantifiers:
            for suffix in ("", "IfExists"):
                # IfExists would make Null vacuous, so IAM has no such operator.
                if not (suffix and each is NULL):
                    name = f"{quantifier}:{each.name}{suffix}" if quantifier else f"{each.name}{suffix}"
                    table[name] = QualifiedOperator(name, each, quantifier, bool(suffix))
    return table


QUALIFIED: Final = _qualified()
"""Every operator name that a Condition block may hold."""
