"""The audit trail of a running server: no grant without its event while disks are full, servers away and workers killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any, Self

import pytest

from tests.support.collectors import Behaviour, StubCollector
from tests.support.posting import exchange, post
from tests.support.server import Served, forge_response, need_server, serve
from tests.support.stores import PostgresqlStore, Store, started

CLIENTS, KILLS, GRANTS = 4, 6, 10
PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def _server_installed() -> None:
    need_server()


@pytest.fixture
def collector() -> Iterator[StubCollector]:
    pytest.importorskip("opentelemetry.proto", reason="the extra otel is not installed")
    with StubCollector() as running:
        yield running


def fresh() -> str:
    return forge_response(datetime.now(UTC), seed=os.urandom(8).hex())


def granted_keys(events: list[dict[str, Any]]) -> Counter[str]:
    """The access key ids of the events of granted calls."""
    granted = [event for event in events if event["federation"]["outcome"] == "granted"]
    return Counter(event["responseElements"]["credentials"]["accessKeyId"] for event in granted)


def lines_of(file: Path) -> list[dict[str, Any]]:
    """The events that can be read, and no more than one line for each kill that cannot."""
    events: list[dict[str, Any]] = []
    lines = file.read_bytes().splitlines()
    for line in lines:
        with suppress(ValueError):
            events.append(json.loads(line))
    assert len(lines) - len(events) <= KILLS
    return events


def test_a_collector_that_is_away_grants_nothing_until_it_is_back(tmp_path: Path, collector: StubCollector) -> None:
    file = tmp_path / "audit.jsonl"
    server = serve(tmp_path / "log", "--audit-log", str(file), "--audit-to", collector.place, "--workers", "2")
    try:
        status, key = exchange(server, fresh())
        assert (status, granted_keys(collector.events())) == (200, {key: 1})
        collector.behaviour = Behaviour(status=503, keeps=False)
        assert post(server, fresh()) == 500
        collector.behaviour = Behaviour(hangs=True, keeps=False)
        begun = time.monotonic()
        assert post(server, fresh()) == 500
        assert time.monotonic() - begun < 10
        collector.stop()
        assert post(server, fresh()) == 500
        collector.behaviour = Behaviour()
        collector.start()
        status, other = exchange(server, fresh())
        assert (status, granted_keys(collector.events())) == (200, {key: 1, other: 1})
        # The file comes before the collector: it has the events of the three calls that were not granted.
        assert [event["federation"]["outcome"] for event in lines_of(file)] == ["granted"] * 5
        entries = [json.loads(line) for line in server.lines() if line.startswith("{")]
        assert [entry["check"] for entry in entries if entry.get("status") == 500] == ["audit"] * 3
        assert sum(entry.get("logger") == "federation.state" for entry in entries) == 3
    finally:
        server.stop()


def test_a_full_disk_grants_nothing_until_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run([mount, "-t", "tmpfs", "-o", "size=128k", "none", disk], capture_output=True, check=False).returncode
    ):
        pytest.skip("only root may mount a small file system")
    try:
        file, filler = disk / "audit.jsonl", disk / "filler"
        server = serve(tmp_path / "log", "--audit-to", f"jsonl://{file}", "--workers", "2")
        try:
            filler.write_bytes(b"x" * 110_000)
            answers = [exchange(server, fresh()) for _ in range(20)]
            assert {status for status, _ in answers} == {200, 500}
            filler.unlink()
            answers.append(exchange(server, fresh()))
            assert answers[-1][0] == 200
            assert granted_keys(lines_of(file)) == {key: 1 for status, key in answers if status == 200}
        finally:
            server.stop()
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.fixture(scope="module")
def database() -> Iterator[Store]:
    with started(PostgresqlStore) as running:
        yield running


def rows(store: Store) -> list[dict[str, Any]]:
    return [row for (row,) in store.ask("SELECT event FROM federation.audit_events")]


@pytest.mark.stores
def test_a_database_that_is_away_grants_nothing_until_it_is_back(tmp_path: Path, database: Store) -> None:
    server = serve(tmp_path / "log", "--audit-to", database.url)
    try:
        status, key = exchange(server, fresh())
        assert status == 200
        with database.paused():
            assert post(server, fresh()) == 500
        database.end(signal.SIGQUIT)
        try:
            assert post(server, fresh()) == 500
        finally:
            database.start()
        status, other = exchange(server, fresh())
        assert status == 200
        assert granted_keys(rows(database)) >= Counter([key, other])
        assert set(granted_keys(rows(database)).values()) == {1}
    finally:
        server.stop()


class Clients:
    """Clients that log in again and again, and keep what they are granted."""

    def __init__(self, server: Served) -> None:
        self.server, self.keys, self.statuses, self._ended = server, list[str](), Counter[int](), threading.Event()
        self._threads = [threading.Thread(target=self._log_in) for _ in range(CLIENTS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, grants: int) -> None:
        """Wait until so many logins were granted."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while len(self.keys) < grants:
            assert time.monotonic() < ends, f"{self.statuses}"
            time.sleep(0.01)

    def _log_in(self) -> None:
        while not self._ended.is_set():
            with suppress(OSError, HTTPException, urllib.error.URLError):  # of a worker that was killed
                status, key = exchange(self.server, fresh())
                self.statuses[status] += 1
                if key:
                    self.keys.append(key)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["jsonl", "otlp", pytest.param("postgresql", marks=pytest.mark.stores)])
def test_workers_are_killed_under_load(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> None:
    read: Callable[[], list[dict[str, Any]]]
    if kind == "jsonl":
        file = tmp_path / "audit.jsonl"
        place, read = f"jsonl://{file}", partial(lines_of, file)
    elif kind == "otlp":
        stub: StubCollector = request.getfixturevalue("collector")
        place, read = stub.place, stub.events
    else:
        store: Store = request.getfixturevalue("database")
        store.clear()
        place, read = store.url, partial(rows, store)
    server = serve(tmp_path / "log", "--audit-to", place, "--workers", "2")
    try:
        with Clients(server) as clients:
            for number in range(1, KILLS + 1):
                time.sleep(6 + time.time() % 1)  # a worker that dies sooner counts as one that cannot start
                clients.wait_for(GRANTS * number)
                os.kill(min(server.workers()), signal.SIGKILL)
        assert server.process.poll() is None
    finally:
        server.stop()
    recorded = granted_keys(read())
    assert len(clients.keys) >= GRANTS * KILLS, clients.statuses
    assert [key for key in clients.keys if recorded[key] != 1] == []
    assert set(recorded.values()) == {1}
