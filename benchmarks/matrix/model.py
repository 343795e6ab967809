"""What a table consists of: the question, its samples and its contestants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal, Protocol

Unit = Literal["µs", "ms", "requests/s"]


class Skip(Exception):  # noqa: N818 - what is done, not what went wrong
    """A contestant is not measured; the text says why."""


class Timed(Protocol):
    """One contestant with one sample, ready to run."""

    def round(self, nanoseconds: int) -> float:
        """Work for about *nanoseconds*, at least once, and return the microseconds of one call."""

    def close(self) -> None:
        """End what was started for it."""


class Case(Protocol):
    """A column: plain data from which the sample is made."""

    @property
    def label(self) -> str:
        """The head of the column."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A row.

    Attributes:
        label: The head of the row.
        make: Returns what is timed, for the sample that `Question.prepare` made; raises `Skip`.
        versions: Distributions or programs whose versions belong to the figures.
        ours: Whether it is this package, which must be measured: what it raises ends the run. What a peer raises skips the cell.
        cold: Whether the first round counts already, of what takes seconds.
    """

    label: str
    make: Callable[[Any], Timed]
    versions: tuple[str, ...] = ()
    ours: bool = False
    cold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One table.

    Attributes:
        name: Its word on the command line, and in the names of its files.
        title: What is asked.
        told: One paragraph: what the rows do, and what they do not.
        cases: The columns.
        prepare: Makes the sample of a column.
        contestants: The rows.
        base: Label of the row with which the others are compared in the same round.
        charted: Label of the column that is drawn.
        unit: What the cells count.
        rounds: How often every contestant runs.
    """

    name: str
    title: str
    told: str
    cases: tuple[Case, ...]
    prepare: Callable[[Any], Any]
    contestants: tuple[Contestant, ...]
    base: str
    charted: str
    unit: Unit = "µs"
    rounds: int = 11

    @property
    def command(self) -> str:
        """What measures it."""
        return f"python -m benchmarks {self.name}"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A column that has nothing but its head and a number."""

    label: str
    number: int = 0
    also: str = field(default="", kw_only=True)


def peer(module: str) -> Any:  # noqa: ANN401 - libraries of which some have no types
    """Import *module*; raise `Skip` where it is not installed or does not load here."""
    try:
        return import_module(module)
    except ImportError as cause:
        missing = isinstance(cause, ModuleNotFoundError) and cause.name == module.partition(".")[0]
        raise Skip(f"{module.partition('.')[0]} is not installed" if missing else f"{module} does not load here") from cause
