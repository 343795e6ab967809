"""A collector of OpenTelemetry for tests: an HTTP server that takes logs, and can die, hang, fail and reject."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

HANG_SECONDS = 30


@dataclass
class Behaviour:
    """What the collector does with the next requests.

    Attributes:
        status: The status of its answers.
        body: Their octets.
        kind: Their media type.
        keeps: Whether it keeps the records that it is sent.
        hangs: Whether it never answers.
        drips: Whether it sends one octet of its answer now and then.
        drops: Whether it closes the connection instead of answering.
    """

    status: int = 200
    body: bytes = b""
    kind: str = "application/x-protobuf"
    keeps: bool = True
    hangs: bool = False
    drips: bool = False
    drops: bool = False


@dataclass
class StubCollector:
    """A collector on a loopback port; a context that ends it.

    Attributes:
        behaviour: What it does.
        records: The log records that it kept, as plain data of OTLP JSON.
        headers: The headers of the last request.
        paths: The path of each request.
        connections: How many connections were made.
    """

    behaviour: Behaviour = field(default_factory=Behaviour)
    records: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def place(self) -> str:
        return f"otlp+http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._ended = threading.Event()
        self._server = _Server(("127.0.0.1", self.port), _handler(self, self._ended))
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Die, with every connection."""
        self._ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.close_all()

    def keep(self, request: dict[str, Any]) -> None:
        """Keep the records of *request*."""
        for resource in request.get("resourceLogs", []):
            for scope in resource["scopeLogs"]:
                self.records.extend({**record, "resource": resource["resource"]} for record in scope["logRecords"])

    def events(self) -> list[dict[str, Any]]:
        """The audit events of the records."""
        return [plain(record["body"]) for record in self.records]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.open: list[Any] = []

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.append(request)
        super().process_request(request, client_address)

    def close_all(self) -> None:
        self.server_close()
        for connection in self.open:
            self.shutdown_request(connection)


def _handler(stub: StubCollector, ended: threading.Event) -> Callable[..., BaseHTTPRequestHandler]:
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415 - an extra
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest  # noqa: PLC0415

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            stub.connections += 1

        def do_POST(self) -> None:
            does = stub.behaviour
            request = ExportLogsServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
            stub.headers = dict(self.headers)
            stub.paths.append(self.path)
            if does.keeps:
                stub.keep(MessageToDict(request))
            if does.hangs:
                ended.wait(HANG_SECONDS)
            if does.hangs or does.drops:
                self.close_connection = True
                return
            head = f"HTTP/1.1 {does.status} x\r\nContent-Type: {does.kind}\r\nContent-Length: {len(does.body)}\r\n\r\n".encode()
            if does.drips:
                with suppress(OSError):  # who waited has gone
                    for octet in head:
                        self.wfile.write(bytes([octet]))
                        time.sleep(0.1)
            else:
                self.wfile.write(head + does.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def plain(value: dict[str, Any]) -> Any:
    """The plain data of a value of OTLP JSON."""
    if "kvlistValue" in value:
        return {each["key"]: plain(each["value"]) for each in value["kvlistValue"].get("values", [])}
    if "arrayValue" in value:
        return [plain(each) for each in value["arrayValue"].get("values", [])]
    if "intValue" in value:
        return int(value["intValue"])
    return next(iter(value.values()), None)


def records_in(line: str) -> list[dict[str, Any]]:
    """The log records of one line of a file of OTLP JSON."""
    return [record for resource in json.loads(line)["resourceLogs"] for scope in resource["scopeLogs"] for record in scope["logRecords"]]
