"""Base64url has one spelling for any octets, and no other text is read."""

import pytest

from federation.jose import base64url

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("length", range(1, 33))
def test_any_length_is_read_back_and_its_end_has_one_spelling(length: int) -> None:
    octets = bytes(range(200, 200 + length))
    text = base64url.encode(octets)
    assert base64url.decode(text) == octets
    for other in ALPHABET.replace(text[-1], ""):
        found = base64url.decode(text[:-1] + other)
        assert found is None or base64url.encode(found) == text[:-1] + other
        assert found != octets


def test_the_alphabet() -> None:
    assert base64url.decode("-_-_") == bytes.fromhex("fbffbf")
    for text in ("", "+_-_", "-/-_", "AA==", "AAA=", "AAA\n", "AA AA", "A", "AAAAA", "AA\0A", "AAAA=", "AAAA====", "====", "AA.A"):
        assert base64url.decode(text) is None
