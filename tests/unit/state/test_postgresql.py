"""What is particular to a state in PostgreSQL: deletions beside uses, and which databases are refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from federation.errors import AccountFault, RegistrationError
from federation.state import open_state
from federation.state import postgresql_schema as schema
from federation.state.records import micros
from federation.state.servers import ANSWER_SECONDS
from tests.support.stores import GUARDED, PASSWORD, Store, TlsPostgresqlStore, started
from tests.support.world import ISSUED

psycopg = pytest.importorskip("psycopg", reason="the package psycopg is not installed")
postgresql_database = import_module("federation.state.postgresql_database")
AT = ISSUED
UNTIL = AT + timedelta(minutes=5)


@pytest.fixture
def state(postgresql: Store) -> Iterator[Any]:
    postgresql.clear()
    with closing(open_state(postgresql.url)) as opened:  # type: ignore[type-var]
        yield opened


def test_a_use_that_waits_for_a_deletion_sees_its_mark(postgresql: Store, state: Any) -> None:
    """A node whose clock is ahead deletes the record while another is asked for the token again."""
    assert state.first_use("idp", "_1", until=UNTIL, at=AT)
    answers: list[bool] = []
    use = threading.Thread(target=lambda: answers.append(state.first_use("idp", "_1", until=UNTIL, at=AT)))
    with psycopg.connect(postgresql.url, cursor_factory=psycopg.ClientCursor) as ahead:
        ahead.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
        known = {"identity": state._identity, "at": micros(UNTIL)}
        assert ahead.execute(schema.SWEEP, known).fetchone() == (1, 1)
        use.start()
        while not waiting(postgresql):
            assert not answers
            time.sleep(0.01)
    use.join()
    assert answers == [False]
    assert state.may_have_forgotten(UNTIL)
    assert len(state) == 0


def waiting(postgresql: Store) -> bool:
    return bool(postgresql.ask("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))


def test_nodes_that_delete_the_same_records_do_not_refuse_each_other(postgresql: Store, state: Any) -> None:
    nodes = [open_state(postgresql.url) for _ in range(4)]
    for number in range(100):
        assert state.first_use("idp", f"_{number}", until=UNTIL, at=AT)
    faults: list[BaseException] = []
    firsts: list[int] = []

    def log_in(node: Any) -> None:
        try:
            for number in range(20):
                later = UNTIL + timedelta(minutes=number)
                firsts.extend([number] * node.first_use("idp", f"later {number}", until=later + timedelta(days=1), at=later))
        except AccountFault as fault:
            faults.append(fault)

    threads = [threading.Thread(target=log_in, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for node in nodes:
        node.close()  # type: ignore[attr-defined]
    assert not faults
    assert sorted(firsts) == list(range(20))
    assert len(state) == 20


def test_a_lock_that_nobody_gives_up_is_not_waited_for(postgresql: Store, state: Any) -> None:
    with psycopg.connect(postgresql.url) as other:
        other.execute("LOCK TABLE federation.used")
        with pytest.raises(AccountFault) as caught:
            state.first_use("idp", "_1", until=UNTIL, at=AT)
        assert caught.value.check == "state"
    assert state.first_use("idp", "_2", until=UNTIL, at=AT)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE federation.state SET version = 2", "version 2 of the format instead of 1"),
        ("DELETE FROM federation.state", "a table without its row"),
        ("ALTER TABLE federation.state DROP COLUMN version", "does not exist"),
    ],
)
def test_tables_of_another_version_are_refused(postgresql: Store, change: str, found: str) -> None:
    postgresql.clear()
    open_state(postgresql.url)
    postgresql.ask(change)
    with pytest.raises(AccountFault, match=found):
        open_state(postgresql.url)


def test_tables_of_another_program_are_left_alone(postgresql: Store) -> None:
    postgresql.clear()
    postgresql.ask("CREATE SCHEMA federation")
    postgresql.ask("CREATE TABLE federation.used (name text)")
    with pytest.raises(AccountFault, match="already exists"):
        open_state(postgresql.url)
    assert postgresql.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'federation'") == [(1,)]


def test_a_database_that_takes_no_records_is_refused(postgresql: Store) -> None:
    with pytest.raises(AccountFault, match="name the primary"):
        open_state(f"{postgresql.url}?options=-c%20default_transaction_read_only%3Don")
    with pytest.raises(AccountFault, match="does not exist"):
        open_state(f"{postgresql.url}_that_is_not_there")


def test_a_server_that_is_too_old_is_refused(postgresql: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql_database, "OLDEST", 99)
    with pytest.raises(AccountFault, match="expected PostgreSQL 99 or later"):
        open_state(postgresql.url)


def test_a_user_who_may_write_to_the_tables_alone_is_enough(postgresql: Store, state: Any) -> None:
    postgresql.ask(f"DROP ROLE IF EXISTS {GUARDED}")
    postgresql.ask(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
    url = postgresql.url.replace("postgres@", f"{GUARDED}:{PASSWORD}@")
    with pytest.raises(AccountFault, match="permission denied"):
        open_state(url)
    postgresql.ask(f"GRANT USAGE ON SCHEMA federation TO {GUARDED}")
    postgresql.ask(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA federation TO {GUARDED}")
    try:
        with closing(open_state(url)) as other:  # type: ignore[type-var]
            assert state.first_use("idp", "_1", until=UNTIL, at=AT)
            assert not other.first_use("idp", "_1", until=UNTIL, at=AT)
            assert other.first_use("idp", "_2", until=UNTIL + timedelta(days=1), at=UNTIL)
            assert other.claim("device", 1)
            assert other.claim("device", 2)
    finally:
        postgresql.ask(f"DROP OWNED BY {GUARDED}")


def test_calls_do_not_queue_behind_a_database_that_hangs(postgresql: Store, state: Any) -> None:
    faults: list[str] = []

    def use(number: int) -> None:
        try:
            state.first_use("idp", f"_{number}", until=UNTIL, at=AT)
        except AccountFault as fault:
            faults.append(fault.found)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(12)]
    begun = time.monotonic()
    with postgresql.paused():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(faults) == 12
    assert "`a connection for which other calls wait as well`" in faults
    assert time.monotonic() - begun < 5 * ANSWER_SECONDS
    assert state.first_use("idp", "_new", until=UNTIL, at=AT)


def test_a_refused_start_holds_no_lock(postgresql: Store) -> None:
    postgresql.clear()
    open_state(postgresql.url)
    postgresql.ask("UPDATE federation.state SET version = 2")
    with pytest.raises(AccountFault) as kept:
        open_state(postgresql.url)
    postgresql.ask("UPDATE federation.state SET version = 1")
    with closing(open_state(postgresql.url)) as state:  # type: ignore[type-var]
        assert state.claim("device", 1)
    assert kept.value.check == "state"


def test_a_state_that_is_closed_grants_nothing(state: Any) -> None:
    state.close()
    with pytest.raises(AccountFault, match="one that was closed"):
        state.claim("device", 1)


@pytest.mark.parametrize(
    "url", ["postgresql://user:hunter2@[::1/x", "postgresql://user:hunter2@host/x?no=1", "postgresql://user:hunter2@host/x?sslmode"]
)
def test_a_url_that_libpq_cannot_read_is_refused(url: str) -> None:
    with pytest.raises(RegistrationError) as caught:
        open_state(url)
    assert caught.value.check == "state-url"
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.stores
def test_a_server_is_verified_by_its_certificate() -> None:
    with started(TlsPostgresqlStore) as store:
        assert isinstance(store, TlsPostgresqlStore)
        store.ask(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
        store.ask(f"CREATE DATABASE shared OWNER {GUARDED}")
        url = f"postgresql://{GUARDED}:{PASSWORD}@127.0.0.1:{store.port}/shared"
        verified = f"{url}?sslmode=verify-full&sslrootcert={store.certificate}"
        with closing(open_state(verified)) as state:  # type: ignore[type-var]
            assert state.claim("device", 1)
            assert not state.claim("device", 1)
        other_name = verified.replace("127.0.0.1", "localhost")
        other_authority = f"{url}?sslmode=verify-full&sslrootcert={store.folder}/absent.pem"
        for refused in (other_name, other_authority, f"{url}?sslmode=disable"):
            with pytest.raises(AccountFault) as caught:
                open_state(refused)
            assert caught.value.check == "state"
            assert PASSWORD not in str(caught.value)
