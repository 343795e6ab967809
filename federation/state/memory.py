"""The record of used tokens, used MFA codes and exchanged trade-in tokens, each of which is accepted once."""

from __future__ import annotations

from threading import Lock
from typing import Protocol

from federation.state.replay import MemoryReplayCache, ReplayCache


class UsedCodes(Protocol):
    """Record of used MFA codes. It must be atomic: of several calls for one time step, from any process, at most one returns True."""

    def claim(self, serial_number: str, step: int) -> bool:
        """Record the use of a code and return whether it was the first for this or a later time step.

        Args:
            serial_number: Serial number of the device.
            step: Time step of the code, in units of 30 seconds since 1970 (RFC 6238).
        """
        ...


class State(ReplayCache, UsedCodes, Protocol):
    """All records of what was used. A use that cannot be recorded raises a `FederationError`, and the call is not granted."""

    def first_exchange(self, digest: str) -> bool:
        """Record the exchange of a trade-in token in one atomic step, and return whether it was the first.

        The record is never deleted: the expiration of the token is in a file of the account, which may be edited later.

        Args:
            digest: SHA-256 of the token, in hex.
        """
        ...

    def forget_all(self) -> None:
        """Forget every used token, spent code and exchanged trade-in token. For tests: what was used can be used again."""
        ...


class MemoryState(MemoryReplayCache):
    """A `State` in the memory of one process."""

    __slots__ = ("_exchanged", "_spending", "_steps")

    def __init__(self) -> None:
        super().__init__()
        self._spending = Lock()
        self._steps: dict[str, int] = {}
        self._exchanged: set[str] = set()

    def claim(self, serial_number: str, step: int) -> bool:
        """Record the use of a code; see `UsedCodes`. One number is stored for each device."""
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

    def forget_all(self) -> None:
        """Forget everything; see `State`."""
        with self._lock, self._spending:
            for records in (self._seen, self._by_end, self._forgotten, self._steps, self._exchanged):
                records.clear()
