"""What is shown as signed is what a registered key signed, whatever the message refers to."""

import base64
from typing import Any

import pytest

from federation.errors import FederationError
from federation.saml.coverage import Coverage, SourceElement, cover
from federation.saml.decode import decode_response
from federation.saml.response import prove_response
from tests.support.saml import decryption_pem, provider, respond, to_service_provider

REGISTERED = provider()


def octets_of(token: str) -> bytes:
    return base64.b64decode(token)


def covering(octets: bytes, **more: Any) -> Coverage:
    return cover(base64.b64encode(octets).decode(), more.get("by", REGISTERED))


def told(coverage: Coverage, *, signed: bool) -> bytes:
    return b"".join(coverage.octets[each.start : each.end] for each in coverage.spans if each.signed is signed)


def named(coverage: Coverage, name: str) -> list[SourceElement]:
    return [each for each in coverage.elements if each.name.rpartition(":")[2] == name]


@pytest.mark.parametrize("sign", ["assertion", "response", "both"])
def test_the_spans_make_up_the_document(sign: str) -> None:
    octets = octets_of(respond(sign=sign))
    coverage = covering(octets)
    assert b"".join(coverage.octets[each.start : each.end] for each in coverage.spans) == octets
    assert [a.end for a in coverage.spans[:-1]] == [b.start for b in coverage.spans[1:]]
    assert all(a.signed is not b.signed for a, b in zip(coverage.spans, coverage.spans[1:], strict=False))
    for each in coverage.elements:
        piece = octets[each.start : each.end]
        assert piece.startswith(b"<" + each.name.encode())
        assert piece.endswith((b"/>", b"</%b>" % each.name.encode()))


def test_of_a_signed_assertion_the_response_around_it_is_not_signed() -> None:
    coverage = covering(octets_of(respond(sign="assertion")))
    assert [name for name, _ in coverage.signed_by] == ["Assertion"]
    assert [each.signed for name in ("Response", "Status", "Signature", "SignedInfo") for each in named(coverage, name)] == [False] * 4
    assert [each.signed for name in ("Assertion", "NameID", "Audience") for each in named(coverage, name)] == [True] * 3
    assert b"<ds:Signature" not in told(coverage, signed=True)
    assert b"Destination" not in told(coverage, signed=True)


def test_of_a_signed_response_all_but_its_own_signature_is_signed() -> None:
    coverage = covering(octets_of(respond(sign="both")))
    assert [name for name, _ in coverage.signed_by] == ["Response", "Assertion"]
    assert [each.signed for each in named(coverage, "Signature")] == [False, True]
    assert told(coverage, signed=False).count(b"</ds:Signature>") == 1


def test_without_a_proof_nothing_is_signed() -> None:
    tampered = octets_of(respond(sign="assertion")).replace(b"</saml2:NameID>", b"x</saml2:NameID>")
    for octets, by in ((tampered, REGISTERED), (octets_of(respond()), None)):
        coverage = covering(octets, by=by)
        assert (coverage.signed_by, told(coverage, signed=True)) == ((), b"")
        assert not any(each.signed for each in coverage.elements)


def test_a_wrapped_assertion_is_never_signed() -> None:
    """S01 to S09: the evil assertion refers to nothing, the genuine one lies elsewhere; verification refuses, so nothing is signed."""
    genuine = octets_of(respond(sign="assertion"))
    begin, end = genuine.index(b"<saml2:Assertion"), genuine.index(b"</saml2:Assertion>") + len(b"</saml2:Assertion>")
    evil = genuine[begin:end].replace(b'ID="', b'ID="evil', 1)
    coverage = covering(genuine[:begin] + evil + genuine[begin:end] + genuine[end:])
    assert told(coverage, signed=True) == b""


def test_comments_are_not_signed() -> None:
    octets = octets_of(respond(sign="assertion")).replace(b"<saml2:Conditions", b"<!-- /> --><saml2:Conditions")
    coverage = covering(octets)
    assert coverage.signed_by
    assert b"<!-- /> -->" in told(coverage, signed=False)
    assert [each.text for each in coverage.elements if not each.name] == [" /> "]
    assert named(coverage, "Conditions")[0].signed


def test_what_is_signed_is_what_is_read() -> None:
    """Every signed stretch, its comments left out, is in the octets that verification returned, but for the form of its tags."""
    token = respond(sign="both")
    coverage, proved = cover(token, REGISTERED), prove_response(decode_response(token), REGISTERED)
    assert proved.response is not None
    for each in coverage.elements:
        if each.signed and each.text.strip() and "Signature" not in each.name:
            assert each.text.encode() in proved.response.signed.octets


def test_an_encrypted_assertion_is_shown_as_it_was_proved() -> None:
    token = respond(sign="assertion", encryption=to_service_provider())
    coverage = cover(token, provider(decryption_keys=(decryption_pem(),)))
    assert coverage.plaintext is not None
    assert b"<saml2:NameID" in coverage.plaintext
    assert told(coverage, signed=True) == b""


@pytest.mark.parametrize("token", ["", "AAAA", "PA==", base64.b64encode(b"<a><!DOCTYPE b></a>").decode()])
def test_what_cannot_be_read_is_refused(token: str) -> None:
    with pytest.raises(FederationError):
        cover(token, REGISTERED)
