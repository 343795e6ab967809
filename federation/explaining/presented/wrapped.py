"""A value that holds the token inside something else: a path, a variable, quotation marks, JSON, a form, a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from federation.explaining.presented.model import Look, Presented, what_is_wanted
from federation.explaining.wording import named, number
from federation.shapes import (
    ENCODED,
    JWT,
    JWT_MEMBERS,
    PAGE,
    REQUEST,
    SAML,
    TOKEN_FIELDS,
    form_fields,
    from_base64,
    html_response,
    json_value,
    jwts,
    token_in,
    xml_root,
)

# Roots and endings that paths have; no token has one. A path is shown only where it has such a root or ending.
_ROOTS: Final = "var tmp home run etc opt root mnt srv usr Users github builds private workspace secrets".replace(" ", "|")
_ROOTED: Final = rf"(?:/(?:{_ROOTS})/|\.{{1,2}}/|~/|[A-Za-z]:[\\/])[^\s\0]{{1,240}}"
_NAMED: Final = r"(?:[A-Za-z0-9_-]{1,64}/){0,8}[A-Za-z0-9_-]{1,64}\.(?:jwt|txt|token|b64|xml|json|saml|log)"
_PATH: Final = re.compile(rf"(?P<scheme>fileb?://)?(?P<path>{_ROOTED}|{_NAMED})", re.ASCII)
_VARIABLE: Final = re.compile(
    r"\$\{\{\s*[^}]{1,200}\}\}|\$\{?[A-Za-z_][A-Za-z0-9_]*\}?|%[A-Za-z_][A-Za-z0-9_]*%|\$\([^)]{1,200}\)|`[^`]{1,200}`|\{\{[^}]{1,200}\}\}",
    re.ASCII,
)
_WORDS: Final = re.compile(
    r"(?P<words>(?:authorization\s*:\s*)?(?:bearer|token|jwt)\s+|authorization\s*:\s*)(?P<rest>\S.*)", re.IGNORECASE | re.DOTALL
)
_MARKS: Final = "\"'`\u201c\u201d\u2018\u2019"
_BETWEEN: Final = " \t\r\n,;|\"'"
_ASSIGNED: Final = re.compile(
    r"(?P<begins>(?:export\s+|set\s+|\$env:)?[A-Za-z_][A-Za-z0-9_.-]{0,63}\s*[=:])\s*(?P<value>\S+)", re.ASCII | re.IGNORECASE
)
_SHORT: Final = 300
_NAME_CHARS: Final = 64
_SEVERAL: Final = 2


def _path(text: str, wanted: str) -> Presented | None:
    value = text.strip()
    match = _PATH.fullmatch(value)
    if match is None:
        return None
    path, scheme = match["path"], match["scheme"]
    flag = "--saml-assertion" if wanted == SAML else "--web-identity-token"
    return Presented(
        sentence=f"the value is the path of a file, `{path}`, and not the content of that file",
        instruction=f"send what the file holds: {flag} file://PATH reads it"
        + (f"; in this place `{scheme}` was taken for the token itself" if scheme else ""),
        old=value,
        new=f"file://{path}" if scheme is None else f"the content of {path}",
    )


def _variable(text: str, wanted: str) -> Presented | None:
    match = _VARIABLE.fullmatch(text.strip())
    if match is None or len(text) > _SHORT:
        return None
    return Presented(
        sentence=f"the value is a variable or an expression of {number(len(text.strip()), 'character')} that nobody replaced by its value",
        instruction="let the shell or the workflow replace it: single quotation marks prevent that, and so does a variable that is not "
        f"exported; what is wanted is {what_is_wanted(wanted)}",
    )


def _quoted(text: str, _: str) -> Presented | None:
    value = text.strip()
    inner = value.strip(_MARKS)
    if not value.startswith(tuple(_MARKS)) or len(inner) > len(value) - 2 or not inner or any(mark in inner for mark in _MARKS):
        return None
    return Presented(
        sentence="the token stands in quotation marks, which became a part of it",
        instruction="remove the quotation marks around the token (jq: use -r)",
        old="token in quotation marks",
        new="token without them",
        command="tr -d '\"'" if value[0] == '"' else "",
        token=inner,
    )


def _prefixed(text: str, _: str) -> Presented | None:
    match = _WORDS.fullmatch(text.strip())
    if match is None:
        return None
    words = " ".join(match["words"].split()).replace(" :", ":")
    return Presented(
        sentence=f"the value begins with `{words}`, which belongs into an HTTP header and not to the token",
        instruction=f"remove `{words}` and the space after it",
        old=f"{words} …",
        new="…",
        token=match["rest"],
    )


def _json(text: str, wanted: str) -> Presented | None:
    value = json_value(text)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        sentence = "the value is a JSON text: the token with its quotation marks"
        return Presented(sentence=sentence, instruction="read the text out of the JSON (jq -r .)", command="jq -r .", token=value)
    if isinstance(value, list):
        value = value[0] if value and isinstance(value[0], dict) else {}
    return _object(value, wanted)


def _object(members: Mapping[str, Any], wanted: str) -> Presented:
    status = members.get("status")
    if isinstance(status, dict) and isinstance(status.get("token"), str):
        return _member("status.token", status["token"])
    if {"payload", "signatures"} <= members.keys() or {"payload", "protected", "signature"} <= members.keys():
        return Presented(
            sentence="the value is a JWS in its JSON serialisation, and AWS reads the compact one alone",
            instruction="send the compact serialisation: header, payload and signature joined by dots",
        )
    names = ("SAMLResponse", "SAMLAssertion") if wanted == SAML else JWT_MEMBERS
    found = next((name for name in names if isinstance(members.get(name), str)), None)
    if found is None:
        listed = named(sorted(name for name in members if len(name) <= _NAME_CHARS and JWT.search(name) is None)[:8])
        sentence = f"the value is JSON with the members {listed}, and none of them holds the token"
        return Presented(sentence=sentence, instruction=f"send {what_is_wanted(wanted)}")
    inner: str = members[found]
    if wanted != SAML and JWT.fullmatch(inner) is None:
        return Presented(
            sentence=f"the value is a JSON object whose member {found} is an opaque access token, and it has no ID token (no id_token)",
            instruction="request the scope openid, and send the member id_token of the answer",
            old=found,
            new="id_token",
        )
    return _member(found, inner, github=found == "value")


def _member(name: str, inner: str, *, github: bool = False) -> Presented:
    whose = ", as GitHub's endpoint for ID tokens answers" if github else ""
    return Presented(
        sentence=f"the value is the whole JSON answer{whose}: the token is its member {name}",
        instruction=f"send the member {name} alone",
        old="the JSON object",
        new=f"its member {name}",
        command=f"jq -r .{name}",
        token=inner,
    )


def _form(text: str, wanted: str) -> Presented | None:
    if "=" not in text or text.lstrip().startswith("<"):
        return None
    begun = REQUEST.match(text.lstrip())
    request, text = begun is not None, text.lstrip() if begun is None else text.lstrip()[begun.end() :]
    fields = form_fields(text)
    field = next((name for name in TOKEN_FIELDS if name in fields), None)
    if field is None:
        return None
    encoded = ENCODED.search(text) is not None
    others = [name for name in fields if name != field]
    kind = "a whole HTTP request" if request else "a URL" if "://" in text[:16] else "a whole form body or query string"
    beside = f", with {named(others)} beside it" if others else ""
    suits = (TOKEN_FIELDS[field] == SAML) == (wanted == SAML)
    token = token_in(fields, field, text)
    return Presented(
        sentence=f"the value is {kind}: the token is its field {field}{beside}" + (", and it is percent-encoded" if encoded else ""),
        instruction=f"send the value of {field} alone" + (", percent-decoded once" if encoded else ""),
        old=f"{field}=…" + "".join(f"&{name}=…" for name in others[:3]),
        new=f"the value of {field}" + (", percent-decoded" if encoded else ""),
        command=f"python3 -c 'import sys, urllib.parse as u; print(u.parse_qs(sys.stdin.read().strip())[\"{field}\"][0])'"
        if not request
        else "",
        token=token if suits else None,
    )


def _page(text: str, wanted: str) -> Presented | None:
    start = text.lstrip()[:512].lower()
    if not PAGE.match(start):
        return None
    response = html_response(text)
    kind = "page" if re.match(r"<(?:!doctype|html|head|body|\?xml)", start) else "form"
    if response is None:
        return Presented(
            sentence=f"the value is an HTML page of {number(len(text), 'character')}, such as a login page, and holds no token",
            instruction="sign in first: an answer of the identity provider was taken for the token while it still asked who is there",
        )
    return Presented(
        sentence=f"the value is the HTML {kind} that posts the SAML response: the response is the value of its field SAMLResponse",
        instruction="send the value of the field SAMLResponse alone" + ("" if wanted == SAML else ", to AssumeRoleWithSAML"),
        old=f"the HTML {kind}",
        new="the value of SAMLResponse",
        token=response if wanted == SAML else None,
    )


def _assigned(text: str, wanted: str) -> Presented | None:
    """Recognise a variable with the token as its value: a line of a shell, of a file of settings, or of YAML."""
    match = _ASSIGNED.fullmatch(text.strip())
    if match is None:
        return None
    inner = match["value"].strip(_MARKS)
    if JWT.fullmatch(inner) is None and (wanted != SAML or not xml_root(from_base64(inner) or b"")):
        return None
    begins = match["begins"].strip()
    return Presented(
        sentence=f"the value begins with `{begins}`: the token is what is assigned to that name",
        instruction=f"send what follows `{begins}` alone",
        old=f"{begins} …",
        new="…",
        command="sed 's/^[^=:]*[=:] *//'" if inner == match["value"] else "",
        token=inner,
    )


def _several(text: str, wanted: str) -> Presented | None:
    found = jwts(text)
    count = len(JWT.findall(text))
    if wanted != SAML and len(found) == 1 and count > 1 and not JWT.sub("", text).strip(_BETWEEN):
        return Presented(
            sentence=f"the value holds the same token {count} times, and a call takes it once",
            instruction="send the token once",
            old=f"the token {count} times",
            new="the token",
            command="head -n 1" if "\n" in text.strip() else "",
            token=found[0],
        )
    if wanted == SAML or len(found) < _SEVERAL or JWT.sub("", text).strip(_BETWEEN):
        return None
    return Presented(
        sentence=f"the value holds {len(found)} tokens, and a call takes one",
        instruction="send the ID token alone; where an access token or a refresh token was printed beside it, leave that out",
        old=f"{len(found)} tokens",
        new="one token",
    )


LOOKS: Final[tuple[Look, ...]] = (
    _path,
    _variable,
    _prefixed,
    _quoted,
    _json,
    _page,
    _form,
    _assigned,
    _several,
)
"""Before everything else: what holds a token is explained by what it is, not by what it holds."""
