"""An `AuditSink` in a PostgreSQL database. ADR 47 has the reasons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from federation.errors import AccountFault
from federation.state.audit_faults import AUDIT_PASSWORD_VARIABLE, audit_url_fault, unrecorded
from federation.state.event import AuditEvent
from federation.state.postgresql_database import FORM, BoundedConnection, PostgresqlAddress, PostgresqlDatabase, opening, row_of
from federation.state.servers import ANSWER_SECONDS, password_for
from federation.state.storable import storable

VERSION: Final = 1
_LOCK: Final = "SELECT pg_advisory_xact_lock(1180984385)"
"""Processes that start together create the tables one after the other."""
_THERE: Final = "SELECT to_regclass('federation.audit_format') IS NOT NULL"
CREATE: Final = """
CREATE SCHEMA IF NOT EXISTS federation;
CREATE TABLE federation.audit_format (version integer NOT NULL);
CREATE TABLE federation.audit_events (
    event_id uuid PRIMARY KEY,
    time timestamptz NOT NULL,
    event jsonb NOT NULL
);
CREATE INDEX audit_events_time ON federation.audit_events (time)
"""
"""The tables; docs/audit.md shows them."""
_NAME: Final = "INSERT INTO federation.audit_format VALUES (%s)"
_OPENED: Final = """
SELECT version, has_table_privilege('federation.audit_events', 'INSERT'), current_setting('server_encoding') FROM federation.audit_format
"""
# One transaction in one message. A server that answers before its disk has the transaction is told to wait. No target of the conflict is
# named: a user who may do nothing but INSERT could not read it. The server ends what nobody waits for any more.
_INSERT: Final = (
    f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = '{ANSWER_SECONDS}s'; "  # noqa: S608
    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'; "
    "INSERT INTO federation.audit_events VALUES (%(event_id)s, %(time)s, %(event)s) ON CONFLICT DO NOTHING; COMMIT"
)
_EXPECTED: Final = "a PostgreSQL database that takes audit events"
_REMEDY: Final = "correct the server, the network between or the URL of the audit trail"


class PostgresqlAudit:
    """An `AuditSink` that inserts each event as a row of the table ``federation.audit_events``, in a transaction of its own.

    The id of the event is the primary key. Where the connection is lost before the answer to COMMIT, nobody knows whether the row is there;
    the same event is then inserted once more, on a new connection, and the key prevents a second row. It is thread-safe. A forked process
    connects again.
    """

    __slots__ = ("_database", "_refusal")

    def __init__(self, url: str) -> None:
        """Insert into the database of *url*, which `check` makes tables in.

        Args:
            url: ``postgresql://…`` as libpq reads it. Its password may be in ``FEDERATION_AUDIT_PASSWORD`` instead.

        Raises:
            RegistrationError: libpq cannot read *url*.
        """
        try:
            address = PostgresqlAddress.parse(url)
        except ValueError as cause:
            raise audit_url_fault("postgresql", expected=FORM, found=str(cause)) from None
        password = password_for("postgresql", address.password, variable=AUDIT_PASSWORD_VARIABLE, fault=audit_url_fault)
        address = replace(address, password=password)
        self._refusal = partial(_refusal, address)
        self._database = PostgresqlDatabase(address, self._refusal)

    def check(self) -> None:
        """Require a database that events can be inserted into, and create the tables where there are none.

        Raises:
            AccountFault: The server cannot be reached or used.
        """
        try:
            self._database.ask(self._open)
        except AccountFault:
            self._database.disconnect()  # and give up the lock on the tables
            raise

    def record(self, event: AuditEvent) -> None:
        """Insert *event*.

        Raises:
            AccountFault: It was not inserted, or nobody knows whether it was.
        """
        text = json.dumps(storable(event.as_dict()), ensure_ascii=True)
        row = {"event_id": event.event_id, "time": event.time, "event": text}
        attempts = 0

        def insert(connection: BoundedConnection) -> None:
            nonlocal attempts
            attempts += 1
            # Only a second attempt may find the row: that of the first, whose answer was lost.
            if not _insert(connection, row) and attempts == 1:
                raise ValueError("another row with the id of the event, or a rule that discards it")

        self._database.ask(insert, again=True)

    def close(self) -> None:
        """Close the connection. The object cannot be used afterwards."""
        self._database.close()

    def _open(self, connection: BoundedConnection) -> None:
        with opening(connection, self._refusal, _LOCK):
            if not row_of(connection, _THERE)[0]:
                connection.execute(CREATE)
                connection.execute(_NAME, (VERSION,))
            version, may_insert, encoding = row_of(connection, _OPENED)
        if version != VERSION:
            raise self._refusal(f"version {version} of the format instead of {VERSION}")
        if not may_insert:
            raise self._refusal("a user without the privilege INSERT", remedy="grant INSERT ON federation.audit_events")
        if encoding != "UTF8":
            raise self._refusal(f"a database in {encoding}", expected="a database in UTF8", remedy="create one with ENCODING 'UTF8'")


def _insert(connection: BoundedConnection, row: Mapping[str, object]) -> bool:
    """Insert *row* in a transaction of its own, and return, once it is committed, whether it was not there before.

    Raises:
        ValueError: It was not committed.
    """
    cursor = connection.execute(_INSERT, row)
    inserted = None
    while cursor.nextset():
        if (cursor.statusmessage or "").startswith("INSERT"):
            inserted = cursor.rowcount
    if inserted is None or cursor.statusmessage != "COMMIT":
        raise ValueError("a transaction that was not committed")
    return inserted == 1


def _refusal(address: PostgresqlAddress, found: str, *, expected: str = _EXPECTED, remedy: str = _REMEDY) -> AccountFault:
    return unrecorded(address.shown, found, expected=expected, remedy=remedy, secret=address.password)
