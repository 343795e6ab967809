"""What becomes of a range of mutants, counted."""

from __future__ import annotations

import atexit
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from tests.support.jdk import Jdk, JdkError, has_jdk, running_jdk
from tests.twins.comparing import Comparison, compare, engine
from tests.twins.mutants import Mutant, mutant
from tests.twins.voices import jdk_difference

ASKED = 7
"""One message of so many is judged by the Python engine although the fast one proposes nothing: it tells how much is left to it."""


class Judged(NamedTuple):
    """A mutant, its octets, and what the engines made of them."""

    mutant: Mutant
    octets: bytes
    comparison: Comparison


@dataclass
class Tally:
    """Counts of a run: by outcome, by change, and the differences with the numbers of their mutants."""

    mutants: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    proved_changes: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    differences: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.mutants += other.mutants
        for name in ("outcomes", "changes", "proved_changes", "left", "refusals"):
            getattr(self, name).update(getattr(other, name))
        self.differences += other.differences

    def count(self, judged: Judged) -> None:
        comparison, kinds = judged.comparison, set(judged.mutant.kinds)
        self.mutants += 1
        self.changes.update(kinds)
        self.outcomes["proposed"] += comparison.proposed
        self.outcomes["fast"] += comparison.fast
        self.outcomes["asked"] += comparison.python is not None
        self.outcomes["python"] += comparison.python is True
        if comparison.fast:
            self.proved_changes.update(kinds)
        elif comparison.python:
            self.left.update(kinds)
        if comparison.check:
            self.refusals[comparison.check] += 1
        if comparison.difference:
            self.differences.append((judged.mutant.number, comparison.difference))

    def line(self) -> str:
        counts = self.outcomes
        return (
            f"{self.mutants} mutants: {counts['proposed']} proposed, {counts['fast']} proved by the fast engine, "
            f"{counts['python']} of {counts['asked']} by the Python engine; "
            f"the JDK saw {counts['jdk']}; {len(self.differences)} differences"
        )

    def report(self) -> list[str]:
        lines = ["", "change: mutants with it, proved by the fast engine, left to and proved by the Python engine"]
        lines += [f"  {name}: {times}, {self.proved_changes[name]}, {self.left[name]}" for name, times in sorted(self.changes.items())]
        lines += ["refused by the Python engine: " + ", ".join(f"{name} {times}" for name, times in self.refusals.most_common())]
        return lines


def judge(seed: int, number: int) -> Judged:
    made = mutant(seed, number)
    octets = made.octets()
    return Judged(made, octets, compare(octets, made.keys, made.permit, number, always=number % ASKED == 0))


def tally_of_range(seed: int, numbers: range, sample: int) -> Tally:
    """Count the mutants of these numbers; the JDK sees every *sample*-th proposal, where there is a JDK."""
    tally = Tally()
    for each in (judge(seed, number) for number in numbers):
        tally.count(each)
        if sample and has_jdk() and each.comparison.proposed and tally.outcomes["proposed"] % sample == sample // 2:
            tally.outcomes["jdk"] += 1
            try:
                proposal = engine()(each.octets)
                difference = jdk_difference(_jdk(), each.octets, each.mutant.keys, proposal, proved=each.comparison.fast)
            except JdkError as fault:
                # It stops at an unknown algorithm or ID of a proposal, which cannot be proved.
                difference = f"the JDK cannot read what the fast engine proves: {fault}" if each.comparison.fast else ""
            if difference:
                tally.differences.append((each.mutant.number, difference))
    return tally


@cache
def _jdk() -> Jdk:
    """The JDK of this process, which ends with it."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(running_jdk())
