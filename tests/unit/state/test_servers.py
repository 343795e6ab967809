"""States on servers: shared by many, and faults of every kind, none of which grants anything or grants it twice."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from federation.errors import AccountFault, FederationError, RegistrationError
from federation.server.settings import ServerSettings
from federation.state import open_state
from federation.state.servers import ANSWER_SECONDS, PASSWORD_VARIABLE
from tests.support.stores import GUARDED, PASSWORD, FullPostgresqlStore, RedisStore, Store, started
from tests.support.world import ISSUED

AT = ISSUED
UNTIL = AT + timedelta(minutes=5)
DEVICE = "arn:aws:iam::123456789012:mfa/a"
AT_ONCE = 3 * ANSWER_SECONDS + 4
"""Longest time that a call may take where nothing answers; the machine of the tests is slow as well."""


def opened(store: Store, url: str = "") -> Any:
    return closing(open_state(url or store.url))


def used(state: Any, token: str) -> bool:
    return bool(state.first_use("idp", token, until=UNTIL, at=AT))


def refusals(state: Any) -> set[str]:
    """What the three questions are refused with."""
    questions: tuple[Callable[[], object], ...] = (
        lambda: used(state, "_refused"),
        lambda: state.claim(DEVICE, 1),
        lambda: state.first_exchange("1"),
        lambda: state.may_have_forgotten(UNTIL),
        lambda: len(state),
    )
    return {refused(question) for question in questions}


def refused(question: Callable[[], object]) -> str:
    """What a question is refused with, at once."""
    begun = time.monotonic()
    with pytest.raises(AccountFault) as caught:
        question()
    assert time.monotonic() - begun < AT_ONCE
    assert caught.value.check == "state"
    assert caught.value.remedy.endswith("what cannot be recorded as used is not granted")
    return caught.value.found


def grants(url: str) -> tuple[int, int, int]:
    """How many of the same tokens, codes and trade-in tokens one process is the first to use."""
    with closing(open_state(url)) as state:  # type: ignore[type-var]
        tokens = sum(used(state, f"_{number}") for number in range(50))
        codes = sum(state.claim(f"{DEVICE}{number}", 1) for number in range(50))
        return tokens, codes, sum(state.first_exchange(f"{number:064x}") for number in range(50))


def test_processes_that_start_together_share_one_state(store: Store) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as workers:
        firsts = list(workers.map(grants, [store.url] * 4))
    assert [sum(column) for column in zip(*firsts, strict=True)] == [50, 50, 50]


def test_nodes_forget_what_has_ended_by_the_clock_of_either(store: Store) -> None:
    with opened(store) as one, opened(store) as other:
        assert used(one, "_1")
        assert not used(other, "_1")
        assert other.first_use("idp", "_later", until=UNTIL + timedelta(hours=2), at=UNTIL + timedelta(hours=1))
        assert len(one) == 1
        assert not used(one, "_1")
        assert one.may_have_forgotten(UNTIL)
        one.forget_all()
        assert used(other, "_1")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_of_the_server_forgets_nothing(store: Store, end: signal.Signals) -> None:
    if end is signal.SIGKILL and not isinstance(store, RedisStore):
        end = signal.SIGQUIT  # PostgreSQL's immediate shutdown, after which it recovers as after a crash
    with opened(store) as state:
        assert grants(store.url) == (50, 50, 50)
        store.end(end)
        assert refusals(state)
        store.start()
        assert grants(store.url) == (0, 0, 0)
        assert not used(state, "_1")
        assert used(state, "_new")


def test_a_server_that_does_not_answer_is_not_waited_for(store: Store) -> None:
    with opened(store) as state, opened(store) as other:
        assert used(other, "_other")
        with store.paused():
            refused(lambda: used(state, "_late"))
            refused(lambda: open_state(store.url))
        # What was refused may have been recorded. The answer that comes late is none to what is asked now.
        assert not used(state, "_other")
        assert sum((used(state, "_late"), used(other, "_late"), used(state, "_late"))) <= 1
        assert used(state, "_new")


@pytest.mark.parametrize("scheme", ["redis", "postgresql"])
@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 64])
def test_what_is_no_such_server_is_refused(scheme: str, says: bytes) -> None:
    pytest.importorskip("redis" if scheme == "redis" else "psycopg")
    with speaker(says) as port:
        refused(lambda: open_state(f"{scheme}://127.0.0.1:{port}/0"))


@contextmanager
def speaker(says: bytes) -> Iterator[int]:
    """Listen on a port, and say *says* to everybody."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            kept = []
            while True:
                try:
                    kept.append(listening.accept()[0])
                    kept[-1].sendall(says)
                except OSError:
                    break
            for each in kept:
                each.close()

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_server_that_is_gone_is_refused_at_the_start(store: Store) -> None:
    store.end()
    try:
        assert "refused" in refused(lambda: open_state(store.url))
    finally:
        store.start()


def test_a_server_that_was_emptied_is_another_one(store: Store) -> None:
    with opened(store) as state:
        assert used(state, "_1")
        store.clear()
        assert refusals(state)
        with opened(store) as fresh:
            assert refusals(state) - {"`0`"} == {"`another state than the one that was opened`"}
            assert used(fresh, "_1")  # whoever starts again has read that it was emptied


def test_the_server_knows_nobody(store: Store) -> None:
    with opened(store) as state:
        assert state.first_use("https://idp.example.com", "_alice", until=UNTIL, at=AT)
        assert state.claim("arn:aws:iam::123456789012:mfa/alice", 1)
        assert state.first_exchange("secret of alice")
        store.end()  # it writes everything to its files
        files = [file.read_bytes() for file in store.folder.rglob("*") if file.is_file()]
        store.start()
    assert files
    assert not any(b"alice" in octets or b"idp.example" in octets for octets in files)


def with_login(url: str, login: str) -> str:
    return url.replace("postgres@", "").replace("://", f"://{login}@")


def test_the_password_is_shown_nowhere(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if not isinstance(store, RedisStore):
        store.ask(f"DROP ROLE IF EXISTS {GUARDED}")
        store.ask(f"CREATE ROLE {GUARDED} LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    right, wrong = with_login(store.url, f"{GUARDED}:{PASSWORD}"), with_login(store.url, f"{GUARDED}:{PASSWORD}-not")
    with opened(store, right) as state:
        assert used(state, "_1")
        assert PASSWORD not in repr(state)
        for url in (wrong, with_login(store.url, GUARDED), f"{right}/x"):
            assert PASSWORD not in told(partial(open_state, url))
        monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
        with opened(store, with_login(store.url, GUARDED)) as other:
            assert not used(other, "_1")
            store.end()
            assert PASSWORD not in told(lambda: used(other, "_2"))
            store.start()
    assert "one password" in told(lambda: open_state(right))
    assert PASSWORD not in told(lambda: open_state(right))
    assert PASSWORD not in repr(ServerSettings(account=Path("account"), state=right))


def told(question: Callable[[], object]) -> str:
    """All that a refusal tells, with the lines of its traceback."""
    with pytest.raises(FederationError) as caught:
        question()
    return f"{caught.value!s} {caught.value!r} {caught.value.as_dict()} {''.join(traceback.format_exception(caught.value))}"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_process_connects_again(store: Store) -> None:
    with opened(store) as state:
        assert used(state, "_parent")
        child = os.fork()
        if child == 0:
            seen = used(state, "_parent"), used(state, "_child")
            os._exit(0 if seen == (False, True) else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert not used(state, "_child")
        assert used(state, "_after")


@pytest.mark.parametrize("scheme", ["redis", "rediss", "postgresql"])
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setattr("federation.extras.find_spec", lambda name: None)
    with pytest.raises(RegistrationError) as caught:
        open_state(f"{scheme}://localhost/0")
    assert caught.value.check == "state-extra"
    assert f"sts-federation[{scheme.replace('rediss', 'redis')}]" in caught.value.remedy


def test_a_full_redis_grants_nothing_and_keeps_what_it_has(redis: Store) -> None:
    redis.clear()
    with opened(redis) as state:
        assert used(state, "_1")
        redis.ask("CONFIG", "SET", "maxmemory", "1")
        try:
            assert "maxmemory" in refused(lambda: used(state, "_2"))
            assert "maxmemory" in refused(lambda: state.claim(DEVICE, 1))
            assert "maxmemory" in refused(lambda: state.first_exchange("1"))
        finally:
            redis.ask("CONFIG", "SET", "maxmemory", "0")
        assert not used(state, "_1")
        assert used(state, "_2")


FILL = (
    "INSERT INTO federation.used SELECT decode(md5((n + {0})::text) || md5((n - {0})::text), 'hex'), 4000000000000000000 "
    "FROM generate_series(1, 4000) n"
)


@pytest.mark.stores
def test_a_full_postgresql_grants_nothing_and_keeps_what_it_has() -> None:
    psycopg = pytest.importorskip("psycopg", reason="the package psycopg is not installed")
    with started(FullPostgresqlStore) as store, opened(store) as state:
        assert used(state, "_1")
        with suppress(psycopg.Error):
            for batch in range(100):
                store.ask(FILL.format(batch * 4000))
        recorded = []

        def fill() -> None:
            for number in range(8000):  # the pages may have room left
                assert used(state, f"_{number}+")
                recorded.append(number)

        assert "could not extend file" in refused_at_last(fill)
        assert not used(state, "_1")
        assert not any(used(state, f"_{number}+") for number in recorded[-3:])


def refused_at_last(question: Callable[[], object]) -> str:
    with pytest.raises(AccountFault) as caught:
        question()
    return caught.value.found
