"""A text that is in one language of each of several unions and in none of a set of languages, or the proof that there is none.

Most questions need no automaton. A union of exact texts is tried text by text. A pattern whose wildcards are filled with a strange
character is a witness against every language that does not take it in; and where the unwanted languages have stars alone for wildcards, one
that takes it in takes in the whole pattern, for a star that swallows a strange character swallows whatever stands there. The rest is walked
(`automaton`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Final

from federation.policy.analysis.automaton import walk
from federation.policy.analysis.budget import UNDECIDED, Budget, Undecided
from federation.policy.analysis.language import ANYTHING, FIELD_END, Language, Wild

Union = tuple[Language, ...]
_READABLE: Final = "xyzwvuqjkabcdefghilmnoprst0123456789XYZ-_~"
_COMBINATIONS: Final = 4096
"""Choices of one language for each union that are looked at."""


class Index:
    """Languages sorted by how they begin, so that a text is put to few of them. It is built once for each condition."""

    __slots__ = ("_by_head", "_exact", "_lengths", "characters", "generic", "languages", "whole")

    def __init__(self, languages: Iterable[Language]) -> None:
        self.languages = dict.fromkeys(languages)
        self.whole = any(each.whole for each in self.languages)
        self.generic = all(each.generic for each in self.languages)
        self.characters = frozenset[str]().union(*(each.characters for each in self.languages))
        self._exact = {each.exact for each in self.languages if each.exact is not None}
        self._by_head: dict[str, list[Language]] = {}
        for each in self.languages:
            if each.exact is None:
                self._by_head.setdefault(each.head, []).append(each)
        self._lengths = sorted(set(map(len, self._by_head)))

    @property
    def exact(self) -> set[str] | None:
        """All their texts, where each has one alone; otherwise None."""
        return None if self._by_head else self._exact

    def takes_in(self, text: str, budget: Budget) -> bool:
        """Whether one of them has *text*."""
        if text in self._exact:
            return True
        for length in self._lengths:
            for each in self._by_head.get(text[:length], ()):
                if _has(each, text, budget):
                    return True
        return False

    def covering(self, language: Language, budget: Budget) -> Iterator[Language]:
        """Yield those that are known to have every text of *language*, itself among them; of others only an automaton could tell."""
        strange = _strange(self.characters | language.characters | {FIELD_END})
        text = language.exact if language.exact is not None else language.filled(strange, strange)
        if text in self._exact:
            yield from (each for each in self.languages if each.exact == text)
        for length in self._lengths:
            for each in self._by_head.get(text[:length], ()):
                if _has(each, text, budget) and (language.exact is not None or (language.single and _told_by_one(language, [each]))):
                    yield each

    def meeting(self, head: str, tail: str) -> Iterator[Language]:
        """Yield those that can have a text which begins with *head* and ends with *tail*, as far as their own ends tell."""
        for each in self.languages:
            if _compatible(each.head, head) and _compatible(each.tail[::-1], tail[::-1]):
                yield each


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Languages that a text must not be in, one index for each condition that excludes some."""

    parts: tuple[Index, ...]

    def take_in(self, text: str, budget: Budget) -> bool:
        """Whether one of them has *text*."""
        budget.spend(len(self.parts))
        return any(part.takes_in(text, budget) for part in self.parts)

    def have(self, language: Language) -> bool:
        """Whether *language* is one of them."""
        return any(language in part.languages for part in self.parts)


def find_text(wanted: Sequence[Union], unwanted: Unwanted, budget: Budget, samples: Iterable[str] = ()) -> str | Undecided | None:
    """Return a text, None where there is none, or that neither is known.

    Args:
        wanted: Unions, each of which must have the text.
        unwanted: What must not have it.
        budget: What it may cost.
        samples: Texts that a reader would recognise, tried first.
    """
    if any(part.whole for part in unwanted.parts):
        return None
    unions = [tuple(each for each in union if not unwanted.have(each)) for union in wanted] or [(ANYTHING,)]
    unions = sorted({frozenset(union): union for union in unions if not any(each.whole for each in union)}.values(), key=len) or [
        (ANYTHING,)
    ]
    budget.spend(sum(map(len, unions)) + 1)
    for text in samples:
        if all(any(_has(each, text, budget) for each in union) for union in unions) and not unwanted.take_in(text, budget):
            return text
    undecided = False
    for number, chosen in enumerate(product(*unions)):
        if number == _COMBINATIONS:
            return UNDECIDED
        found = _in_all(tuple(dict.fromkeys(chosen)), unwanted, budget)
        if isinstance(found, str):
            return found
        undecided = undecided or found is UNDECIDED
    return UNDECIDED if undecided else None


def _in_all(chosen: Union, unwanted: Unwanted, budget: Budget) -> str | Undecided | None:
    """Return a text of all of *chosen* that is not unwanted."""
    budget.spend(len(chosen))
    head = max((each.head for each in chosen), key=len)
    tail = max((each.tail for each in chosen), key=len)
    if not all(head.startswith(each.head) and tail.endswith(each.tail) for each in chosen):
        return None
    exact = next((each.exact for each in chosen if each.exact is not None), None)
    if exact is not None:
        return exact if _fits(exact, chosen, unwanted, budget) else None
    strange = _strange(frozenset(FIELD_END).union(*(each.characters for each in chosen), *(part.characters for part in unwanted.parts)))
    general = chosen[0].filled(strange, strange)
    if _fits(general, chosen, unwanted, budget):
        return general
    alone = len(chosen) == 1 and chosen[0].single
    if alone and all(part.generic for part in unwanted.parts):
        return None
    budget.spend(sum(len(part.languages) for part in unwanted.parts) // 16 + 1)
    against = list(dict.fromkeys(each for part in unwanted.parts for each in part.meeting(head, tail)))
    if alone and _told_by_one(chosen[0], against):
        return None
    fillings = (language.filled(strange, many) for language in chosen for many in (strange, "", strange * 2))
    quick = next((text for text in fillings if _fits(text, chosen, unwanted, budget)), None)
    return walk(chosen, against, strange, budget) if quick is None else quick


def _fits(text: str, chosen: Union, unwanted: Unwanted, budget: Budget) -> bool:
    return all(_has(each, text, budget) for each in chosen) and not unwanted.take_in(text, budget)


def _has(language: Language, text: str, budget: Budget) -> bool:
    budget.spend(1 + len(language.steps) // 4)
    return language.accepts(text)


def _told_by_one(language: Language, unwanted: Sequence[Language]) -> bool:
    """Whether *language*, filled with a strange character, belongs to one of *unwanted* only if all its texts do: that settles it."""
    in_fields = Wild.ONE not in language.steps and Wild.MANY not in language.steps
    return all(each.generic or (in_fields and Wild.ONE not in each.steps and Wild.ONE_OF_FIELD not in each.steps) for each in unwanted)


def _strange(listed: frozenset[str]) -> str:
    """Return a character that is not *listed*, a readable one if there is one."""
    candidates: Iterator[str] = chain(_READABLE, map(chr, range(0x00A1, 0xD800)))
    return next(char for char in candidates if char not in listed)


def _compatible(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
