"""The engines that `federation.validate` and the exchange are measured on. Each is a contestant of its own.

`engines` is the only place that says how one is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Judge = Callable[[str], object]
"""Judges a token; raises where it refuses it."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine.

    Attributes:
        name: The word for it in labels.
        bound: Returns what it is passed, so that it is judged by this engine.
    """

    name: str
    bound: Callable[[Judge], Judge]

    def labelled(self, what: str) -> str:
        """The label of *what* on this engine."""
        return f"{what}, {self.name} engine"


def engines() -> tuple[Engine, ...]:
    """Return the engines that are installed, the one of pure Python first."""
    return (Engine("python", lambda judge: judge),)
