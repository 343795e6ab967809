"""Noticing that a token is used twice (attack rows P10, P11, D09, J41).

The key is issuer and signed token id, never the text of the token: white space in base64 or an unsigned Response ID would make a "new"
one of it. Only proved tokens that passed every other check enter, so nobody fills the memory with inventions.
"""

from __future__ import annotations

import heapq
from datetime import datetime
from threading import Lock
from typing import Protocol


class ReplayCache(Protocol):
    """Remembers which tokens were used until they end. Implementations are safe to share between threads."""

    def first_use(self, issuer: str, token_id: str, *, until: datetime, at: datetime) -> bool:
        """Record the use of a token in one atomic step, and tell whether it was certainly the first.

        Uses that have ended by *at* are forgotten. A clock that stepped forward and back may therefore have forgotten a token that is valid
        again: one that `may_have_forgotten` names cannot be proved unused, and is no first use.

        Args:
            issuer: The proved issuer.
            token_id: The signed ID of the assertion, or the ``jti``.
            until: When the token ends, aware UTC, leeway included.
            at: The present instant of the exchange, aware UTC.
        """
        ...

    def may_have_forgotten(self, until: datetime) -> bool:
        """Tell whether the use of a token that ends at *until*, aware UTC, may be among those that were forgotten."""
        ...


class MemoryReplayCache:
    """A `ReplayCache` in the memory of one process, bounded by expiry: it holds what was granted and has not ended."""

    __slots__ = ("_by_end", "_forgotten", "_lock", "_seen")

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: set[tuple[str, str]] = set()
        self._by_end: list[tuple[datetime, tuple[str, str]]] = []
        self._forgotten: dict[datetime, datetime] = {}

    def __len__(self) -> int:
        return len(self._seen)

    def first_use(self, issuer: str, token_id: str, *, until: datetime, at: datetime) -> bool:
        """Record the use of a token and tell whether it was the first; see `ReplayCache`."""
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
        """Tell whether a use may have been forgotten; see `ReplayCache`. Of each hour, the last end of a forgotten use is kept."""
        last = self._forgotten.get(_hour(until))
        return last is not None and until <= last


def _hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)
