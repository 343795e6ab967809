"""A closed loop of HTTP/1.1 requests over kept-alive connections: one in flight per connection, every request sent once."""

from __future__ import annotations

import os
import selectors
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Measured:
    """The measurements of a run; times in milliseconds."""

    requests: int
    refused: int
    seconds: float
    p50: float
    p99: float
    processor_micros: float = 0.0
    """Processor time of the server for one request, where the caller measured it."""

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    def __str__(self) -> str:
        refused = f", {self.refused} refused" if self.refused else ""
        return (
            f"{self.rate:7.0f} req/s   p50 {self.p50:6.2f} ms   p99 {self.p99:6.2f} ms   processor {self.processor_micros:5.0f} µs{refused}"
        )


@dataclass(slots=True)
class Client:
    """One connection, with the awaited answer and the time of the request. It connects again where the server closed it."""

    port: int
    socket: socket.socket
    sent: float = 0.0
    received: bytes = b""
    closing: bool = False

    def status(self) -> int:
        """Receive what has arrived, and return the status once the response is complete, else 0."""
        self.received += self.socket.recv(65_536)
        head, found, body = self.received.partition(_HEAD_END)
        if not found:
            return 0
        lines = head.lower().split(b"\r\n")
        length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        self.closing = b"connection: close" in lines
        return int(head[9:12]) if len(body) >= length else 0

    def send(self, request: bytes) -> None:
        """Send *request* and record the time."""
        self.received, self.sent = b"", time.perf_counter()
        self.socket.sendall(request)


def connect(port: int) -> socket.socket:
    """Open a connection with TCP_NODELAY."""
    opened = socket.create_connection(("127.0.0.1", port))
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def run(port: int, requests: Sequence[bytes], *, connections: int = 16) -> Measured:
    """Send every one of *requests* to *port* and wait for every answer."""
    selector = selectors.DefaultSelector()
    waiting: Iterator[bytes] = iter(requests)
    times: list[float] = []
    refused = 0
    started = time.perf_counter()
    for request in islice(waiting, connections):
        client = Client(port, connect(port))
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.send(request)
    while selector.get_map():
        for key, _ in selector.select(10):
            client = key.data
            status = client.status()
            if not status:
                continue
            times.append(time.perf_counter() - client.sent)
            refused += status != 200
            request = next(waiting, b"")
            if client.closing or not request:
                selector.unregister(client.socket)
                client.socket.close()
            if request and client.closing:
                client.socket = connect(port)
                selector.register(client.socket, selectors.EVENT_READ, client)
            if request:
                client.send(request)
    seconds = time.perf_counter() - started
    times.sort()
    p50, p99 = (times[len(times) * share // 100] * 1000 for share in (50, 99))
    return Measured(len(times), refused, seconds, p50, p99)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def listening(command: Sequence[str], port: int) -> Iterator[int]:
    """Run *command* until the block ends; enter it, with the process id, when *port* accepts connections."""
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere, cwd=REPOSITORY)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)
