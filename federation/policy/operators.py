"""The condition operators, one frozen object each, and how a condition names them: ``ForAnyValue:StringLikeIfExists``."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from federation.policy.addresses import read_address, read_network
from federation.policy.operands import Beyond, Equals, Networks, Operands, Patterns
from federation.policy.values import ArnPattern, is_arn, lower, read_arn, read_date, read_number, read_octets, read_truth
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
        well_formed: Tells whether an operand is of the type, where a malformed one, once reached, settles the condition: a Deny applies and
            an Allow does not (AWS, observed: ARNs). None where it merely equals nothing.
    """

    name: str
    variables: bool
    read: Callable[[str], Any]
    compile: Callable[[tuple[Piece, ...]], Any]
    unreadable_differs: bool = True
    well_formed: Callable[[tuple[Piece, ...]], bool] | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator: ``gather`` makes one whole of its operands, ``negated`` turns "equals one of" into "differs from all of"."""

    name: str
    family: Family
    gather: Callable[[Iterable[Any]], Operands]
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
    return "".join([piece.text for piece in pieces])


def _typed(read: Callable[[str], Any]) -> Callable[[tuple[Piece, ...]], Any]:
    return lambda pieces: read(_text(pieces))


def _equals(operands: Iterable[Any]) -> Operands:
    return Equals(frozenset(operands))


def _less(operands: Iterable[Any]) -> Operands:
    return Beyond(max(operands, default=None), operator.lt)


def _less_equals(operands: Iterable[Any]) -> Operands:
    return Beyond(max(operands, default=None), operator.le)


def _greater(operands: Iterable[Any]) -> Operands:
    return Beyond(min(operands, default=None), operator.gt)


def _greater_equals(operands: Iterable[Any]) -> Operands:
    return Beyond(min(operands, default=None), operator.ge)


def _as_is(text: str) -> str:
    return text


STRING: Final = Family("String", variables=True, read=_as_is, compile=_text)
CASELESS: Final = Family("String", variables=True, read=lower, compile=_typed(lower))
LIKE: Final = Family("String", variables=True, read=units, compile=lambda pieces: Pattern.of(*pieces))
NUMERIC: Final = Family("Numeric", variables=False, read=read_number, compile=_typed(read_number))
DATE: Final = Family("Date", variables=False, read=read_date, compile=_typed(read_date))
BOOL: Final = Family("Bool", variables=False, read=read_truth, compile=_typed(read_truth))
BINARY: Final = Family("Binary", variables=False, read=read_octets, compile=_typed(read_octets))
IP: Final = Family("IpAddress", variables=False, read=read_address, compile=_typed(read_network), unreadable_differs=False)
ARN: Final = Family("Arn", variables=True, read=read_arn, compile=ArnPattern.of, unreadable_differs=False, well_formed=is_arn)
_PRESENCE: Final = Family("Null", variables=False, read=read_truth, compile=_typed(read_truth))

NULL: Final = Operator("Null", _PRESENCE, _equals)


def _ordered(family: Family) -> tuple[Operator, ...]:
    return (
        Operator(f"{family.name}Equals", family, _equals),
        Operator(f"{family.name}NotEquals", family, _equals, negated=True),
        Operator(f"{family.name}LessThan", family, _less),
        Operator(f"{family.name}LessThanEquals", family, _less_equals),
        Operator(f"{family.name}GreaterThan", family, _greater),
        Operator(f"{family.name}GreaterThanEquals", family, _greater_equals),
    )


OPERATORS: Final = {
    each.name: each
    for each in (
        Operator("StringEquals", STRING, _equals),
        Operator("StringNotEquals", STRING, _equals, negated=True),
        Operator("StringEqualsIgnoreCase", CASELESS, _equals),
        Operator("StringNotEqualsIgnoreCase", CASELESS, _equals, negated=True),
        Operator("StringLike", LIKE, Patterns.of, wildcards=True),
        Operator("StringNotLike", LIKE, Patterns.of, negated=True, wildcards=True),
        *_ordered(NUMERIC),
        *_ordered(DATE),
        Operator("Bool", BOOL, _equals),
        Operator("BinaryEquals", BINARY, _equals),
        Operator("IpAddress", IP, Networks.of),
        Operator("NotIpAddress", IP, Networks.of, negated=True),
        Operator("ArnEquals", ARN, Patterns.of, wildcards=True),
        Operator("ArnLike", ARN, Patterns.of, wildcards=True),
        Operator("ArnNotEquals", ARN, Patterns.of, negated=True, wildcards=True),
        Operator("ArnNotLike", ARN, Patterns.of, negated=True, wildcards=True),
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
