"""The tables of a `federation.state.postgresql_state.PostgresqlState`, in a schema of their own."""

from __future__ import annotations

from typing import Final

from federation.state.records import MICROSECONDS_PER_HOUR

SCHEMA: Final = "federation"
VERSION: Final = 1
SWEEP_ENTRIES: Final = 256
"""Most records that one call deletes, so that no login waits for the deletion of all."""
_LOCK: Final = 0x46656453
"""Processes that start together create the tables one after the other."""

LOCK: Final = f"SELECT pg_advisory_xact_lock({_LOCK})"
THERE: Final = "SELECT to_regclass('federation.state') IS NOT NULL"
CREATE: Final = """
CREATE SCHEMA IF NOT EXISTS federation;
CREATE TABLE federation.state (version integer NOT NULL, identity uuid NOT NULL);
CREATE TABLE federation.used (token bytea PRIMARY KEY, until bigint NOT NULL);
CREATE INDEX used_until ON federation.used (until);
CREATE TABLE federation.forgotten (hour bigint PRIMARY KEY, until bigint NOT NULL);
CREATE TABLE federation.spent (device bytea PRIMARY KEY, step bigint NOT NULL);
CREATE TABLE federation.exchanged (token bytea PRIMARY KEY)
"""
NAME: Final = "INSERT INTO federation.state VALUES (%s, gen_random_uuid())"
OPENED: Final = "SELECT version, identity::text FROM federation.state"

# Each is one transaction of the isolation level SERIALIZABLE. At a lower one an insertion that waited for a deletion would not see the mark
# that the deletion wrote, and would record the token as a first use. `known` is nothing where the tables are not those that were opened.
_KNOWN: Final = "known AS (SELECT 1 FROM federation.state WHERE identity = %(identity)s)"
_MARKED: Final = f"EXISTS (SELECT 1 FROM federation.forgotten WHERE hour = %(until)s / {MICROSECONDS_PER_HOUR} AND until >= %(until)s)"  # noqa: S608
_ANSWER: Final = "SELECT (SELECT count(*) FROM known), (SELECT count(*) FROM done)"
USE: Final = (
    f"WITH {_KNOWN}, done AS (INSERT INTO federation.used SELECT %(token)s, %(until)s FROM known WHERE NOT {_MARKED} "  # noqa: S608
    f"ON CONFLICT DO NOTHING RETURNING 1) {_ANSWER}"
)
MARKED: Final = f"WITH {_KNOWN}, done AS (SELECT 1 WHERE {_MARKED}) {_ANSWER}"
SPEND: Final = (
    f"WITH {_KNOWN}, done AS (INSERT INTO federation.spent SELECT %(token)s, %(step)s FROM known "  # noqa: S608
    f"ON CONFLICT (device) DO UPDATE SET step = excluded.step WHERE spent.step < excluded.step RETURNING 1) {_ANSWER}"
)
EXCHANGE: Final = (
    f"WITH {_KNOWN}, done AS (INSERT INTO federation.exchanged SELECT %(token)s FROM known "  # noqa: S608
    f"ON CONFLICT DO NOTHING RETURNING 1) {_ANSWER}"
)
SWEEP: Final = f"""WITH {_KNOWN}, done AS (
    DELETE FROM federation.used USING known
    WHERE token IN (SELECT token FROM federation.used WHERE until <= %(at)s ORDER BY until LIMIT {SWEEP_ENTRIES}) RETURNING until
), marks AS (
    INSERT INTO federation.forgotten SELECT until / {MICROSECONDS_PER_HOUR}, max(until) FROM done GROUP BY 1
    ON CONFLICT (hour) DO UPDATE SET until = greatest(forgotten.until, excluded.until)
) {_ANSWER}"""  # noqa: S608
FORGET: Final = f"""WITH {_KNOWN}, done AS (DELETE FROM federation.used USING known RETURNING 1),
marks AS (DELETE FROM federation.forgotten USING known), steps AS (DELETE FROM federation.spent USING known),
tokens AS (DELETE FROM federation.exchanged USING known) {_ANSWER}"""  # noqa: S608
COUNT: Final = f"WITH {_KNOWN} SELECT (SELECT count(*) FROM known), (SELECT count(*) FROM federation.used)"  # noqa: S608
