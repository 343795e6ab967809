"""The texts that an operand of a condition takes in, as a row of steps: what an automaton can be made of.

Texts are in UTF-16 `units`, as the evaluator compares them. Whether a text belongs to a language is always asked of the evaluator's own
operand; the steps serve to find texts and to prove that there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from typing import Final

from federation.policy.values import ArnPattern, lower, read_arn
from federation.policy.wildcard import Pattern, units


class Wild(IntEnum):
    """A step that takes in more than listed characters. In a field of an ARN but the last, a wildcard takes in no colon."""

    ONE = 1
    MANY = 2
    ONE_OF_FIELD = 3
    MANY_OF_FIELD = 4


PatternStep = str | Wild
"""One character of those listed, or a wildcard."""

FIELD_END: Final = ":"
_IN_FIELD: Final = {Wild.ONE: Wild.ONE_OF_FIELD, Wild.MANY: Wild.MANY_OF_FIELD}
_STARS: Final = frozenset({Wild.MANY, Wild.MANY_OF_FIELD})
_SPECIFIC: Final = frozenset({Wild.ONE, Wild.ONE_OF_FIELD, Wild.MANY_OF_FIELD})
_CONTEXTUAL: Final = frozenset("σς\u0307")
"""Characters whose lower case depends on their neighbours, or which come from one character together with another (`lower`)."""
_LAST_UNIT: Final = 0x10000


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """The texts that one operand takes in. Languages of equal steps are equal.

    Attributes:
        steps: The steps.
        accepts: Whether the operand takes in a text.
        exact: The only text, where there is one; otherwise None.
        head: The text that every text begins with, up to the first step of several characters.
        tail: The text that every text ends with.
        generic: Whether a text with a strange character in place of each wildcard belongs to the language only if every text does that has
            anything else there: no step takes in exactly one, and none stops at a colon.
        whole: Whether every text belongs to it.
        characters: The characters that its steps list.
        single: Whether no step lists several characters.
    """

    steps: tuple[PatternStep, ...]
    accepts: Callable[[str], bool] = field(repr=False)
    exact: str | None
    head: str
    tail: str
    generic: bool
    whole: bool
    characters: frozenset[str]
    single: bool
    _hash: int = field(repr=False)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Language) and self.steps == other.steps)

    def __hash__(self) -> int:
        return self._hash

    @classmethod
    def of(cls, steps: Iterable[PatternStep], accepts: Callable[[str], bool]) -> Language:
        """Build the language of *steps*, of which *accepts* is the evaluator's judge."""
        row = tuple(_joined(steps))
        head = "".join(_leading(row))
        exact = head if len(head) == len(row) else None
        listed = [step for step in row if isinstance(step, str)]
        return cls(
            steps=row,
            accepts=accepts,
            exact=exact,
            head=head,
            tail="".join(_leading(reversed(row)))[::-1],
            generic=_SPECIFIC.isdisjoint(row),
            whole=row == (Wild.MANY,),
            characters=frozenset("".join(listed)),
            single=len("".join(listed)) == len(listed),
            _hash=hash(row),
        )

    def filled(self, one: str, many: str) -> str:
        """Return the text with *one* for each step that takes in one of many characters, and *many* for each star."""
        return "".join(step[0] if isinstance(step, str) else many if step in _STARS else one for step in self.steps)


def _joined(steps: Iterable[PatternStep]) -> Iterator[PatternStep]:
    before: PatternStep | None = None
    for step in steps:
        if not (step is before and step in _STARS):
            yield step
        before = step


def _leading(steps: Iterable[PatternStep]) -> Iterator[str]:
    for step in steps:
        if not isinstance(step, str) or len(step) != 1:
            return
        yield step


def of_text(text: str) -> Language:
    """Return the language of *text* alone."""
    word = units(text)
    return Language.of(word, word.__eq__)


def of_caseless(lowered: str) -> Language | None:
    """Return the language of the texts that are *lowered* in lower case; None where that depends on more than one character at a time."""
    word = units(lowered)
    if not _CONTEXTUAL.isdisjoint(word):
        return None
    return Language.of(map(_variants, word), lambda text: lower(text) == lowered)


def of_pattern(pattern: Pattern) -> Language:
    """Return the language of a pattern with wildcards."""
    return Language.of(_steps(pattern), pattern.matches)


def of_arn(pattern: ArnPattern) -> Language:
    """Return the language of the pattern of an ARN."""

    def accepts(text: str) -> bool:
        arn = read_arn(text)
        return arn is not None and pattern.matches(arn)

    return Language.of(_arn_steps(pattern.fields), accepts)


def _steps(pattern: Pattern) -> Iterator[PatternStep]:
    for number, chunk in enumerate(pattern.chunks):
        if number:
            yield Wild.MANY
        yield from (Wild.ONE if at in chunk.holes else char for at, char in enumerate(chunk.text))


def _arn_steps(fields: tuple[Pattern, ...]) -> Iterator[PatternStep]:
    for number, each in enumerate(fields):
        if number:
            yield FIELD_END
        last = number == len(fields) - 1
        yield from (step if last or isinstance(step, str) else _IN_FIELD[step] for step in _steps(each))


ANYTHING: Final = of_pattern(Pattern.read("*"))
"""Every text."""
_FIELDS: Final = (*(Pattern.read(each) for each in ("arn", "*", "*", "*", "*")), Pattern.read("*"))
ARN_SHAPE: Final = of_arn(ArnPattern(_FIELDS, None, 0))
"""The texts that are ARNs at all."""


def _variants(char: str) -> str:
    """Return *char* and the other characters that have it as their lower case."""
    if char.isascii() and char != "k":
        return char + char.upper() if char.islower() else char
    return char + "".join(sorted(_uppers().get(char, set()) - {char}))


@cache
def _uppers() -> dict[str, set[str]]:
    table: dict[str, set[str]] = {}
    for char in map(chr, range(_LAST_UNIT)):
        lowered = char.lower()
        if lowered != char:
            table.setdefault(lowered, set()).add(char)
    return table
