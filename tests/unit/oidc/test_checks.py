"""The checks of claims, each from both sides of its limit, and the order in which they are asked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation import OidcProvider, aws_texts, diagnose, validate
from federation.errors import InternalFailure
from federation.oidc.checks import CHECKS
from federation.oidc.claims import moment
from federation.profiles import Profile
from federation.testing.oidc import ABSENT, OidcForge
from federation.testing.oidc_shapes import OIDC_SHAPES
from tests.support.oidc import AT, CLIENT, NOW, forge, key, provider, refusal, token, with_header

LONG = 2**63


def judged(claims: dict[str, Any], profile: str = "strict", registered: OidcProvider | None = None) -> str:
    """The check that refuses a token of *claims*, empty where it is accepted; the report must say the same."""
    registered = registered or provider(profile=profile)
    presented = token(**claims)
    reported = diagnose(presented, registered, at=AT).refusal()
    if reported is None:
        assert validate(presented, registered, at=AT).kind == "oidc-id-token"
        return ""
    assert refusal(presented, registered).check == reported.check
    return reported.check


@pytest.mark.parametrize(
    ("value", "strict", "aws"),
    [
        (NOW, "", ""),
        (0, "", ""),
        (1, "", ""),
        (-1, "numeric-date", ""),
        (-LONG, "numeric-date", ""),
        (-LONG - 1, "timestamp", "timestamp"),
        (LONG, "timestamp", "timestamp"),
        (str(NOW), "numeric-date", ""),
        ("-5", "numeric-date", ""),
        ("", "timestamp", "timestamp"),
        ("1 ", "timestamp", "timestamp"),
        ("9" * 20, "timestamp", "timestamp"),
        (1.5, "timestamp", "timestamp"),
        (float(NOW), "timestamp", "timestamp"),
        (True, "timestamp", "timestamp"),
        (None, "timestamp", "timestamp"),
        ([NOW], "timestamp", "timestamp"),
    ],
)
@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_what_a_time_may_be(name: str, value: object, strict: str, aws: str) -> None:
    assert (judged({name: value}), judged({name: value}, "aws")) == (strict, aws)


@pytest.mark.parametrize(
    ("value", "strict", "aws"),
    [
        (2**53 - 1, "", ""),
        (2**53, "numeric-date", ""),
        (LONG - 1, "numeric-date", ""),
        (LONG, "timestamp", "timestamp"),
        (str(NOW + 60), "numeric-date", ""),
        ("soon", "timestamp", "timestamp"),
    ],
)
def test_what_an_end_may_be(value: object, strict: str, aws: str) -> None:
    assert (judged({"exp": value}), judged({"exp": value}, "aws")) == (strict, aws)


@pytest.mark.parametrize(("skew", "profile"), [(0, "strict"), (120, "strict"), (0, "aws")])
def test_times_have_one_leeway_and_an_exact_edge(skew: int, profile: str) -> None:
    registered = forge().provider(client_ids=[CLIENT], clock_skew=timedelta(seconds=skew), profile=Profile(profile))
    leeway = 300 if profile == "aws" else skew
    for claims, check in (
        ({"exp": NOW - leeway + 1, "iat": NOW - 900}, ""),
        ({"exp": NOW - leeway, "iat": NOW - 900}, "exp"),
        ({"iat": NOW + leeway}, ""),
        ({"iat": NOW + leeway + 1}, "iat"),
        ({"nbf": NOW + leeway}, ""),
        ({"nbf": NOW + leeway + 1}, "nbf"),
    ):
        assert judged(claims, registered=registered) == check


def test_a_token_may_end_as_it_is_issued_but_not_before() -> None:
    tolerant = forge().provider(client_ids=[CLIENT], clock_skew=60)
    assert judged({"iat": NOW + 20, "exp": NOW + 20}, registered=tolerant) == ""
    assert judged({"iat": NOW + 20, "exp": NOW + 19}, registered=tolerant) == "lifetime"


def test_the_words_of_a_refusal_in_time() -> None:
    late = refusal(token(exp=NOW - 7, iat=NOW - 60))
    assert (late.expected, late.found) == (f"an instant before exp {NOW - 7}", f"{NOW}, 7 s later")
    early = refusal(token(nbf=NOW + 9))
    assert (early.expected, early.found) == (f"an instant from nbf {NOW + 9}", f"{NOW}, 9 s earlier")
    ahead = refusal(token(iat=NOW + 5))
    assert (ahead.expected, ahead.found) == ("an iat that has passed", f"{NOW + 5}, 5 s ahead")


@pytest.mark.parametrize("missing", ["sub", "aud", "iat", "exp"])
def test_what_is_missing_is_said_before_what_is_wrong(missing: str) -> None:
    for profile in ("strict", "aws"):
        wrong = {"sub": [], "exp": "soon", "aud": "other"}
        found = refusal(token(**{**wrong, missing: ABSENT}), provider(profile=profile))
        assert (found.check, found.expected, found.message) == (
            "required-claims",
            f"the claim {missing}",
            aws_texts.web_identity.missing_claim(missing),
        )


@pytest.mark.parametrize(
    ("sub", "strict", "aws"),
    [
        ("x", "", ""),
        ("x" * 255, "", ""),
        ("x" * 256, "subject", ""),
        ("", "subject", ""),
        ("a\0x", "subject", ""),
        (7, "subject", ""),
        (1.5, "subject", ""),
        (True, "subject", "subject"),
        ([], "subject", "subject"),
        (None, "subject", "subject-value"),
    ],
)
def test_subjects(sub: object, strict: str, aws: str) -> None:
    assert (judged({"sub": sub}), judged({"sub": sub}, "aws")) == (strict, aws)


def test_a_subject_of_null_fails_inside_the_service() -> None:
    found = refusal(token(sub=None), provider(profile="aws"))
    assert (type(found), found.check, found.message) == (InternalFailure, "subject-value", aws_texts.web_identity.UNKNOWN_ERROR)


@pytest.mark.parametrize(
    ("claims", "strict", "aws"),
    [
        ({"aud": [CLIENT]}, "", ""),
        ({"aud": [CLIENT, "client-b"]}, "", "authorized-party"),
        ({"aud": [CLIENT, "client-b"], "azp": CLIENT}, "", ""),
        ({"aud": CLIENT, "azp": CLIENT}, "", ""),
        ({"aud": [CLIENT, "other"], "azp": CLIENT}, "", ""),
        ({"aud": "other", "azp": CLIENT}, "audience-trusted", ""),
        ({"aud": [CLIENT, 1], "azp": CLIENT}, "audience", "audience"),
        ({"aud": {CLIENT: 1}, "azp": CLIENT}, "audience", "audience"),
        ({"aud": [], "azp": CLIENT}, "audience", "audience"),
        ({"aud": CLIENT, "azp": 1}, "audience", "audience"),
    ],
)
def test_audiences(claims: dict[str, Any], strict: str, aws: str) -> None:
    assert (judged(claims), judged(claims, "aws")) == (strict, aws)


def test_an_empty_audience_has_a_text_of_its_own() -> None:
    assert refusal(token(aud=[])).message == aws_texts.web_identity.EMPTY_AUDIENCE
    assert refusal(token(aud=[1])).message == aws_texts.web_identity.NOT_VALIDATED


@pytest.mark.parametrize(
    ("claims", "strict"),
    [
        ({"events": None}, "token-use"),
        ({"token_use": "id"}, ""),
        ({"token_use": "access"}, "token-use"),
        ({"cnf": None}, "confirmation"),
        ({"amr": []}, ""),
        ({"amr": ["pwd", "otp"]}, ""),
        ({"amr": "pwd"}, "amr"),
        ({"amr": {"pwd": 1}}, "amr"),
        ({"amr": ["pwd", 1]}, "amr"),
        ({"amr": None}, "amr"),
        ({"jti": "x"}, ""),
        ({"jti": ""}, "jti"),
        ({"jti": 0}, "jti"),
        ({"jti": "a\0x"}, "jti"),
        ({"jti": None}, "jti"),
    ],
)
def test_claims_that_strict_alone_looks_at(claims: dict[str, Any], strict: str) -> None:
    assert (judged(claims), judged(claims, "aws")) == (strict, "")


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "issuer": ("strict", {"iss": "https://issuer.example.com/other"}),
    "required-claims": ("strict", {"sub": ABSENT}),
    "subject": ("strict", {"sub": ""}),
    "subject-value": ("aws", {"sub": None}),
    "timestamp": ("strict", {"iat": "soon"}),
    "numeric-date": ("strict", {"iat": str(NOW)}),
    "exp": ("strict", {"exp": NOW}),
    "iat": ("strict", {"iat": NOW + 1}),
    "nbf": ("strict", {"nbf": NOW + 1}),
    "authorized-party": ("aws", {"aud": [CLIENT, "client-b"]}),
    "audience": ("strict", {"aud": "client-c"}),
    "audience-trusted": ("strict", {"aud": "client-c", "azp": CLIENT}),
    "token-use": ("strict", {"token_use": "access"}),
    "confirmation": ("strict", {"cnf": {}}),
    "amr": ("strict", {"amr": "pwd"}),
    "jti": ("strict", {"jti": ""}),
}
"""Check to the profile and the claims of a token that it is the first to refuse."""
ELSEWHERE = {
    "members": "tests/unit/jose/test_decode.py: the octets of the token name a member twice",
    "typ": "test_types_of_token: it is a parameter of the header",
    "lifetime": "test_a_token_may_end_as_it_is_issued_but_not_before: it needs a provider with a leeway",
}
"""Checks that no claims alone can show, and where they are shown."""


def test_every_check_refuses_a_token_of_its_own() -> None:
    assert {check.name for check in CHECKS} - ELSEWHERE.keys() - REFUSED.keys() == set(), f"add a row to REFUSED of {Path(__file__).name}"
    assert {name: judged(claims, profile) for name, (profile, claims) in REFUSED.items()} == {name: name for name in REFUSED}


def test_types_of_token() -> None:
    for typ in ("JWT", "jwt", "application/jwt", "AT+JWT", "application/at+jwt"):
        assert validate(with_header(typ=typ), provider(), at=AT).subject
    assert refusal(with_header(typ="application/x")).expected == "typ absent or one of at+jwt, jwt"
    assert validate(with_header(typ="logout+jwt"), provider(profile="aws"), at=AT).subject
    other = forge().provider(client_ids=[CLIENT], token_types=["application/x+JWT"])
    assert validate(with_header(typ="x+jwt"), other, at=AT).subject
    assert refusal(with_header(typ="JWT"), other).check == "typ"


def test_the_issuer_of_a_token_is_told_how_to_be_registered() -> None:
    longest = "https://other.example.com/" + "a" * (255 - 26)
    assert len(longest) == 255
    for iss in ("https://other.example.com", longest, "other"):
        found = refusal(token(iss=iss))
        assert (found.check, found.message) == ("issuer", aws_texts.web_identity.no_provider(iss))
        assert found.remedy == "register a provider for this issuer, path and trailing slash included"
    assert "at most 255 characters" in refusal(token(iss=longest + "a")).remedy
    assert refusal(token(iss=5)).message == aws_texts.web_identity.NOT_VALIDATED


def test_an_instant_lies_within_the_calendar() -> None:
    assert [moment(each) for each in (-1, 0, 1)] == [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
    ]
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert moment(253_402_300_799) == moment(253_402_300_800) == last
    assert moment(253_402_300_798) == last - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"aud": "web"}, {"oaud": "web"}),
        ({"aud": "web", "google": "x"}, {"oaud": "web"}),
        ({"aud": "web", "google": {"organization_number": 7}}, {"oaud": "web", "google/organization_number": "7"}),
        (
            {"aud": "web", "google/organization_number": "8", "google": {"organization_number": 7}},
            {"oaud": "web", "google/organization_number": "8"},
        ),
        ({"aud": "web", "google": {"organization_number": False}}, {"oaud": "web", "google/organization_number": "false"}),
    ],
)
def test_keys_of_google(claims: dict[str, Any], expected: dict[str, str]) -> None:
    google = OidcForge(key=key(), shape=OIDC_SHAPES["google"])
    keys = validate(google.token(at=AT, azp=ABSENT, **claims), google.provider(client_ids=["web"]), at=AT).context_keys
    assert keys.keys() == {f"accounts.google.com:{each}" for each in ("aud", "sub", *expected)}
    assert expected == {each: keys[f"accounts.google.com:{each}"] for each in expected}


@pytest.mark.parametrize(("amr", "keys"), [(["pwd"], ("pwd",)), ([], ()), (["pwd", 1], None), ("pwd", None), ({"pwd": 1}, None)])
def test_amr_is_a_key_where_it_is_a_list_of_strings(amr: object, keys: object) -> None:
    identity = validate(token(amr=amr), provider(profile="aws"), at=AT)
    assert identity.context_keys.get("issuer.example.com:amr") == keys


def test_an_identity_says_what_the_token_said() -> None:
    identity = validate(token(jti="once", iat=NOW - 3, exp=NOW + 60, aud=["client-b", "other"], azp=CLIENT), provider(profile="aws"), at=AT)
    assert (identity.token_id, identity.issued_at, identity.not_on_or_after) == ("once", moment(NOW - 3), moment(NOW + 60))
    assert (identity.audience, identity.audiences) == (CLIENT, ("client-b", "other"))
    assert validate(token(jti=7), provider(profile="aws"), at=AT).token_id is None


def test_what_google_nests_is_a_key_of_google_alone() -> None:
    gitlab = OidcForge(key=key(), shape=OIDC_SHAPES["gitlab"])
    provider_of_gitlab = gitlab.provider()
    absent: dict[str, Any] = {claim: ABSENT for claim, _ in provider_of_gitlab.key_names.vendor}
    assert absent
    keys = validate(gitlab.token(at=AT, google={"organization_number": 7}, **absent), provider_of_gitlab, at=AT).context_keys
    assert keys.keys() == {"gitlab.com:aud", "gitlab.com:sub"}
