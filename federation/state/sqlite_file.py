"""The file of a `federation.state.sqlite.SqliteState`: its permissions, its format, and its settings for several processes."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, Literal, NamedTuple

BUSY_SECONDS: Final = 5
"""Longest time to wait for the write of another process, which takes microseconds."""
CHECKPOINT_PAGES: Final = 8192
"""Pages of 4 KiB that are written between two synchronisations with the disk."""
APPLICATION_ID: Final = 0x46656453
"""The application id in the header of the file, so that the database of another program is never written to."""
VERSION: Final = 1

_PAUSE_SECONDS: Final = 0.01
_SCHEMA: Final = (
    "CREATE TABLE used (token BLOB NOT NULL PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX used_until ON used (until)",
    "CREATE TABLE forgotten (hour INTEGER NOT NULL PRIMARY KEY, until INTEGER NOT NULL)",
    "CREATE TABLE spent (device BLOB NOT NULL PRIMARY KEY, step INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE exchanged (token BLOB NOT NULL PRIMARY KEY) WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {VERSION}",
)


class FileIdentity(NamedTuple):
    """Device and inode number of a file, which tell it from another file of the same name."""

    device: int
    number: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileIdentity:
        """Return the identity from the status of a file."""
        return cls(status.st_dev, status.st_ino)


def connect(file: str) -> tuple[sqlite3.Connection, FileIdentity]:
    """Open *file*, and create it with mode 0600 where it does not exist. No other thread may call this for the file at the same time.

    Raises:
        OSError: It is not a regular file of this user with mode 0600.
        sqlite3.Error: It has another format, or cannot be written.
    """
    identity = _prepare(file)
    connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _set_up(connection)
    except BaseException:
        connection.close()
        raise
    return connection, identity


@contextmanager
def transaction(database: sqlite3.Connection, kind: Literal["DEFERRED", "IMMEDIATE"] = "IMMEDIATE") -> Iterator[None]:
    """Run several statements in one transaction, which is rolled back when an exception is raised. A `DEFERRED` one only reads."""
    database.execute(f"BEGIN {kind}")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _prepare(file: str) -> FileIdentity:
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    # lstat and not fstat: closing a handle releases the POSIX locks that this process has on the file through another connection.
    status = os.lstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(None, "something else than a regular file")
    if os.name == "posix" and status.st_uid != os.geteuid():
        raise OSError(None, "a file of another user")
    if os.name == "posix" and status.st_mode & 0o077:
        raise OSError(None, f"mode {stat.S_IMODE(status.st_mode):04o} instead of 0600")
    return FileIdentity.of(status)


def _set_up(connection: sqlite3.Connection) -> None:
    with transaction(connection, "DEFERRED"):  # one snapshot: another process may write the schema between two reads
        _is_ours(connection)
    _share(connection)
    # Only a checkpoint waits for the disk. A record survives the process; after a power failure the file is consistent (ADR 17).
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    with transaction(connection):
        if not _is_ours(connection):
            for statement in _SCHEMA:
                connection.execute(statement)


def _share(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, with which readers do not wait for the writer."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:  # this statement ignores the busy timeout
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            break
    if mode != "wal":
        raise sqlite3.DatabaseError("a file system without shared memory")


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Return whether the file has our format; False where it is empty.

    Raises:
        sqlite3.DatabaseError: It has the format of another program, or of another version.
    """
    (application,), (version,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version"))
    if (application, version) == (APPLICATION_ID, VERSION):
        return True
    if application == APPLICATION_ID:
        raise sqlite3.DatabaseError(f"version {version} of the format instead of {VERSION}")
    if application or version or connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("a database of another program")
    return False
