"""A value of one key that makes some atoms true and others false, or the proof that the key has none.

A key is absent, has one text, or has a list of texts. Of a list, "for all" speaks of every text and "for any" of some text, so that a list
exists as soon as each text it needs does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from federation.identity import ContextValue
from federation.policy.analysis.atoms import NO_KEYS, Atom, Opaque, Texts
from federation.policy.analysis.budget import UNDECIDED, Budget, Undecided
from federation.policy.analysis.representatives import representatives
from federation.policy.analysis.texts import Index, Union, Unwanted, find_text
from federation.policy.keys import RequestKeys
from federation.policy.operators import OPERATORS

_OPAQUE: Final = 5
"""Operands with unsettled variables in one question: each is tried both ways."""
_LISTED: Final = 200
"""Texts of operands that are tried where no procedure is complete."""


@dataclass(frozen=True, slots=True)
class Literal:
    """An atom that is to be true, or with ``wanted`` False to be false."""

    atom: Atom
    wanted: bool


@dataclass(frozen=True, slots=True)
class Domain:
    """What the requests of some callers can have for a key.

    Attributes:
        absent: Whether the key can be absent.
        single: Whether it can have one text.
        listed: Whether it can have a list of texts.
        only: The only texts, where they are known.
        family: The value type that every text is of, where it has regions; empty where any text can be there.
        extra: What further holds of its text.
        samples: Texts that a reader would recognise.
    """

    absent: bool = True
    single: bool = True
    listed: bool = False
    only: tuple[str, ...] | None = None
    family: str = ""
    extra: tuple[Literal, ...] = ()
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundValue:
    """A value that was found: None where the key is absent."""

    value: ContextValue | None


@dataclass(frozen=True, slots=True)
class Variables:
    """The values of policy variables; where they are not ``settled``, operands with variables can be anything."""

    keys: RequestKeys
    settled: bool


NO_VARIABLES: Final = Variables(NO_KEYS, settled=True)


def find_value(
    literals: Iterable[Literal], domain: Domain, budget: Budget, variables: Variables = NO_VARIABLES
) -> FoundValue | Undecided | None:
    """Return a value of *domain* of which *literals*, which are about one key, hold; None where there is none."""
    rows = sorted(literals, key=lambda each: (each.wanted, each.atom.condition.path))
    undecided = False
    for attempt in _attempts(rows, domain, budget, variables):
        if isinstance(attempt, FoundValue):
            if not any(each.atom.erratic for each in rows) or all(_holds(each, attempt.value, variables) for each in rows):
                return attempt
            undecided = True
        undecided = undecided or attempt is UNDECIDED
    return UNDECIDED if undecided else None


def _holds(literal: Literal, value: ContextValue | None, variables: Variables) -> bool:
    if not variables.settled and literal.atom.variables and value is not None:
        return True
    return literal.atom.holds(value, variables.keys) is literal.wanted


def _attempts(rows: Sequence[Literal], domain: Domain, budget: Budget, variables: Variables) -> Iterator[FoundValue | Undecided | None]:
    budget.spend(1 + len(rows))
    if domain.single:
        yield from _single(rows, domain, budget, variables)
    if domain.listed:
        yield _list(rows, domain, budget, variables)
    if domain.absent and all(_holds(each, None, variables) for each in rows):
        yield FoundValue(None)


def _single(rows: Sequence[Literal], domain: Domain, budget: Budget, variables: Variables) -> Iterator[FoundValue | Undecided | None]:
    if any((each.atom.presence and each.atom.holds("") is not each.wanted) for each in rows):
        return
    text = _text([each for each in rows if not each.atom.presence], domain, budget, variables)
    yield FoundValue(text) if isinstance(text, str) else text


def _list(rows: Sequence[Literal], domain: Domain, budget: Budget, variables: Variables) -> FoundValue | Undecided | None:
    """Return a list of texts: one for each literal that asks for some text, each of which satisfies all that ask for every text."""
    every: list[Literal] = []
    some: list[Literal] = []
    for each in rows:
        quantifier = each.atom.condition.operator.quantifier
        if each.atom.presence or quantifier is None:
            if each.atom.holds(("",)) is not each.wanted:
                return None
        elif (quantifier == "ForAnyValue") is each.wanted:
            some.append(each)
        elif not each.atom.erratic:  # of an erratic one not every text must do what the list does
            every.append(each)
    texts = [_text([*every, *wanted], domain, budget, variables) for wanted in ([[each] for each in some] or [[]])]
    if None in texts:
        return None
    known = dict.fromkeys(text for text in texts if isinstance(text, str))
    return UNDECIDED if UNDECIDED in texts else FoundValue(tuple(known))


def _text(rows: Sequence[Literal], domain: Domain, budget: Budget, variables: Variables) -> str | Undecided | None:
    """Return one text of which the operators of *rows* are true, as far as each is wanted, quantifiers aside."""
    rows = [*rows, *domain.extra]
    budget.spend(1 + sum(len(each.atom.condition.expected) for each in rows) // 8)
    if domain.only is not None:
        return next((text for text in domain.only if _all_of(rows, text, variables)), None)
    families = {each.atom.family for each in rows} | {domain.family}
    families.discard("")
    by_text = [each for each in rows if not each.atom.family]
    if not families:
        return _of_languages(by_text, domain.samples, budget, variables)
    complete = len(families) == 1 and not by_text
    for family in sorted(families):
        mine = [each for each in rows if each.atom.family == family]
        known = representatives(family, (operand for each in mine for operand in each.atom.condition.operands))
        complete = complete and known.complete
        budget.spend(len(known.texts) * (1 + len(mine)))
        if known.complete and not any(_all_of(mine, text, variables) for text in known.texts):
            return None
        for text in known.texts:
            if _of_type(text, domain.family) and _all_of(rows, text, variables):
                return text
    return None if complete else _mixed(rows, by_text, domain, budget, variables)


def _mixed(
    rows: Sequence[Literal], by_text: Sequence[Literal], domain: Domain, budget: Budget, variables: Variables
) -> str | Undecided | None:
    """Return a text where types are compared with languages: found by trial, or none where the languages alone have none."""
    found = _of_languages(by_text, domain.samples, budget, variables)
    finite = next((texts for each in by_text if each.wanted and (texts := _only_texts(each.atom, variables)) is not None), None)
    spelled = [text for each in by_text for text in each.atom.condition.expected][:_LISTED] if finite is None else finite
    for text in (*([found] if isinstance(found, str) else []), *spelled):
        if _of_type(text, domain.family) and _all_of(rows, text, variables):
            return text
    return UNDECIDED if found is not None and finite is None else None


def _only_texts(atom: Atom, variables: Variables) -> list[str] | None:
    """Return all texts of which the operator of *atom* is true, where they can be listed."""
    texts = atom.texts(variables.keys, settled=variables.settled)
    if texts is None or texts.outside or texts.opaque or texts.index.exact is None:
        return None
    return [text for text in map(_as_text, texts.index.exact) if isinstance(text, str)]


def _of_type(text: str, family: str) -> bool:
    return not family or _READERS[family](text) is not None


_READERS: Final = {each.family.name: each.family.read for each in OPERATORS.values()}


def _all_of(rows: Iterable[Literal], text: str, variables: Variables) -> bool:
    return all(each.atom.holds_of(text, variables.keys) is each.wanted for each in rows if variables.settled or not each.atom.variables)


def _of_languages(rows: Sequence[Literal], samples: Iterable[str], budget: Budget, variables: Variables) -> str | Undecided | None:
    described = [(each, each.atom.texts(variables.keys, settled=variables.settled)) for each in rows]
    known = [(each, texts) for each, texts in described if texts is not None]
    opaque = {operand: None for _, texts in known for operand in texts.opaque}
    if len(opaque) > _OPAQUE:
        return UNDECIDED
    undecided = False
    for taken in product((False, True), repeat=len(opaque)):
        chosen = dict(zip(opaque, taken, strict=True))
        for unions, unwanted in _asked([(texts, each.wanted) for each, texts in known], chosen):
            found = find_text(unions, Unwanted(tuple(unwanted)), budget, samples)
            if isinstance(found, str) and len(known) == len(described):
                return _as_text(found)
            undecided = undecided or found is not None
    if undecided and len(known) < len(described):  # of no described languages: what the policy spells is tried
        spelled = (text for each in rows for text in each.atom.condition.expected)
        return next((text for text in islice(spelled, _LISTED) if _all_of(rows, text, variables)), UNDECIDED)
    return UNDECIDED if undecided else None


_TextQuery = tuple[list[Union], list[Index]]


def _asked(rows: Sequence[tuple[Texts, bool]], chosen: dict[Opaque, bool]) -> Iterator[_TextQuery]:
    """Yield what is asked of one text, as alternatives: unions that must have it, and languages that must not."""
    settled = [choice for each in rows if (choice := _choices(*each, chosen))]
    if len(settled) < len(rows):
        return
    at_most: list[Union] = [(operand.most,) for operand, taken in chosen.items() if taken and operand.most is not None]
    for choices in product(*settled):
        unions = [union for part, _ in choices for union in part]
        yield [*at_most, *unions], [index for _, part in choices for index in part]


def _choices(texts: Texts, wanted: bool, chosen: dict[Opaque, bool]) -> list[_TextQuery]:  # noqa: FBT001 - the other half of a pair
    """Return the ways in which a text is one of *texts*, or with *wanted* False is none of them."""
    taken = any(chosen[each] for each in texts.opaque)
    if texts.outside is not wanted:  # the text must be in one of the languages, or of no such shape
        if taken:
            return [([], [])]
        of_no_shape = texts.outside and texts.shape is not None
        return [*([([texts.inside], [])] if texts.inside else []), *([([], [texts.of_no_shape])] if of_no_shape else [])]
    if taken:
        return []
    return [([(texts.shape,)] if texts.outside and texts.shape is not None else [], [texts.index])]


def _as_text(word: str) -> str | Undecided:
    """Return *word*, in UTF-16 units, as text. Half a character is none."""
    if word.isascii():
        return word
    try:
        return word.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return UNDECIDED
