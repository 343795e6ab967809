"""A `State` in an SQLite file, which several processes can share and which outlives them (attack row P10).

Records survive the end of every process. After a power failure the latest records may be missing; ADR 17 has the reason.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime
from threading import Lock
from typing import Final

from federation.errors import AccountFault, printable, show
from federation.state.forking import follow_forks
from federation.state.records import MICROSECONDS_PER_HOUR, hashed, micros, used_token
from federation.state.sqlite_file import FileIdentity, connect, transaction
from federation.state.telling import told

SWEEP_SECONDS: Final = 10
"""Interval at which records of expired tokens are deleted."""
SWEEP_ENTRIES: Final = 256
"""Most records that one call deletes, so that no login waits for the deletion of all."""

_SECOND: Final = 1_000_000
_HOUR: Final = MICROSECONDS_PER_HOUR
_NEVER: Final = -(2**63)
# Each of these is one statement and hence one transaction, so that lookup and insertion are atomic between processes.
_ENDED: Final = f"SELECT MAX(until) FROM (SELECT until FROM used WHERE until <= ? ORDER BY until LIMIT {SWEEP_ENTRIES})"  # noqa: S608 - a number
_NOTE: Final = (
    f"INSERT INTO forgotten SELECT until / {_HOUR}, MAX(until) FROM used WHERE until <= ? GROUP BY 1 "  # noqa: S608 - a number
    "ON CONFLICT DO UPDATE SET until = MAX(until, excluded.until)"
)
_FORGOTTEN: Final = f"SELECT EXISTS (SELECT 1 FROM forgotten WHERE hour = ?1 / {_HOUR} AND until >= ?1)"  # noqa: S608 - a number
_USE: Final = (
    f"INSERT INTO used SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM forgotten WHERE hour = ?2 / {_HOUR} AND until >= ?2) "  # noqa: S608
    "ON CONFLICT DO NOTHING"
)
_SPEND: Final = "INSERT INTO spent VALUES (?, ?) ON CONFLICT DO UPDATE SET step = excluded.step WHERE spent.step < excluded.step"
_EXCHANGE: Final = "INSERT INTO exchanged VALUES (?) ON CONFLICT DO NOTHING"

_FAILURES: Final = (sqlite3.Error, OSError, ValueError)

_opening = Lock()


class SqliteState:
    """A `State` in an SQLite file of mode 0600. It is thread-safe. A forked process opens the file again.

    The file holds tokens and devices only as SHA-256, so that it does not reveal who logged in.
    """

    __slots__ = ("__weakref__", "_closed", "_connection", "_file", "_identity", "_lock", "_swept")

    def __init__(self, file: str | os.PathLike[str]) -> None:
        """Open *file*, and create it where it does not exist.

        Raises:
            AccountFault: The file cannot be opened, or is not a state file.
        """
        self._connection: sqlite3.Connection | None = None
        self._file, self._lock = os.path.abspath(os.fsdecode(file)), Lock()  # noqa: PTH100 - a path object would follow links
        self._identity, self._closed, self._swept = FileIdentity(0, 0), False, _NEVER
        try:
            self._open()
        except _FAILURES as cause:
            raise self._unusable(cause) from cause
        follow_forks(self)

    def __del__(self) -> None:
        self.close()

    def __len__(self) -> int:
        """Number of used tokens in the record."""
        return int(self._number("SELECT COUNT(*) FROM used"))

    def first_use(self, issuer: str, token_id: str, *, until: datetime, at: datetime) -> bool:
        """Record the use of a token and return whether it was the first; see `federation.state.ReplayCache`.

        Raises:
            AccountFault: The file cannot be used. A call whose use cannot be recorded is not granted.
        """
        now = micros(at)
        if not self._swept <= now < self._swept + SWEEP_SECONDS * _SECOND:
            self._forget(now)
        return self._records(_USE, (used_token(issuer, token_id), micros(until)))

    def may_have_forgotten(self, until: datetime) -> bool:
        """Return whether a record may have been deleted; see `federation.state.ReplayCache`. The latest end is kept for each hour.

        Raises:
            AccountFault: The file cannot be used.
        """
        return self._number(_FORGOTTEN, micros(until)) == 1

    def claim(self, serial_number: str, step: int) -> bool:
        """Record the use of an MFA code; see `federation.state.UsedCodes`.

        Raises:
            AccountFault: The file cannot be used.
        """
        return self._records(_SPEND, (hashed(serial_number), step))

    def first_exchange(self, digest: str) -> bool:
        """Record the exchange of a trade-in token; see `federation.state.State`.

        Raises:
            AccountFault: The file cannot be used.
        """
        return self._records(_EXCHANGE, (hashed(digest),))

    def forget_all(self) -> None:
        """Forget everything; see `federation.state.State`.

        Raises:
            AccountFault: The file cannot be used.
        """
        with self._lock:
            try:
                database = self._database()
                with transaction(database):
                    for table in ("used", "forgotten", "spent", "exchanged"):
                        database.execute(f"DELETE FROM {table}")  # noqa: S608 - a constant
            except _FAILURES as cause:
                raise self._unusable(cause) from cause

    def close(self) -> None:
        """Close the file. The object cannot be used afterwards."""
        connection, self._connection, self._closed = self._connection, None, True
        if connection is not None:
            connection.close()

    def forked(self) -> sqlite3.Connection | None:
        """Give the connection up in a forked process; see `federation.state.forking`."""
        global _opening  # another thread of the parent may hold it
        _opening, self._lock = Lock(), Lock()
        inherited, self._connection = self._connection, None
        return inherited

    def _records(self, statement: str, parameters: tuple[bytes | int, ...]) -> bool:
        with self._lock:
            try:
                return self._database().execute(statement, parameters).rowcount == 1
            except _FAILURES as cause:
                raise self._unusable(cause) from cause

    def _number(self, query: str, *parameters: int) -> int:
        with self._lock:
            try:
                return int(self._database().execute(query, parameters).fetchone()[0])
            except _FAILURES as cause:
                raise self._unusable(cause) from cause

    def _forget(self, now: int) -> None:
        with self._lock:
            try:
                self._swept = now if _sweep(self._database(), now) else _NEVER
            except _FAILURES as cause:
                raise self._unusable(cause) from cause

    def _database(self) -> sqlite3.Connection:
        """Return the connection, after a check that the path still names the opened file: writes to a replaced file would be lost."""
        database = self._connection or self._open()
        status = os.lstat(self._file)
        if (status.st_dev, status.st_ino) != self._identity:
            raise OSError(None, "another file than the one that was opened")
        return database

    def _open(self) -> sqlite3.Connection:
        if self._closed:
            raise OSError(None, "one that was closed")
        with _opening:
            self._connection, self._identity = connect(self._file)
        return self._connection

    def _unusable(self, cause: Exception) -> AccountFault:
        reason = (cause.strerror if isinstance(cause, OSError) else str(cause)) or type(cause).__name__
        return told(
            AccountFault(
                file=printable(str(self._file)),
                path="",
                expected="a state file that can be read and written",
                found=show(reason),
                remedy="correct the file or its directory, free space on its disk, or name another file with --state sqlite:///PATH: "
                "what cannot be recorded as used is not granted",
                check="state",
            )
        )


def _sweep(database: sqlite3.Connection, now: int) -> bool:
    """Delete records of tokens that ended by *now*, keep their latest end, and return whether none is left."""
    with transaction(database):
        ended = database.execute(_ENDED, (now,)).fetchone()[0]
        if ended is None:
            return True
        database.execute(_NOTE, (ended,))
        swept = database.execute("DELETE FROM used WHERE until <= ?", (ended,)).rowcount
    return swept < SWEEP_ENTRIES
