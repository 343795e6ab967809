"""A `State` in a PostgreSQL database, which several machines share (attack row P10). ADR 45 has the reasons."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from selectors import EVENT_READ, DefaultSelector
from threading import Lock
from typing import Final, LiteralString, TypeVar

import psycopg
from psycopg import ClientCursor, errors
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from federation.errors import AccountFault
from federation.state import postgresql_schema as schema
from federation.state.forking import follow_forks
from federation.state.records import hashed, micros, used_token
from federation.state.servers import ANSWER_SECONDS, OPENING_SECONDS, password_for, unusable, url_fault

SWEEP_SECONDS: Final = 10
"""Interval at which records of expired tokens are deleted."""

_SECOND: Final = 1_000_000
_NEVER: Final = -(2**63)
_MOST_CONFLICTS: Final = 64
"""Times that a transaction is rolled back because of others and tried again; until `ANSWER_SECONDS` are over."""
_REMEDY: Final = "correct the server, the network between or --state"
_EXPECTED: Final = "a PostgreSQL database that records uses"
_FORM: Final = "postgresql://[USER@]HOST[:PORT]/DATABASE[?sslmode=verify-full&…], as libpq reads it"
# The server, too, ends what nobody waits for any more. Each of the statements counts alone.
_BEGIN: Final = f"BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL statement_timeout = '{ANSWER_SECONDS}s'; "
_CONFLICTS: Final = (errors.SerializationFailure, errors.DeadlockDetected)
_FAILURES: Final = (psycopg.Error, OSError, ValueError)

_RV = TypeVar("_RV")


class _BoundedConnection(psycopg.Connection[TupleRow]):
    """A connection that waits for each answer ``patience`` seconds at most; psycopg itself would wait for ever for a server that hangs."""

    patience = ANSWER_SECONDS

    def wait(self, gen: PQGen[_RV], interval: float = 0.1, timeout: float | None = None) -> _RV:
        return super().wait(gen, interval, self.patience if timeout is None else timeout)


class PostgresqlState:
    """A `State` in the schema `federation` of a PostgreSQL database. It is thread-safe. A forked process connects again.

    The tables hold tokens and devices as SHA-256.
    """

    __slots__ = ("__weakref__", "_closed", "_connection", "_identity", "_lock", "_parameters", "_password", "_shown", "_swept")

    def __init__(self, url: str) -> None:
        """Open the state in the database of *url*, and create its tables where there are none.

        Raises:
            RegistrationError: libpq cannot read *url*.
            AccountFault: The server cannot be reached or used.
        """
        self._connection: _BoundedConnection | None = None
        self._lock, self._closed, self._swept, self._identity = Lock(), False, _NEVER, ""
        try:
            self._parameters: dict[str, str | int | None] = {
                name: value for name, value in conninfo_to_dict(url).items() if value is not None
            }
        except psycopg.Error:
            # Its text, which repeats the URL, is not shown.
            raise url_fault("postgresql", expected=_FORM, found="another form", remedy="correct --state") from None
        written = self._parameters.pop("password", None)
        self._password = password_for("postgresql", None if written is None else str(written))
        self._shown = "postgresql://{host}:{port}/{dbname}".format_map({"host": "", "port": "5432", "dbname": "", **self._parameters})
        try:
            self._identity = self._attempt(self._open)
        except AccountFault:
            self.close()  # and give up the lock on the tables: the fault, and this object with it, may be kept for long
            raise
        follow_forks(self)

    def __del__(self) -> None:
        self.close()

    def __len__(self) -> int:
        """Number of used tokens in the record."""
        return self._run(schema.COUNT)

    def first_use(self, issuer: str, token_id: str, *, until: datetime, at: datetime) -> bool:
        """Record the use of a token and return whether it was the first; see `federation.state.ReplayCache`.

        Raises:
            AccountFault: The database cannot be used. A call whose use cannot be recorded is not granted.
        """
        now = micros(at)
        if not self._swept <= now < self._swept + SWEEP_SECONDS * _SECOND:
            self._swept = now if self._run(schema.SWEEP, at=now) < schema.SWEEP_ENTRIES else _NEVER
        return self._run(schema.USE, token=used_token(issuer, token_id), until=micros(until)) == 1

    def may_have_forgotten(self, until: datetime) -> bool:
        """Return whether a record may have been deleted; see `federation.state.ReplayCache`. The latest end is kept for each hour.

        Raises:
            AccountFault: The database cannot be used.
        """
        return self._run(schema.MARKED, until=micros(until)) == 1

    def claim(self, serial_number: str, step: int) -> bool:
        """Record the use of an MFA code; see `federation.state.UsedCodes`.

        Raises:
            AccountFault: The database cannot be used.
        """
        return self._run(schema.SPEND, token=hashed(serial_number), step=step) == 1

    def first_exchange(self, digest: str) -> bool:
        """Record the exchange of a trade-in token; see `federation.state.State`.

        Raises:
            AccountFault: The database cannot be used.
        """
        return self._run(schema.EXCHANGE, token=hashed(digest)) == 1

    def forget_all(self) -> None:
        """Forget everything; see `federation.state.State`.

        Raises:
            AccountFault: The database cannot be used.
        """
        self._run(schema.FORGET)

    def close(self) -> None:
        """Close the connection. The object cannot be used afterwards."""
        self._closed = True
        self._disconnect()

    def forked(self) -> object:
        """Give the connection up in a forked process; see `federation.state.forking`."""
        self._lock = Lock()
        inherited, self._connection = self._connection, None
        return inherited

    def _run(self, statement: str, **values: bytes | int) -> int:
        """Run *statement* in one transaction and return its number.

        Raises:
            AccountFault: It failed, or nobody knows whether it did.
        """
        parameters = {**values, "identity": self._identity}
        known, number = self._attempt(lambda connection: _answer(connection, statement, parameters))
        if not known:
            raise self._unusable("another state than the one that was opened", remedy="find out who changed the database, and start again")
        return number

    def _attempt(self, ask: Callable[[_BoundedConnection], _RV]) -> _RV:
        """Return what *ask* returns, of a transaction that conflicts with no other."""
        if not self._lock.acquire(timeout=ANSWER_SECONDS):
            raise self._unusable("a connection for which other calls wait as well")
        try:
            return self._locked_attempt(ask)
        finally:
            self._lock.release()

    def _locked_attempt(self, ask: Callable[[_BoundedConnection], _RV]) -> _RV:
        deadline = time.monotonic() + ANSWER_SECONDS
        conflicts = 0
        while True:
            try:
                connection = self._connected()
                try:
                    return ask(connection)
                except _CONFLICTS:
                    connection.rollback()  # nothing was recorded
                    conflicts += 1
                    if conflicts == _MOST_CONFLICTS or time.monotonic() >= deadline:
                        raise
            except _FAILURES as cause:
                self._disconnect()  # an answer that comes late is none to what is asked later
                raise self._unusable(str(cause) or type(cause).__name__) from None

    def _connected(self) -> _BoundedConnection:
        if self._closed:
            raise OSError("one that was closed")
        if self._connection is not None and _has_ended(self._connection):
            self._disconnect()
        if self._connection is None:
            own: dict[str, str | int | None] = {
                "connect_timeout": ANSWER_SECONDS,
                "application_name": "federation",
                "client_encoding": "utf8",
            }
            told = make_conninfo("", **{**self._parameters, **own, "password": self._password})
            # A pool between server and client may give each transaction another connection, which has prepared nothing.
            self._connection = _BoundedConnection.connect(told, autocommit=True, prepare_threshold=None, cursor_factory=ClientCursor)
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _open(self, connection: _BoundedConnection) -> str:
        """Require a database that can be written to, create the tables where there are none, and return their identity."""
        if connection.info.server_version // 10_000 < schema.OLDEST:
            found = f"version {connection.info.server_version // 10_000}"
            raise self._unusable(found, expected=f"PostgreSQL {schema.OLDEST} or later", remedy="update the server")
        connection.patience = OPENING_SECONDS
        # Another process may create the tables while this one waits for the lock: each statement sees what was committed before it.
        connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        if _row(connection, schema.READS_ONLY)[0]:
            raise self._unusable("one that is read only", remedy="name the primary: a standby records nothing")
        connection.execute(schema.LOCK)
        if not _row(connection, schema.THERE)[0]:
            connection.execute(schema.CREATE)
            connection.execute(schema.NAME, (schema.VERSION,))
        version, identity = _row(connection, schema.OPENED)
        connection.execute("COMMIT")
        connection.patience = ANSWER_SECONDS
        if version != schema.VERSION:
            raise self._unusable(f"version {version} of the format instead of {schema.VERSION}")
        return str(identity)

    def _unusable(self, found: str, *, expected: str = _EXPECTED, remedy: str = _REMEDY) -> AccountFault:
        return unusable(self._shown, found, expected=expected, remedy=remedy, password=self._password)


def _answer(connection: _BoundedConnection, statement: str, parameters: Mapping[str, object]) -> tuple[int, int]:
    """Run *statement* in a transaction of its own, in one message, and return its two numbers once it is committed."""
    cursor = connection.execute(f"{_BEGIN}{statement}; COMMIT", parameters)
    while cursor.nextset():
        if cursor.description is not None:
            break
    known, number = _first(cursor)
    if not cursor.nextset() or cursor.statusmessage != "COMMIT":
        raise ValueError("a transaction that was not committed")
    return int(known), int(number)


def _row(connection: _BoundedConnection, query: LiteralString) -> TupleRow:
    return _first(connection.execute(query))


def _first(cursor: psycopg.Cursor[TupleRow]) -> TupleRow:
    row = cursor.fetchone()
    if row is None:
        raise ValueError("a table without its row")
    return row


def _has_ended(connection: _BoundedConnection) -> bool:
    """Return whether the server closed the connection, or said something that nobody asked: it is then not asked on this connection."""
    if connection.closed:
        return True
    with DefaultSelector() as selector:
        selector.register(connection.fileno(), EVENT_READ)
        return bool(selector.select(0))
