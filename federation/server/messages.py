"""Requests and responses of the endpoint, independent of the HTTP server."""

from __future__ import annotations

from dataclasses import field
from typing import Final

from federation.errors import FederationError
from federation.records import record

PAGE: Final = "page"
TEST_CONTROL: Final = "test-control"
METRICS: Final = "metrics"
"""Operations of this server that are none of AWS's, as the log and the metrics name them."""


@record()
class Request:
    """One HTTP request, complete and within the limits.

    Attributes:
        method: As sent, e.g. ``POST``.
        path: Path of the request line.
        query: Raw query string, without the question mark.
        headers: Lower-case name and value in order, duplicates kept.
        body: The payload.
        peer: Address of the client, for the access log.
        forwarded: Address of the client that a trusted proxy told; empty where there is none.
        authority: Host and port in the request line, where it holds an absolute URL; else empty.
    """

    method: str
    path: str
    query: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    peer: str = ""
    authority: str = ""
    forwarded: str = ""

    def header(self, name: str) -> str:
        """Return the value of the header *name* (lower case): empty where absent, joined by ``,`` where repeated (RFC 9110 5.3)."""
        return ",".join([value for header, value in self.headers if header == name])

    @property
    def address(self) -> str | None:
        """The address of the client: that which a trusted proxy told, else *peer* without its port. None where there is none.

        An IPv6 address with a port is in brackets there.
        """
        return self.forwarded or self.connected

    @property
    def connected(self) -> str | None:
        """The address of *peer*, which may be a proxy."""
        bracketed, _, _ = self.peer.removeprefix("[").partition("]")
        if self.peer.startswith("["):
            return bracketed
        return (self.peer.partition(":")[0] if self.peer.count(":") == 1 else self.peer) or None


@record()
class Response:
    """One HTTP response; *more* holds header fields besides those that every response has."""

    status: int
    content_type: str
    request_id: str
    body: bytes = field(repr=False)
    more: tuple[tuple[str, str], ...] = ()

    def headers(self) -> list[tuple[str, str]]:
        """Return the header fields. No cache may store the response: it may hold credentials."""
        return [
            ("content-type", self.content_type),
            ("content-length", str(len(self.body))),
            ("x-amzn-requestid", self.request_id),
            ("cache-control", "no-store"),
            *self.more,
        ]


@record()
class LoggedResponse:
    """A response, and what the access log records of it; only *response* and *raised* may hold secrets.

    Attributes:
        response: What the client gets.
        operation: Name of the operation, empty where none was recognised.
        principal: ARN of the authenticated principal, empty where there is none.
        code: Error code on the wire, empty when granted.
        check: Name of the check that refused, empty when granted.
        refusal: The refusal in one line: what was expected, what was found, and the remedy.
        raised: The refusal itself, from which the log takes an explanation; it refers to the call, and is never logged as it is.
    """

    response: Response
    operation: str = ""
    principal: str = ""
    code: str = ""
    check: str = ""
    refusal: str = ""
    raised: FederationError | None = field(default=None, repr=False, compare=False)
