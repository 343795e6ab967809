"""A collector of OpenTelemetry, to which logs are posted by OTLP over HTTP: each request once, answered in time or failed.

The exporter of OpenTelemetry is not used. It tries again where an answer is lost, which doubles records, does not say what a collector
rejected, and its module for logs may change without notice.
"""

from __future__ import annotations

import io
import os
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from selectors import EVENT_READ, DefaultSelector
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from federation.state.servers import ANSWER_SECONDS

PATH: Final = "/v1/logs"
FORM: Final = "otlp, otlp+http://HOST:PORT[/PATH] or otlp+https://HOST:PORT[/PATH]"
"""The forms of a URL. Without PATH it is that of the specification."""
_DEFAULT: Final = "http://localhost:4318"
_PORTS: Final = {"http": 80, "https": 443}
_VARIABLES: Final = ("OTEL_EXPORTER_OTLP_LOGS_", "OTEL_EXPORTER_OTLP_")
_LATE: Final = f"no answer within {ANSWER_SECONDS} seconds"
_MOST_OCTETS: Final = 65_536
"""Of an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorAddress:
    """Where a collector is, and how to be let in.

    Attributes:
        host: Its name or address.
        port: Its port.
        path: The path to post to.
        tls: What verifies its certificate; None for HTTP.
        headers: Headers of each request, which may be secret.
    """

    host: str
    port: int
    path: str
    tls: ssl.SSLContext | None = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    @classmethod
    def parse(cls, place: str) -> CollectorAddress:
        """Read *place*, a form of `FORM`; the variables ``OTEL_EXPORTER_OTLP_…`` have headers, certificates, and where ``otlp`` is.

        Raises:
            ValueError: It has another form. What it says repeats neither URL nor header.
            OSError: A certificate cannot be read.
        """
        named = place != "otlp"
        url = place.removeprefix("otlp+") if named else _endpoint()
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError("another form") from None
        plain = parts.query == parts.fragment == "" and "@" not in parts.netloc and parts.path.isascii() and parts.path.isprintable()
        if not host or parts.scheme not in _PORTS or not plain or (named and port is None):
            raise ValueError("another form")
        return cls(
            host=host,
            port=_PORTS[parts.scheme] if port is None else port,
            path=PATH if named and parts.path in ("", "/") else parts.path or "/",
            tls=_tls() if parts.scheme == "https" else None,
            headers=_headers(),
        )

    @property
    def shown(self) -> str:
        """The URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self.tls is None else 'https'}://{host}:{self.port}{self.path}"


def _endpoint() -> str:
    """Return the URL of the variables: that of logs as it stands, or that of all signals, to which the path is added."""
    return os.environ.get(f"{_VARIABLES[0]}ENDPOINT") or (os.environ.get(f"{_VARIABLES[1]}ENDPOINT") or _DEFAULT).rstrip("/") + PATH


def _variable(name: str) -> str | None:
    return next((found for prefix in _VARIABLES if (found := os.environ.get(prefix + name))), None)


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=_variable("CERTIFICATE"))
    certificate = _variable("CLIENT_CERTIFICATE")
    if certificate is not None:
        context.load_cert_chain(certificate, _variable("CLIENT_KEY"))
    return context


def _headers() -> dict[str, str]:
    """Return the headers of the variable: ``name=value,name=value``, percent-encoded.

    Raises:
        ValueError: It has another form.
    """
    headers = {}
    for pair in filter(None, map(str.strip, (_variable("HEADERS") or "").split(","))):
        name, mark, value = map(str.strip, pair.partition("="))
        text = unquote(value)
        if not mark or not name.replace("-", "").replace("_", "").isalnum() or not (text.isascii() and text.isprintable()):
            raise ValueError("headers in OTEL_EXPORTER_OTLP_HEADERS of another form than name=value,name=value")
        headers[name] = text
    return headers


class CollectorAnswer(NamedTuple):
    """What a collector answers: the media type and the octets."""

    kind: str
    octets: bytes


class Collector:
    """A connection to a collector, which is kept open. Who uses it takes turns."""

    __slots__ = ("_address", "_connection")

    def __init__(self, address: CollectorAddress) -> None:
        """Post to *address*."""
        self._address = address
        self._connection: HTTPConnection | None = None

    def __del__(self) -> None:
        self.close()

    def post(self, octets: bytes) -> CollectorAnswer:
        """Post *octets* once, and return the answer, which has a status of success.

        Raises:
            OSError: It cannot be reached, does not answer in time, or answers that it failed; the text says what.
        """
        try:
            return self._post(octets, time.monotonic() + ANSWER_SECONDS)
        except BaseException as cause:
            self.close()  # an answer that comes late is none to what is posted later
            if isinstance(cause, TimeoutError):
                raise OSError(None, _LATE) from None
            if isinstance(cause, HTTPException) and not isinstance(cause, OSError):
                raise OSError(None, f"something else than an answer of HTTP: {type(cause).__name__}") from None
            raise

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _post(self, octets: bytes, deadline: float) -> CollectorAnswer:
        connection = self._connected(deadline)
        connection.sock.settimeout(_left(deadline))  # which bounds all that is sent, but of what is received each part
        connection.response_class = partial(_response, deadline)  # type: ignore[assignment]
        connection.request("POST", self._address.path, octets, {**self._address.headers, "Content-Type": "application/x-protobuf"})
        response = connection.getresponse()
        answer = CollectorAnswer(response.getheader("Content-Type", ""), response.read(_MOST_OCTETS))
        if not response.isclosed() and response.read(1):
            raise OSError(None, f"an answer of more than {_MOST_OCTETS} octets")
        if response.status // 100 != 2:  # noqa: PLR2004 - success; a redirection is none
            raise OSError(None, f"HTTP status {response.status}")
        return answer

    def _connected(self, deadline: float) -> HTTPConnection:
        if self._connection is not None and (self._connection.sock is None or _has_ended(self._connection.sock)):
            self.close()
        if self._connection is None:
            where, seconds = self._address, _left(deadline)
            self._connection = (
                HTTPConnection(where.host, where.port, timeout=seconds)
                if where.tls is None
                else HTTPSConnection(where.host, where.port, timeout=seconds, context=where.tls)
            )
            self._connection.connect()
        return self._connection


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _has_ended(connection: socket.socket) -> bool:
    """Return whether the collector closed the connection, or said something that nobody asked: nothing is posted on it any more."""
    with DefaultSelector() as selector:
        selector.register(connection.fileno(), EVENT_READ)
        return bool(selector.select(0))


class _Bounded(io.RawIOBase):
    """What a socket receives until *deadline*: a collector that sends an octet now and then would else be waited for without end."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection, self._deadline = connection, deadline
        self._raw = connection.makefile("rb", buffering=0)  # which keeps the socket open until it is closed as well

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - the type of a buffer has no name before Python 3.12
        self._connection.settimeout(_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the file that `http.client.HTTPResponse` asks a socket for."""
        return io.BufferedReader(self)


def _response(deadline: float, connection: socket.socket, **options: Any) -> HTTPResponse:  # noqa: ANN401 - those of http.client
    return HTTPResponse(_Bounded(connection, deadline), **options)  # type: ignore[arg-type]
