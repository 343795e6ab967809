"""One condition: an operator, a key and the values it is compared with, compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from federation.errors import MalformedPolicyDocument, show
from federation.identity import ContextValue
from federation.policy.operators import BINARY, NULL, STRING, QualifiedOperator
from federation.policy.variables import Template, Unresolved, outgrows, read_template
from federation.policy.wildcard import fold

Outcome = bool | None
"""What a condition says: True, False, or None where a malformed operand settled it: then a Deny applies and an Allow does not."""

UNSETTLED: Final = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition.

    Attributes:
        operator: The operator with its qualifiers.
        key: The condition key as the policy spells it; ``folded`` is how it is looked up.
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
    _exact: frozenset[str] | None = field(repr=False)
    _absence: bool = field(repr=False)

    @classmethod
    def compile(cls, *, operator: QualifiedOperator, key: str, expected: tuple[str, ...], variables: bool, path: str) -> Condition:
        """Compile a condition.

        Raises:
            MalformedPolicyDocument: A variable is malformed, or a binary operand is not base64 (AWS, observed, even for session policies).
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
                message="Syntax errors in policy.",
            )
        static = family is STRING and bool(expected) and not any(isinstance(operand, Template) for operand in operands)
        return cls(
            operator=operator,
            key=key,
            folded=fold(key),
            expected=expected,
            variables=variables,
            path=path,
            _operands=operands,
            _exact=frozenset(map(str, operands)) if static else None,
            _absence=operator.matches_absence,
        )

    def holds(self, keys: Mapping[str, ContextValue]) -> Outcome:
        """Say whether the condition holds; *keys* are the request's, folded."""
        value = keys.get(self.folded)
        if self.operator.operator is NULL:
            return (value is None) in self._operands
        if value is None:
            return self._absence
        quantifier = self.operator.quantifier
        if quantifier is None:
            # A plain operator never matches a multivalued key, negated or not, even of one value (AWS, observed; attack row A10).
            return self.compares(value, keys) if isinstance(value, str) else False
        decisive = quantifier == "ForAnyValue"
        for each in (value,) if isinstance(value, str) else value:
            outcome = self.compares(each, keys)
            if outcome is UNSETTLED or outcome is decisive:
                return outcome
        return not decisive

    def compares(self, text: str, keys: Mapping[str, ContextValue]) -> Outcome:
        """Say whether the single request value *text* satisfies the operator; *keys* fill the policy variables."""
        operator = self.operator.operator
        if self._exact is not None:
            return (text in self._exact) is not operator.negated
        family = operator.family
        value = family.read(text)
        if value is None:
            return operator.negated and family.unreadable_differs and bool(self._operands)
        for operand in self._operands:
            compiled = operand
            if isinstance(operand, Template):
                pieces = operand.resolve(keys)
                if pieces is Unresolved.ABSENT and operator.negated:
                    return False
                if isinstance(pieces, Unresolved) or (not family.malformed_decides and outgrows(pieces, text)):
                    continue
                compiled = family.compile(pieces)
            if compiled is None:
                if family.malformed_decides:
                    return UNSETTLED
            elif operator.test(compiled, value):
                return not operator.negated
        # No value at all: the condition never matches, negated or not (AWS, observed).
        return operator.negated and bool(self._operands)

    @property
    def malformed(self) -> str | None:
        """The first value that is not of the operator's type, as spelled; what it means is said in `Family`."""
        return next((text for text, operand in zip(self.expected, self._operands, strict=True) if operand is None), None)
