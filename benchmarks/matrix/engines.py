"""The engines that judge a SAML response in the tables. Each is a contestant of its own.

`engines` is the only place that says how one is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec

from federation.engines import EXTENSION, chosen, proposer, use

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
    return tuple(Engine(name, partial(_bound, name)) for name in ("python", "fast") if name == "python" or find_spec(EXTENSION))


def _bound(name: str, judge: Judge) -> Judge:
    with chosen(name):
        propose = proposer()

    def judged(token: str) -> object:
        use(propose)
        return judge(token)

    return judged
