"""Audit events as rows of PostgreSQL: one of each, whatever becomes of the connection, or a refusal in time."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from typing import Any

import pytest

from federation.errors import AccountFault
from federation.state import AuditEvent, PostgresqlAudit, open_audit
from federation.state.servers import ANSWER_SECONDS
from tests.support.paths import REPOSITORY
from tests.support.stores import GUARDED, PASSWORD, FullPostgresqlStore, Store, started
from tests.support.world import ISSUED

psycopg = pytest.importorskip("psycopg", reason="the package psycopg is not installed")
CREATE = import_module("federation.state.postgresql_audit").CREATE
AT_ONCE = 4 * ANSWER_SECONDS
"""Longest time that a call may take where nothing answers; the machine of the tests is slow as well."""


def event(name: str = "alice", **more: Any) -> AuditEvent:
    return AuditEvent(
        time=ISSUED, operation="AssumeRoleWithSAML", user_identity={"type": "SAMLUser", "userName": name}, account="1", **more
    )


@pytest.fixture
def sink(postgresql: Store) -> Iterator[PostgresqlAudit]:
    postgresql.clear()
    with closing(opened(postgresql.url)) as trail:
        yield trail


def opened(url: str) -> PostgresqlAudit:
    trail = open_audit(url)
    assert isinstance(trail, PostgresqlAudit)
    return trail


def users(store: Store) -> list[str]:
    rows = store.ask("SELECT event->'userIdentity'->>'userName' FROM federation.audit_events ORDER BY 1")
    return [name for (name,) in rows]


def refused(sink: PostgresqlAudit, name: str = "refused") -> str:
    begun = time.monotonic()
    with pytest.raises(AccountFault) as caught:
        sink.record(event(name))
    assert time.monotonic() - begun < AT_ONCE
    assert caught.value.check == "audit"
    assert caught.value.remedy.endswith("without its audit event nothing is granted")
    return caught.value.found.strip("`")


def test_an_event_is_a_row(postgresql: Store, sink: PostgresqlAudit) -> None:
    told = event("O'Hara %(x)s \\ \u2028")
    sink.record(told)
    [(identity, instant, row)] = postgresql.ask("SELECT event_id::text, time, event FROM federation.audit_events")
    assert (identity, instant, row) == (told.event_id, ISSUED, told.as_dict())


def test_what_jsonb_cannot_hold_keeps_no_event_out(postgresql: Store, sink: PostgresqlAudit) -> None:
    """A client chooses its user agent: whether its call is in the trail is not for it to say."""
    sink.record(event("a\0\ud800b", request_parameters={"\0\udc00": ["\\u0000", 2**64 - 1]}))
    [(row,)] = postgresql.ask("SELECT event FROM federation.audit_events")
    assert row["userIdentity"]["userName"] == "a\ufffd\ufffdb"
    assert row["requestParameters"] == {"\ufffd\ufffd": ["\\u0000", 2**64 - 1]}


def test_an_event_that_is_there_already_is_refused(postgresql: Store, sink: PostgresqlAudit) -> None:
    same = "7d4f3f6e-58c5-4fb0-9a3a-0b1f6f6f7d52"
    sink.record(event("first", event_id=same))
    with pytest.raises(AccountFault, match="another row with the id of the event"):
        sink.record(event("second", event_id=same))
    with pytest.raises(AccountFault, match="invalid input syntax for type uuid"):
        sink.record(event("third", event_id="no uuid"))
    sink.record(event("fourth"))
    assert users(postgresql) == ["first", "fourth"]


def test_the_page_shows_the_tables_and_queries_that_run(postgresql: Store, sink: PostgresqlAudit) -> None:
    page = (REPOSITORY / "docs" / "audit.md").read_text(encoding="utf-8")
    tables, role, queries = re.findall(r"^```sql\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert tables == f"{CREATE.strip()};\n"
    sink.record(event("alice", request_parameters={"roleArn": "arn:aws:iam::1:role/R"}))
    fault = AccountFault(file="f", path="", expected="a", found="b", remedy="c", check="state")
    sink.record(event("bob", refusal=fault))
    granted, refusing = queries.replace("current_date", "'2026-11-24'").split("\n\n")
    assert postgresql.ask(granted) == [(ISSUED, "alice", "arn:aws:iam::1:role/R")]
    assert postgresql.ask(refusing) == [("state", 1)]
    postgresql.ask("DROP ROLE IF EXISTS federation")
    try:
        postgresql.ask(role)
    finally:
        postgresql.ask("DROP OWNED BY federation")
        postgresql.ask("DROP ROLE federation")


# Connections that are lost


class Proxy:
    """Passes octets between clients and a server, and can lose the connection at a chosen message of the server."""

    def __init__(self, port: int) -> None:
        self.server, self.lose, self.lost = port, b"", 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.server))
            threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, answers: bool) -> None:  # noqa: FBT001
        with suppress(OSError):  # the other side is gone as well
            while octets := source.recv(65_536):
                if answers and self.lose and self.lose in octets:
                    self.lose, self.lost = b"", self.lost + 1
                    break
                target.sendall(octets)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()


@contextmanager
def between(store: Store) -> Iterator[tuple[Proxy, PostgresqlAudit]]:
    proxy = Proxy(store.port)
    try:
        with closing(opened(store.url.replace(str(store.port), str(proxy.port)))) as trail:
            yield proxy, trail
    finally:
        proxy.listening.close()


def test_an_answer_that_is_lost_after_the_commit_makes_no_second_row(postgresql: Store, sink: PostgresqlAudit) -> None:
    with between(postgresql) as (proxy, trail):
        for number in range(5):
            proxy.lose = b"COMMIT"
            trail.record(event(str(number)))
        assert proxy.lost == 5
    assert users(postgresql) == ["0", "1", "2", "3", "4"]


def test_a_connection_that_is_cut_in_mid_transaction_makes_one_row(postgresql: Store, sink: PostgresqlAudit) -> None:
    """The first attempt waits for a lock when its backend is ended; the second inserts once the lock is given up."""
    with psycopg.connect(postgresql.url) as other:
        other.execute("LOCK TABLE federation.audit_events IN SHARE MODE")
        call = threading.Thread(target=sink.record, args=(event("alice"),))
        call.start()
        while not (waiting := postgresql.ask("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")):
            time.sleep(0.01)
        postgresql.ask(f"SELECT pg_terminate_backend({waiting[0][0]})")
        time.sleep(0.1)
        other.rollback()
    call.join()
    assert users(postgresql) == ["alice"]


def test_a_server_that_is_killed_in_mid_transaction_grants_nothing_that_it_has_not(postgresql: Store, sink: PostgresqlAudit) -> None:
    granted: list[str] = []
    stop = threading.Event()

    def log_in(worker: int) -> None:
        with closing(PostgresqlAudit(postgresql.url)) as own:
            for number in range(100_000):
                if stop.is_set():
                    return
                name = f"{worker}-{number}"
                try:
                    own.record(event(name))
                except AccountFault:
                    time.sleep(0.01)
                else:
                    granted.append(name)

    threads = [threading.Thread(target=log_in, args=(worker,)) for worker in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        before = len(granted)
        while len(granted) < before + 100:
            time.sleep(0.01)
        postgresql.end(signal.SIGQUIT)  # the immediate shutdown, after which it recovers as after a crash
        postgresql.start()
    stop.set()
    for thread in threads:
        thread.join()
    rows = users(postgresql)
    assert len(rows) == len(set(rows))
    assert set(granted) <= set(rows)


def test_a_server_that_hangs_is_not_waited_for(postgresql: Store, sink: PostgresqlAudit) -> None:
    sink.record(event("before"))
    with postgresql.paused():
        refused(sink, "late")
    sink.record(event("after"))
    assert users(postgresql) in (["after", "before"], ["after", "before", "late"])


@pytest.mark.stores
def test_a_full_disk_grants_nothing() -> None:
    with started(FullPostgresqlStore) as full, closing(opened(full.url)) as trail:
        granted = 0
        while True:
            # Random, so that no page of the table is compressed.
            told = event("x", request_parameters={str(each): os.urandom(900).hex() for each in range(40)})
            try:
                trail.record(told)
            except AccountFault as fault:
                assert fault.check == "audit"  # noqa: PT017 - the loop ends here
                break
            granted += 1
        assert 10 < granted == len(users(full))


# Which databases are refused


def test_a_user_who_may_only_insert_is_enough(postgresql: Store, sink: PostgresqlAudit) -> None:
    postgresql.ask(f"DROP ROLE IF EXISTS {GUARDED}")
    postgresql.ask(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
    url = postgresql.url.replace("postgres@", f"{GUARDED}:{PASSWORD}@")
    try:
        with pytest.raises(AccountFault, match="permission denied"):
            open_audit(url)
        postgresql.ask(f"GRANT USAGE ON SCHEMA federation TO {GUARDED}")
        postgresql.ask(f"GRANT SELECT ON federation.audit_format TO {GUARDED}")
        with pytest.raises(AccountFault, match="a user without the privilege INSERT"):
            open_audit(url)
        postgresql.ask(f"GRANT INSERT ON federation.audit_events TO {GUARDED}")
        with closing(opened(url)) as trail:
            trail.record(event("guarded"))
        with psycopg.connect(url) as own:
            for forbidden in ("DELETE FROM", "SELECT * FROM", "TRUNCATE"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    own.execute(f"{forbidden} federation.audit_events")
                own.rollback()
    finally:
        postgresql.ask(f"DROP OWNED BY {GUARDED}")
    assert users(postgresql) == ["guarded"]


def test_tables_of_another_version_are_refused(postgresql: Store, sink: PostgresqlAudit) -> None:
    postgresql.ask("UPDATE federation.audit_format SET version = 2")
    for _ in range(2):
        with pytest.raises(AccountFault, match="version 2 of the format instead of 1"):
            open_audit(postgresql.url)
    postgresql.ask("DROP TABLE federation.audit_events")
    assert "does not exist" in refused(sink)


def test_a_rule_that_discards_events_is_noticed(postgresql: Store, sink: PostgresqlAudit) -> None:
    postgresql.ask("CREATE RULE nothing AS ON INSERT TO federation.audit_events DO INSTEAD NOTHING")
    assert refused(sink)


def test_a_database_that_takes_no_events_is_refused(postgresql: Store) -> None:
    postgresql.ask("DROP DATABASE IF EXISTS latin")
    postgresql.ask("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(AccountFault, match="found `a database in LATIN1`"):
        open_audit(postgresql.url.removesuffix("postgres") + "latin")
    with pytest.raises(AccountFault, match="name the primary"):
        open_audit(f"{postgresql.url}?options=-c%20default_transaction_read_only%3Don")


def test_processes_that_start_together_make_one_table(postgresql: Store) -> None:
    postgresql.clear()
    faults: list[BaseException] = []

    def start() -> None:
        try:
            with closing(opened(postgresql.url)) as trail:
                trail.record(event())
        except AccountFault as fault:
            faults.append(fault)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (faults, len(users(postgresql))) == ([], 6)


def test_a_server_that_answers_before_its_disk_is_told_to_wait(postgresql: Store, sink: PostgresqlAudit) -> None:
    """Its answer would else come before the event is safe from a crash."""
    postgresql.ask("CREATE TABLE federation.seen AS SELECT '' AS setting")
    postgresql.ask(
        "CREATE FUNCTION federation.tell() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN INSERT INTO federation.seen VALUES (current_setting('synchronous_commit')); RETURN new; END$$"
    )
    postgresql.ask("CREATE TRIGGER tell BEFORE INSERT ON federation.audit_events FOR EACH ROW EXECUTE FUNCTION federation.tell()")
    for setting in ("off", "local", "remote_apply"):
        with closing(opened(f"{postgresql.url}?options=-c%20synchronous_commit%3D{setting}")) as trail:
            trail.record(event(setting))
    assert postgresql.ask("SELECT setting FROM federation.seen WHERE setting <> ''") == [("on",), ("local",), ("remote_apply",)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_process_connects_again(postgresql: Store, sink: PostgresqlAudit) -> None:
    sink.record(event("1"))
    child = os.fork()
    if child == 0:
        sink.record(event("2"))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    sink.record(event("3"))
    assert users(postgresql) == ["1", "2", "3"]
