"""A text that belongs to some languages and to none of others, found by walking all their automata side by side.

All patterns stand in one row of bits, one bit for each place that a pattern can have reached. A character moves every bit of the row at
once. The walk goes breadth first over the rows that can be reached, so it ends: with a shortest text, or with the proof that there is none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from federation.policy.analysis.budget import UNDECIDED, Budget, Undecided
from federation.policy.analysis.language import FIELD_END, Language, Wild

_ROWS: Final = 20_000
"""Rows that one walk visits at most."""
_MEMORY_BITS: Final = 1 << 28
"""What all rows of one walk may hold together."""
_MOVE: Final = 6
"""Steps of the budget that one move costs."""
_WORD_BITS: Final = 1024
"""Bits of a row that make a move cost one step more."""


class _Automata:
    """The automata of several languages in one row of bits."""

    __slots__ = ("alphabet", "field_many", "field_one", "final", "listed", "many", "one", "spans", "start", "width")

    def __init__(self, languages: Sequence[Language]) -> None:
        self.start = self.one = self.many = self.field_one = self.field_many = self.final = 0
        self.listed: dict[str, int] = {}
        self.spans: list[tuple[int, int]] = []
        at = 0
        for language in languages:
            first = at
            self.start |= 1 << at
            for step in language.steps:
                at += self._place(step, 1 << at)
            self.final |= 1 << at
            self.spans.append(((1 << at + 1) - (1 << first), 1 << at))
            at += 1
        self.width = at
        self.alphabet = sorted(self.listed)

    def _place(self, step: Wild | str, bit: int) -> int:
        """Write *step* down at the place of *bit*; return how many places it takes: a star stays where it is."""
        if isinstance(step, str):
            for char in step:
                self.listed[char] = self.listed.get(char, 0) | bit
            return 1
        if step is Wild.MANY:
            self.many |= bit
        elif step is Wild.MANY_OF_FIELD:
            self.field_many |= bit
        elif step is Wild.ONE:
            self.one |= bit
        else:
            self.field_one |= bit
        return 0 if step in {Wild.MANY, Wild.MANY_OF_FIELD} else 1

    def after(self, row: int, char: str) -> int:
        forward, stay = self.one | self.listed.get(char, 0), self.many
        if char != FIELD_END:
            forward |= self.field_one
            stay |= self.field_many
        return (row & forward) << 1 | row & stay

    def telling(self, row: int, strange: str) -> Iterator[str]:
        """Yield a strange character, and the characters that something in *row* waits for."""
        yield strange
        if row & (self.field_one | self.field_many) and FIELD_END not in self.listed:
            yield FIELD_END
        yield from (
            char for char in self.alphabet if row & self.listed[char] or (char == FIELD_END and row & (self.field_one | self.field_many))
        )


def walk(wanted: Sequence[Language], unwanted: Sequence[Language], strange: str, budget: Budget) -> str | Undecided | None:
    """Return a shortest text of all of *wanted* and none of *unwanted*, None where there is none.

    Args:
        wanted: At least one language.
        unwanted: Any languages.
        strange: A character that no step of them lists, and no colon. It stands for all such characters.
        budget: What the walk may cost.
    """
    row = _Automata([*wanted, *unwanted])
    alive = [row.spans[number] for number in range(len(wanted))]
    refused = sum(final for _, final in row.spans[len(wanted) :])
    lost = refused & row.many  # an unwanted language that ends in a star keeps what it has once taken in
    cost, most = _MOVE + row.width // _WORD_BITS, min(_ROWS, _MEMORY_BITS // row.width)
    seen = {row.start}
    queue = deque([(row.start, "")])
    while queue:
        here, text = queue.popleft()
        if not here & refused and all(here & final for _, final in alive):
            return text
        budget.spend(1 + len(row.alphabet) // 8)
        for char in row.telling(here, strange):
            budget.spend(cost)
            there = row.after(here, char)
            if there in seen or there & lost or not all(there & span for span, _ in alive):
                continue
            if len(seen) >= most:
                return UNDECIDED
            seen.add(there)
            queue.append((there, text + char))
    return None
