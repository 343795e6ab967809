"""What goes in and out of the endpoint, free of any HTTP server."""

from __future__ import annotations

from dataclasses import dataclass, field

from federation.errors import FederationError


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, complete and within the limits.

    Attributes:
        method: As sent, e.g. ``POST``.
        path: Path of the request line.
        query: Raw query string, without the question mark.
        headers: Lower-case name and value in order, duplicates kept.
        body: The payload.
        peer: Address of the client, for the access log.
        authority: Host and port of the request line, where that is a whole URL.
    """

    method: str
    path: str
    query: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    peer: str = ""
    authority: str = ""

    def header(self, name: str) -> str:
        """The value of the header *name* (lower case); empty where it is absent, ``,``-joined where it is repeated (RFC 9110 5.3)."""
        return ",".join([value for header, value in self.headers if header == name])


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; *more* are header fields beyond those that every response has."""

    status: int
    content_type: str
    request_id: str
    body: bytes = field(repr=False)
    more: tuple[tuple[str, str], ...] = ()

    def headers(self) -> list[tuple[str, str]]:
        """Its header fields. Credentials are inside, so nobody may keep a copy."""
        return [
            ("content-type", self.content_type),
            ("content-length", str(len(self.body))),
            ("x-amzn-requestid", self.request_id),
            ("cache-control", "no-store"),
            *self.more,
        ]


@dataclass(frozen=True, slots=True)
class LoggedResponse:
    """A response together with what the access log says about it; nothing in it is secret.

    Attributes:
        response: What the client gets.
        operation: Name of the operation, empty where none was recognised.
        principal: ARN of who was proved, empty where nobody was.
        code: Error code on the wire, empty when granted.
        check: The rule that refused.
        refusal: The refusal in one line, with what was expected and what to do.
        raised: The refusal itself, which the log may have explained; it remembers what was asked, and is never shown.
    """

    response: Response
    operation: str = ""
    principal: str = ""
    code: str = ""
    check: str = ""
    refusal: str = ""
    raised: FederationError | None = field(default=None, repr=False, compare=False)
