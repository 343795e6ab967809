"""A `State` in a PostgreSQL database, which several machines share (attack row P10). ADR 45 has the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from federation.errors import AccountFault
from federation.state import postgresql_schema as schema
from federation.state.postgresql_database import FORM, BoundedConnection, PostgresqlAddress, PostgresqlDatabase, first_of, opening, row_of
from federation.state.records import hashed, micros, used_token
from federation.state.servers import ANSWER_SECONDS, password_for, unusable, url_fault

SWEEP_SECONDS: Final = 10
"""Interval at which records of expired tokens are deleted."""

_SECOND: Final = 1_000_000
_NEVER: Final = -(2**63)
_REMEDY: Final = "correct the server, the network between or --state"
_EXPECTED: Final = "a PostgreSQL database that records uses"
# The server, too, ends what nobody waits for any more. Each of the statements counts alone.
_BEGIN: Final = f"BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL statement_timeout = '{ANSWER_SECONDS}s'; "


class PostgresqlState:
    """A `State` in the schema `federation` of a PostgreSQL database. It is thread-safe. A forked process connects again.

    The tables hold tokens and devices as SHA-256.
    """

    __slots__ = ("_database", "_identity", "_refusal", "_swept")

    def __init__(self, url: str) -> None:
        """Open the state in the database of *url*, and create its tables where there are none.

        Raises:
            RegistrationError: libpq cannot read *url*.
            AccountFault: The server cannot be reached or used.
        """
        try:
            address = PostgresqlAddress.parse(url)
        except ValueError as cause:
            raise url_fault("postgresql", expected=FORM, found=str(cause), remedy="correct --state") from None
        address = replace(address, password=password_for("postgresql", address.password))
        self._refusal = partial(_refusal, address)
        self._database, self._swept = PostgresqlDatabase(address, self._refusal), _NEVER
        try:
            self._identity = self._database.ask(self._open)
        except AccountFault:
            self.close()  # and give up the lock on the tables: the fault, and this object with it, may be kept for long
            raise

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
        self._database.close()

    def _run(self, statement: str, **values: bytes | int) -> int:
        """Run *statement* in one transaction and return its number.

        Raises:
            AccountFault: It failed, or nobody knows whether it did.
        """
        parameters = {**values, "identity": self._identity}
        known, number = self._database.ask(lambda connection: _answer(connection, statement, parameters))
        if not known:
            raise self._refusal("another state than the one that was opened", remedy="find out who changed the database, and start again")
        return number

    def _open(self, connection: BoundedConnection) -> str:
        """Require a database that can be written to, create the tables where there are none, and return their identity."""
        with opening(connection, self._refusal, schema.LOCK):
            if not row_of(connection, schema.THERE)[0]:
                connection.execute(schema.CREATE)
                connection.execute(schema.NAME, (schema.VERSION,))
            version, identity = row_of(connection, schema.OPENED)
        if version != schema.VERSION:
            raise self._refusal(f"version {version} of the format instead of {schema.VERSION}")
        return str(identity)


def _refusal(address: PostgresqlAddress, found: str, *, expected: str = _EXPECTED, remedy: str = _REMEDY) -> AccountFault:
    return unusable(address.shown, found, expected=expected, remedy=remedy, password=address.password)


def _answer(connection: BoundedConnection, statement: str, parameters: Mapping[str, object]) -> tuple[int, int]:
    """Run *statement* in a transaction of its own, in one message, and return its two numbers once it is committed."""
    cursor = connection.execute(f"{_BEGIN}{statement}; COMMIT", parameters)
    while cursor.nextset():
        if cursor.description is not None:
            break
    known, number = first_of(cursor)
    if not cursor.nextset() or cursor.statusmessage != "COMMIT":
        raise ValueError("a transaction that was not committed")
    return int(known), int(number)
