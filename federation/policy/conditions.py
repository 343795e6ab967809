"""A compiled condition: an operator, a key, and the values that the key is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any, Final, NamedTuple

from federation import aws_texts
from federation.errors import MalformedPolicyDocument, show
from federation.policy.keys import RequestKeys
from federation.policy.operands import Operands
from federation.policy.operators import BINARY, NULL, STRING, QualifiedOperator
from federation.policy.values import ArnPattern
from federation.policy.variables import Template, Unresolved, outgrows, read_template
from federation.policy.wildcard import Pattern, fold

Outcome = bool | None
"""The result of a condition: True, False, or None where a malformed operand decides. Then a Deny applies and an Allow does not."""

UNSETTLED: Final = None


_PATTERNS: Final = (Pattern, ArnPattern)
_FEW: Final = 8
"""Up to this many values are compared one by one."""
_LONG: Final = 4096
"""A value of at least this many characters is parsed once for all conditions instead of once for each."""


class _Right(NamedTuple):
    """The operands of a condition, variables replaced. ``otherwise`` is the result where none of them matches."""

    operands: Operands
    otherwise: Outcome


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition.

    Attributes:
        operator: The operator with its qualifiers.
        key: The condition key as the policy spells it. ``folded`` is the key in lower case, for lookup.
        expected: The values as the policy spells them.
        variables: Whether the policy's version has policy variables.
        path: JSON path of the condition.
    """

    operator: QualifiedOperator
    key: str
    folded: str
    expected: tuple[str, ...]
    variables: bool
    path: str
    _operands: tuple[Any, ...] = field(repr=False)
    _right: _Right | None = field(repr=False)
    _exact: frozenset[str] | None = field(repr=False)
    _absence: bool = field(repr=False)

    @classmethod
    def compile(cls, *, operator: QualifiedOperator, key: str, expected: tuple[str, ...], variables: bool, path: str) -> Condition:
        """Compile a condition.

        Raises:
            MalformedPolicyDocument: A variable is malformed, or a binary operand is not base64 (AWS, observed, also for session policies).
        """
        family = operator.operator.family
        templates = [read_template(text, variables=variables and family.variables, path=path) for text in expected]
        operands = tuple(template if template.pieces is None else family.compile(template.pieces) for template in templates)
        if family is BINARY and None in operands:
            raise MalformedPolicyDocument(
                check="policy-value",
                path=path,
                expected="base64",
                found=show(expected[operands.index(None)]),
                remedy="encode the octets in standard base64 with padding",
                message=aws_texts.policies.SYNTAX,
            )
        condition = cls(
            operator=operator,
            key=key,
            folded=fold(key),
            expected=expected,
            variables=variables,
            path=path,
            _operands=operands,
            _right=None,
            _exact=None,
            _absence=operator.matches_absence,
        )
        if any(isinstance(operand, Template) for operand in operands):
            return condition
        exact = frozenset(map(str, operands)) if family is STRING and operands else None
        return replace(condition, _right=condition._gathered(operands), _exact=exact)

    def holds(self, keys: RequestKeys) -> Outcome:
        """Return whether the condition holds for the condition *keys* of a request."""
        value = keys.get(self.folded)
        if self.operator.operator is NULL:
            return (value is None) in self._operands
        if value is None:
            return self._absence
        quantifier = self.operator.quantifier
        if quantifier is None:
            # Without ForAllValues or ForAnyValue an operator never matches a multivalued key, even of one value (AWS, observed; A10).
            return self.compares(value, keys) if isinstance(value, str) else False
        decisive = quantifier == "ForAnyValue"
        values = (value,) if isinstance(value, str) else value
        few = len(values) <= _FEW and self._right is not None
        for outcome in map(self.compares, values, repeat(keys)) if few else self._outcomes(keys):
            if outcome is UNSETTLED or outcome is decisive:
                return outcome
        return not decisive

    def compares(self, text: str, keys: RequestKeys) -> Outcome:
        """Return whether the request value *text* satisfies the operator. *keys* are the values of the policy variables."""
        operator = self.operator.operator
        if self._exact is not None:
            return (text in self._exact) is not operator.negated
        if len(text) > _LONG and keys.get(self.folded) is text:
            return next(self._outcomes(keys))
        value = operator.family.read(text)
        if value is None:
            return self._of_unreadable
        right = self._right
        if right is None:
            if len(self._operands) <= _FEW:
                return self._in_turn(value, self._replaced(keys, (text,), (value,)))
            right = self._gathered(self._replaced(keys, (text,), (value,)))
        return not operator.negated if right.operands.matches(value) else right.otherwise

    def _in_turn(self, value: Any, operands: Iterable[Any]) -> Outcome:  # noqa: ANN401 - what the type reads
        """Say what `_gathered` would have said of *value*, one of *operands* after the other: few are compared before they are sorted."""
        operator = self.operator.operator
        for operand in operands:
            if operand is Unresolved.ABSENT:
                return False
            if operand is None:
                if operator.family.well_formed is not None:
                    return UNSETTLED
            elif operand.matches(value) if isinstance(operand, _PATTERNS) else operand == value:
                return not operator.negated
        return operator.negated and bool(self._operands)

    def _outcomes(self, keys: RequestKeys) -> Iterator[Outcome]:
        """Yield the result of the operator for each value of the key."""
        values = keys.values_of(self.folded, self.operator.operator.family.read)
        right = self._right or self._gathered(self._replaced(keys, values.texts, values.read))
        hit = not self.operator.operator.negated
        for value, matched in zip(values.read, right.operands.matching(values), strict=True):
            yield self._of_unreadable if value is None else hit if matched else right.otherwise

    @property
    def _of_unreadable(self) -> bool:
        operator = self.operator.operator
        return operator.negated and operator.family.unreadable_differs and bool(self._operands)

    def _gathered(self, operands: Iterable[Any]) -> _Right:
        """Return *operands* combined, up to the first one that decides."""
        operator = self.operator.operator
        # A condition without values never matches, negated or not (AWS, observed).
        otherwise: Outcome = operator.negated and bool(self._operands)
        kept = []
        for operand in operands:
            if operand is Unresolved.ABSENT:
                otherwise = False
                break
            if operand is not None:
                kept.append(operand)
            elif operator.family.well_formed is not None:
                otherwise = UNSETTLED
                break
        return _Right(operator.gather(kept), otherwise)

    def _replaced(self, keys: RequestKeys, texts: tuple[str, ...], values: tuple[Any, ...]) -> Iterator[Any]:
        """Yield the operands with their variables replaced: None for a malformed one, ABSENT where a negated operator then fails.

        An operand is built only where it can match one of *values*, the parsed *texts*. Otherwise a policy that repeats a variable would
        cost its own length times the length of the variable's value.
        """
        operator, family = self.operator.operator, self.operator.operator.family
        longest, wanted = (len(texts[0]), values) if len(texts) == 1 else (max(map(len, texts)), frozenset(values))
        for operand in self._operands:
            if not isinstance(operand, Template):
                yield operand
                continue
            pieces = operand.resolve(keys)
            if isinstance(pieces, Unresolved):
                if pieces is Unresolved.ABSENT and operator.negated:
                    yield pieces
            elif family.well_formed is not None and not family.well_formed(pieces):
                yield None
            elif not outgrows(pieces, longest):
                compiled = family.compile(pieces)
                exact = compiled.exact if isinstance(compiled, _PATTERNS) else compiled
                if exact is None or exact in wanted:
                    yield compiled

    @property
    def operands(self) -> tuple[Any, ...]:
        """The values, each compiled: a `Template` where it has policy variables, None where it is not of the operator's type."""
        return self._operands

    @property
    def malformed(self) -> str | None:
        """The first value that is not of the operator's type, as spelled; None where all are. `Family` describes the effect."""
        return next((text for text, operand in zip(self.expected, self._operands, strict=True) if operand is None), None)
