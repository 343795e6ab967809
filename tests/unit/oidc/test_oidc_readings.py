"""A refusal is in the report whatever it is called, and strict JSON says what it will not read."""

import json

import pytest

from federation.errors import InvalidIdentityToken
from federation.oidc.readings import Reading, Stage, rows
from federation.oidc.strictjson import Complaint, decode_object
from federation.profiles import Profile
from federation.report import BOTH, Check

COMPLAINT = Complaint(InvalidIdentityToken, "json", "the text", "write it right", "said by AWS")


def refuse(name: str) -> None:
    raise InvalidIdentityToken(check=name, expected="x", found="y", remedy="z")


def test_a_refusal_that_no_stage_owns_up_to_is_still_a_refusal() -> None:
    readings = {profile: Reading.of(lambda: refuse("surprise"), ()) for profile in Profile}
    results = list(rows([Stage("type", "x")], (), readings))
    assert [(r.name, r.outcome) for r in results] == [("type", "passed"), ("surprise", "refused"), ("surprise", "refused")]


def test_every_check_is_asked_although_one_refused() -> None:
    checks: list[Check[None]] = [Check("a", "x", BOTH, lambda _: refuse("a")), Check("b", "x", BOTH, lambda _: refuse("other"))]
    reading = Reading.of(lambda: None, checks)
    assert (set(reading.refusals), reading.stopped) == ({"a", "b"}, None)
    assert [(r.name, r.outcome) for r in rows([], checks, dict.fromkeys(Profile, reading))] == [("a", "refused"), ("b", "refused")]


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        (b"\xff", "an octet sequence that is not UTF-8 at octet 0"),
        (b"[" * 33, "deeper nesting"),
        (b"[]", "JSON of another type"),
        (b'{"a":NaN}', "the word `NaN`, which is not JSON"),
        (b'{"a":123456789012345678901}', "a number of more than 20 digits"),
        (b'{"a":1e400}', "a number beyond the range of a double"),
        (rb'{"a":"\ud800"}', "a lone surrogate"),
        (rb'{"a":1,"a":"\udfff"}', "a lone surrogate"),
        (b'{"a":1,"a":}', "Expecting value at character 11"),
    ],
)
def test_what_strict_json_refuses(octets: bytes, found: str) -> None:
    with pytest.raises(InvalidIdentityToken) as caught:
        decode_object(octets, COMPLAINT)
    assert (caught.value.check, caught.value.found, caught.value.message) == ("json", found, "said by AWS")


def test_repeated_names_are_reported_and_the_last_value_stands() -> None:
    decoded = decode_object(rb'{"a":1,"b":{"c":1,"\u0063":2},"a":3,"a":4}', COMPLAINT)
    assert (decoded.members, decoded.repeated) == ({"a": 4, "b": {"c": 2}}, ("c", "a"))


def test_depth_is_counted_outside_of_strings() -> None:
    deepest = json.dumps({"text": '[{"\\' * 50, "nested": 0}).replace("0}", "[" * 31 + "]" * 31 + "}").encode()
    assert decode_object(deepest, COMPLAINT).members["text"] == '[{"\\' * 50
    with pytest.raises(InvalidIdentityToken):
        decode_object(deepest.replace(b"[]", b"[[]]"), COMPLAINT)
