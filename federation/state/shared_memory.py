"""One memory of used tokens and spent codes for several processes: a second worker must not mean a second use (attack row P10)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
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
    CREATE TABLE IF NOT EXISTS spent (serial_number BLOB NOT NULL PRIMARY KEY, step INTEGER NOT NULL) WITHOUT ROWID;
"""
# One statement is one transaction: between looking and recording there is no moment for another worker.
_USE: Final = """
    INSERT INTO used VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until WHERE used.until <= ?
"""
_SPEND: Final = """
    INSERT INTO spent VALUES (?, ?) ON CONFLICT DO UPDATE SET step = excluded.step WHERE spent.step < excluded.step
"""


class SharedMemory:
    """A `ReplayCache`, and a memory of spent MFA codes, in an SQLite file that any number of processes open, each for itself.

    It lasts as long as the file. Writes do not wait for the disk: what a power cut forgets ends within minutes anyway.
    """

    __slots__ = ("_connection", "_lock", "_path", "_swept")

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the file at *path*, made where it does not exist.

        Raises:
            AccountFault: It cannot be used.
        """
        self._path, self._lock, self._swept = os.fspath(path), Lock(), 0.0
        with self._granting_nothing_on_failure():
            self._connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.executescript(_SCHEMA)

    def __len__(self) -> int:
        (count,) = self._connection.execute("SELECT COUNT(*) FROM used").fetchone()
        return int(count)

    def first_use(self, issuer: str, token_id: str, *, until: datetime, at: datetime) -> bool:
        """Record the use of a token and tell whether it was the first; see `ReplayCache`.

        Raises:
            AccountFault: The file cannot be used: a use that cannot be recorded is not granted.
        """
        now = at.timestamp()
        with self._lock, self._granting_nothing_on_failure():
            if not self._swept <= now < self._swept + SWEEP_SECONDS:
                self._connection.execute("DELETE FROM used WHERE until <= ?", (now,))
                self._swept = now
            return self._connection.execute(_USE, (_octets(issuer), _octets(token_id), until.timestamp(), now)).rowcount == 1

    def claim(self, serial_number: str, step: int) -> bool:
        """Spend the code of one time *step* of an MFA device. True if no code of this or a later step was spent before.

        Raises:
            AccountFault: The file cannot be used.
        """
        with self._lock, self._granting_nothing_on_failure():
            return self._connection.execute(_SPEND, (_octets(serial_number), step)).rowcount == 1

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _granting_nothing_on_failure(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as cause:
            raise AccountFault(
                file="memory of used tokens",
                path="",
                expected="an SQLite file that can be written",
                found="an error of the database",
                remedy="make room or correct the permissions: what cannot be recorded as used is not accepted",
                check="replay",
            ) from cause


def _octets(text: str) -> bytes:
    # A lone surrogate has no UTF-8 form; passed through, two different ids stay different.
    return text.encode("utf-8", "surrogatepass")
