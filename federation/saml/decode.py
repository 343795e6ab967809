"""Strict decoding of the posted base64 to the octets of an XML document.

Lenient decoding would give one token many spellings (attack row B01). Therefore the standard alphabet, canonical padding and zero spare
bits are required. Only the white space that HTML forms and line folding add is skipped. Input in another encoding is refused with a remedy
that names the encoding (rows B02, B03).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import pybase64

from federation import aws_texts, limits
from federation.check_names import SamlCheck
from federation.errors import InvalidIdentityToken, show

WHITE_SPACE: Final = b" \t\r\n"
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class RawResponse:
    """The decoded octets of a SAML response. Nothing is verified except that they begin like XML."""

    octets: bytes = field(repr=False)


def decode_response(token: object, *, max_chars: int = limits.SAML_RESPONSE_CHARS) -> RawResponse:
    """Return the octets of the ``SAMLResponse`` form value *token*, a `str` or `bytes` of standard base64.

    Args:
        token: The posted value. CR, LF, space and tab in it are skipped.
        max_chars: Longest accepted value in characters.

    Raises:
        InvalidIdentityToken: Check ``type`` (neither str nor bytes), ``size`` (too long or empty), ``base64`` (not canonical standard
            base64) or ``content`` (the octets do not begin like XML in UTF-8).
    """
    if not isinstance(token, (str, bytes)):
        raise _refusal("type", "a str or bytes", type(token).__name__, "pass the value of the SAMLResponse form field")
    if not 0 < len(token) <= max_chars:
        found = f"more than {max_chars}" if token else "none"
        raise _refusal("size", f"1 to {max_chars} characters of base64", found, "post the IdP's response unchanged")
    try:
        octets = base64_octets(token)
    except ValueError:
        raise _refusal("base64", "canonical standard base64", *_look_alike(token)) from None
    if not octets.startswith(b"<"):
        head = octets[:512].removeprefix(BYTE_ORDER_MARK).lstrip(WHITE_SPACE)
        if not head.startswith(b"<"):
            raise _refusal("content", "an XML document in UTF-8", *_look_inside(octets))
    return RawResponse(octets)


def base64_octets(text: str | bytes) -> bytes:
    """Return the octets of canonical standard base64, which may contain XML white space.

    Raises:
        ValueError: There is another character, missing or surplus padding, or a spare bit that is not zero.
    """
    packed = text.encode("ascii") if isinstance(text, str) else text
    if b"\n" in packed:
        packed = packed.translate(None, WHITE_SPACE)
    try:
        octets = pybase64.b64decode(packed, validate=True)
    except ValueError:
        packed = packed.translate(None, WHITE_SPACE)
        octets = pybase64.b64decode(packed, validate=True)
    if pybase64.b64encode(octets) != packed:  # the decoder does not check spare bits
        raise ValueError("not the canonical encoding")
    return octets


def _refusal(check: SamlCheck, expected: str, found: str, remedy: str) -> InvalidIdentityToken:
    return InvalidIdentityToken(check=check, expected=expected, found=found, remedy=remedy, message=aws_texts.saml.MALFORMED)


_LOOK_ALIKES: Final = (
    (rb"(?i)(?:<!doctype\s*html|<html).*", "an HTML page", "take the value of its SAMLResponse form field, not the page"),
    (rb"<.*", "XML that is not encoded", "encode the XML document as base64"),
    (rb"(?:.*[?&])?SAMLResponse=.*", "a form or query string", "take the value after SAMLResponse= alone and percent-decode it"),
    (rb"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?", "a JSON Web Token", "use the web-identity operation for it"),
    (rb"[^%]*%(?:2[BbFf]|3[Dd]|0[AaDd]).*", "percent-encoded text", "percent-decode the form value once before passing it"),
    (rb"[A-Za-z0-9]*[_-][A-Za-z0-9_-]*={0,2}", "the URL-safe base64 alphabet", "encode with the standard alphabet (+ and /)"),
    (rb"[{\[].*", "JSON", "take the SAMLResponse value out of it"),
    (rb"([\"']).*\1", "quotation marks around the value", "pass what stands between them"),
    (rb"(?:\xff\xfe|\xfe\xff).*", "text in UTF-16", "save it as plain ASCII; some shells redirect output in UTF-16"),
    (
        rb"(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{1,3}",
        "a length that is no multiple of four",
        "pass the value whole, with its = padding; it looks cut off",
    ),
    (
        rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
        "spare bits that are not zero, or a byte order mark before the text",
        "pass the value unchanged, in plain ASCII",
    ),
    (rb"[A-Za-z0-9+/=]*", "misplaced padding", "pass one value, whole and unchanged; parts were joined or cut"),
    (rb".*", "other characters than those of base64", "pass the value of the SAMLResponse form field unchanged"),
)
_PLUS_LOST: Final = re.compile(rb"[A-Za-z0-9+/]+(?: [A-Za-z0-9+/]*)+={0,2}")
_LOOKS: Final = tuple((re.compile(pattern, re.DOTALL), found, remedy) for pattern, found, remedy in _LOOK_ALIKES)


def _look_alike(token: str | bytes) -> tuple[str, str]:
    """Return a description of a value that is not base64, and a remedy, for the error only."""
    octets = token.encode("utf-8", "replace") if isinstance(token, str) else token
    if _PLUS_LOST.fullmatch(octets.strip(WHITE_SPACE)):
        return "spaces inside the text, perhaps where + stood", "percent-decode the form value once, not twice"
    text = octets.removeprefix(BYTE_ORDER_MARK).translate(None, WHITE_SPACE)
    return next((found, remedy) for look, found, remedy in _LOOKS if look.fullmatch(text))


def _look_inside(octets: bytes) -> tuple[str, str]:
    """Return a description of octets that are not an XML document, and a remedy, for the error only."""
    if octets.startswith(b"\x1f\x8b"):
        return "gzip data", "send the XML uncompressed"
    if octets.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")):
        return "XML in UTF-16", "serialise the response in UTF-8"
    head = octets[:64].lstrip(WHITE_SPACE)
    if head.startswith((b"{", b"[")):
        return "JSON", "pass a SAML response"
    if re.match(rb"(?:PHNhbW|PD94bW|PFJlc3|PHNhbWxw|77u/PD)", head):
        return "base64 inside base64", "encode the XML document once, not twice"
    if head and all(0x20 <= byte < 0x7F for byte in head):  # noqa: PLR2004 - printable ASCII
        return f"text beginning {show(head.decode('ascii')[:16])}", "pass the SAML response of the IdP"
    return "binary data, perhaps deflated as for the HTTP-Redirect binding", "use the HTTP-POST binding, which never compresses"
