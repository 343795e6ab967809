"""Key sets: which key a token may be verified with."""

import json
from typing import Any

import pytest

from federation import OidcProvider, diagnose, validate
from federation.errors import InvalidIdentityToken, RegistrationError
from federation.jose.jwks import KeySet
from federation.profiles import Profile
from tests.support.oidc import AT, CLIENT, forge, key, refusal, token, with_header


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


def selected(keys: KeySet, select: str, alg: str, kid: str | None) -> str:
    """The kid of the one key that is selected, or the check that refuses."""
    try:
        (found,) = keys.aws_candidates(alg, kid) if select == "aws" else keys.strict_candidates(alg, kid)
    except InvalidIdentityToken as refused:
        return f"refused: {refused.check}"
    return str(found.kid)


def test_a_key_is_named_by_its_own_kid_however_few_there_are() -> None:
    one = KeySet.parse({"keys": [key("RS256").jwk()]}, profile=Profile.AWS)
    for select in ("aws", "strict"):
        assert selected(one, select, "RS256", "key-1") == "key-1"
        assert selected(one, select, "RS256", None) == "key-1"
        assert selected(one, select, "RS256", "other") == "refused: kid"
        assert selected(one, select, "ES256", "key-1") == "refused: alg"


def test_aws_reads_an_empty_kid_as_none() -> None:
    two = KeySet.parse({"keys": [key("RS256", "").jwk(), key("RS256", "other").jwk()]}, profile=Profile.AWS)
    assert selected(two, "aws", "RS256", "") == "refused: kid"
    assert selected(two, "strict", "RS256", "") == ""


def test_aws_counts_rsa_keys_alone_and_for_rsa_keys_alone() -> None:
    rsa, ec = key("RS256").jwk(), key("ES256").jwk()
    many_rsa = KeySet.parse({"keys": [ec, *({**rsa, "kid": f"k{n}"} for n in range(101))]}, profile=Profile.AWS)
    assert (selected(many_rsa, "aws", "ES256", "key-1"), selected(many_rsa, "aws", "RS256", "k1")) == ("key-1", "refused: kid")
    many_ec = KeySet.parse({"keys": [rsa, *({**ec, "kid": f"k{n}"} for n in range(101))]}, profile=Profile.AWS)
    assert (selected(many_ec, "aws", "ES256", "k1"), selected(many_ec, "aws", "RS256", "key-1")) == ("k1", "key-1")
    assert (many_rsa.rsa_keys, many_ec.rsa_keys) == (101, 1)


def test_other_kinds_of_key_leave_no_trace() -> None:
    others = [{"kty": "AKP"}, {"kty": "EC", "crv": "secp256k1"}, {"kty": "OKP", "crv": "Ed448"}, {"kty": "OKP"}, {"kty": "AKP", "crv": 5}]
    loaded = KeySet.parse({"keys": [*others, key("RS256").jwk(), *others, key("ES256", None).jwk()]})
    assert [each.kid for each in loaded.keys] == ["key-1", None]
    assert (list(loaded.index), loaded.ambiguous, loaded.fault) == (["key-1"], frozenset(), None)


def test_the_first_fault_of_a_set_is_the_one_that_is_told() -> None:
    bad = {**key("ES256", "bad").jwk(), "x": "AA"}
    loaded = KeySet.parse({"keys": [bad, {**key("RS256", "worse").jwk(), "n": "AQAB"}, key("RS256").jwk()]}, profile=Profile.AWS)
    assert loaded.fault is not None
    assert loaded.fault.check == "jwk-ec"


def test_a_document_may_be_as_large_as_the_limit_and_names_every_member_once() -> None:
    text = json.dumps({"keys": [key("RS256").jwk()]})
    for encoding in (str, str.encode):
        assert len(KeySet.parse(encoding(text.ljust(1_048_576))).keys) == 1
        with pytest.raises(RegistrationError) as caught:
            KeySet.parse(encoding(text.ljust(1_048_577)))
        assert (caught.value.check, caught.value.found) == ("jwks", "1048577")
    with pytest.raises(RegistrationError) as twice:
        KeySet.parse(f'{text[:-1]}, "keys": {json.dumps([key("RS256").jwk()])}}}')
    assert (twice.value.check, twice.value.found) == ("jwks", "`keys`")


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {}}, {"keys": "k"}, [], None, 5, {"Keys": [key("RS256").jwk()]}])
def test_a_document_without_a_list_of_keys(document: Any) -> None:
    with pytest.raises(RegistrationError) as caught:
        KeySet.parse(document)
    assert (caught.value.check, caught.value.expected) == (
        "jwks",
        "the key set as an object whose member keys is a list of at most 400",
    )


def test_a_list_of_keys_may_be_a_tuple() -> None:
    assert len(KeySet.parse({"keys": (key("RS256").jwk(),)}).keys) == 1


@pytest.mark.parametrize(
    ("alg", "kid", "profile", "allowed", "check"),
    [
        ("RS256", "key-1", "strict", ["RS256"], ""),
        ("RS256", "key-1", "strict", ["RS384"], "one of RS384"),
        ("RS256", "key-1", "aws", ["RS256"], ""),
        ("RS256", "key-1", "aws", ["RS384", "PS256"], "one of RS384"),
        ("PS256", "unknown", "aws", ["RS256", "PS256"], "one of RS256"),
        ("PS256", "unknown", "strict", ["RS256"], "one of RS256"),
    ],
)
def test_the_allow_list_of_a_provider_is_asked_first(alg: str, kid: str, profile: Any, allowed: list[str], check: str) -> None:
    registered = OidcProvider(
        url=forge().url,
        client_ids=[CLIENT],
        jwks={"keys": [{name: value for name, value in key("RS256").jwk().items() if name != "alg"}]},
        algorithms=allowed,
        profile=profile,
    )
    presented = with_header(alg=alg, kid=kid)
    if not check:
        assert validate(presented, registered, at=AT).subject
        return
    refused = refusal(presented, registered)
    assert (refused.check, refused.expected) == ("alg", check)
