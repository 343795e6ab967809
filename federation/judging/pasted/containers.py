"""What tokens are pasted in: XML, JSON, a HAR file, an HTTP message, a form, a page, a command, an assignment."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from federation.judging.kinds import SAML, kind_of
from federation.judging.pasted.bare import BLANKS
from federation.judging.pasted.candidates import Candidate, among, in_body, in_headers, in_json, in_page, in_query, is_token, read_headers
from federation.judging.pasted.har import entries_of, in_har
from federation.judging.pasted.model import Container, FoundToken, Pasted
from federation.limits import PASTED_ENTRIES, PASTED_OCTETS, PASTED_TOKENS
from federation.shapes import REQUEST, form_fields, json_value, xml_root

_ANSWER: Final = re.compile(r"HTTP/[\d.]+ \d{3}[^\r\n]{0,256}\r?\n(?P<headers>(?:[^\r\n]+(?:\r?\n|\Z)){0,128})(?:\r?\n|\Z)", re.ASCII)
_HEADERS: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]{0,63}:[^\r\n]*(?:\r?\n|\Z)){1,128}(?:\r?\n|\Z)", re.ASCII)
_COMMAND: Final = re.compile(r"curl(?:\.exe)?\s", re.ASCII)
_WORD: Final = re.compile(r"""\$?'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<bare>[^\s'"]+)""", re.ASCII)
_ASSIGNED: Final = re.compile(r"(?:export\s+|set\s+|\$env:)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]{0,63})\s*[=:]\s*(?P<value>\S+)", re.ASCII)
_QUOTES: Final = "\"'`"
_ADDRESS: Final = re.compile(r"https?://[^\s?#]{1,2048}[?#]\S+", re.ASCII)
_PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
_BEGINNING: Final = 4096
_WORDS: Final = 4096


def opened(octets: bytes, marks: tuple[str, ...], *, longer: bool) -> Pasted | None:
    """Return the tokens in the container *octets*; None where it is none, or a form, a page or JSON that holds none.

    Args:
        octets: What was pasted, in UTF-8 without a byte order mark.
        marks: What was left out before it.
        longer: Whether more was pasted than is looked at.
    """
    bare = octets.decode("utf-8", "replace").strip()
    if xml_root(bare.encode()) == "Response" and _PROTOCOL in bare[:_BEGINNING]:
        token = b64encode(octets.strip(BLANKS))
        return Pasted(container=Container.XML, tokens=(FoundToken(kind=SAML, token=token, left_out=marks, encoded=True),))
    if bare.startswith("{") and '"log"' in bare and '"entries"' in bare:
        return _har(bare, marks, longer=longer)
    for container, candidates in _messages(bare):
        return _gathered(container, candidates, marks)
    readings = (_gathered(container, candidates, marks) for container, candidates in _readings(bare))
    return next((found for found in readings if found.tokens), None)


def _readings(bare: str) -> Iterator[tuple[Container, Iterator[Candidate]]]:
    """Yield what *bare* may be, and the tokens in it."""
    if bare.startswith(("{", "[")):
        yield Container.JSON, in_json(json_value(bare), "the JSON document")
    elif bare.startswith("<"):
        yield Container.PAGE, in_page(bare, "the page")
    elif _ADDRESS.fullmatch(bare):
        yield Container.URL, in_query(bare, "the URL")
    elif _COMMAND.match(bare):
        yield Container.COMMAND, _in_command(bare)
    else:
        if headers := _HEADERS.match(bare):
            yield Container.HEADERS, _in_message(bare, headers, "the headers")
        yield Container.FORM, among(form_fields(bare), "the form", bare)
        yield Container.ASSIGNMENT, _assigned(bare)


def _har(text: str, marks: tuple[str, ...], *, longer: bool) -> Pasted:
    entries = entries_of(json_value(text))
    if entries is None:
        unread = f"more than {PASTED_OCTETS} octets" if longer else "all of it: it is no whole JSON document"
        return Pasted(container=Container.HAR, tokens=(), unread=unread)
    unread = f"the entries after the first {PASTED_ENTRIES}" if len(entries) > PASTED_ENTRIES else ""
    return _gathered(Container.HAR, in_har(entries[:PASTED_ENTRIES]), marks, unread)


def _messages(text: str) -> Iterator[tuple[Container, Iterator[Candidate]]]:
    """Yield which HTTP message *text* may be, and the tokens in it."""
    if request := REQUEST.match(text):
        yield Container.REQUEST, _in_message(text, request, "the request")
    elif answer := _ANSWER.match(text):
        yield Container.ANSWER, _in_message(text, answer, "the answer")


def _in_message(text: str, message: re.Match[str], where: str) -> Iterator[Candidate]:
    parts = message.groupdict()
    yield from in_query(parts.get("target", ""), f"{where}, the query")
    yield from in_headers(read_headers(parts.get("headers", message[0])), where)
    yield from in_body(text[message.end() :], f"{where}, the body")


def _in_command(text: str) -> Iterator[Candidate]:
    """Yield the tokens in the words of a curl command, as a browser copies one."""
    for word in islice(_WORD.finditer(text), _WORDS):
        value = next(part for part in word.groups() if part is not None)
        if value.startswith(("http://", "https://")):
            yield from in_query(value, "the curl command, the URL")
        elif ":" in value[:64]:
            yield from in_headers(read_headers(value), "the curl command")
        else:
            yield from in_body(value, "the curl command, the data")


def _assigned(text: str) -> Iterator[Candidate]:
    """Yield the token that is assigned to a variable, in a line of a shell, of settings or of YAML."""
    match = _ASSIGNED.fullmatch(text)
    if match is not None:
        value = match["value"].strip(_QUOTES)
        if is_token(value):
            yield Candidate(text=value, place="the value that is assigned")


def _gathered(container: Container, candidates: Iterable[Candidate], marks: tuple[str, ...], unread: str = "") -> Pasted:
    """Gather each different token once, with what any of its places says beside it.

    Opaque access tokens count only where nothing else was found: a log of a login is full of those of the identity provider's own pages.
    """
    found: dict[str, list[Candidate]] = {}
    for each in candidates:
        if each.text not in found and len(found) == PASTED_TOKENS:
            unread = f"what follows {PASTED_TOKENS} different tokens"
            break
        found.setdefault(each.text, []).append(each)
    plain = [places for places in found.values() if not all(each.opaque for each in places)]
    tokens = tuple(_found(places, marks) for places in (plain or found.values()))
    return Pasted(container=container, tokens=tokens, unread=unread)


def _found(places: list[Candidate], marks: tuple[str, ...]) -> FoundToken:
    telling = next((each for each in places if each.role_arn), places[0])
    token = telling.text.encode("utf-8", "surrogatepass").strip(BLANKS)
    return FoundToken(
        kind=kind_of(token),
        token=token,
        place=telling.place,
        places=len(places),
        left_out=(*marks, f"everything but {telling.place}"),
        role_arn=telling.role_arn,
        principal_arn=telling.principal_arn,
        role_session_name=telling.role_session_name,
        provider_id=telling.provider_id,
    )
