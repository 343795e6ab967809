"""Section 10 of the attack matrix, JSON and claims: every one is refused, and by the check that is named for it."""

from datetime import timedelta
from typing import Any

import pytest

from federation import FederationError, OAuthProvider, OidcProvider, diagnose, validate
from federation.errors import ExpiredTokenException, RegistrationError
from federation.testing.oidc import ABSENT, OidcForge
from tests.support.oidc import AT, CLIENT, HEADER, NOW, forge, key, payload, provider, refusal, token, with_header


@pytest.mark.parametrize(
    "extra", ['"sub":"a","sub":"b"', '"aud":"client-a","\\u0061ud":"client-a"', '"x":{"y":1,"y":2}', '"x":[{"y":1,"y":1}]']
)
def test_j25_repeated_members_in_claims(extra: str) -> None:
    assert refusal(forge().sign(HEADER, payload()[:-1] + b"," + extra.encode() + b"}")).check == "members"


def test_j25_repeated_members_in_the_header() -> None:
    assert refusal(forge().sign(b'{"alg":"none","alg":"RS256","kid":"key-1"}', payload())).check == "members"
    last_wins = forge().sign(HEADER, payload()[:-1] + b',"sub":"last"}')
    assert validate(last_wins, provider(profile="aws"), at=AT).subject == "last"


@pytest.mark.parametrize(
    "octets",
    [
        b"// x\n" + b"{}",
        b"{'a':1}",
        b'{"a":1,}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"{} {}",
        b"{}x",
        b"[]",
        b'"x"',
        b"null",
        b"1",
        b"",
        b"{",
        b'{"a":"\xff"}',
        b'{"a":"\xc0\xaf"}',
        b'{"a":"\n"}',
        b'{"a":1e999}',
        b'{"a":01}',
        b'{"a":+1}',
        b'{"a":.5}',
    ],
)
def test_j26_lax_json(octets: bytes) -> None:
    assert refusal(forge().sign(HEADER, octets)).check in {"claims", "form"}
    assert refusal(forge().sign(octets, payload())).check in {"json", "form"}


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", [-1, 1.5, float(NOW), "x", str(NOW), True, False, None, [NOW], {}, 2**53, 2**63, 1e17])
def test_j27_j50_numbers(name: str, value: object) -> None:
    assert refusal(token(**{name: value})).check in {"numeric-date", "timestamp"}


def test_j27_digits_are_bounded() -> None:
    for digits in (b"9" * 21, b"9" * 10_000):
        assert refusal(forge().sign(HEADER, payload()[:-1] + b',"x":' + digits + b"}")).check == "claims"


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "iat"])
def test_j28_required_claims(name: str) -> None:
    assert refusal(token(**{name: ABSENT})).check == "required-claims"


def test_j28_the_end_is_exclusive() -> None:
    presented = token(exp=NOW + 60)
    assert validate(presented, provider(), at=AT + timedelta(seconds=59, microseconds=999_999)).subject
    error = refusal(presented, at=AT + timedelta(seconds=60))
    assert (error.check, type(error)) == ("exp", ExpiredTokenException)


@pytest.mark.parametrize(("claims", "check"), [({"nbf": NOW + 1}, "nbf"), ({"iat": NOW + 1}, "iat"), ({"iat": NOW, "exp": NOW - 1}, "exp")])
def test_j29_the_future(claims: dict[str, int], check: str) -> None:
    assert refusal(token(**claims)).check == check


def test_j29_issued_after_its_end() -> None:
    tolerant = forge().provider(client_ids=[CLIENT], clock_skew=timedelta(minutes=5))
    assert refusal(token(iat=NOW + 20, exp=NOW + 10), tolerant).check == "lifetime"


@pytest.mark.parametrize("skew", [timedelta(seconds=-1), timedelta(seconds=601), 300_000, None, timedelta(days=1)])
def test_j30_leeway_is_bounded(skew: Any) -> None:
    with pytest.raises(RegistrationError) as caught:
        forge().provider(client_ids=[CLIENT], clock_skew=skew)
    assert caught.value.check == "clock-skew"


@pytest.mark.parametrize(
    "aud", [f"my{CLIENT}", f"{CLIENT}-x", "client", "", [], {}, {CLIENT: 1}, 1, [1], [[CLIENT]], None, [CLIENT, 1], CLIENT.upper()]
)
def test_j31_aud(aud: object) -> None:
    assert refusal(token(aud=aud)).check == "audience"


@pytest.mark.parametrize(
    ("claims", "check"),
    [
        ({"aud": [CLIENT, "other"]}, "audience"),
        ({"aud": [CLIENT, "other"], "azp": "other"}, "audience"),
        ({"aud": [CLIENT, "other"], "azp": ""}, "audience"),
        ({"aud": CLIENT, "azp": "other"}, "audience"),
        ({"aud": CLIENT, "azp": [CLIENT]}, "audience"),
        ({"aud": CLIENT, "azp": None}, "audience"),
        ({"aud": "other", "azp": CLIENT}, "audience-trusted"),
    ],
)
def test_j32_several_audiences(claims: dict[str, Any], check: str) -> None:
    assert refusal(token(**claims)).check == check


@pytest.mark.parametrize(
    "iss",
    [
        "https://issuer.example.co",
        "https://issuer.example.com/",
        "https://issuer.example.com/x",
        "https://Issuer.example.com",
        "https://issuer.example.com:443",
        "http://issuer.example.com",
        "issuer.example.com",
        "https://user@issuer.example.com",
        "https://issuer%2eexample.com",
        "https://issuer\uff0eexample.com",
        " https://issuer.example.com",
        "",
        ["https://issuer.example.com"],
        {"https://issuer.example.com": 1},
        None,
        1,
        "https://issuer.example.com\0",
    ],
)
def test_j33_j34_issuer_is_exact(iss: object) -> None:
    assert refusal(token(iss=iss)).check == "issuer"


def test_j35_no_issuer_templates() -> None:
    with pytest.raises(RegistrationError, match="url"):
        OidcProvider(url="https://login.example.com/{tenantid}/v2.0?x", client_ids=[CLIENT], jwks=forge().jwks())
    templated = OidcProvider(url="https://login.example.com/{tenantid}", client_ids=[CLIENT], jwks=forge().jwks())
    assert refusal(token(iss="https://login.example.com/any"), templated).check == "issuer"


def test_j36_one_subject_at_two_issuers_is_two_identities() -> None:
    other = OidcForge(key=key(), issuer="https://other.example.com")
    first = validate(token(), provider(), at=AT)
    second = validate(other.token(at=AT, audience=CLIENT), other.provider(client_ids=[CLIENT]), at=AT)
    assert first.subject == second.subject
    assert (first.issuer, first.provider_arn) != (second.issuer, second.provider_arn)
    assert not set(first.context_keys) & set(second.context_keys)


@pytest.mark.parametrize("sub", [1, "", [], ["a"], {}, None, True, "x" * 256, "a\0b", 1.5])
def test_j37_sub(sub: object) -> None:
    assert refusal(token(sub=sub)).check == "subject"


def test_j38_email_is_no_identity() -> None:
    identity = validate(token(email="victim@example.com", email_verified="true"), provider(), at=AT)
    assert identity.subject == "workload-7"
    assert not any("email" in name for name in identity.context_keys)


@pytest.mark.parametrize(
    "typ", ["logout+jwt", "secevent+jwt", "dpop+jwt", "JWE", "token-introspection+jwt", "application/logout+jwt", "", "sd+jwt"]
)
def test_j39_typ(typ: str) -> None:
    assert refusal(with_header(typ=typ)).check == "typ"


def test_j39_provider_may_be_registered_for_id_tokens_alone() -> None:
    only = forge().provider(client_ids=[CLIENT], token_types=["JWT"])
    assert refusal(with_header(typ="at+jwt"), only).check == "typ"
    assert validate(with_header(typ="application/at+jwt"), provider(), at=AT).subject


@pytest.mark.parametrize("claims", [{"events": {}}, {"token_use": "access"}, {"token_use": None}, {"token_use": ["id"]}])
def test_j39_other_kinds_of_token(claims: dict[str, Any]) -> None:
    assert refusal(token(**claims)).check == "token-use"


def test_j41_replay_has_a_key_and_the_key_is_not_the_text() -> None:
    identity = validate(token(jti="once"), provider(), at=AT)
    assert (identity.issuer, identity.token_id) == (forge().url, "once")
    for jti in (1, "", None, ["once"], "a\0"):
        assert refusal(token(jti=jti)).check == "jti"


@pytest.mark.parametrize("name", ["sub", "aud", "iss", "x"])
@pytest.mark.parametrize("escape", [rb"\ud800", rb"\udc00\ud800", rb"a\udfff"])
def test_j48_lone_surrogates(name: str, escape: bytes) -> None:
    assert refusal(forge().sign(HEADER, payload(**{name: ABSENT})[:-1] + b',"' + name.encode() + b'":"' + escape + b'"}')).check == "claims"


def test_j48_paired_surrogates_are_one_character() -> None:
    presented = forge().sign(HEADER, payload(sub=ABSENT)[:-1] + rb',"sub":"\ud83d\ude00"}')
    assert validate(presented, provider(), at=AT).subject == "\U0001f600"


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b"[{"])
def test_j49_deep_json(opening: bytes) -> None:
    deep = opening * 2_500
    assert refusal(forge().sign(HEADER, deep)).check == "claims"
    assert refusal(forge().sign(deep, payload())).check == "json"


def test_j49_brackets_in_text_are_not_depth() -> None:
    assert validate(token(x="[{" * 500), provider(), at=AT).attributes["x"] == "[{" * 500
    assert validate(token(x=[[]] * 40), provider(), at=AT).subject


@pytest.mark.parametrize("name", ["__proto__", "__class__", "__init__", "members"])
def test_j51_names_stay_names(name: str) -> None:
    assert validate(token(**{name: {"sub": "x"}}), provider(), at=AT).subject == "workload-7"


def test_j54_bound_tokens_are_not_bearer_tokens() -> None:
    assert refusal(token(cnf={"jkt": "x"})).check == "confirmation"


def test_j55_the_provider_fixes_the_kind() -> None:
    amazon = OAuthProvider(name="www.amazon.com", token_information={})
    with pytest.raises(FederationError) as caught:
        validate(token(), amazon, at=AT)
    assert caught.value.message == "Provided Token is not a Login With Amazon token"
    assert "ProviderId" in refusal("Atza|IQEBLjAsAhRFiXuW").remedy


@pytest.mark.parametrize("value", [None, 5, b"", "", object(), [], "x" * 20_001, b"\xff" * 50, "é.é.é", 3.5, "a.b.c", b"a.b.c"])
def test_any_input_is_refused_in_kind(value: object) -> None:
    error = refusal(value)
    report = diagnose(value, provider(), at=AT)
    assert not report.accepted
    assert error.check in {r.name for r in report.results if r.outcome == "refused"}
