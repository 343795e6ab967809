"""Opaque access tokens: ProviderId, the answers of Amazon, Facebook and RFC 7662 servers, and signed answers."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from federation import FederationError, OAuthProvider, diagnose, validate
from federation.errors import (
    AccessDenied,
    ExpiredTokenException,
    IDPCommunicationError,
    IDPRejectedClaim,
    InvalidIdentityToken,
    RegistrationError,
)
from federation.oauth.registry import check_provider_id, token_key
from federation.oauth.validator import OAuthTokenValidator
from federation.profiles import Profile
from federation.protocols import Provider
from federation.testing.oidc import ABSENT, OidcForge
from tests.support.oidc import AT, NOW, key, token

TOKEN = "Atza|IQEBLjAsAhRFiXuWpUXuRvQ9PZL3GMFcYevydwIUFAHZwXZ"
AMAZON = {
    "iss": "https://www.amazon.com",
    "user_id": "amzn1.account.AF6RHO7KZU5XRVQJGXK6HB56KR2A",
    "aud": "client.5498841531868486423.1548@apps.example.com",
    "app_id": "amzn1.application.436457DFHDH",
    "exp": 3597,
    "iat": NOW,
}
FACEBOOK = {"data": {"app_id": "1234", "is_valid": True, "user_id": "5678", "issued_at": NOW, "expires_at": NOW + 60, "scopes": ["email"]}}
ACTIVE = {
    "active": True,
    "client_id": "cli",
    "sub": "alice",
    "aud": "api",
    "iat": NOW,
    "exp": NOW + 600,
    "iss": "https://as.example.com",
    "jti": "1",
}


def server(name: str, answer: Any, **options: Any) -> OAuthProvider:
    return OAuthProvider(name=name, token_information={token_key(TOKEN): answer}, **options)


def refused(provider: OAuthProvider, presented: object = TOKEN, after: timedelta = timedelta(0)) -> FederationError:
    with pytest.raises(FederationError) as caught:
        validate(presented, provider, at=AT + after)
    report = diagnose(presented, provider, at=AT + after)
    assert not report.accepted
    return caught.value


@pytest.mark.parametrize("presented", [TOKEN, TOKEN.replace("|", "%7C"), TOKEN.replace("|", "%7c"), TOKEN.encode()])
def test_amazon(presented: str) -> None:
    provider = server("www.amazon.com", AMAZON)
    assert isinstance(provider, Provider)
    identity = validate(presented, provider, at=AT)
    assert (identity.provider_arn, identity.issuer, identity.subject, identity.audience) == (
        "www.amazon.com",
        "www.amazon.com",
        "amzn1.account.AF6RHO7KZU5XRVQJGXK6HB56KR2A",
        "client.5498841531868486423.1548@apps.example.com",
    )
    assert identity.context_keys == {
        "www.amazon.com:user_id": "amzn1.account.AF6RHO7KZU5XRVQJGXK6HB56KR2A",
        "www.amazon.com:app_id": "amzn1.application.436457DFHDH",
    }
    assert identity.not_on_or_after == AT + timedelta(seconds=3597)
    assert OAuthTokenValidator().recognises(presented)


def test_amazon_counts_the_seconds_left_from_iat() -> None:
    provider = server("www.amazon.com", AMAZON)
    error = refused(provider, after=timedelta(seconds=3597))
    assert (type(error), error.check) == (ExpiredTokenException, "exp")
    assert validate(TOKEN, provider.reprofiled("aws"), at=AT + timedelta(seconds=3597 + 299)).subject


def test_token_key_hides_the_token_and_the_spelling() -> None:
    assert token_key(TOKEN) == token_key(quote(TOKEN, safe="")) == token_key(TOKEN.encode())
    assert len(token_key(TOKEN)) == 64


def test_facebook() -> None:
    identity = validate(TOKEN, server("graph.facebook.com", FACEBOOK), at=AT)
    assert identity.context_keys == {"graph.facebook.com:id": "5678", "graph.facebook.com:app_id": "1234"}
    never = {"data": FACEBOOK["data"] | {"expires_at": 0}}
    assert refused(server("graph.facebook.com", never)).check == "expiry-known"
    assert validate(TOKEN, server("graph.facebook.com", never, profile="aws"), at=AT).not_on_or_after is None


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("www.amazon.com", {"error": "invalid_token"}),
        ("graph.facebook.com", {"data": {"is_valid": False}}),
        ("graph.facebook.com", {"data": FACEBOOK["data"] | {"is_valid": "true"}}),
        ("as.example.com", {"active": False}),
        ("as.example.com", ACTIVE | {"active": False}),
    ],
)
def test_the_server_says_no(name: str, answer: dict[str, Any]) -> None:
    error = refused(server(name, answer))
    assert (type(error), error.check, error.http_status) == (IDPRejectedClaim, "active", 403)


def test_introspection() -> None:
    identity = validate(TOKEN, server("as.example.com", ACTIVE), at=AT)
    assert (identity.subject, identity.audiences, identity.token_id) == ("alice", ("api",), "1")
    assert identity.context_keys == {"as.example.com:sub": "alice", "as.example.com:aud": "api"}
    client = {n: v for n, v in ACTIVE.items() if n not in {"sub", "aud"}}
    assert validate(TOKEN, server("as.example.com", client), at=AT).subject == "cli"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"iss": "https://other.example.com"}, "issuer"),
        ({"iss": "https://as.example.com/"}, "issuer"),
        ({"exp": NOW}, "exp"),
        ({"exp": None}, "expiry-known"),
        ({"nbf": NOW + 1}, "nbf"),
        ({"iat": NOW + 1}, "nbf"),
        ({"sub": None, "client_id": None}, "subject"),
        ({"aud": "other"}, "audience"),
        ({"aud": None, "client_id": None}, "audience"),
    ],
)
def test_introspection_refused(change: dict[str, Any], check: str) -> None:
    assert refused(server("as.example.com", ACTIVE | change, client_ids=["api", "cli"])).check == check


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"active": "true"},
        {"active": 1},
        ACTIVE | {"exp": "1"},
        ACTIVE | {"exp": True},
        ACTIVE | {"exp": -1},
        ACTIVE | {"exp": 10**12},
        ACTIVE | {"sub": 5},
        ACTIVE | {"aud": [1]},
        ACTIVE | {"sub": ""},
        "x",
        "[]",
        '{"active":true,"active":true}',
        5,
        None,
        token(),
    ],
)
def test_malformed_answers_are_not_registered(answer: Any) -> None:
    with pytest.raises(RegistrationError) as caught:
        server("as.example.com", answer)
    assert caught.value.check == "token-information"


@pytest.mark.parametrize(
    "options",
    [
        {"name": "https://as.example.com"},
        {"name": "as.example.com:8443"},
        {"name": ""},
        {"name": 5},
        {"token_information": {"x": ACTIVE}},
        {"token_information": {TOKEN: ACTIVE}},
        {"token_information": []},
        {"client_ids": []},
        {"client_ids": "x"},
        {"clock_skew": 0.5},
        {"profile": "lax"},
        {"jwks": {"keys": []}},
        {"jwks": OidcForge(key=key()).jwks()},
    ],
)
def test_registration_refused(options: dict[str, Any]) -> None:
    with pytest.raises(RegistrationError):
        OAuthProvider(**{"name": "as.example.com", "token_information": {}, **options})


def test_amazon_profile_must_be_of_the_same_user() -> None:
    profile = {"user_id": AMAZON["user_id"], "email": "a@example.com"}
    assert validate(TOKEN, server("www.amazon.com", AMAZON | {"profile": profile}), at=AT).attributes["profile"] == profile
    with pytest.raises(RegistrationError):
        server("www.amazon.com", AMAZON | {"profile": {"user_id": "other"}})


@pytest.mark.parametrize(
    ("presented", "check"),
    [
        (None, "type"),
        (5, "type"),
        ("", "size"),
        ("abc", "size"),
        ("x" * 20_001, "size"),
        ("a b c d", "form"),
        ("abcdé", "form"),
        (b"abc\xff", "form"),
        ("abcd\n", "form"),
        ("unknown-token", "token-information"),
        (token(), "provider-id"),
    ],
)
def test_tokens_without_an_answer(presented: object, check: str) -> None:
    assert refused(server("www.amazon.com", AMAZON), presented).check == check


def test_nothing_registered_is_the_servers_silence() -> None:
    assert isinstance(refused(server("www.amazon.com", AMAZON), "unknown-token"), IDPCommunicationError)


def test_provider_id() -> None:
    check_provider_id("www.amazon.com", TOKEN)
    check_provider_id("as.example.com", TOKEN, registered=["as.example.com"])
    for unknown in ("as.example.com", "https://www.amazon.com", "WWW.AMAZON.COM", "", "www.amazon.com:443"):
        with pytest.raises(AccessDenied) as caught:
            check_provider_id(unknown, TOKEN)
        assert caught.value.message.startswith("Unrecognized OAuth provider. ")


@pytest.mark.parametrize(
    ("presented", "recognised"),
    [
        ("abcd", True),
        (TOKEN.encode(), True),
        ("x" * 20_000, True),
        ("abc", False),
        ("x" * 20_001, False),
        ("a b c d", False),
        (token(), False),
        (None, False),
        (5, False),
    ],
)
def test_what_could_be_an_access_token(*, presented: object, recognised: bool) -> None:
    assert OAuthTokenValidator().recognises(presented) is recognised


def test_a_name_may_be_as_long_as_the_limit() -> None:
    longest = "a" * 251 + ".com"
    assert server(longest, ACTIVE).name == longest
    with pytest.raises(RegistrationError) as caught:
        server(f"a{longest}", ACTIVE)
    assert caught.value.check == "name"


def test_a_client_is_its_own_subject_and_audience_where_the_server_names_none() -> None:
    client = {name: value for name, value in ACTIVE.items() if name not in {"sub", "aud"}}
    identity = validate(TOKEN, server("as.example.com", client, client_ids=["cli"]), at=AT)
    assert (identity.subject, identity.audience, identity.audiences) == ("cli", "cli", ("cli",))
    nobody = server("as.example.com", {"active": True, "sub": "alice", "exp": NOW + 60, "iss": "https://as.example.com"}, profile="aws")
    assert validate(TOKEN, nobody, at=AT).audiences == ()


@pytest.mark.parametrize("answer", [{}, {"data": None}, {"data": []}, {"data": "x"}, FACEBOOK["data"]])
def test_an_answer_of_facebook_stands_under_data(answer: dict[str, Any]) -> None:
    with pytest.raises(RegistrationError) as caught:
        server("graph.facebook.com", answer)
    assert (caught.value.check, caught.value.expected.endswith("an object with the object data")) == ("token-information", True)


# Signed answers (RFC 9701) --------------------------------------------------------------------------------------------------------------

SIGNER = OidcForge(key=key(), issuer="https://as.example.com")


def signed(typ: object = "token-introspection+jwt", forge: OidcForge = SIGNER, **claims: Any) -> OAuthProvider:
    answer = forge.token(at=AT, audience="us", header={"typ": typ}, sub=ABSENT, exp=ABSENT, token_introspection=ACTIVE, **claims)
    return server("as.example.com", answer, jwks=SIGNER.jwks(), resource_servers=["us"])


def test_signed_answer() -> None:
    identity = validate(TOKEN, signed(), at=AT)
    assert (identity.subject, identity.notes) == ("alice", ())
    assert validate(TOKEN, signed("application/token-introspection+jwt"), at=AT).subject == "alice"


@pytest.mark.parametrize("typ", ["JWT", ABSENT, "at+jwt", ""])
def test_signed_answer_has_its_own_type(typ: object) -> None:
    with pytest.raises(RegistrationError) as caught:
        signed(typ)
    assert caught.value.check == "signed-introspection"


@pytest.mark.parametrize(
    "claims", [{"iss": "https://other.example.com"}, {"aud": "them"}, {"aud": ABSENT}, {"token_introspection": "x"}, {"iss": ABSENT}]
)
def test_signed_answer_is_of_the_server_and_for_us(claims: dict[str, Any]) -> None:
    answer = SIGNER.token(
        at=AT, **{"audience": "us", "header": {"typ": "token-introspection+jwt"}, "token_introspection": ACTIVE, **claims}
    )
    with pytest.raises(RegistrationError):
        server("as.example.com", answer, jwks=SIGNER.jwks(), resource_servers=["us"])


def test_signed_answer_of_another_key_or_unsigned() -> None:
    with pytest.raises(RegistrationError):
        signed(forge=OidcForge(key=key("RS256", "other"), issuer="https://as.example.com"))
    with pytest.raises(RegistrationError):
        server("as.example.com", ACTIVE, jwks=SIGNER.jwks(), resource_servers=["us"])


def test_report_names_the_stage_that_failed() -> None:
    report = diagnose("unknown-token", server("www.amazon.com", AMAZON), at=AT)
    assert {r.name: r.outcome for r in report.results}["token-information"] == "refused"
    accepted = diagnose(TOKEN, server("www.amazon.com", AMAZON), at=AT)
    assert accepted.identity is not None
    assert accepted.profile is Profile.STRICT


@pytest.mark.parametrize("spoilt", [b'"iss":"x","iss":"https://as.example.com",', b'"x":{"y":1,"y":2},'])
def test_a_signed_answer_names_every_member_once(spoilt: bytes) -> None:
    claims = {"iss": "https://as.example.com", "aud": "us", "token_introspection": ACTIVE}
    header = b'{"typ":"token-introspection+jwt","alg":"RS256","kid":"key-1"}'
    plain = json.dumps(claims).encode()
    for octets, payload in ((header, plain), (header, b"{" + spoilt + plain[1:]), (b"{" + spoilt + header[1:], plain)):
        answer = SIGNER.sign(octets, payload)
        if spoilt not in octets + payload:
            assert validate(TOKEN, server("as.example.com", answer, jwks=SIGNER.jwks(), resource_servers=["us"]), at=AT).subject
            continue
        with pytest.raises(RegistrationError) as caught:
            server("as.example.com", answer, jwks=SIGNER.jwks(), resource_servers=["us"])
        assert (caught.value.check, caught.value.found) == ("signed-introspection", "a repeated member")


def test_an_answer_may_leave_its_issuer_out() -> None:
    for issuer in (None, "as.example.com", "https://as.example.com"):
        assert validate(TOKEN, server("as.example.com", ACTIVE | {"iss": issuer}), at=AT).issuer == (issuer or "https://as.example.com")
    assert refused(server("as.example.com", ACTIVE | {"iss": "http://as.example.com"})).check == "issuer"


@pytest.mark.parametrize("name", ["a" * 63, "a" * 65, "A" * 64, "g" * 64, 5])
def test_answers_are_keyed_by_a_digest_in_lower_case(name: Any) -> None:
    assert OAuthProvider(name="as.example.com", token_information={"a" * 64: ACTIVE}).answers
    with pytest.raises(RegistrationError) as caught:
        OAuthProvider(name="as.example.com", token_information={name: ACTIVE})
    assert (caught.value.check, caught.value.found) == ("token-information", "another key")


def test_a_jwt_is_no_access_token_of_the_built_in_servers() -> None:
    for name, kind in (("www.amazon.com", InvalidIdentityToken), ("graph.facebook.com", IDPRejectedClaim)):
        check_provider_id(name, TOKEN)
        with pytest.raises(kind) as caught:
            check_provider_id(name, token())
        assert caught.value.check == "provider-id"
    check_provider_id("as.example.com", token(), registered=["as.example.com"])


def test_an_answer_may_be_as_long_as_the_limit() -> None:
    longest = json.dumps(ACTIVE).ljust(1_048_576)
    assert validate(TOKEN, server("as.example.com", longest), at=AT).subject == "alice"
    with pytest.raises(RegistrationError) as caught:
        server("as.example.com", f"{longest} ")
    assert (caught.value.check, caught.value.found) == ("token-information", "1048577 octets")
