"""The compact form: its limits from both sides, and what a refusal tells somebody who sent something else."""

import json
from typing import Any

import pytest

from federation.errors import InternalFailure, InvalidIdentityToken
from federation.jose import base64url
from federation.jose.decode import RawToken, decode_token
from federation.testing.oidc import ABSENT
from tests.support.oidc import forge, payload, token, with_header


def refused(presented: object, **options: Any) -> InvalidIdentityToken:
    with pytest.raises(InvalidIdentityToken) as caught:
        decode_token(presented, **options)
    return caught.value


def with_octets(header: bytes) -> str:
    return forge().sign(header, payload())


def test_a_token_may_be_as_long_as_the_limit() -> None:
    presented = token()
    for sent in (presented, presented.encode()):
        assert decode_token(sent, max_chars=len(sent)).signature == decode_token(presented).signature
        assert refused(sent, max_chars=len(sent) - 1).check == "size"
    assert refused("x" * 20_001).check == "size"
    assert refused("x" * 20_000).check == "form"


def test_what_is_signed_is_the_text_before_the_last_dot() -> None:
    presented = token()
    assert decode_token(presented).signing_input == presented.rpartition(".")[0].encode()


@pytest.mark.parametrize(
    ("presented", "check", "found"),
    [
        ("", "size", "none"),
        (b"", "size", "none"),
        (None, "type", "NoneType"),
        (bytearray(b"a.b.c"), "type", "bytearray"),
        ("a.b.é", "form", "others"),
        ("\ufeffa.b.c", "form", "a byte order mark before the token"),
        (b"\xef\xbb\xbfa.b.c", "form", "a byte order mark before the token"),
        ("AAAA", "form", "1 parts"),
        ("AAAA.AAAA", "form", "2 parts"),
        ("AAAA.AAAA.AAAA.AAAA", "form", "4 parts"),
        ("AAAA.AAAA.AAAA.AAAA.AAAA", "form", "5 parts"),
        ("AAAA.AAAA.AAAA.AAAA.AAAA.AAAA.AAAA", "form", "7 parts"),
        (".AAAA.AAAA", "form", "an empty part"),
        ("e30..AAAA", "form", "an empty part"),
    ],
)
def test_form(presented: object, check: str, found: str) -> None:
    refusal = refused(presented)
    assert (refusal.check, refusal.found) == (check, found)


USUAL = "send the compact ID token exactly as the identity provider issued it: three base64url parts joined by dots"
JSON = "this is JSON: send the compact serialisation of the token, or the id_token member of a token response"
SAML = "this looks like a SAML response: use AssumeRoleWithSAML"
UNSIGNED = base64url.encode(b'{"alg":"RS256"}') + ".e30."


@pytest.mark.parametrize(
    ("presented", "remedy"),
    [
        ('{"id_token": "x"}', JSON),
        (' [1, "x"]', JSON),
        ("Bearer x.y.z", "remove the words before the token"),
        ("bearerx", USUAL),
        ("Authorization: x", "remove the words before the token"),
        ("authorization", USUAL),
        ('"x"', "remove the quotation marks around the token"),
        ("'x'", "remove the quotation marks around the token"),
        ("`x`", "remove the quotation marks around the token"),
        ("<samlp:Response/>", SAML),
        ("PHNhbWxwOlJlc3BvbnNl", SAML),
        ("PD94bWwgdmVyc2lvbj0i", SAML),
        ("SAMLResponse=PHNh", SAML),
        ("Atza|x", "this is a Login with Amazon access token: send it with ProviderId www.amazon.com"),
        ("x", USUAL),
        ("x.y", USUAL),
        (".e30.AAAA", USUAL),
        ("..", "the token is not signed; have the identity provider sign it"),
        (UNSIGNED, "the token is not signed; have the identity provider sign it"),
        ("e30.e30.AAAA.AAAA", USUAL),
        ("e30.AAAA.AAAA.AAAA.", "this is an encrypted token (JWE): register the client for signed ID tokens and send those"),
        ('"e30.e30.AAAA"', "remove the quotation marks around the token"),
    ],
)
def test_what_to_do_about_what_is_no_token(presented: str, remedy: str) -> None:
    assert refused(presented).remedy == remedy


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"alg": ABSENT}, "alg as a non-empty string"),
        ({"alg": ""}, "alg as a non-empty string"),
        ({"alg": 5}, "alg as a non-empty string"),
        ({"kid": 5}, "kid as a string of at most 512 characters"),
        ({"kid": "k" * 513}, "kid as a string of at most 512 characters"),
        ({"typ": 5}, "typ as a string"),
        ({"typ": None}, "typ as a string"),
        ({"typ": ["JWT"]}, "typ as a string"),
    ],
)
def test_parameters_of_the_header(parameters: dict[str, Any], expected: str) -> None:
    refusal = refused(with_header(**parameters))
    assert (refusal.check, refusal.expected) == ("header", expected)


def test_a_kid_of_null_is_no_absent_one() -> None:
    assert refused(with_octets(b'{"alg":"x","kid":null}')).check == "header"


def test_a_header_says_what_it_said() -> None:
    header = decode_token(with_octets(json.dumps({"alg": "x", "kid": "k" * 512, "typ": "", "jku": 1, "x5c": 2, "y": 3}).encode())).header
    assert (header.alg, header.kid, header.typ) == ("x", "k" * 512, "")
    assert (header.key_hints, header.parameters["y"], header.repeated) == (("jku", "x5c"), 3, ())
    bare = decode_token(with_octets(b'{"alg":"x"}')).header
    assert (bare.kid, bare.typ, bare.key_hints) == (None, None, ())


@pytest.mark.parametrize("length", [1023, 1024, 1025, 3000])
def test_long_headers_are_read_as_short_ones_are(length: int) -> None:
    presented = with_octets(b'{"alg":"x","y":"' + b"y" * (length * 3 // 4 - 18) + b'"}')
    assert decode_token(presented).header.alg == "x"
    assert refused(presented.replace("ey", "=y", 1)).check == "base64url"


@pytest.mark.parametrize("part", ["header", "payload", "signature"])
def test_each_part_is_base64url(part: str) -> None:
    parts = dict(zip(("header", "payload", "signature"), token().split("."), strict=True))
    parts[part] = parts[part][:-1] + "+"
    refusal = refused(".".join(parts.values()))
    assert (refusal.check, refusal.expected) == ("base64url", f"the {part} in canonical unpadded base64url")


def test_only_decoding_makes_raw_tokens() -> None:
    one, other = decode_token(token()), decode_token(token(sub="other"))
    with pytest.raises(InternalFailure) as caught:
        RawToken(one.header, other.payload, one.signing_input, one.signature, object())
    assert caught.value.check == "internal"
