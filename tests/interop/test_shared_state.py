"""Servers on several machines with one state, here two processes with one Redis or PostgreSQL: a token is granted once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from federation.state.servers import PASSWORD_VARIABLE
from tests.support.posting import post
from tests.support.server import Served, forge_response, free_port, need_server, serve
from tests.support.stores import PASSWORD, STORES, Store, started

pytestmark = pytest.mark.stores
CLIENTS = 8


@pytest.fixture(scope="module", params=sorted(STORES))
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    need_server()
    with started(STORES[request.param]) as running:
        yield running


@contextmanager
def two(folder: Path, store: Store) -> Iterator[tuple[Served, Served]]:
    servers: list[Served] = []
    try:
        servers.extend(serve(folder / f"{name}.log", "--state", store.url) for name in ("one", "other"))
        yield servers[0], servers[1]
    finally:
        for server in servers:
            server.stop()


def fresh() -> str:
    return forge_response(datetime.now(UTC), seed=os.urandom(8).hex())


def test_a_token_that_is_posted_to_two_servers_at_once_is_granted_once(tmp_path: Path, store: Store) -> None:
    with two(tmp_path, store) as servers, ThreadPoolExecutor(CLIENTS) as clients:
        for _ in range(5):
            answers = clients.map(post, servers * (CLIENTS // 2), [fresh()] * CLIENTS)
            assert sorted(answers) == [200, *[403] * (CLIENTS - 1)]


def test_servers_whose_state_is_gone_grant_nothing_until_it_is_back(tmp_path: Path, store: Store) -> None:
    with two(tmp_path, store) as (one, other):
        used, lost = fresh(), fresh()
        assert post(one, used) == 200
        store.end()
        try:
            assert [post(server, lost) for server in (one, other)] == [500, 500]
        finally:
            store.start()
        assert [post(server, used) for server in (one, other)] == [403, 403]
        assert sorted(post(server, lost) for server in (one, other)) == [200, 403]
        with store.paused():
            assert post(one, fresh()) == 500
        assert post(other, fresh()) == 200
        entries = [json.loads(line) for line in one.lines() if line.startswith("{")]
        assert "state" in {entry.get("check") for entry in entries}


def test_a_wrong_password_starts_nothing_and_is_shown_nowhere(store: Store) -> None:
    command = [sys.executable, "-c", "from federation.cli.main import main; main()", "serve", "--account", "fixtures/account"]
    url = store.url.replace("postgres@", "").replace("://", "://nobody@")
    outcome = subprocess.run(
        [*command, "--port", str(free_port()), "--state", url],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, PASSWORD_VARIABLE: PASSWORD},
    )
    assert (outcome.returncode, outcome.stdout) == (3, "")
    assert "state" in outcome.stderr
    assert PASSWORD not in outcome.stderr
