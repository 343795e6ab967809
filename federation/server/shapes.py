"""The shapes of the service model: one small language for what a request may carry and what a result may show.

`wire` reads parameters by these shapes, `render` writes results by them. A result member that no shape declares never leaves the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A string, taken and given as it stands; its constraints are the operation's business."""


@dataclass(frozen=True, slots=True)
class Integer:
    """A decimal integer of 32 bits."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """An instant in UTC; STS writes whole seconds for credentials and milliseconds for web identity tokens."""

    milliseconds: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """Named members."""

    members: Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class ListOf:
    """Any number of elements of one shape, numbered from 1 on the wire; only requests carry lists."""

    element: Text | Structure


Shape = Text | Integer | Timestamp | Structure | ListOf

TEXT = Text()
INTEGER = Integer()
SECONDS = Timestamp()
MILLISECONDS = Timestamp(milliseconds=True)
