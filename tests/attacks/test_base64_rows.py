"""Section 8 of the attack matrix, transport: one token has one spelling."""

import base64
import copy
import re
import time
import zlib

import pytest
from lxml import etree

from federation import limits
from federation.errors import FederationError
from federation.saml.decode import decode_response
from federation.saml.response import prove_response
from federation.saml.signature.algorithms import SignatureMethod
from federation.saml.xml import Element
from tests.support.paths import REPOSITORY
from tests.support.signatures import LOGIN, Keys, changed, genuine, subject, tree

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
        start = time.process_time()
        assert check(base64.b64encode(octets)) == "content"
        assert time.process_time() - start < 0.1


@pytest.mark.parametrize("token", [None, 1, object(), [TOKEN], {"SAMLResponse": TOKEN}, bytearray(b"PGEvPg=="), memoryview(b"PGEvPg==")])
def test_B06_other_types(token: object) -> None:
    assert check(token) == "type"


def test_D01_size_is_checked_before_anything_is_decoded() -> None:
    huge = "!" * (limits.SAML_RESPONSE_CHARS + 1)
    start = time.process_time()
    assert check(huge) == "size"
    assert time.process_time() - start < 0.01


@pytest.mark.parametrize("unit", ["a", "%", "-", "=", "ey", "SAMLResponse=", "<", "&?", "A ", "\u00e9"])
def test_D03_saying_what_it_looks_like_is_linear(unit: str) -> None:
    for token in (unit * (1_000_000 // len(unit)), unit * (1_000_000 // len(unit)) + "!"):
        start = time.process_time()
        check(token)
        assert time.process_time() - start < 0.5


def test_D04_a_refusal_does_not_repeat_its_input() -> None:
    with pytest.raises(FederationError) as caught:
        decode_response(base64.b64encode(b"x" * 100_000))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("content", [b"\x1f\x8b\x08\0", b"{}", b"%PDF-1.4", b"PK\3\4", b"\0<x/>", b"\xff\xfe<\0", b"\xef\xbb\xbf{"])
def test_B05_what_is_inside_begins_like_markup(content: bytes) -> None:
    assert check(base64.b64encode(content + b"x" * 8)) == "content"


@pytest.mark.parametrize("content", [b"<html><body/></html>", b"<?xml version='1.0'?><!DOCTYPE html><html/>", b"<svg xmlns='urn:x'/>"])
def test_B05_and_what_begins_like_markup_is_a_response(content: bytes) -> None:
    assert check(base64.b64encode(content)) in {"root", "doctype"}


def test_D02_no_key_is_used_before_the_shape_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bool:
        raise AssertionError("a key was used")

    monkeypatch.setattr(SignatureMethod, "verifies", fail)
    root = tree(genuine())
    for name in ("Assertion", "Signature", "StatusCode"):
        twin = changed(genuine(), lambda root, name=name: double(root, name))  # type: ignore[misc]
        assert check(base64.b64encode(twin)) in {"assertion-count", "signature-shape", "envelope-shape", "duplicate-id"}
    root.tag = "x"
    assert check(base64.b64encode(etree.tostring(root))) == "root"
    assert check("A" * (limits.SAML_RESPONSE_CHARS + 1)) == "size"


def double(root: Element, name: str) -> None:
    element = next(root.iter(f"{{*}}{name}"))
    element.addnext(copy.deepcopy(element))


def test_D08_secrets_and_digests_are_compared_in_constant_time() -> None:
    compared = (REPOSITORY / "federation" / "saml" / "signature" / "proof.py").read_text(encoding="utf-8")
    assert "hmac.compare_digest" in compared
    assert not re.search(r"digest\(.*\)\s*[!=]=", compared)
