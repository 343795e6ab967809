"""Lazy imports for packages: a name is imported when it is first used, so that ``import`` stays fast."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def lazily(room: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of the package *room*.

    Args:
        room: The package's ``__name__``.
        homes: Name to the module that defines it: relative to the package, or in full where it is in a room below.
    """

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        home = homes[name]
        value: object = getattr(import_module(home if home.startswith("federation.") else f"{room}.{home}"), name)
        setattr(sys.modules[room], name, value)
        return value

    return find
