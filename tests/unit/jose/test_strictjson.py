"""Strict JSON: what it will not read, in its own words, and the edges of its limits."""

import json

import pytest

from federation.errors import InvalidIdentityToken
from federation.jose.strictjson import Complaint, decode_object

COMPLAINT = Complaint(InvalidIdentityToken, "json", "the text", "write it right", "said by AWS")


def nested(depth: int, opening: str = "[", closing: str = "]") -> bytes:
    return ('{"a":' + opening * (depth - 1) + closing * (depth - 1) + "}").encode()


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        (b"\xff", "an octet sequence that is not UTF-8 at octet 0"),
        (b"[" * 33, "deeper nesting"),
        (nested(33), "deeper nesting"),
        (b'{"a":' * 32 + b"{}" + b"}" * 32, "deeper nesting"),
        (b'{"a":[[],[[]],[],[]],"b":' + b"[" * 32 + b"]" * 32 + b"}", "deeper nesting"),
        (b"[]", "JSON of another type"),
        (b'"x"', "JSON of another type"),
        (b'{"a":NaN}', "the word `NaN`, which is not JSON"),
        (b'{"a":123456789012345678901}', "a number of more than 20 digits"),
        (b'{"a":1e400}', "a number beyond the range of a double"),
        (rb'{"a":"\ud800"}', "a lone surrogate"),
        (rb'{"a":1,"a":"\udfff"}', "a lone surrogate"),
        (rb'{"\uDc00":1}', "a lone surrogate"),
        (b'{"a":1,"a":}', "Expecting value at character 11"),
        (b'{"a":1}x', "Extra data at character 7"),
        (b'{"a":1} {}', "Extra data at character 8"),
        (b"x", "Expecting value at character 0"),
        (b"\xef\xbb\xbf{}", "Expecting value at character 0"),
    ],
)
def test_what_strict_json_refuses(octets: bytes, found: str) -> None:
    with pytest.raises(InvalidIdentityToken) as caught:
        decode_object(octets, COMPLAINT)
    assert (caught.value.check, caught.value.found, caught.value.message) == ("json", found, "said by AWS")
    assert (caught.value.remedy, caught.value.expected.startswith("the text as ")) == ("write it right", True)


@pytest.mark.parametrize(
    "octets",
    [
        b"{}",
        b' \n{"a":1}\t',
        b'{"a":12345678901234567890}',
        b'{"a":1e308}',
        rb'{"a":"\ud83d\ude00\u0041"}',
        nested(32),
        b'{"a":' * 31 + b"{}" + b"}" * 31,
        b'{"a":[' + b"[]," * 100 + b"{}]}",
        b'{"a":[[],[[]],[],[]],"b":' + b"[" * 31 + b"]" * 31 + b"}",
    ],
)
def test_what_strict_json_reads(octets: bytes) -> None:
    assert decode_object(octets, COMPLAINT).members == json.loads(octets)


def test_repeated_names_are_reported_and_the_last_value_stands() -> None:
    decoded = decode_object(rb'{"a":1,"b":{"c":1,"\u0063":2},"a":3,"a":4}', COMPLAINT)
    assert (decoded.members, decoded.repeated) == ({"a": 4, "b": {"c": 2}}, ("c", "a"))


def test_depth_is_counted_outside_of_strings() -> None:
    deepest = json.dumps({"text": '[{"\\' * 50, "nested": 0}).replace("0}", "[" * 31 + "]" * 31 + "}").encode()
    assert decode_object(deepest, COMPLAINT).members["text"] == '[{"\\' * 50
    with pytest.raises(InvalidIdentityToken):
        decode_object(deepest.replace(b"[]", b"[[]]"), COMPLAINT)


@pytest.mark.parametrize("number", [10**20 - 1, -(10**19) + 1])
def test_the_longest_numbers_in_a_flat_object_and_the_next(number: int) -> None:
    assert decode_object(b'{"iat":%d,"sub":"x"}' % number, COMPLAINT).members == {"iat": number, "sub": "x"}
    with pytest.raises(InvalidIdentityToken) as refused:
        decode_object(b'{"iat":%d,"sub":"x"}' % (number + (1 if number > 0 else -1)), COMPLAINT)
    assert (refused.value.check, refused.value.found) == ("json", "a number of more than 20 digits")


@pytest.mark.parametrize(
    ("octets", "members"),
    [
        (b'{"a":"1","a":2}', {"a": 2}),
        (b'{"a":2,"a":"1"}', {"a": "1"}),
        (b'{"a":"1","a":"1"}', {"a": "1"}),
        (b'{"a":1,"b":"","a":1}', {"a": 1, "b": ""}),
        (b'{"a":null,"a":true}', {"a": True}),
        (b'{"":"","":""}', {"": ""}),
        (b'{"a":"{","a":"["}', {"a": "["}),
        (rb'{"a":"\"","a":"x"}', {"a": "x"}),
        (rb'{"\u0061":"\"\"","a":3}', {"a": 3}),
    ],
)
def test_a_repeated_member_shows_whatever_its_values(octets: bytes, members: dict[str, object]) -> None:
    decoded = decode_object(octets, COMPLAINT)
    assert (decoded.members, decoded.repeated) == (members, (next(iter(members)),))
