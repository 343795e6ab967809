"""What was sent instead of a token is told by its shape, and the token that it plainly holds is judged next."""

import base64
import json
import urllib.parse
import zlib
from itertools import count
from typing import Any

import pytest

from federation.explaining.presented.recognising import recognise
from federation.shapes import SAML, WEB
from tests.support.explaining import explained as saml_explained
from tests.support.sts import saml_login
from tests.support.sts.web_identity import ROLE, World, mint
from tests.support.web_explaining import explained, only_edit, refused, told

# The character that ends the token when twenty are cut from it carries bits of its own in most signatures: in this one it does.
TOKEN = next(made for made in (mint(jti=f"{number}") for number in count()) if made[-21] not in "AQgw")
HEADER, PAYLOAD, SIGNATURE = TOKEN.split(".")
RESPONSE = saml_login.mint()
XML = base64.b64decode(RESPONSE)
PATH = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token"


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


HELD: dict[str, tuple[object, str]] = {
    "quotation marks": (f'"{TOKEN}"', "quotation marks"),
    "Bearer": (f"Bearer {TOKEN}", "begins with `Bearer`"),
    "Authorization header": (f"Authorization: Bearer {TOKEN}", "begins with `Authorization: Bearer`"),
    "GitHub's answer": (json.dumps({"count": 1, "value": TOKEN}), "GitHub's endpoint for ID tokens"),
    "token response": (json.dumps({"access_token": mint(sub="b"), "id_token": TOKEN}), "its member id_token"),
    "TokenRequest of Kubernetes": (json.dumps({"kind": "TokenRequest", "status": {"token": TOKEN}}), "its member status.token"),
    "JSON text": (json.dumps(TOKEN) + "\n", "quotation marks"),
    "wrapped": (f"{TOKEN[:76]}\n{TOKEN[76:152]}\n{TOKEN[152:]}", "2 line breaks or blanks inside it"),
    "form": (f"grant_type=x&id_token={TOKEN}&state=1", "its field id_token, with `grant_type` and `state` beside it"),
    "redirect": (f"https://app.example.com/cb#id_token={TOKEN}&state=1", "the value is a URL: the token is its field id_token"),
    "percent-encoded": (TOKEN.replace(".", "%2E"), "percent-encoded: 2 characters"),
    "base64 of the token": (b64(TOKEN.encode()), "encoded once more"),
    "UTF-16": (TOKEN.encode("utf-16"), "UTF-16 with a byte order mark"),
    "UTF-16 without mark": (TOKEN.encode("utf-16-le"), "UTF-16"),
    "byte order mark": ("\ufeff" + TOKEN, "UTF-8 with a byte order mark"),
    "twice": (f"{TOKEN}\n{TOKEN}\n", "the same token 2 times"),
    "shell": (f"export AWS_TOKEN={TOKEN}", "begins with `export AWS_TOKEN=`"),
    "settings": (f'WEB_IDENTITY_TOKEN="{TOKEN}"', "begins with `WEB_IDENTITY_TOKEN=`"),
    "YAML": (f"token: {TOKEN}\n", "begins with `token:`"),
    "zero-width space": (f"{TOKEN[:40]}\u200b{TOKEN[40:]}", "U+200B ZERO WIDTH SPACE"),
    "full stops of another script": (TOKEN.replace(".", "\uff0e"), "U+FF0E FULLWIDTH FULL STOP"),
    "HTML entities": (TOKEN.replace("-", "&#45;").replace(".", "&#46;"), "HTML entities"),
}


@pytest.mark.parametrize(("sent", "words"), HELD.values(), ids=HELD)
def test_a_token_inside_something_else_is_told_and_judged(sent: object, words: str) -> None:
    explanation = refused(World(), sent).explanation
    assert words in explanation.cause
    assert explanation.later == ()
    assert recognise(sent, WEB).token == TOKEN
    assert TOKEN[20:60] not in str(explanation.as_dict())


def test_what_would_refuse_the_token_inside_is_found() -> None:
    explanation = refused(World(), f"Bearer {mint(aud='other')}").explanation
    assert [each.causes[0].check for each in explanation.later] == ["audience"]


DAMAGED: dict[str, tuple[object, str]] = {
    "signature gone": (f"{HEADER}.{PAYLOAD}", "2 parts of three: signature is missing"),
    "only the header": (HEADER, "1 part of three: payload and signature are missing"),
    "empty signature": (f"{HEADER}.{PAYLOAD}.", "the signature is missing"),
    "cut by one": (TOKEN[:-1], "signature has 341 characters and base64url never has"),
    "cut by 20": (TOKEN[:-20], "signature has 322 characters and ends in bits"),
    "cut at an octet": (TOKEN[:-22], "it has 240 octets, and one by a key of 2048 bits has 256"),
    "payload cut": (f"{HEADER}.{PAYLOAD[:-4]}.{SIGNATURE}", "its payload has"),
    "standard base64": (f"{HEADER}.{PAYLOAD}.{SIGNATURE[:-4]}+/8=", "holds + and / and =: it is written in standard base64"),
    "four parts": (f"{TOKEN}.{SIGNATURE}", "it has 4 parts"),
    "encrypted": ("eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d", "encrypted (JWE, five parts)"),
}


@pytest.mark.parametrize(("sent", "words"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_token_is_told_by_what_is_missing(sent: object, words: str) -> None:
    refusal = refused(World(), sent)
    assert words in refusal.cause
    assert refusal.edits[0].instruction
    assert SIGNATURE[:40] not in str(refusal.explanation.as_dict())


OTHER: dict[str, tuple[object, str, tuple[Any, Any]]] = {
    "path": (PATH, "the path of a file", (PATH, f"file://{PATH}")),
    "file://": (f"file://{PATH}", "not the content of that file", (f"file://{PATH}", f"the content of {PATH}")),
    "file name": ("token.jwt", "the path of a file, `token.jwt`", ("token.jwt", "file://token.jwt")),
    "variable": ("$CI_JOB_JWT", "nobody replaced by its value", (None, None)),
    "expression": ("${{ steps.oidc.outputs.token }}", "nobody replaced by its value", (None, None)),
    "null": ("null", "the word 'null'", ("the word 'null'", None)),
    "white space": (" " * 8, "white space alone", ("white space alone", None)),
    "login page": ("<!DOCTYPE html><html><body>Sign in</body></html>", "an HTML page of 48 characters", (None, None)),
    "two tokens": (f"{TOKEN}\n{mint(sub='b')}", "holds 2 tokens", ("2 tokens", "one token")),
    "SAML response": (
        RESPONSE,
        "the value is a SAML response; AssumeRoleWithWebIdentity",
        ("AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"),
    ),
    "opaque answer": (json.dumps({"access_token": "abc.def"}), "an opaque access token", ("access_token", "id_token")),
    "GITHUB_TOKEN": (
        "ghs_" + "a" * 36,
        "an access token of GitHub, such as GITHUB_TOKEN",
        ("an access token of GitHub, such as GITHUB_TOKEN", ...),
    ),
    "ARN": (ROLE, "the value is an ARN", ("an ARN", ...)),
    "private key": ("-----BEGIN PRIVATE KEY-----\nMII", "a key or certificate in PEM", ("a key or certificate in PEM", ...)),
    "opaque": ("abcdef0123456789", "an opaque text of 16 characters with 0 dots", ("opaque text of 16 characters", ...)),
    "flattened JWS": (json.dumps({"payload": "x", "signatures": []}), "JWS in its JSON serialisation", (None, None)),
}
"""What is sent, words of its cause, old and new of its edit; ``...`` stands for the form that is wanted."""


@pytest.mark.parametrize(("sent", "words", "values"), OTHER.values(), ids=OTHER)
def test_what_is_no_token_is_told_by_its_shape(sent: object, words: str, values: tuple[Any, Any]) -> None:
    obstacle = refused(World(), sent).explanation.first
    assert words in obstacle.causes[0].sentence
    old, new = only_edit(obstacle).old, only_edit(obstacle).new
    assert old == values[0]
    assert new == values[1] or (values[1] is ... and new is not None and "three parts of base64url" in new)


def test_the_length_is_told_where_the_service_model_refuses_it() -> None:
    explanation = explained(World(), "x" * 25_000, check="web-identity-token")
    assert explanation.cause.startswith("WebIdentityToken has 25000 characters, and must have 4 to 20000; the value is an opaque text")


FORM = f"SAMLResponse={urllib.parse.quote(RESPONSE, safe='')}&RelayState=%2Fhome"
PAGE = f'<html><form method="post"><input type="hidden" name="SAMLResponse" value="{RESPONSE}"/></form></html>'
BLANKS = RESPONSE + "\n"
SAML_HELD: dict[str, tuple[object, str]] = {
    "form body": (
        FORM,
        "a whole form body or query string: the token is its field SAMLResponse, with `RelayState` beside it, and it is percent-encoded",
    ),
    "percent-encoded": (urllib.parse.quote(RESPONSE, safe=""), "percent-encoded"),
    "page": (PAGE, "the HTML page that posts the SAML response"),
    "JSON": (json.dumps({"SAMLResponse": RESPONSE}), "its member SAMLResponse"),
    "quotation marks": (f"'{RESPONSE}'", "quotation marks"),
    "twice": (b64(RESPONSE.encode()), "base64 inside base64"),
    "base64url": (RESPONSE.replace("+", "-").replace("/", "_"), "written in base64url"),
    "UTF-16": (RESPONSE.encode("utf-16"), "UTF-16 with a byte order mark"),
    "byte order mark": ("\ufeff" + RESPONSE, "UTF-8 with a byte order mark"),
    "field": (PAGE[PAGE.index("<input") : PAGE.index("</form>")], "the HTML form that posts"),
    "HTML entities": (RESPONSE.replace("+", "&#43;").replace("=", "&#x3D;"), "HTML entities"),
    "request": (f"POST /saml HTTP/1.1\r\nHost: signin.aws.amazon.com\r\n\r\n{FORM}", "a whole HTTP request"),
    "setting": (f"SAML_ASSERTION='{RESPONSE}'", "begins with `SAML_ASSERTION=`"),
    "zero-width space": (f"{RESPONSE[:40]}\u200b{RESPONSE[40:]}", "U+200B ZERO WIDTH SPACE"),
    "blanks": (BLANKS.replace("+", " "), "+ signs of the base64 became blanks"),
}


@pytest.mark.parametrize(("sent", "words"), SAML_HELD.values(), ids=SAML_HELD)
def test_a_response_inside_something_else_is_told_and_judged(sent: object, words: str) -> None:
    found = recognise(sent, SAML)
    assert words in found.sentence
    assert found.token == RESPONSE
    explanation = saml_explained(saml_login.World(), sent, check="content" if "twice" in words or "inside base64" in words else "base64")
    assert words in explanation.cause
    assert explanation.later == ()


@pytest.mark.parametrize(
    ("sent", "words", "place"),
    [
        (
            TOKEN,
            "a JSON Web Token, and AssumeRoleWithSAML takes a SAML response",
            ("Action", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"),
        ),
        (XML.decode(), "a SAML response, sent as XML that is not encoded", ("SAMLAssertion", "Response", "Response")),
        (RESPONSE[:-7], "the response was cut: it has", ("SAMLAssertion", f"{len(RESPONSE) - 7} characters", None)),
        (
            b64(zlib.compress(XML)[2:-4]),
            "deflated XML, a SAML response",
            ("AssertionConsumerService/@Binding", "HTTP-Redirect", "HTTP-POST"),
        ),
        (b64(XML.decode().encode("utf-16")), "XML in UTF-16", ("SAMLAssertion", "UTF-16", "UTF-8")),
        ("/tmp/response.xml", "the path of a file", ("SAMLAssertion", "/tmp/response.xml", "file:///tmp/response.xml")),  # noqa: S108 - a text
        ("<html>Sign in</html>", "an HTML page", ("SAMLAssertion", None, None)),
    ],
    ids=["JWT", "XML", "cut", "deflated", "UTF-16", "path", "page"],
)
def test_what_is_no_response_is_told_by_its_shape(sent: str, words: str, place: tuple[str, str | None, str | None]) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whichever check refuses
        saml_login.World().assume(sent)
    obstacle = caught.value.explanation.first  # type: ignore[attr-defined]
    assert words in obstacle.causes[0].sentence
    assert told(only_edit(obstacle)) == place


@pytest.mark.parametrize("wanted", [SAML, WEB])
@pytest.mark.parametrize(
    "sent",
    [b"", b"\xff" * 9, "\0" * 9, "=" * 9, "{" * 3000, "[" * 3000, "%" * 999, "<" * 999, "&=" * 999, "a=1&" * 9, 7, None, [], "\ud800"],
)
def test_anything_is_told(sent: object, wanted: str) -> None:
    found = recognise(sent, wanted)
    assert found.instruction
    assert len(found.sentence) < 600


def test_asterisks_are_those_of_a_log() -> None:
    assert "3 asterisks, which a build service prints in its log" in refused(World(), "***").explanation.cause


def test_padding_is_added_to_base64url_without_it() -> None:
    octets = base64.urlsafe_b64encode(XML + b"\n").decode().rstrip("=")
    found = recognise(octets, SAML)
    assert found.token is not None
    assert base64.b64decode(found.token, validate=True) == XML + b"\n"
