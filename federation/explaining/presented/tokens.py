"""The shapes of tokens and of what surrounds them."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
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
JWT: Final = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
JWT_MEMBERS: Final = ("id_token", "value", "token", "access_token")
"""Members of JSON answers that hold a JWT: token responses, GitHub's and Buildkite's endpoints. An ID token is preferred."""
ENCODED: Final = re.compile(r"%(?:2[BbFfEe]|3[DdAa]|0[AaDd]|26|20)")
"""A sign of a token that is percent-encoded."""
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]+={0,2}", re.ASCII)
_ROOT: Final = re.compile(rb"\s*(?:<\?xml[^>]*\?>)?(?:\s|<!--.*?-->)*<(?:[A-Za-z_][\w.-]*:)?(?P<name>[A-Za-z_][\w.-]*)", re.DOTALL)
_LARGEST_XML: Final = 1 << 20
_HTML_FIELD: Final = re.compile(r"""<input\b[^>]*\bname\s*=\s*["']SAMLResponse["'][^>]*>""", re.IGNORECASE)
_HTML_VALUE: Final = re.compile(r"""\bvalue\s*=\s*["'](?P<value>[^"']*)["']""", re.IGNORECASE)


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
    pairs = [pair.partition("=") for pair in query.split("&")[:64]]
    if not all(sep and re.fullmatch(r"[A-Za-z][A-Za-z0-9_.%-]{0,63}", name) for name, sep, _ in pairs):
        return {}
    return {name: unquote_plus(value, errors="replace") for name, _, value in pairs}


def html_response(text: str) -> str | None:
    """Return the value of the field SAMLResponse of an HTML form; None where the page has none."""
    field = _HTML_FIELD.search(text)
    value = None if field is None else _HTML_VALUE.search(field[0])
    if value is None:
        return None
    return unescape(value["value"])
