"""A server that is told to stop: it says so, answers meanwhile, and loses no request."""

import http.client
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.support.server import Served, need_server, serve

DRAIN_SECONDS = 2


@pytest.fixture
def draining(tmp_path: Path) -> Iterator[Served]:
    need_server()
    server = serve(tmp_path / "access.log", "--workers", "2", "--drain-seconds", str(DRAIN_SECONDS))
    yield server
    server.process.kill()
    server.ended()


def get(connection: http.client.HTTPConnection, path: str) -> tuple[int, dict[str, str], str | None]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read()), answer.getheader("connection")


def fetched(server: Served, path: str) -> tuple[int, dict[str, str], str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        return get(connection, path)
    finally:
        connection.close()


def test_it_is_not_ready_while_it_still_answers(draining: Served) -> None:
    kept = http.client.HTTPConnection("127.0.0.1", draining.port, timeout=20)
    assert get(kept, "/ready") == (200, {"status": "ready"}, None)
    begun = time.monotonic()
    draining.process.send_signal(signal.SIGTERM)
    while fetched(draining, "/ready")[0] == 200:
        time.sleep(0.01)
    assert fetched(draining, "/ready") == (503, {"status": "not ready", "reason": "draining"}, "close")
    assert get(kept, "/health") == (200, {"status": "ok"}, "close")  # the last answer of a connection that was open before
    assert fetched(draining, "/health") == (200, {"status": "ok"}, "close")
    assert draining.ended() == 0
    assert time.monotonic() - begun >= DRAIN_SECONDS
    assert any('"event": "draining"' in line for line in draining.lines())


def test_a_second_signal_stops_at_once(draining: Served) -> None:
    begun = time.monotonic()
    draining.process.send_signal(signal.SIGTERM)
    while fetched(draining, "/ready")[0] == 200:
        time.sleep(0.01)
    draining.process.send_signal(signal.SIGTERM)
    assert draining.ended() == 0
    assert time.monotonic() - begun < DRAIN_SECONDS


def test_no_request_is_lost_when_it_ends(draining: Served) -> None:
    """Who connects is answered, or is told before a request is sent that nobody listens."""
    ended, lost = Event(), list[str]()

    def client() -> None:
        while not ended.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", draining.port, timeout=20)
            try:
                connection.connect()
            except OSError:
                return
            try:
                get(connection, "/health")
            except (OSError, http.client.HTTPException) as error:
                lost.append(repr(error))
            finally:
                connection.close()

    clients = [Thread(target=client) for _ in range(8)]
    for each in clients:
        each.start()
    time.sleep(0.3)
    status = draining.stop()
    ended.set()
    for each in clients:
        each.join()
    assert (status, lost) == (0, [])
