"""The report, the shape test, the unverified view, and the types that promise proof."""

import pytest

from federation import OidcProvider, diagnose, validate
from federation.errors import InternalFailure, InvalidIdentityToken, RegistrationError
from federation.jose.decode import decode_token
from federation.jose.signature import SignedToken
from federation.oidc.checks import CHECKS
from federation.oidc.inspection import claimed_issuer, inspect_token, looks_like_jwt
from federation.oidc.validator import STAGES, OidcTokenValidator
from federation.profiles import Profile
from federation.testing.oidc import ABSENT
from federation.validators import validator
from tests.support.oidc import AT, CLIENT, NOW, forge, provider, refusal, token, with_header


def test_a_report_lists_every_rule_in_order() -> None:
    report = diagnose(token(), provider(), at=AT)
    assert [r.name for r in report.results] == [s.name for s in STAGES] + [c.name for c in CHECKS]
    assert {r.outcome for r in report.results} == {"passed"}
    assert report.identity == validate(token(), provider(), at=AT)
    assert report.claimed == {}


def test_a_refused_report_shows_what_was_claimed_and_what_was_not_reached() -> None:
    header, payload, _ = token().split(".")
    report = diagnose(f"{header}.{payload}.AAAA", provider(), at=AT)
    outcomes = {r.name: r.outcome for r in report.results}
    assert (outcomes["kid"], outcomes["signature"], outcomes["claims"], outcomes["audience"]) == ("passed", "refused", "skipped", "skipped")
    assert report.claimed["claims"]["sub"] == "workload-7"
    assert report.claimed["verified"] is False
    assert report.identity is None


def test_a_report_shows_every_refusal_and_both_verdicts() -> None:
    report = diagnose(token(sub=7, aud="other", cnf={}), provider(), at=AT)
    assert [r.name for r in report.results if r.outcome == "refused"] == ["subject", "audience", "audience-trusted", "confirmation"]
    verdicts = diagnose(token(exp=int(AT.timestamp()) - 10), provider(), at=AT).as_dict()["verdicts"]
    assert (verdicts["aws"]["accepted"], verdicts["strict"]["check"]) == (True, "exp")


def test_profiles_that_disagree_on_a_rule_have_a_row_each() -> None:
    report = diagnose(token(exp=int(AT.timestamp()) - 10), provider(), at=AT)
    rows = {tuple(sorted(r.profiles)): r.outcome for r in report.results if r.name == "exp"}
    assert rows == {("aws",): "passed", ("strict",): "refused"}
    keyless = diagnose(forge().token(at=AT, audience=CLIENT, header={"kid": ABSENT}), two_keys(), at=AT)
    assert {tuple(r.profiles): r.outcome for r in keyless.results if r.name == "kid"} == {
        (Profile.STRICT,): "passed",
        (Profile.AWS,): "refused",
    }
    assert keyless.accepted


def two_keys() -> OidcProvider:
    jwks = {"keys": [forge().key.jwk(), forge().key.jwk() | {"kid": "key-2"}]}
    return OidcProvider(url=forge().url, client_ids=[CLIENT], jwks=jwks)


@pytest.mark.parametrize("found", [token(), token() + "\n", token().encode()])
def test_recognised(found: object) -> None:
    assert validator("oidc-id-token").recognises(found)


@pytest.mark.parametrize("other", ["", "a.b.c", "Atza|x", b"\xff.\xff.\xff", None, 5, "PHNhbWw+", "eyJ.a", "eyJ.a.b.c.d"])
def test_not_recognised(other: object) -> None:
    assert not looks_like_jwt(other)


def test_inspection_reports_what_must_not_be_believed() -> None:
    seen = inspect_token(forge().token(at=AT, header={"jku": "https://attacker.example"}))
    assert seen["untrusted_key_hints"] == ["jku"]
    assert (seen["verified"], seen["claims"]["sub"], seen["signature_octets"]) == (False, "workload-7", 256)


def test_claimed_issuer() -> None:
    assert claimed_issuer(token()) == forge().url
    for iss, check in ((ABSENT, "required-claims"), (5, "issuer"), (["x"], "issuer")):
        with pytest.raises(InvalidIdentityToken) as caught:
            claimed_issuer(token(iss=iss))
        assert caught.value.check == check


def test_only_verification_makes_signed_tokens() -> None:
    raw = decode_token(token())
    with pytest.raises(InternalFailure):
        SignedToken(raw.header, raw.payload, provider().keys.keys[0], object())


def test_a_provider_of_another_kind_is_refused() -> None:
    class Stranger:
        kind = "oidc-id-token"
        arn = "x"
        profile = Profile.STRICT

    for call in (OidcTokenValidator().validate, OidcTokenValidator().diagnose):
        with pytest.raises(RegistrationError):
            call(token(), Stranger(), at=AT)


def test_bytes_and_text_are_the_same_token() -> None:
    assert validate(token().encode(), provider(), at=AT) == validate(token(), provider(), at=AT)


def test_far_future_ends_are_kept_within_the_calendar() -> None:
    identity = validate(token(exp=2**53 - 1), provider(), at=AT)
    assert identity.not_on_or_after is not None
    assert identity.not_on_or_after.year == 9999


def test_a_decoded_token_is_decoded_once_for_the_lookup_and_the_proof() -> None:
    raw = decode_token(token())
    assert decode_token(raw) is raw
    assert claimed_issuer(raw) == forge().url
    assert raw.payload.claims() is raw.payload.claims()
    assert validate(raw, provider(), at=AT) == validate(token(), provider(), at=AT)


@pytest.mark.parametrize(
    ("typ", "words"),
    [
        ("at+jwt", "an OAuth access token (RFC 9068), not an ID token"),
        ("application/at+JWT", "an OAuth access token (RFC 9068), not an ID token"),
        ("JWT", None),
        ("application/jwt", None),
        (None, None),
    ],
)
def test_a_token_that_is_no_id_token_is_taken_with_a_note(typ: str | None, words: str | None) -> None:
    presented = with_header(typ=ABSENT if typ is None else typ)
    notes = validate(presented, provider(), at=AT).notes
    assert notes == diagnose(presented, provider(), at=AT).notes
    if words is None:
        assert notes == ()
    else:
        [note] = notes
        assert note.startswith(f"the header has typ `{typ}`, ")
        assert words in note


@pytest.mark.parametrize("late", [0, 299, 300, 4000])
@pytest.mark.parametrize("profile", ["strict", "aws"])
def test_the_text_of_aws_about_time_is_the_same_whoever_asks(late: int, profile: str) -> None:
    """`validate` shows what both profiles say, an exchange the one: the text of the service is of the instant alone."""
    registered = provider(profile=profile)
    presented = token(exp=NOW - late, iat=NOW - 5000)
    printed = NOW - 300 if late >= 300 else NOW
    text = f"Token expired: current date/time {printed} must be before the expiration date/time {NOW - late}"
    report = diagnose(presented, registered, at=AT)
    assert {row.refusal.message for row in report.results if row.refusal is not None} == {text}
    if report.refusal() is not None:
        assert refusal(presented, registered).message == text


@pytest.mark.parametrize("early", [1, 300, 301, 4000])
def test_the_text_of_aws_about_a_token_to_come(early: int) -> None:
    printed = NOW + 300 if early > 300 else NOW
    text = f"Token not yet valid: current date/time {printed} must be after or equal to the not-before date/time {NOW + early}"
    assert refusal(token(nbf=NOW + early)).message == text


@pytest.mark.parametrize("issuer", ["http://localhost:8080/realms/dev", "https://issuer.example.com:8443"])
def test_the_remedy_for_a_token_of_an_issuer_that_iam_does_not_take(issuer: str) -> None:
    found = refusal(token(iss=issuer))
    assert found.check == "issuer"
    assert "set the public URL of the identity provider" in found.remedy
    assert "register a provider" not in found.remedy
