"""HTTP requests with the exact octets that a signature of Signature Version 4 covers.

Duplicates, order and spelling are preserved, so that the verified request is both the signed and the served one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_to_bytes

from federation import aws_texts
from federation.check_names import StsCheck
from federation.errors import IncompleteSignature, MalformedQueryString, show

_METHOD = re.compile(r"[A-Za-z]{1,32}", re.ASCII)
_HEADER_NAME = re.compile(r":?[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}", re.ASCII)
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ECHO_CHARS: Final = 80
_RESEND = "sign the request with an AWS SDK and send it unchanged"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """An unverified request. Use `SignedRequest.of` to construct it. The repr shows neither tokens nor body.

    Attributes:
        method: The method as sent, case-sensitive.
        path: The raw path of the request line, at least ``/``.
        query: The raw query string, without the question mark.
        headers: Lower-case names and raw values in order, with duplicates. A folded value has its line break.
        body: The payload in octets.
    """

    method: str
    path: bytes
    query: bytes = field(repr=False)
    headers: tuple[tuple[str, bytes], ...] = field(repr=False)
    body: bytes = field(repr=False)

    @classmethod
    def of(cls, *, method: object, target: object, headers: object, body: object = b"") -> SignedRequest:
        """Return the request of a server or a recording.

        Args:
            method: ``GET``, ``POST`` …
            target: Path and query as on the request line, as octets or as text (taken as UTF-8).
            headers: A list or tuple of (name, value), each octets or text.
            body: The payload octets.

        Raises:
            IncompleteSignature: A part has another type or is invalid in HTTP.
        """
        if not isinstance(method, str) or _METHOD.fullmatch(method) is None:
            raise _unreadable("method", "an HTTP method", show(method))
        raw_target = _octets(target, "target")
        path, _, query = raw_target.partition(b"?")
        if path and not path.startswith(b"/"):
            raise _unreadable("target", "an absolute path on the request line", show(raw_target.decode("latin-1").partition("?")[0]))
        if not isinstance(headers, (list, tuple)):
            raise _unreadable("headers", "a list of header names and values", type(headers).__name__)
        if not isinstance(body, bytes):
            raise _unreadable("body", "octets", type(body).__name__)
        return cls(method, path or b"/", query, tuple(_header(pair) for pair in headers), body)

    def header(self, name: str) -> tuple[bytes, ...]:
        """Return every value of the header *name* (lower case) in order."""
        return tuple(value for header, value in self.headers if header == name)

    def single_header(self, name: str) -> str | None:
        """Return the trimmed value of the header *name*; None where it is absent.

        Raises:
            IncompleteSignature: The header is repeated, which would be ambiguous.
        """
        values = self.header(name)
        if len(values) > 1:
            raise _unreadable("duplicate-header", f"one {name} header at most", str(len(values)))
        return values[0].decode("utf-8", "replace").strip() if values else None

    def parameters(self) -> list[tuple[str, str]]:
        """Return the decoded query parameters in order, with duplicates.

        Raises:
            MalformedQueryString: A percent sign does not begin an escape.
        """
        return [(n.decode("utf-8", "replace"), v.decode("utf-8", "replace")) for n, v in query_pairs(self.query)]


def query_pairs(query: bytes) -> list[tuple[bytes, bytes]]:
    """Return the unescaped names and values of a query string. A plus sign is a space, as in forms.

    Raises:
        MalformedQueryString: A percent sign does not begin an escape sequence. The texts are AWS's.
    """
    bad = _BAD_ESCAPE.search(query)
    if bad is not None:
        digits = query[bad.start() + 1 : bad.start() + 3]
        shown = echo(digits.decode("latin-1"))
        raise MalformedQueryString(
            check="query-escape",
            expected="two hexadecimal digits after every percent sign",
            found=show("%" + digits.decode("latin-1")),
            remedy="percent-encode the query string",
            message=aws_texts.requests.illegal_escape(shown) if len(digits) == 2 else aws_texts.requests.INCOMPLETE_ESCAPE,  # noqa: PLR2004 - two digits
        )
    pairs = (pair.partition(b"=") for pair in query.replace(b"+", b" ").split(b"&") if pair)
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in pairs]


def echo(text: str) -> str:
    """Return a part of a request for a text of AWS, cut and escaped (attack rows D04, T08). Never pass a session token or a secret."""
    return "".join(c if c.isprintable() else "?" for c in text[:_ECHO_CHARS])


def _header(pair: object) -> tuple[str, bytes]:
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:  # noqa: PLR2004 - name and value
        raise _unreadable("headers", "pairs of name and value", type(pair).__name__)
    name = _octets(pair[0], "header-name").decode("latin-1")
    if _HEADER_NAME.fullmatch(name) is None:
        raise _unreadable("header-name", "a token (RFC 9110 5.6.2)", show(name))
    return name.lower(), _octets(pair[1], "header-value")


def _octets(value: object, check: StsCheck) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        try:
            return value.encode("utf-8")
        except UnicodeEncodeError:
            raise _unreadable(check, "text that has a UTF-8 form", "a lone surrogate") from None
    raise _unreadable(check, "octets or text", type(value).__name__)


def _unreadable(check: StsCheck, expected: str, found: str) -> IncompleteSignature:
    return IncompleteSignature(check=check, expected=expected, found=found, remedy=_RESEND)
