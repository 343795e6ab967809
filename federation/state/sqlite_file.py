"""The SQLite file behind a `federation.state.sqlite.SqliteState`: private, of our own format, and set to be shared by processes."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, NamedTuple

BUSY_SECONDS: Final = 5
"""How long a process waits for another one's write, which takes microseconds."""
CHECKPOINT_PAGES: Final = 8192
"""Pages of 4 KiB that are written before the disk is waited for."""
APPLICATION_ID: Final = 0x46656453
"""Marks the file as ours in its header, so that no other program's database is ever written to."""
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


class Identity(NamedTuple):
    """What tells a file from another that goes by its name."""

    device: int
    number: int

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        """Take it from the status of a file."""
        return cls(status.st_dev, status.st_ino)


def connect(file: str) -> tuple[sqlite3.Connection, Identity]:
    """Open *file*, made with mode 0600 where it does not exist. No other thread may be connecting to it meanwhile.

    Raises:
        OSError: It is no private file of this user.
        sqlite3.Error: It holds something else, or cannot be written.
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
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Let several statements be one step for every other process, or none of them happen."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _prepare(file: str) -> Identity:
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    # Not by a handle: closing one drops the locks that this process has on the file through another connection.
    status = os.lstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(None, "something else than a regular file")
    if os.name == "posix" and status.st_uid != os.geteuid():
        raise OSError(None, "a file of another user")
    if os.name == "posix" and status.st_mode & 0o077:
        raise OSError(None, f"mode {stat.S_IMODE(status.st_mode):04o} instead of 0600")
    return Identity.of(status)


def _set_up(connection: sqlite3.Connection) -> None:
    _is_ours(connection)
    _share(connection)
    # A checkpoint waits for the disk, a use does not: it survives the process, and after a power cut the file is whole (ADR 17).
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    with transaction(connection):
        if not _is_ours(connection):
            for statement in _SCHEMA:
                connection.execute(statement)


def _share(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, in which readers and the writer do not wait for each other."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:  # the switch itself does not wait for a lock, as other statements do
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
    """Tell whether the format is ours; False where the file is empty.

    Raises:
        sqlite3.DatabaseError: It is another program's, or of another version.
    """
    (application,), (version,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version"))
    if (application, version) == (APPLICATION_ID, VERSION):
        return True
    if application == APPLICATION_ID:
        raise sqlite3.DatabaseError(f"version {version} of the format instead of {VERSION}")
    if application or version or connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("a database of another program")
    return False
