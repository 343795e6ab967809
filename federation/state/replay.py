"""Detection of replay: the second use of a token (attack rows P10, P11, D09, J41).

The key is issuer and signed token id, not the text of the token, which white space in base64 or an unsigned Response ID would change. Only
verified tokens that passed every other check are recorded, so forged tokens cannot fill the record.
"""

from __future__ import annotations

import heapq
from datetime import datetime
from threading import Lock
from typing import Protocol


class ReplayCache(Protocol):
    """Record of used tokens until they expire. Implementations must be thread-safe."""

    def first_use(self, issuer: str, token_id: str, *, until: datetime, at: datetime) -> bool:
        """Record the use of a token in one atomic step, and return whether it was certainly the first.

        Records of tokens that ended by *at* are deleted. After a clock was set forward and back, the record of a valid token may therefore
        be missing. Such a token, by `may_have_forgotten`, counts as used.

        Args:
            issuer: The verified issuer.
            token_id: The signed ID of the assertion, or the ``jti`` claim.
            until: End of the token's validity with the clock skew, aware UTC.
            at: Time of the exchange, aware UTC.
        """
        ...

    def may_have_forgotten(self, until: datetime) -> bool:
        """Return whether the record of a token that ends at *until*, aware UTC, may have been deleted."""
        ...


class MemoryReplayCache:
    """A `ReplayCache` in the memory of one process. It holds the used tokens that have not expired."""

    __slots__ = ("_by_end", "_forgotten", "_lock", "_seen")

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: set[tuple[str, str]] = set()
        self._by_end: list[tuple[datetime, tuple[str, str]]] = []
        self._forgotten: dict[datetime, datetime] = {}

    def __len__(self) -> int:
        return len(self._seen)

    def first_use(self, issuer: str, token_id: str, *, until: datetime, at: datetime) -> bool:
        """Record the use of a token that ends at *until*, and return whether it was the first; times are aware UTC. See `ReplayCache`."""
        key = (issuer, token_id)
        with self._lock:
            while self._by_end and self._by_end[0][0] <= at:
                ended, forgotten = heapq.heappop(self._by_end)
                self._seen.discard(forgotten)
                hour = _hour(ended)
                self._forgotten[hour] = max(ended, self._forgotten.get(hour, ended))
            if key in self._seen or self.may_have_forgotten(until):
                return False
            self._seen.add(key)
            heapq.heappush(self._by_end, (until, key))
        return True

    def may_have_forgotten(self, until: datetime) -> bool:
        """Return whether the record of a token that ends at *until*, aware UTC, may have been deleted; see `ReplayCache`.

        The latest end of a deleted record is kept for each hour.
        """
        last = self._forgotten.get(_hour(until))
        return last is not None and until <= last


def _hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)
