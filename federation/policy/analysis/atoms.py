"""A condition as the analysis sees it: something that is true or false of the value of one key, and which texts make it true.

Whether it is true of a value is asked of the evaluator. The texts are described once more, as languages, so that they can be sought.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final

import pybase64

from federation.identity import ContextValue
from federation.policy.analysis.language import ARN_SHAPE, Language, of_arn, of_caseless, of_pattern, of_text
from federation.policy.analysis.representatives import ORDERED
from federation.policy.analysis.texts import Index
from federation.policy.conditions import Condition
from federation.policy.keys import RequestKeys
from federation.policy.operators import ARN, BOOL, CASELESS, NULL, STRING
from federation.policy.values import ArnPattern
from federation.policy.variables import Template, Unresolved, Variable
from federation.policy.wildcard import Pattern, Piece

NO_KEYS: Final = RequestKeys()
_TRUE: Final = "true"


@dataclass(frozen=True, slots=True)
class Opaque:
    """An operand with a policy variable whose value is not settled: any set of texts, but for those that ``most`` does not take in.

    Attributes:
        name: The operand, as the policy spells it. Operands of one key and one name are the same set.
        most: What it takes in at most; None where that is not known.
    """

    name: tuple[object, ...]
    most: Language | None = field(compare=False)


@dataclass(frozen=True)
class Texts:
    """The texts of which an atom is true: those of ``inside`` and ``opaque``, or with ``outside`` those of ``shape`` in none of them."""

    inside: tuple[Language, ...]
    outside: bool = False
    shape: Language | None = None
    opaque: tuple[Opaque, ...] = ()

    @cached_property
    def index(self) -> Index:
        """The languages of ``inside``, sorted."""
        return Index(self.inside)

    @cached_property
    def of_no_shape(self) -> Index:
        """The language ``shape`` alone."""
        return Index(() if self.shape is None else (self.shape,))


NOTHING: Final = Texts(())
EVERYTHING: Final = Texts((), outside=True)


@dataclass(frozen=True, slots=True)
class Atom:
    """A condition in statements of one effect. Atoms that say the same of every request are equal.

    Attributes:
        condition: The condition.
        lenient: Whether it counts as met where a malformed operand decides, as in a Deny.
    """

    identity: tuple[object, ...]
    condition: Condition = field(compare=False)
    lenient: bool = field(compare=False)

    @classmethod
    def of(cls, condition: Condition, *, lenient: bool) -> Atom:
        """Return the atom of *condition* in a Deny, where *lenient*, or in an Allow."""
        lenient = lenient and condition.operator.operator.family is ARN
        values = condition.expected if lenient else frozenset(condition.expected)
        variables = condition.variables and any("${" in text for text in condition.expected)
        return cls((condition.operator.name, condition.folded, values, variables, lenient), condition, lenient)

    @property
    def key(self) -> str:
        """The folded key."""
        return self.condition.folded

    @property
    def family(self) -> str:
        """The value type, where it has regions instead of languages; else empty."""
        name = self.condition.operator.operator.family.name
        return name if name in ORDERED else ""

    @property
    def presence(self) -> bool:
        """Whether it asks whether the key is there, and nothing of its value."""
        return self.condition.operator.operator is NULL

    @property
    def weight(self) -> int:
        """What asking it of one value costs, in steps of a `Budget`."""
        return sum(map(len, self.condition.expected)) // 4

    @property
    def erratic(self) -> bool:
        """Whether the order of several values can matter to it: a malformed ARN decides at the value that reaches it first."""
        qualified = self.condition.operator
        if qualified.operator.family is not ARN or qualified.quantifier != ("ForAllValues" if self.lenient else "ForAnyValue"):
            return False
        return any(operand is None or isinstance(operand, Template) for operand in self.condition.operands)

    @property
    def variables(self) -> frozenset[str]:
        """The folded keys whose values stand in its operands."""
        templates = (operand for operand in self.condition.operands if isinstance(operand, Template))
        return frozenset(part.key for template in templates for part in template.parts if isinstance(part, Variable))

    def holds(self, value: ContextValue | None, keys: RequestKeys = NO_KEYS) -> bool:
        """Whether it is true of the request whose key has *value*, None where it has no such key, and whose other keys are *keys*."""
        if value is None:
            asked = RequestKeys({name: each for name, each in keys.items() if name != self.key})
        else:
            asked = RequestKeys({**keys, self.key: value})
        outcome = self.condition.holds(asked)
        return outcome is True or (outcome is None and self.lenient)

    def holds_of(self, text: str, keys: RequestKeys = NO_KEYS) -> bool:
        """Whether its operator, without the quantifier, is true of one text."""
        outcome = self.condition.compares(text, keys)
        return outcome is True or (outcome is None and self.lenient)

    def texts(self, keys: RequestKeys = NO_KEYS, *, settled: bool = True) -> Texts | None:
        """Return the texts of which its operator is true, None where no languages describe them.

        Args:
            keys: The values of policy variables.
            settled: Whether *keys* has all of them; if not, an operand with a variable is `Opaque`.
        """
        return self._described(keys, settled=settled) if self.variables else _texts_of(self)

    def _described(self, keys: RequestKeys, *, settled: bool) -> Texts | None:
        operator = self.condition.operator.operator
        if operator.family is BOOL:
            return _truth(self.condition.operands)
        if not settled and operator.family is ARN and self.variables:  # a malformed operand also decides over those beyond it
            return Texts((), opaque=(Opaque(self.identity, None),))
        inside: list[Language] = []
        opaque: list[Opaque] = []
        for operand in self._resolved(keys, settled=settled):
            if operand is Unresolved.ABSENT:  # of a negated operator: it then is true of nothing
                return NOTHING
            if operand is None and operator.family is ARN:
                return self._unsettled(tuple(inside))
            if isinstance(operand, Opaque):
                opaque.append(operand)
            elif (language := _language(operand, operator.family)) is not None:
                inside.append(language)
            else:
                return None
        shape = ARN_SHAPE if operator.negated and operator.family is ARN else None
        found = Texts(tuple(inside), outside=operator.negated, shape=shape, opaque=tuple(opaque))
        return found if self.condition.operands else NOTHING

    def _unsettled(self, inside: tuple[Language, ...]) -> Texts:
        """Return the texts of an ARN operator of which a malformed operand decides, unless one of *inside*, which come before it, does."""
        negated = self.condition.operator.operator.negated
        if self.lenient:
            return Texts(inside, outside=True, shape=ARN_SHAPE) if negated else Texts((ARN_SHAPE,))
        return NOTHING if negated else Texts(inside)

    def _resolved(self, keys: RequestKeys, *, settled: bool) -> Iterator[Any]:
        """Yield the operands with *keys* put in as the evaluator does, those that then match nothing left out."""
        operator = self.condition.operator.operator
        for spelled, operand in zip(self.condition.expected, self.condition.operands, strict=True):
            if not isinstance(operand, Template):
                yield operand
                continue
            if not settled:
                name = (spelled, operator.family.name, operator.wildcards, operator.family is CASELESS, operator.negated)
                yield Opaque(name, None if operator.negated else _at_most(operand, operator.family))
                continue
            pieces = operand.resolve(keys)
            if isinstance(pieces, Unresolved):
                if pieces is Unresolved.ABSENT and operator.negated:
                    yield pieces
            elif operator.family.well_formed is not None and not operator.family.well_formed(pieces):
                yield None
            else:
                yield operator.family.compile(pieces)


def _at_most(template: Template, family: object) -> Language | None:
    """Return what *template* takes in whatever its variables hold: they may hold anything."""
    if family is CASELESS:
        return None
    pieces = []
    for part in template.parts:
        if isinstance(part, Variable):
            pieces.append(Piece("*"))
        else:
            pieces.append(Piece(part.text, literal=part.literal or family is STRING))
    return of_pattern(Pattern.of(*pieces))


def _language(operand: Any, family: object) -> Language | None:  # noqa: ANN401 - what the type reads
    if isinstance(operand, ArnPattern):
        return of_arn(operand)
    if isinstance(operand, Pattern):
        return of_pattern(operand)
    if family is CASELESS:
        return of_caseless(operand)
    return of_text(operand if isinstance(operand, str) else pybase64.b64encode(operand).decode())  # AWS reads canonical base64 alone


@lru_cache(maxsize=256)
def _texts_of(atom: Atom) -> Texts | None:
    """Return the texts of an atom without policy variables. Every question about its key needs them."""
    return atom._described(NO_KEYS, settled=True)  # noqa: SLF001 - its own cache


def _truth(operands: Iterable[bool]) -> Texts:
    wanted, language = frozenset(operands), of_caseless(_TRUE)
    if language is None or len(wanted) != 1:
        return EVERYTHING if wanted else NOTHING
    return Texts((language,), outside=False in wanted)
