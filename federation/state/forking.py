"""Connections in a forked process, which must neither use nor close those of its parent."""

from __future__ import annotations

import os
import weakref
from typing import Final, Protocol

_opened: Final[weakref.WeakSet[Forked]] = weakref.WeakSet()
_inherited: Final[list[object]] = []


class Forked(Protocol):
    """An object with a connection."""

    def forked(self) -> object:
        """Make a new lock, since another thread of the parent may hold the old one; give the connection up and return it."""
        ...


def follow_forks(opened: Forked) -> None:
    """Have *opened* give its connection up in every process that is forked from this one."""
    _opened.add(opened)


def _give_up() -> None:
    # Kept for ever: closing an inherited connection would end it for the parent as well, or release the locks of the parent.
    _inherited.extend(opened.forked() for opened in _opened)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_give_up)
