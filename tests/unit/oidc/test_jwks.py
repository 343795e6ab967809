"""Key sets: which key a token may be verified with."""

from typing import Any

import pytest

from federation import OidcProvider, diagnose
from federation.errors import InvalidIdentityToken, RegistrationError
from federation.oidc.jwks import KeySet
from federation.profiles import Profile
from tests.support.oidc import AT, CLIENT, forge, key, token


def test_a_kid_that_two_keys_bear_names_none_of_them_under_strict() -> None:
    """A set that was loaded as AWS loads it has such key ids; under strict they are refused when they are used, too."""
    twice = KeySet.parse({"keys": [key("RS256").jwk(), key("ES256").jwk(), key("RS256", "other").jwk()]}, profile=Profile.AWS)
    assert twice.ambiguous == {"key-1"}
    for alg in ("RS256", "ES256"):
        with pytest.raises(InvalidIdentityToken) as refused:
            twice.strict_candidates(alg, "key-1")
        assert refused.value.check == "kid"
    assert twice.aws_candidates("ES256", "key-1") == (twice.keys[1],)  # the last of a kid, as observed
    assert twice.strict_candidates("RS256", "other") == (twice.keys[2],)


def unnamed(number: int) -> KeySet:
    return KeySet.parse(
        {"keys": [{name: value for name, value in key("ES256", f"k{n}").jwk().items() if name != "kid"} for n in range(number)]}
    )


@pytest.mark.parametrize("kid", [None, "not-in-the-set"])
def test_keys_without_a_name_are_tried_while_they_are_few(kid: str | None) -> None:
    assert len(unnamed(1).strict_candidates("ES256", kid)) == 1
    assert len(unnamed(10).strict_candidates("ES256", kid)) == 10
    for keys, alg in ((unnamed(11), "ES256"), (unnamed(1), "RS256")):
        with pytest.raises(InvalidIdentityToken) as refused:
            keys.strict_candidates(alg, kid)
        assert refused.value.check == "kid"


def test_a_key_of_another_name_is_not_tried() -> None:
    named = KeySet.parse({"keys": [key("ES256").jwk()]})
    assert named.strict_candidates("ES256", None) == named.keys
    with pytest.raises(InvalidIdentityToken) as refused:
        named.strict_candidates("ES256", "other")
    assert refused.value.check == "kid"


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize(("member", "check"), [({"d": "AA"}, "jwk-private"), ({"kty": "oct", "k": "AA"}, "jwk-symmetric")])
def test_secrets_are_refused_by_both_profiles(member: dict[str, str], check: str, profile: Profile) -> None:
    with pytest.raises(RegistrationError) as refused:
        KeySet.parse({"keys": [key("ES256", "sound").jwk(), {**key("ES256").jwk(), **member}]}, profile=profile)
    assert refused.value.check == check


def test_a_malformed_key_is_skipped_as_aws_does_and_refused_under_strict() -> None:
    document = {"keys": [key("ES256", "sound").jwk(), {**key("ES256").jwk(), "x": "AA"}]}
    loaded = KeySet.parse(document, profile=Profile.AWS)
    assert [each.kid for each in loaded.keys] == ["sound"]
    for select, check in ((loaded.aws_candidates, "alg"), (loaded.strict_candidates, "kid")):
        with pytest.raises(InvalidIdentityToken) as refused:
            select("ES256", "key-1")
        assert refused.value.check == check
    with pytest.raises(RegistrationError):
        KeySet.parse(document)


@pytest.mark.parametrize(("number", "accepted"), [(100, True), (101, False)])
def test_aws_looks_at_a_hundred_rsa_keys(number: int, *, accepted: bool) -> None:
    one = key("RS256").jwk()
    keys = KeySet.parse({"keys": [{**one, "kid": f"k{n}"} for n in range(number)]}, profile=Profile.AWS)
    if accepted:
        assert keys.aws_candidates("RS256", "k7") == (keys.keys[7],)
        return
    with pytest.raises(InvalidIdentityToken) as refused:
        keys.aws_candidates("RS256", "k7")
    assert refused.value.check == "kid"


@pytest.mark.parametrize(("number", "accepted"), [(400, True), (401, False)])
def test_a_set_holds_four_hundred_keys(number: int, *, accepted: bool) -> None:
    one = {name: value for name, value in key("ES256").jwk().items() if name != "kid"}
    if accepted:
        assert len(KeySet.parse({"keys": [one] * number}).keys) == number
        return
    with pytest.raises(RegistrationError) as refused:
        KeySet.parse({"keys": [one] * number})
    assert refused.value.check == "jwks"


@pytest.mark.parametrize("profile", list(Profile))
def test_an_empty_kid_names_the_only_key_for_aws_alone(profile: Profile) -> None:
    one = KeySet.parse({"keys": [key("RS256").jwk()]}, profile=profile)
    two = KeySet.parse({"keys": [key("RS256").jwk(), key("RS256", "other").jwk()]}, profile=profile)
    if profile is Profile.AWS:
        for kid in ("", None):
            assert one.aws_candidates("RS256", kid) == one.keys
            with pytest.raises(InvalidIdentityToken):
                two.aws_candidates("RS256", kid)
        return
    with pytest.raises(InvalidIdentityToken):
        one.strict_candidates("RS256", "")
    assert two.strict_candidates("RS256", None) == two.keys


@pytest.mark.parametrize(
    ("entries", "check"),
    [
        ([key("RS256").jwk(), key("RS256", "bad").jwk() | {"n": "AQAB"}], "jwk-rsa"),
        ([key("RS256").jwk(), key("ES256").jwk()], "jwks-kid"),
        ([], "jwks"),
    ],
)
def test_the_strict_verdict_on_a_set_that_strict_does_not_load_is_a_refusal(entries: list[dict[str, Any]], check: str) -> None:
    with pytest.raises(RegistrationError) as unloaded:
        KeySet.parse({"keys": entries})
    assert unloaded.value.check == check
    registered = OidcProvider(url=forge().url, client_ids=[CLIENT], jwks={"keys": entries}, profile="aws")
    refused = diagnose(token(), registered, at=AT).refusal(Profile.STRICT)
    assert refused is not None
    assert (refused.check, refused.found) == ("key-set", unloaded.value.found)
