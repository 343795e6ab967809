"""One memory of used tokens for several processes, so that a second worker does not mean a second use (attack row P10)."""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime
from threading import Lock
from typing import Final

from federation.errors import AccountFault

BUSY_SECONDS: Final = 5
"""How long a worker waits for another one's write, which takes microseconds."""
SWEEP_SECONDS: Final = 10
"""How often what has ended is forgotten."""
_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS used (issuer BLOB NOT NULL, token_id BLOB NOT NULL, until REAL NOT NULL, PRIMARY KEY (issuer, token_id))
    WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS used_until ON used (until);
"""
# One statement is one transaction: between looking and recording there is no moment for another worker.
_USE: Final = """
    INSERT INTO used VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until WHERE used.until <= ?
"""


class SharedReplayCache:
    """A `ReplayCache` in an SQLite file that any number of processes of this machine open, each for itself and after it was forked.

    It lasts as long as the file. Writes do not wait for the disk: what a power cut forgets ends within minutes anyway.
    """

    __slots__ = ("_connection", "_lock", "_path", "_swept")

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the file at *path*, made where it does not exist.

        Raises:
            AccountFault: It cannot be used.
        """
        self._path, self._lock, self._swept = os.fspath(path), Lock(), 0.0
        try:
            self._connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as cause:
            raise self._fault() from cause

    def __len__(self) -> int:
        (count,) = self._connection.execute("SELECT COUNT(*) FROM used").fetchone()
        return int(count)

    def first_use(self, issuer: str, token_id: str, *, until: datetime, at: datetime) -> bool:
        """Record the use of a token and tell whether it was the first; see `ReplayCache`.

        Raises:
            AccountFault: The file cannot be used: a use that cannot be recorded is not granted.
        """
        # A lone surrogate has no UTF-8 form; escaped, two different ids stay different.
        key = (issuer.encode("utf-8", "surrogatepass"), token_id.encode("utf-8", "surrogatepass"))
        now = at.timestamp()
        try:
            with self._lock:
                if not self._swept <= now < self._swept + SWEEP_SECONDS:
                    self._connection.execute("DELETE FROM used WHERE until <= ?", (now,))
                    self._swept = now
                added = self._connection.execute(_USE, (*key, until.timestamp(), now)).rowcount
        except sqlite3.Error as cause:
            raise self._fault() from cause
        return added == 1

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _fault(self) -> AccountFault:
        return AccountFault(
            file="replay memory",
            path="",
            expected="an SQLite file that can be written",
            found="an error of the database",
            remedy="make room or correct the permissions: a token whose use cannot be recorded is not accepted",
            check="replay",
        )
