"""A HAR file: what a browser sent and received during a login (HTTP Archive 1.2)."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote_plus

from federation.judging.pasted.candidates import Candidate, among, in_body, in_headers, in_query, shown
from federation.limits import SAML_RESPONSE_CHARS

_METHOD_CHARS: Final = 16
_LARGEST_BODY: Final = 4 * SAML_RESPONSE_CHARS
"""Characters of an answer that are looked at: a script or a picture is longer and holds no token."""


def entries_of(document: object) -> Sequence[object] | None:
    """Return the entries of a HAR document; None where it is none."""
    log = document.get("log") if isinstance(document, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    return entries if isinstance(entries, list) else None


def in_har(entries: Sequence[object]) -> Iterator[Candidate]:
    """Yield the tokens of every entry: of the request its form, JSON, query and headers; of the answer its redirect, JSON and pages."""
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, dict):
            request, answer = _object(entry.get("request")), _object(entry.get("response"))
            url = _text(request.get("url"))
            method = _text(request.get("method"))[:_METHOD_CHARS]
            where = f"entry {number} of the HAR file, {method if method.isalpha() and method.isascii() else 'request to'} {shown(url)}"
            yield from _sent(request, url, where)
            yield from _received(answer, where)


def _sent(request: Mapping[str, Any], url: str, where: str) -> Iterator[Candidate]:
    yield from in_query(url, where)
    yield from in_headers(_pairs(request.get("headers")), where)
    body = _object(request.get("postData"))
    text = _text(body.get("text")).strip()
    if text:
        yield from in_body(text, where)
    else:
        # Browsers disagree whether params are decoded. Neither base64 nor a JWT has a percent sign.
        params = {name: unquote_plus(value) if "%" in value else value for name, value in _pairs(body.get("params"))}
        yield from among(params, where, "")


def _received(answer: Mapping[str, Any], where: str) -> Iterator[Candidate]:
    yield from in_headers(_pairs(answer.get("headers")), f"{where}, the answer")
    content = _object(answer.get("content"))
    text = _text(content.get("text"))[:_LARGEST_BODY]
    if content.get("encoding") == "base64":
        text = _decoded(text)
    yield from in_body(text, f"{where}, the answer")


def _decoded(text: str) -> str:
    try:
        return b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _pairs(value: object) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a list of objects with ``name`` and ``value``."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, dict) and isinstance(each.get("name"), str) and isinstance(each.get("value"), str):
            yield each["name"], each["value"]


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
