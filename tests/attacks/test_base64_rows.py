"""Section 8 of the attack matrix, transport: one token has one spelling."""

import base64
import time
import zlib

import pytest

from federation import limits
from federation.errors import FederationError
from federation.saml.decode import decode_response
from federation.saml.response import prove_response
from tests.signed import LOGIN, Keys, genuine, subject

TOKEN = base64.b64encode(genuine()).decode()


def check(token: object) -> str:
    with pytest.raises(FederationError) as caught:
        prove_response(decode_response(token), Keys())
    return caught.value.check


@pytest.mark.parametrize("width", [1, 64, 76])
@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\t"])
def test_B01_folded_lines_are_read(width: int, end: str) -> None:
    folded = end.join(TOKEN[start : start + width] for start in range(0, len(TOKEN), width))
    assert subject(prove_response(decode_response(folded), Keys())) == LOGIN.subject


@pytest.mark.parametrize("noise", ["-", "*", "=", "\0", "\x0b", "\x0c", "\xa0", "\u2028", "%20", "_"])
def test_B01_B02_anything_else_in_the_middle(noise: str) -> None:
    assert check(TOKEN[:400] + noise + TOKEN[400:]) == "base64"


def test_B01_padding_and_spare_bits_are_canonical() -> None:
    two = base64.b64encode(b"<a/>").decode()
    assert two.endswith("==")
    for wrong in (two.rstrip("="), two[:-1], two + "=", two[:-3] + chr(ord(two[-3]) + 1) + "=="):
        assert check(wrong) == "base64"


def test_B03_B04_nothing_is_inflated() -> None:
    bomb = zlib.compress(b"<a>" + b" " * 10_000_000 + b"</a>", 9)
    for octets in (bomb, bomb[2:-4]):
        start = time.perf_counter()
        assert check(base64.b64encode(octets)) == "content"
        assert time.perf_counter() - start < 0.1


@pytest.mark.parametrize("token", [None, 1, object(), [TOKEN], {"SAMLResponse": TOKEN}, bytearray(b"PGEvPg=="), memoryview(b"PGEvPg==")])
def test_B06_other_types(token: object) -> None:
    assert check(token) == "type"


def test_D01_size_is_checked_before_anything_is_decoded() -> None:
    huge = "!" * (limits.SAML_RESPONSE_CHARS + 1)
    start = time.perf_counter()
    assert check(huge) == "size"
    assert time.perf_counter() - start < 0.01


@pytest.mark.parametrize("unit", ["a", "%", "-", "=", "ey", "SAMLResponse=", "<", "&?", "A ", "\u00e9"])
def test_D03_saying_what_it_looks_like_is_linear(unit: str) -> None:
    for token in (unit * (1_000_000 // len(unit)), unit * (1_000_000 // len(unit)) + "!"):
        start = time.perf_counter()
        check(token)
        assert time.perf_counter() - start < 0.5


def test_D04_a_refusal_does_not_repeat_its_input() -> None:
    with pytest.raises(FederationError) as caught:
        decode_response(base64.b64encode(b"x" * 100_000))
    assert len(str(caught.value)) < 500
