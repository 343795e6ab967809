"""Strict base64: one token, one spelling but for line folding."""

import base64
import gzip
import zlib

import pytest

from federation.errors import InvalidIdentityToken
from federation.saml import messages
from federation.saml.decode import RawResponse, base64_octets, decode_response

DOCUMENT = b'<Response ID="_1">\xc3\xa4</Response>'
TOKEN = base64.b64encode(DOCUMENT).decode()


def refusal(token: object, **limits: int) -> InvalidIdentityToken:
    with pytest.raises(InvalidIdentityToken) as caught:
        decode_response(token, **limits)
    assert caught.value.message == messages.MALFORMED
    return caught.value


@pytest.mark.parametrize("token", [TOKEN, TOKEN.encode(), TOKEN[:8] + "\r\n" + TOKEN[8:], f" {TOKEN}\t\n"])
def test_text_and_octets_with_and_without_line_folding_decode(token: object) -> None:
    assert decode_response(token) == RawResponse(DOCUMENT)


def test_a_byte_order_mark_and_leading_space_are_xml() -> None:
    assert decode_response(base64.b64encode(b"\xef\xbb\xbf\n<a/>")).octets == b"\xef\xbb\xbf\n<a/>"


def test_the_repr_holds_no_token() -> None:
    assert "Response ID" not in repr(decode_response(TOKEN))


@pytest.mark.parametrize("token", [None, 3, 1.5, [TOKEN], bytearray(TOKEN.encode()), object()])
def test_other_types_are_refused(token: object) -> None:
    assert refusal(token).check == "type"


@pytest.mark.parametrize("token", ["", b""])
def test_nothing_is_refused(token: object) -> None:
    assert refusal(token).check == "size"


def test_too_long_is_refused_before_it_is_decoded() -> None:
    assert refusal("!" * 101, max_chars=100).check == "size"


@pytest.mark.parametrize(
    ("token", "found"),
    [
        (base64.urlsafe_b64encode(b"<a>\xff\xfe\xfb\xef\xbe</a>").decode(), "URL-safe"),
        (TOKEN.replace("=", "%3D") + "%3D", "percent-encoded"),
        (DOCUMENT, "XML that is not encoded"),
        ("<!DOCTYPE html><html>", "HTML"),
        ("RelayState=x&SAMLResponse=" + TOKEN, "query string"),
        ("eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "JSON Web Token"),
        (TOKEN[:-6], "multiple of four"),
        (TOKEN + "====", "padding"),
        (TOKEN[:-4] + "PGF=", "spare bits"),
        ("\ufeff" + TOKEN, "byte order mark"),
        (TOKEN.encode("utf-16"), "UTF-16"),
        (f'"{TOKEN}"', "quotation marks"),
        (f'{{"SAMLResponse": "{TOKEN}"}}', "JSON"),
        (TOKEN[:9] + " " + TOKEN[10:21] + " " + TOKEN[22:], "where + stood"),
        ("\u202e" + TOKEN, "other characters"),
    ],
)
def test_base64_of_another_kind_is_named_and_not_decoded(token: object, found: str) -> None:
    error = refusal(token)
    assert (error.check, found in error.found) == ("base64", True)


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        (TOKEN.encode(), "base64 inside base64"),
        (base64.b64encode(b"<samlp:Response/>"), "base64 inside base64"),
        (zlib.compress(DOCUMENT)[2:-4], "deflated"),
        (gzip.compress(DOCUMENT, mtime=0), "gzip"),
        (DOCUMENT.decode().encode("utf-16"), "UTF-16"),
        (b'{"a": 1}', "JSON"),
        (b"hello", "hello"),
        (b"\0", "binary"),
    ],
)
def test_base64_of_something_else_is_named(octets: bytes, found: str) -> None:
    error = refusal(base64.b64encode(octets))
    assert (error.check, found in error.found) == ("content", True)


@pytest.mark.parametrize("text", ["PGE", "PGE=P", "P===", "PGEvPh==", "PGEv-g==", "PG\x0bEv"])
def test_base64_that_is_not_canonical_has_no_octets(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64|padding|canonical|decode"):
        base64_octets(text)
