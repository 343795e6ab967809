"""One connection to a PostgreSQL database, in which every answer has a time limit. What is asked, and how it is refused, others say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from selectors import EVENT_READ, DefaultSelector
from threading import Lock
from typing import Any, Final, LiteralString, TypeVar

import psycopg
from psycopg import ClientCursor, errors
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from federation.errors import AccountFault
from federation.state.forking import follow_forks
from federation.state.servers import ANSWER_SECONDS, OPENING_SECONDS

OLDEST: Final = 13
"""The oldest release of PostgreSQL that is supported."""
FORM: Final = "postgresql://[USER@]HOST[:PORT]/DATABASE[?sslmode=verify-full&…], as libpq reads it"
"""The form of a URL."""
READS_ONLY: Final = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"
_MOST_CONFLICTS: Final = 64
"""Times that a transaction is rolled back because of others and tried again; until `ANSWER_SECONDS` are over."""
_CONFLICTS: Final = (errors.SerializationFailure, errors.DeadlockDetected)
_FAILURES: Final = (psycopg.Error, OSError, ValueError)

_RV = TypeVar("_RV")


class BoundedConnection(psycopg.Connection[TupleRow]):
    """A connection that waits for each answer ``patience`` seconds at most; psycopg itself would wait for ever for a server that hangs."""

    patience = ANSWER_SECONDS

    def wait(self, gen: PQGen[_RV], interval: float = 0.1, timeout: float | None = None) -> _RV:
        """Wait for what *gen* waits for."""
        return super().wait(gen, interval, self.patience if timeout is None else timeout)


@dataclass(frozen=True, slots=True)
class PostgresqlAddress:
    """Where a database is, and how to log in to it: parameters of libpq."""

    parameters: dict[str, str | int | None]
    password: str | None = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> PostgresqlAddress:
        """Read *url*.

        Raises:
            ValueError: libpq cannot. The text of the URL, which may hold a password, is not shown.
        """
        try:
            parameters: dict[str, Any] = {name: value for name, value in conninfo_to_dict(url).items() if value is not None}
        except psycopg.Error:
            raise ValueError("another form") from None
        return cls(parameters, parameters.pop("password", None))

    @property
    def shown(self) -> str:
        """The URL without user, password and options."""
        return "postgresql://{host}:{port}/{dbname}".format_map({"host": "", "port": "5432", "dbname": "", **self.parameters})


class PostgresqlDatabase:
    """A database, asked on one connection at a time. It is thread-safe. A forked process connects again.

    Attributes:
        refusal: Makes the refusal of what was found, by its text.
    """

    __slots__ = ("__weakref__", "_address", "_closed", "_connection", "_lock", "refusal")

    def __init__(self, address: PostgresqlAddress, refusal: Callable[[str], AccountFault]) -> None:
        """Ask the database at *address*."""
        self._address, self.refusal = address, refusal
        self._connection: BoundedConnection | None = None
        self._lock, self._closed = Lock(), False
        follow_forks(self)

    def __del__(self) -> None:
        self.close()

    def ask(self, question: Callable[[BoundedConnection], _RV], *, again: bool = False) -> _RV:
        """Return what *question* returns, of a transaction that conflicts with no other.

        Args:
            question: Asks on a connection.
            again: Whether it may be asked once more, on a new connection, where the connection was lost at once: for a question that
                changes nothing when it is asked twice.

        Raises:
            AccountFault: It failed, or nobody knows whether it did.
        """
        if not self._lock.acquire(timeout=ANSWER_SECONDS):
            raise self.refusal("a connection for which other calls wait as well")
        try:
            begun = time.monotonic()
            try:
                return self._ask(question)
            except psycopg.OperationalError:
                lost = self._connection is None or self._connection.closed
                if not (again and lost) or time.monotonic() - begun >= ANSWER_SECONDS:
                    raise
                self.disconnect()
                return self._ask(question)
        except _FAILURES as cause:
            self.disconnect()  # an answer that comes late is none to what is asked later
            raise self.refusal(str(cause) or type(cause).__name__) from None
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the connection. The object cannot be used afterwards."""
        self._closed = True
        self.disconnect()

    def disconnect(self) -> None:
        """Close the connection; the next question opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def forked(self) -> object:
        """Give the connection up in a forked process; see `federation.state.forking`."""
        self._lock = Lock()
        inherited, self._connection = self._connection, None
        return inherited

    def _ask(self, question: Callable[[BoundedConnection], _RV]) -> _RV:
        deadline = time.monotonic() + ANSWER_SECONDS
        conflicts = 0
        while True:
            connection = self._connected()
            try:
                return question(connection)
            except _CONFLICTS:
                connection.rollback()  # nothing was recorded
                conflicts += 1
                if conflicts == _MOST_CONFLICTS or time.monotonic() >= deadline:
                    raise

    def _connected(self) -> BoundedConnection:
        if self._closed:
            raise OSError("one that was closed")
        if self._connection is not None and _has_ended(self._connection):
            self.disconnect()
        if self._connection is None:
            own: dict[str, str | int | None] = {
                "connect_timeout": ANSWER_SECONDS,
                "application_name": "federation",
                "client_encoding": "utf8",
            }
            told = make_conninfo("", **{**self._address.parameters, **own, "password": self._address.password})
            # A pool between server and client may give each transaction another connection, which has prepared nothing.
            self._connection = BoundedConnection.connect(told, autocommit=True, prepare_threshold=None, cursor_factory=ClientCursor)
        return self._connection


@contextmanager
def opening(connection: BoundedConnection, refuse: Callable[..., AccountFault], lock: LiteralString) -> Iterator[None]:
    """A transaction in which tables are made where there are none: of a database that can be written to, by one process at a time.

    Args:
        connection: The connection.
        refuse: Makes the refusal of a database that is too old or takes no records: of what was found, ``expected`` and ``remedy``.
        lock: The statement that waits for other processes.
    """
    if connection.info.server_version // 10_000 < OLDEST:
        found = f"version {connection.info.server_version // 10_000}"
        raise refuse(found, expected=f"PostgreSQL {OLDEST} or later", remedy="update the server")
    connection.patience = OPENING_SECONDS
    # Another process may create the tables while this one waits for the lock: each statement sees what was committed before it.
    connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
    if row_of(connection, READS_ONLY)[0]:
        raise refuse("one that is read only", remedy="name the primary: a standby records nothing")
    connection.execute(lock)
    yield
    connection.execute("COMMIT")
    connection.patience = ANSWER_SECONDS


def row_of(connection: BoundedConnection, query: LiteralString) -> TupleRow:
    """Return the first row of *query*.

    Raises:
        ValueError: There is none.
    """
    return first_of(connection.execute(query))


def first_of(cursor: psycopg.Cursor[TupleRow]) -> TupleRow:
    """Return the first row that *cursor* has.

    Raises:
        ValueError: There is none.
    """
    row = cursor.fetchone()
    if row is None:
        raise ValueError("a table without its row")
    return row


def _has_ended(connection: BoundedConnection) -> bool:
    """Return whether the server closed the connection, or said something that nobody asked: it is then not asked on this connection."""
    if connection.closed:
        return True
    with DefaultSelector() as selector:
        selector.register(connection.fileno(), EVENT_READ)
        return bool(selector.select(0))
