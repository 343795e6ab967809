"""The bound on the work of an analysis. Work is counted, not timed, so that equal questions always have equal answers."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Undecided(Enum):
    """The answer of a search that its bound ended, or that no complete procedure covers: neither yes nor no."""

    UNDECIDED = "not decided within the bound"


UNDECIDED: Final = Undecided.UNDECIDED


class BudgetSpentError(Exception):
    """The work of the whole analysis is used up. It never leaves the analysis."""


class Budget:
    """Steps that are left. A step is about a microsecond."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Count *steps*.

        Raises:
            BudgetSpentError: None are left.
        """
        self.left -= steps
        if self.left < 0:
            raise BudgetSpentError
