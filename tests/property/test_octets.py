"""Any octets at all: a typed refusal, or exactly what was signed."""

from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.errors import FederationError
from federation.saml.decode import RawResponse, decode_response
from federation.saml.reading.inspection import inspect_response
from federation.saml.registration.keys import load_certificates, load_decryption_key
from federation.saml.response import examine_response, prove_response
from tests.support.signatures import Keys, encryption, genuine, own_decryption_key

FEW = settings(suppress_health_check=[HealthCheck.too_slow])
LONG = settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def messages() -> list[tuple[bytes, Keys, bytes]]:
    """Genuine messages with the octets of the assertion that each proves."""
    keys = Keys(decryption_keys=(own_decryption_key(),))
    octets = [genuine(sign) for sign in ("assertion", "response", "both")] + [genuine("both", encryption())]
    return [(message, keys, prove_response(RawResponse(message), keys).assertion.signed.octets) for message in octets]


def refused_or_the_same(octets: bytes, keys: Keys, signed: bytes) -> None:
    try:
        found = prove_response(RawResponse(octets), keys).assertion.signed.octets
    except FederationError as error:
        text = str(error)
    else:
        text = ""
        assert found == signed
    assert "\n" not in text
    assert len(text) < 2000


@FEW
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300), st.none(), st.integers(), st.lists(st.binary(max_size=3))))
def test_anything_as_a_token_is_refused_with_a_type(token: object) -> None:
    with pytest.raises(FederationError):
        prove_response(decode_response(token), Keys())
    assert inspect_response(token) == {} or isinstance(token, (str, bytes))


@FEW
@given(st.binary(max_size=300))
def test_anything_as_xml_or_as_a_key_is_refused_with_a_type(octets: bytes) -> None:
    with pytest.raises(FederationError):
        prove_response(RawResponse(octets), Keys())
    results, proved = examine_response(RawResponse(octets), Keys())
    assert proved is None
    assert any(result.outcome == "refused" for result in results)
    for load in (load_certificates, load_decryption_key):
        with pytest.raises(FederationError):
            load(octets)


def flip(data: st.DataObject) -> None:
    message, keys, signed = data.draw(st.sampled_from(messages()))
    place = data.draw(st.integers(0, len(message) - 1))
    changed = bytearray(message)
    changed[place] = data.draw(st.integers(0, 255))
    refused_or_the_same(bytes(changed), keys, signed)


def cut_and_paste(data: st.DataObject) -> None:
    message, keys, signed = data.draw(st.sampled_from(messages()))
    place = st.integers(0, len(message))
    (begin, end), at = sorted((data.draw(place), data.draw(place))), data.draw(place)
    piece = message[begin:end]
    rest = message if data.draw(st.booleans()) else message[:begin] + message[end:]
    refused_or_the_same(rest[:at] + piece + rest[at:], keys, signed)


@FEW
@given(st.data())
def test_one_changed_octet_of_a_signed_response(data: st.DataObject) -> None:
    flip(data)


@FEW
@given(st.data())
def test_a_piece_moved_or_repeated_in_a_signed_response(data: st.DataObject) -> None:
    cut_and_paste(data)


@pytest.mark.long
@LONG
@given(st.data())
def test_one_changed_octet_long(data: st.DataObject) -> None:
    flip(data)


@pytest.mark.long
@LONG
@given(st.data())
def test_a_piece_moved_or_repeated_long(data: st.DataObject) -> None:
    cut_and_paste(data)
