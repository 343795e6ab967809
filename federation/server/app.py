"""The endpoint behind an HTTP server: RSGI in, the limits of a request, RSGI out."""

from __future__ import annotations

import asyncio
import time
import uuid
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final, Protocol

from federation import aws_texts, limits
from federation.errors import FederationError, MalformedInput, MissingContentLength, RequestEntityTooLarge, RequestTimeout, show
from federation.server.access_log import AccessLog
from federation.server.departing import Attendance
from federation.server.endpoint import Endpoint
from federation.server.failures import refused
from federation.server.messages import LoggedResponse, Request
from federation.server.metrics.meter import Meter
from federation.server.peers import ForwardedPeers, PeerLimits
from federation.server.published import HEALTH_PATH
from federation.server.readiness import Readiness
from federation.server.render import accepted_type
from federation.server.trace_context import TraceContext

_LENGTH_DIGITS: Final = 9
_MICROSECOND: Final = 1_000
_POST: Final = "POST"
_LATER: Final = (("retry-after", "1"),)
_THROTTLED_SECONDS: Final = 1
_LAST_RESPONSE: Final = (("connection", "close"),)


class Headers(Protocol):
    """Header fields of RSGI."""

    def items(self) -> list[tuple[str, str]]:
        """Lower-case name and value in order, duplicates kept."""
        ...


class RsgiScope(Protocol):
    """The parts of a request that RSGI passes before the body."""

    method: str
    path: str
    query_string: str
    client: str
    authority: str | None

    @property
    def headers(self) -> Headers:
        """The header fields."""
        ...


class Connection(Protocol):
    """RSGI's handle of one request and its response."""

    def __call__(self) -> Awaitable[bytes]:
        """Read the whole body."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read the body piece by piece."""
        ...

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send the response."""
        ...


class RequestTraces(Protocol):
    """Where requests are recorded as traces; see `federation.server.traces`."""

    def begin(self) -> None:
        """Forget the stages before this request."""
        ...

    def record(self, request: Request, answer: LoggedResponse, nanoseconds: int) -> TraceContext:
        """Record a request that took *nanoseconds* until now, and return its place in its trace."""
        ...

    def close(self) -> None:
        """Export what is left."""
        ...


class Application:
    """An RSGI application. It reads a request within the limits of size and time, and answers it in the same thread."""

    def __init__(
        self,
        current: Callable[[], Endpoint],
        log: AccessLog,
        meter: Meter | None = None,
        traces: RequestTraces | None = None,
        *,
        readiness: Readiness | None = None,
        attendance: Attendance | None = None,
        limits_of_peers: PeerLimits | None = None,
        forwarded: ForwardedPeers | None = None,
    ) -> None:
        """Serve each request with the endpoint that *current* returns when it begins.

        *meter* counts it, and *traces* record it. *readiness* answers whether the server is ready, and *attendance* tells which answers are
        the last of their connections. *limits_of_peers* refuses what is too much of one peer, whose address *forwarded* finds.
        """
        self._current, self._log, self._meter, self._traces = current, log, meter, traces
        self._readiness, self._attendance = readiness, attendance
        self._limits = PeerLimits() if limits_of_peers is None else limits_of_peers
        self._forwarded = ForwardedPeers(()) if forwarded is None else forwarded

    async def __call__(self, scope: RsgiScope, connection: Connection) -> None:
        """Serve one request, wholly with the generation of the account that was served when the request began."""
        started = time.perf_counter_ns()
        request = _request(scope, self._forwarded)
        if self._readiness is not None and self._readiness.owns(request):
            self._respond(request, await self._readiness.answer(request), connection, nanoseconds=time.perf_counter_ns() - started)
            return
        try:
            peer = None if request.path == HEALTH_PATH else self._limits.begin(request.address)
        except FederationError as refusal:
            await self._throttle(request, refusal, connection, started)
            return
        try:
            await self._serve(request, connection, started)
        finally:
            if peer is not None:
                self._limits.end(peer)

    async def _throttle(self, request: Request, refusal: FederationError, connection: Connection, started: int) -> None:
        """Refuse a request before its body is read; what is sent of it is not waited for, so the connection ends."""
        answer = refused(refusal, content_type=accepted_type(request.header("accept")), request_id=str(uuid.uuid4()))
        more = (*_LAST_RESPONSE, *_LATER) if _announces_body(request) else _LATER
        if _announces_body(request):
            with suppress(TimeoutError, RuntimeError):
                async with asyncio.timeout(_THROTTLED_SECONDS):
                    await _drain(connection)
        answer = replace(answer, response=replace(answer.response, more=more))
        self._respond(request, answer, connection, nanoseconds=time.perf_counter_ns() - started)

    async def _serve(self, request: Request, connection: Connection, started: int) -> None:
        takes_body = request.method == _POST
        try:
            endpoint = self._current()
            takes_body = endpoint.takes_body(request)
            body = await _body(request, connection, takes_body=takes_body, longest=endpoint.longest_body(request))
        except FederationError as refusal:
            answer = refused(refusal, content_type=accepted_type(request.header("accept")), request_id=str(uuid.uuid4()))
            if _announces_body(request) and not takes_body:
                answer = replace(answer, response=replace(answer.response, more=_LAST_RESPONSE))
        else:
            self._begin()
            request, started = replace(request, body=body), time.perf_counter_ns()
            answer = endpoint.answer(request)
        self._respond(request, answer, connection, nanoseconds=time.perf_counter_ns() - started)

    def __rsgi_init__(self, loop: AbstractEventLoop) -> None:
        """Called by the HTTP server before the worker listens."""
        if self._attendance is not None:
            self._attendance.begin(loop)

    def __rsgi_del__(self, loop: AbstractEventLoop) -> None:
        """Called by the HTTP server when the worker ends in order."""
        if self._traces is not None:
            self._traces.close()

    def _begin(self) -> None:
        if self._meter is not None:
            self._meter.begin()
        if self._traces is not None:
            self._traces.begin()

    def _respond(self, request: Request, answer: LoggedResponse, connection: Connection, *, nanoseconds: int) -> None:
        response = answer.response
        if self._meter is not None:  # before the answer: who has it finds it counted
            self._meter.count(answer, nanoseconds)
        trace = None if self._traces is None else self._traces.record(request, answer, nanoseconds)
        headers = response.headers()
        if self._attendance is not None and self._attendance.ends and _LAST_RESPONSE[0] not in response.more:
            headers += _LAST_RESPONSE
        connection.response_bytes(response.status, headers, response.body)
        self._log.write(request, answer, micros=nanoseconds // _MICROSECOND, trace=trace)


def _request(scope: RsgiScope, forwarded: ForwardedPeers) -> Request:
    headers = tuple(scope.headers.items())
    request = Request(scope.method, scope.path, scope.query_string, headers, b"", scope.client, scope.authority or "")
    client = forwarded.client_of(request)
    return request if client is None else replace(request, forwarded=client)


async def _body(request: Request, connection: Connection, *, takes_body: bool, longest: int) -> bytes:
    """Read the body, of at most *longest* octets, in time (attack row D01)."""
    if _announces_body(request) and not takes_body:
        raise MalformedInput(
            check="request-body",
            expected=f"no body, except with {_POST}",
            found=f"a body with {show(request.method)}",
            remedy=f"send parameters in the query string, or with {_POST}",
        )
    announced = request.header("content-length")
    if not announced and not request.header("transfer-encoding"):
        return b""
    try:
        async with asyncio.timeout(limits.REQUEST_SECONDS):
            refusal = _framing_refusal(request, announced, longest)
            if refusal is None:
                return await connection()
            await _drain(connection)
            raise refusal
    except TimeoutError:
        raise RequestTimeout(
            check="request-time",
            expected=f"the body within {limits.REQUEST_SECONDS} seconds",
            found="a body that took longer",
            remedy="send the request again",
            message=aws_texts.requests.TIMEOUT,
        ) from None
    except RuntimeError as broken:  # RSGI's ProtocolError and ProtocolClosed
        raise MalformedInput(
            check="request-body",
            expected="a body of the length that its headers announce",
            found=show(type(broken).__name__),
            remedy="send the request again",
        ) from None


def _announces_body(request: Request) -> bool:
    """Tell whether a request announces a body. Where it takes none, as a GET does not (RFC 9110 9.3.1), that is refused.

    hyper accepts a bare line feed as the end of a header line; a proxy in front of the server may not, and then misses the length. What
    the proxy sends next is a request of another client, not a body. So nothing more is read from such a connection (ADR 18).
    """
    return (request.header("content-length") or request.header("transfer-encoding")) not in ("", "0")


def _framing_refusal(request: Request, announced: str, longest: int) -> FederationError | None:
    # RSGI cannot tell a truncated chunked body from a complete one; with Content-Length it can. AWS SDKs send Content-Length.
    if request.header("transfer-encoding") or not (announced.isascii() and announced.isdigit()):
        return MissingContentLength(
            check="content-length",
            expected="one Content-Length header and no Transfer-Encoding",
            found="no single decimal Content-Length, or a Transfer-Encoding",
            remedy="send the body in one piece, with its length",
            message=aws_texts.requests.NO_CONTENT_LENGTH,
        )
    if len(announced) > _LENGTH_DIGITS or int(announced) > longest:
        return RequestEntityTooLarge(
            check="request-size",
            expected=f"a body of at most {longest} octets",
            found=show(announced),
            remedy="send one operation per request",
            message=aws_texts.requests.TOO_LARGE,
        )
    return None


async def _drain(connection: Connection) -> None:
    """Read and discard a refused body, up to a limit, so that a client that is still writing receives the refusal and not a reset."""
    octets = 0
    async for piece in connection:
        octets += len(piece)
        if octets > limits.REQUEST_DRAIN_OCTETS:
            return
