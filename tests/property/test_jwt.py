"""Clauses that hold for every token: only what was signed counts, nothing foreign escapes, cost grows with size alone."""

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation import FederationError, OAuthProvider, diagnose, validate
from federation.errors import InvalidIdentityToken, RegistrationError
from federation.jose import base64url
from federation.jose.decode import decode_token
from federation.jose.jwks import KeySet
from federation.jose.strictjson import Complaint, decode_object
from federation.profiles import Profile
from federation.testing.strategies import json_values
from tests.support.oidc import AT, forge, provider, token

COMPLAINT = Complaint(InvalidIdentityToken, "json", "text", "x")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/= "

JSON = json_values()


@given(st.data())
def test_changing_any_character_refuses(data: st.DataObject) -> None:
    good = token("ES256", sub="alice")
    place = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda c: c != good[place]))
    with pytest.raises(FederationError):
        validate(good[:place] + other + good[place + 1 :], provider("ES256"), at=AT)


@given(st.data())
def test_cutting_or_repeating_refuses(data: st.DataObject) -> None:
    good = token("ES256")
    start = data.draw(st.integers(0, len(good) - 1))
    end = data.draw(st.integers(start + 1, len(good)))
    for changed in (good[:start] + good[end:], good[:end] + good[start:]):
        if changed != good:
            with pytest.raises(FederationError):
                validate(changed, provider("ES256"), at=AT)


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200), JSON))
def test_only_refusals_escape(value: Any) -> None:
    with pytest.raises(FederationError):
        validate(value, provider(), at=AT)
    assert not diagnose(value, provider(), at=AT).accepted


@given(st.one_of(st.binary(max_size=100), JSON.map(lambda v: json.dumps(v).encode())), st.sampled_from(["strict", "aws"]))
def test_only_refusals_escape_for_signed_nonsense(payload: bytes, profile: str) -> None:
    signed = forge().sign(b'{"alg":"RS256","kid":"key-1"}', payload or b"x")
    with pytest.raises(FederationError):
        validate(signed, provider(profile=profile), at=AT)


@given(
    st.dictionaries(
        st.sampled_from(["sub", "aud", "azp", "iat", "exp", "nbf", "jti", "amr", "cnf", "token_use", "events", "iss", "x"]),
        JSON,
        max_size=4,
    ),
    st.sampled_from(["strict", "aws"]),
)
def test_deciding_and_explaining_agree_whatever_the_claims(claims: dict[str, Any], profile: str) -> None:
    presented = token("EdDSA" if profile == "strict" else "ES256", **claims)
    registered = provider("EdDSA" if profile == "strict" else "ES256", profile)
    report = diagnose(presented, registered, at=AT)
    refused = report.refusal()
    if refused is None:
        identity = validate(presented, registered, at=AT)
        assert report.identity == identity
        assert set(identity.context_keys) <= {f"issuer.example.com:{claim}" for claim in ("aud", "oaud", "sub", "amr")}
    else:
        with pytest.raises(FederationError) as caught:
            validate(presented, registered, at=AT)
        assert str(caught.value) == str(refused)
    json.dumps(report.as_dict())


jwks_members = st.sampled_from(["kty", "n", "e", "x", "y", "crv", "kid", "use", "alg", "key_ops", "x5c", "d"])
jwks_values = st.sampled_from(["RSA", "EC", "OKP", "oct", "P-256", "Ed25519", "AQAB", "sig", "ES256", ["verify"], 1, None, "+"]) | JSON


@given(st.lists(st.dictionaries(jwks_members, jwks_values, max_size=6) | JSON, max_size=3), st.sampled_from(list(Profile)))
def test_any_key_set_is_loaded_or_refused_in_kind(keys: list[Any], profile: Profile) -> None:
    for document in ({"keys": keys}, json.dumps({"keys": keys})):
        with suppress(RegistrationError):
            KeySet.parse(document, profile=profile)


@given(JSON | st.dictionaries(st.sampled_from(["active", "sub", "exp", "aud", "data", "user_id", "iat", "error"]), JSON))
def test_any_answer_is_registered_or_refused_in_kind(answer: Any) -> None:
    for name in ("www.amazon.com", "graph.facebook.com", "as.example.com"):
        with suppress(RegistrationError):
            OAuthProvider(name=name, token_information={"0" * 64: answer})


@given(st.binary(min_size=1, max_size=60))
def test_base64url_has_one_spelling(octets: bytes) -> None:
    text = base64url.encode(octets)
    assert base64url.decode(text) == octets
    for sloppy in (text + "=", text + " ", " " + text, text + "\n", text[:-1] + "!", ""):
        assert base64url.decode(sloppy) is None


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text(max_size=10), JSON, max_size=5))
def test_json_that_two_parsers_read_alike_is_read(members: dict[str, Any]) -> None:
    decoded = decode_object(json.dumps(members, ensure_ascii=False).encode(), COMPLAINT)
    assert (decoded.members, decoded.repeated) == (members, ())


@given(st.text(alphabet='{}[]":,\\u0123456789dDeE+-.ntrfalse ', max_size=80))
def test_strict_json_is_json(text: str) -> None:
    """What is read here, the standard library reads too, and the same."""
    try:
        decoded = decode_object(text.encode(), COMPLAINT)
    except InvalidIdentityToken:
        return
    assert decoded.members == json.loads(text)


def cost(presented: str) -> float:
    best = 1.0
    for _ in range(5):
        begin = time.process_time()
        with pytest.raises(FederationError):
            validate(presented, provider(), at=AT)
        best = min(best, time.process_time() - begin)
    return best


@pytest.mark.parametrize(
    "payload",
    [
        lambda n: b'{"a":"' + rb"\"" * (n // 2) + b'"}',
        lambda n: b'"' + rb"\"" * (n // 2) + b"[" * 40,
        lambda n: b"[" * 40 + rb"\"" * (n // 2),
        lambda n: b"[" * n,
        lambda n: b'{"a":' + b"9" * n + b"}",
        lambda n: b'{"a":"' + rb"\ud800" * (n // 6) + b'"}',
        lambda n: b'{"a":1,' * (n // 7),
        lambda n: b"{" + b",".join(b'"a":1' for _ in range(n // 6)) + b"}",
    ],
    ids=range(8),
)
def test_the_longest_token_is_judged_in_linear_time(payload: Any) -> None:
    """14 000 octets within milliseconds; a quadratic reading would need a hundred times as long as linear."""
    assert cost(forge().sign(b'{"alg":"RS256","kid":"key-1"}', payload(14_000))) < 0.02


def test_dots_cost_nothing() -> None:
    assert cost("." * 20_000) < 0.01
    with pytest.raises(InvalidIdentityToken):
        decode_token("a." * 10_000)


@pytest.mark.long
@settings(max_examples=5_000)
@given(st.data())
def test_changing_octets_of_the_payload_refuses(data: st.DataObject) -> None:
    header, payload, signature = token("ES256").split(".")
    octets = bytearray(base64url.decode(payload) or b"")
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(FederationError):
        validate(f"{header}.{base64url.encode(bytes(octets))}.{signature}", provider("ES256"), at=AT)
