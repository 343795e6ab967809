"""What is remembered between calls, so that what serves once serves once: used tokens, spent MFA codes, exchanged trade-in tokens."""

from __future__ import annotations

from threading import Lock
from typing import Protocol

from federation.state.replay import MemoryReplayCache, ReplayCache


class UsedCodes(Protocol):
    """Remembers which MFA codes are spent. Must be atomic: of two calls for one step, from any process, one at most is told True."""

    def claim(self, serial_number: str, step: int) -> bool:
        """Spend the code of one time *step* of a device. True if no code of this or a later step was spent before."""
        ...


class State(ReplayCache, UsedCodes, Protocol):
    """All that must be remembered, in one place. A step that cannot be recorded raises a `FederationError`, and nothing is granted."""

    def first_exchange(self, digest: str) -> bool:
        """Record, in one atomic step, that a trade-in token was exchanged, and tell whether that was the first time.

        It is remembered for good: its end stands in a file of the account, which may be edited, and each token has a file.

        Args:
            digest: SHA-256 of the token, in hex.
        """
        ...


class MemoryState(MemoryReplayCache):
    """A `State` of one process, which ends with it."""

    __slots__ = ("_exchanged", "_spending", "_steps")

    def __init__(self) -> None:
        super().__init__()
        self._spending = Lock()
        self._steps: dict[str, int] = {}
        self._exchanged: set[str] = set()

    def claim(self, serial_number: str, step: int) -> bool:
        """Spend a code; see `UsedCodes`. It holds one number for each device."""
        with self._spending:
            fresh = step > self._steps.get(serial_number, -1)
            if fresh:
                self._steps[serial_number] = step
            return fresh

    def first_exchange(self, digest: str) -> bool:
        """Record the exchange of a trade-in token; see `State`."""
        with self._spending:
            fresh = digest not in self._exchanged
            self._exchanged.add(digest)
            return fresh
