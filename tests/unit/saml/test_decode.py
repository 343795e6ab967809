"""Strict base64: one token, one spelling but for line folding."""

import base64
import gzip
import zlib

import pytest

from federation import aws_texts
from federation.errors import InvalidIdentityToken
from federation.saml.decode import RawResponse, base64_octets, decode_response

DOCUMENT = b'<Response ID="_1">\xc3\xa4</Response>'
TOKEN = base64.b64encode(DOCUMENT).decode()


def refusal(token: object, **limits: int) -> InvalidIdentityToken:
    with pytest.raises(InvalidIdentityToken) as caught:
        decode_response(token, **limits)
    assert caught.value.message == aws_texts.saml.MALFORMED
    return caught.value


@pytest.mark.parametrize(
    "token",
    [TOKEN, TOKEN.encode(), TOKEN[:8] + "\r\n" + TOKEN[8:], f" {TOKEN}\t\n", *(TOKEN[:8] + space + TOKEN[8:] for space in " \t\r\n")],
)
def test_text_and_octets_with_and_without_line_folding_decode(token: object) -> None:
    assert decode_response(token) == RawResponse(DOCUMENT)


def test_a_byte_order_mark_and_leading_space_are_xml() -> None:
    for octets in (b"\xef\xbb\xbf\n<a/>", b" " * 511 + b"<a/>"):
        assert decode_response(base64.b64encode(octets)).octets == octets


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
    assert refusal("!" * 100, max_chars=100).check == "base64"
    assert decode_response(TOKEN, max_chars=len(TOKEN)) == RawResponse(DOCUMENT)
    assert refusal(TOKEN, max_chars=len(TOKEN) - 1).check == "size"


UNCHANGED = "pass the value of the SAMLResponse form field unchanged"


@pytest.mark.parametrize(
    ("token", "found", "remedy"),
    [
        ("<!DOCTYPE html><html>", "an HTML page", "take the value of its SAMLResponse form field, not the page"),
        ("<HTML>\n</HTML>", "an HTML page", "take the value of its SAMLResponse form field, not the page"),
        (DOCUMENT, "XML that is not encoded", "encode the XML document as base64"),
        ("RelayState=x&SAMLResponse=" + TOKEN, "a form or query string", "take the value after SAMLResponse= alone and percent-decode it"),
        ("eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "a JSON Web Token", "use the web-identity operation for it"),
        (TOKEN.replace("=", "%3D") + "%3D", "percent-encoded text", "percent-decode the form value once before passing it"),
        (
            base64.urlsafe_b64encode(b"<a>\xff\xfe\xfb\xef\xbe</a>").decode(),
            "the URL-safe base64 alphabet",
            "encode with the standard alphabet (+ and /)",
        ),
        (f'{{"SAMLResponse": "{TOKEN}"}}', "JSON", "take the SAMLResponse value out of it"),
        (f'"{TOKEN}"', "quotation marks around the value", "pass what stands between them"),
        (f"'{TOKEN}'", "quotation marks around the value", "pass what stands between them"),
        (TOKEN.encode("utf-16"), "text in UTF-16", "save it as plain ASCII; some shells redirect output in UTF-16"),
        (TOKEN[:-6], "a length that is no multiple of four", "pass the value whole, with its = padding; it looks cut off"),
        ("A", "a length that is no multiple of four", "pass the value whole, with its = padding; it looks cut off"),
        (
            TOKEN[:-4] + "PGF=",
            "spare bits that are not zero, or a byte order mark before the text",
            "pass the value unchanged, in plain ASCII",
        ),
        (
            "\ufeff" + TOKEN,
            "spare bits that are not zero, or a byte order mark before the text",
            "pass the value unchanged, in plain ASCII",
        ),
        (TOKEN + "====", "misplaced padding", "pass one value, whole and unchanged; parts were joined or cut"),
        ("\u202e" + TOKEN, "other characters than those of base64", UNCHANGED),
        (f'"{TOKEN}', "other characters than those of base64", UNCHANGED),
        (
            TOKEN[:9] + " " + TOKEN[10:21] + " " + TOKEN[22:],
            "spaces inside the text, perhaps where + stood",
            "percent-decode the form value once, not twice",
        ),
    ],
)
def test_base64_of_another_kind_is_named_and_not_decoded(token: object, found: str, remedy: str) -> None:
    error = refusal(token)
    assert (error.check, error.found, error.remedy) == ("base64", found, remedy)


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
        (b"hello world~", "hello world~"),
        (b"x" * 64 + b"\0", "x" * 16),
        (b"x" * 63 + b"\0", "binary"),
        (b"hello\x7f", "binary"),
        (b"hello\x1f", "binary"),
        (b" " * 70, "binary"),
        (b" " * 512 + b"<a/>", "binary"),
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
