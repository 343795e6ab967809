"""Tokens in the fields of one object: a form, a query, a JSON object, a page, the headers of a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from federation.errors import printable
from federation.limits import ARN_CHARS, PASTED_DEPTH, SAML_RESPONSE_CHARS
from federation.shapes import JWT, TOKEN_FIELDS, form_fields, from_base64, html_fields, json_value, token_in, xml_root

_OPAQUE: Final = "access_token"
_UNCLEAR: Final = frozenset({"assertion", "subject_token", "value", "token"})
"""Names under which many things stand: what they hold counts where it has the form of a token."""
_ANSWERED: Final = ("value", "token")
"""Members of JSON answers of GitHub's, Buildkite's and Kubernetes' endpoints, besides the fields of forms."""
_ROLE: Final = ("RoleArn", "roleIndex", "role_arn")
"""``roleIndex``: the choice on AWS's page for several roles."""
_BEARER: Final = re.compile(r"bearer\s+(?P<token>[\x21-\x7e]+)", re.IGNORECASE | re.ASCII)
_MEMBER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", re.ASCII)
_PART_CHARS: Final = 64
_PATH_PARTS: Final = 12
_MEMBERS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One place of one token, with what its call says beside it; the attributes as those of `FoundToken`."""

    text: str = field(repr=False)
    place: str
    opaque: bool = False
    role_arn: str | None = None
    principal_arn: str | None = None
    role_session_name: str | None = None
    provider_id: str | None = None


def among(fields: Mapping[str, object], where: str, text: str = "%20", *, names: Iterable[str] = TOKEN_FIELDS) -> Iterator[Candidate]:
    """Yield the tokens among *fields*; an access token only where no other token stands beside it, as AWS takes the ID token.

    Args:
        fields: The fields by name, decoded.
        where: The object that has them, in words.
        text: The form that they were read from, where it may be one that nobody percent-encoded.
        names: The fields that may hold a token.
    """
    texts = {name: value for name, value in fields.items() if isinstance(value, str) and 0 < len(value) <= SAML_RESPONSE_CHARS}
    named = [name for name in names if name in texts and (name not in _UNCLEAR or is_token(texts[name]))]
    for name in [each for each in named if each != _OPAQUE] or named:
        yield Candidate(
            text=token_in(texts, name, text),
            place=f"{where}, field {name}",
            opaque=name == _OPAQUE and JWT.fullmatch(texts[name]) is None,
            role_arn=next((texts[role] for role in _ROLE if 0 < len(texts.get(role, "")) <= ARN_CHARS), None),
            principal_arn=_short(texts, "PrincipalArn"),
            role_session_name=_short(texts, "RoleSessionName"),
            provider_id=_short(texts, "ProviderId"),
        )


def is_token(text: str) -> bool:
    """Tell whether *text* has the form of a JWT, or is base64 of XML."""
    return JWT.fullmatch(text) is not None or bool(xml_root(from_base64(text) or b""))


def in_query(url: str, where: str) -> Iterator[Candidate]:
    """Yield the tokens in the query and in the fragment of a URL."""
    before, _, fragment = url.partition("#")
    for part in (before.partition("?")[2], fragment):
        if part:
            yield from among(form_fields(part), where, part)


def in_page(text: str, where: str) -> Iterator[Candidate]:
    """Yield the tokens in the forms of an HTML page."""
    canonical = {name.lower(): name for name in TOKEN_FIELDS}
    yield from among({canonical.get(name.lower(), name): value.strip() for name, value in html_fields(text).items()}, where)


def in_headers(headers: Iterable[tuple[str, str]], where: str) -> Iterator[Candidate]:
    """Yield the token of an Authorization header, and those in the URL to which an answer redirects."""
    for name, value in headers:
        if name.lower() == "authorization" and (bearer := _BEARER.fullmatch(value.strip())):
            token = bearer["token"]
            yield Candidate(text=token, place=f"{where}, header Authorization", opaque=JWT.fullmatch(token) is None)
        elif name.lower() == "location":
            yield from in_query(value, f"{where}, header Location")


def in_json(value: object, where: str) -> Iterator[Candidate]:
    """Yield the tokens in the objects of a JSON value, from the outermost inwards."""
    level: list[tuple[object, str]] = [(value, "")]
    for _ in range(PASTED_DEPTH):
        inner: list[tuple[object, str]] = []
        for each, path in level:
            if isinstance(each, dict):
                yield from among(each, f"{where}{path and f', member {path}'}", names=(*TOKEN_FIELDS, *_ANSWERED))
            members = each.items() if isinstance(each, dict) else enumerate(each) if isinstance(each, list) else ()
            inner.extend((member, _below(path, name)) for name, member in members if isinstance(member, dict | list))
        level = inner


def in_body(text: str, where: str) -> Iterator[Candidate]:
    """Yield the tokens in the body of a message: JSON, a page or a form."""
    body = text.strip()
    if body.startswith(("{", "[")):
        yield from in_json(json_value(body), where)
    elif body.startswith("<"):
        yield from in_page(body, where)
    else:
        yield from among(form_fields(body), where, body)


def read_headers(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names and values of header lines."""
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip(), value.strip()


def shown(url: str) -> str:
    """Return a URL without its query and fragment, with parts of its path that may be secrets left out, safe to print."""
    before = re.split(r"[?#;]", url[:2048], maxsplit=1)[0]
    parts = [part if len(part) <= _PART_CHARS and "@" not in part else "…" for part in before.split("/")[:_PATH_PARTS]]
    return printable("/".join(parts))


def _below(path: str, name: object) -> str:
    """Return the path of a member; a name that may be a text of the sender's own is left out."""
    own = f"[{name}]" if isinstance(name, int) else f".{name}" if _MEMBER.fullmatch(str(name)) and JWT.search(str(name)) is None else ".…"
    return f"{path}{own}".removeprefix(".") if path.count(".") < _MEMBERS else path


def _short(texts: Mapping[str, str], name: str) -> str | None:
    value = texts.get(name, "")
    return value if 0 < len(value) <= ARN_CHARS else None
