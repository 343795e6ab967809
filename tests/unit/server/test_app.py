import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from federation import limits
from federation.server.access_log import AccessLog
from federation.server.app import Application
from federation.server.endpoint import Endpoint
from federation.server.messages import LoggedResponse, Request, Response
from tests.support.sts import callers

HOST = ("host", "127.0.0.1:8042")
ENDPOINT = Endpoint(callers.service())


@dataclass
class Headers:
    pairs: list[tuple[str, str]]

    def items(self) -> list[tuple[str, str]]:
        return self.pairs


@dataclass
class Scope:
    method: str
    path: str
    headers: Headers
    query_string: str = ""
    client: str = "127.0.0.1:50000"
    authority: str | None = None


@dataclass
class Connection:
    """A client, as RSGI shows it."""

    pieces: list[bytes] = field(default_factory=list)
    delay: float = 0.0
    broken: bool = False
    status: int = 0
    body: bytes = b""
    read: int = 0

    async def __call__(self) -> bytes:
        if self.broken:
            raise RuntimeError("RSGI transport is closed")
        await asyncio.sleep(self.delay)
        return b"".join([piece async for piece in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            await asyncio.sleep(self.delay)
            self.read += len(piece)
            yield piece

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        assert dict(headers)["content-length"] == str(len(body))
        self.status, self.body = status, body


@pytest.fixture
def log() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def serve(
    connection: Connection, log: tuple[int, int], *headers: tuple[str, str], path: str = "/", method: str = "POST"
) -> dict[str, object]:
    application = Application(lambda: ENDPOINT, AccessLog(log[1]))
    asyncio.run(application(Scope(method, path, Headers([HOST, *headers])), connection))
    entry: dict[str, object] = json.loads(os.read(log[0], 65_536))
    return entry


FORM = ("content-type", "application/x-www-form-urlencoded")


def test_a_request_is_answered_and_logged(log: tuple[int, int]) -> None:
    connection = Connection([b"Action=Get", b"Nothing&Version=2011-06-15"])
    entry = serve(connection, log, FORM, ("content-length", "36"))
    assert connection.status == 400
    assert {name: entry[name] for name in ("peer", "status", "code", "check", "octets")} == {
        "peer": "127.0.0.1:50000",
        "status": 400,
        "code": "InvalidAction",
        "check": "action",
        "octets": 36,
    }
    assert str(entry["request_id"]).encode() in connection.body


def test_health_needs_no_body(log: tuple[int, int]) -> None:
    connection = Connection()
    serve(connection, log, path="/health", method="GET")
    assert (connection.status, connection.body) == (200, b'{"status":"ok"}')


@pytest.mark.parametrize(
    ("headers", "check", "status"),
    [
        ([("content-length", str(limits.REQUEST_OCTETS + 1))], "request-size", 413),
        ([("content-length", "9" * 400)], "request-size", 413),
        ([("transfer-encoding", "chunked")], "content-length", 411),
        ([("content-length", "3"), ("transfer-encoding", "chunked")], "content-length", 411),
        ([("content-length", "3"), ("content-length", "3")], "content-length", 411),
        ([("content-length", "-1")], "content-length", 411),
        ([("content-length", "\u0663")], "content-length", 411),
    ],
)
def test_a_body_that_is_not_announced_within_the_limit_is_drained_and_refused(
    log: tuple[int, int], headers: list[tuple[str, str]], check: str, status: int
) -> None:
    connection = Connection([b"x" * 1_000_000] * 20)
    entry = serve(connection, log, FORM, *headers)
    assert (entry["check"], connection.status) == (check, status)
    assert connection.read <= limits.REQUEST_DRAIN_OCTETS + 1_000_000


def test_a_request_ends_with_the_account_it_began_with(log: tuple[int, int]) -> None:
    class Numbered(Endpoint):
        def __init__(self, number: int) -> None:
            super().__init__(callers.service())
            self._number = number

        def answer(self, request: Request, *, at: datetime | None = None) -> LoggedResponse:
            return LoggedResponse(Response(200, "text/plain", "", str(self._number).encode()))

    served = [Numbered(1)]

    class Changing(Connection):
        async def __call__(self) -> bytes:
            served.append(Numbered(2))
            return b"A=1"

    application, bodies = Application(lambda: served[-1], AccessLog(log[1])), []
    for connection in (Changing(), Connection([b"A=1"])):
        asyncio.run(application(Scope("POST", "/", Headers([FORM, ("content-length", "3")])), connection))
        bodies.append(connection.body)
    assert bodies == [b"1", b"2"]


def test_a_slow_body_is_given_up(log: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REQUEST_SECONDS", 0.01)
    connection = Connection([b"x"], delay=5)
    entry = serve(connection, log, FORM, ("content-length", "10"))
    assert (entry["check"], entry["code"], connection.status) == ("request-time", "RequestTimeout", 408)


def test_a_body_that_breaks_off_is_refused(log: tuple[int, int]) -> None:
    entry = serve(Connection(broken=True), log, FORM, ("content-length", "10"))
    assert (entry["check"], entry["code"]) == ("request-body", "MalformedInput")


def test_a_log_that_nobody_reads_stops_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    application = Application(lambda: ENDPOINT, AccessLog(writer))
    for _ in range(2):
        connection = Connection()
        asyncio.run(application(Scope("GET", "/health", Headers([HOST])), connection))
        assert connection.status == 200
    os.close(writer)


def test_a_line_of_the_log_is_one_line_of_ascii(log: tuple[int, int]) -> None:
    connection = Connection([b"Action=%0a%0d%E2%80%AE%1b&Version=2011-06-15"])
    application = Application(lambda: ENDPOINT, AccessLog(log[1]))
    asyncio.run(application(Scope("POST", "/", Headers([FORM, ("content-length", "45")])), connection))
    line = os.read(log[0], 65_536)
    assert line.count(b"\n") == 1
    assert line.isascii()
    assert b"\x1b" not in line
