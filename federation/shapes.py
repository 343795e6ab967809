"""The shapes of tokens and of what surrounds them: base64, markup, JSON, forms, pages. A shape proves nothing.

The text may be an attacker's: every pattern here takes time that grows linearly with it (attack row D03).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from html import unescape
from typing import Any, Final
from urllib.parse import unquote_plus

from federation.limits import SAML_RESPONSE_CHARS, WEB_IDENTITY_TOKEN_CHARS

SAML: Final = "saml"
"""A SAML response is wanted: base64 of its XML."""
WEB: Final = "web-identity"
"""A web identity token is wanted: an ID token, or an access token where ProviderId names its server."""

LONGEST: Final = SAML_RESPONSE_CHARS
"""Characters of a value that are looked at; longer ones are not a token of any kind."""
JWT: Final = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
JWT_MEMBERS: Final = ("id_token", "value", "token", "access_token")
"""Members of JSON answers that hold a JWT: token responses, GitHub's and Buildkite's endpoints. An ID token is preferred."""
TOKEN_FIELDS: Final = {
    "SAMLResponse": SAML,
    "id_token": "",
    "access_token": "",
    "assertion": "",
    "subject_token": "",
    "WebIdentityToken": "",
    "SAMLAssertion": SAML,
}
"""Fields of forms and queries that hold a token, and which kind; empty for a field that can hold either."""
ENCODED: Final = re.compile(r"%(?:2[BbFfEe]|3[DdAa]|0[AaDd]|26|20)")
"""A sign of a token that is percent-encoded."""
REQUEST: Final = re.compile(
    r"(?:POST|PUT|GET) (?P<target>[^\r\n]{1,4096}) HTTP/[\d.]+\r?\n(?P<headers>(?:[^\r\n]+(?:\r?\n|\Z)){0,128})(?:\r?\n|\Z)", re.ASCII
)
"""The beginning of an HTTP request, up to its body."""
PAGE: Final = re.compile(r"\s*(?:<!doctype\s+html|<html|<head|<body|<form|<input|<\?xml[^>]*>\s*<!doctype\s+html)", re.IGNORECASE)
"""The beginning of an HTML page or form."""
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]+={0,2}", re.ASCII)
_ROOT: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>)?(?:\s|<!--(?:(?!-->).)*-->)*<(?:[A-Za-z_][\w.-]*:)?(?P<name>[A-Za-z_][\w.-]*)", re.DOTALL
)
_LARGEST_XML: Final = 1 << 20
_HTML_INPUT: Final = re.compile(r"<input\b(?P<attributes>[^<>]*)", re.IGNORECASE)
_HTML_ATTRIBUTE: Final = re.compile(r"""(?<![\w-])(?P<name>[\w-]+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""", re.ASCII)
_HTML_FIELDS: Final = 256
_FIELD_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.%:$-]{0,63}")
_FORM_FIELDS: Final = 64


def xml_root(octets: bytes) -> str:
    """Return the local name of the root element of an XML document; empty where *octets* do not begin like one."""
    match = _ROOT.match(octets[:4096].removeprefix(b"\xef\xbb\xbf"))
    return "" if match is None else match["name"].decode("ascii", "replace")[:64]


def from_base64(text: str) -> bytes | None:
    """Return the octets of base64 in either alphabet, padded or not, with line breaks, or cut short; None where it is none."""
    packed = "".join(text.split())
    if not packed or _BASE64.fullmatch(packed) is None:
        return None
    standard = packed.rstrip("=").replace("-", "+").replace("_", "/")
    standard = standard[: len(standard) - (len(standard) % 4 == 1)]
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except binascii.Error:
        return None


def inflated(octets: bytes) -> bytes | None:
    """Return what raw DEFLATE data holds (the HTTP-Redirect binding), at most 1 MiB; None where it is none."""
    unpacked = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return unpacked.decompress(octets, _LARGEST_XML)
    except zlib.error:
        return None


def jwts(text: str) -> list[str]:
    """Return every compact JWS in *text*, each once, of a length that AWS takes."""
    return [each for each in dict.fromkeys(JWT.findall(text)) if len(each) <= WEB_IDENTITY_TOKEN_CHARS]


def json_value(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return the value of JSON *text*; None where it is no JSON object, list or text, or null."""
    if not text.lstrip().startswith(("{", "[", '"')):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def form_fields(text: str) -> dict[str, str]:
    """Return the fields of a form body, a query or a URL with one, percent-decoded; empty where it is none."""
    query = re.sub(r"\A[A-Za-z][A-Za-z0-9+.-]*://[^?#\s]*[?#]", "", text.strip()).lstrip("?#&")
    pairs = [pair.partition("=") for pair in query.split("&", _FORM_FIELDS)[:_FORM_FIELDS]]
    if not all(sep and _FIELD_NAME.fullmatch(name) for name, sep, _ in pairs):
        return {}
    return {name: unquote_plus(value, errors="replace") for name, _, value in pairs}


def token_in(fields: Mapping[str, str], name: str, text: str) -> str:
    """Return the token in the field *name* of the form *text*. In a body that nobody percent-encoded, ``+`` is a sign of the base64."""
    encoded = ENCODED.search(text) is not None
    return fields[name].replace(" ", "+") if name == "SAMLResponse" and not encoded else fields[name]


def html_fields(text: str) -> dict[str, str]:
    """Return the fields of the forms of an HTML page by name, the first of each; those without a value are left out."""
    found: dict[str, str] = {}
    for number, field in enumerate(_HTML_INPUT.finditer(text)):
        if number == _HTML_FIELDS:
            break
        attributes = {
            each["name"].lower(): each["double"] if each["single"] is None else each["single"]
            for each in _HTML_ATTRIBUTE.finditer(field["attributes"])
        }
        if {"name", "value"} <= attributes.keys():
            found.setdefault(unescape(attributes["name"]), unescape(attributes["value"]))
    return found


def html_response(text: str) -> str | None:
    """Return the value of the field SAMLResponse of an HTML form; None where the page has none."""
    return next((value for name, value in html_fields(text).items() if name.lower() == "samlresponse"), None)
