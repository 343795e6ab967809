"""Registration: what a provider is made of is checked before a token is seen."""

import json
from datetime import timedelta
from typing import Any

import pytest

from federation import OidcProvider, validate
from federation.errors import FederationError, RegistrationError
from federation.jose.algorithms import SOUND
from federation.jose.jwks import KeySet
from federation.profiles import Profile
from federation.protocols import Provider
from tests.support.oidc import AT, CLIENT, forge, key


def build(**changes: Any) -> OidcProvider:
    return OidcProvider(**{"url": "https://issuer.example.com", "client_ids": [CLIENT], "jwks": forge().jwks(), **changes})


def test_defaults() -> None:
    provider = build()
    assert isinstance(provider, Provider)
    assert (provider.kind, provider.arn, provider.name) == ("oidc-id-token", "issuer.example.com", "issuer.example.com")
    assert (provider.profile, provider.algorithms) == (Profile.STRICT, SOUND)
    assert (provider.leeway(Profile.STRICT), provider.leeway(Profile.AWS)) == (0, 300)
    assert forge().jwks()["keys"][0]["n"] not in repr(provider)


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("https://issuer.example.com:443/a", "https://issuer.example.com/a"),
        ("https://Issuer.Example.com/Path/", "https://Issuer.Example.com/Path/"),
        ("https://issuer.example.com/", "https://issuer.example.com/"),
        ("https://issuer.example.com/a:443", "https://issuer.example.com/a:443"),
    ],
)
def test_url_is_kept_as_iam_keeps_it(url: str, stored: str) -> None:
    assert build(url=url).url == stored


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example.com",
        "issuer.example.com",
        "https://",
        "https://issuer.example.com?x",
        "https://issuer.example.com/#f",
        "https://issuer.example.com:8443",
        "https://user@issuer.example.com",
        "https://issuer.example.com/a b",
        "https://issuer.example.com/é",
        "https://" + "a" * 250 + ".com",
        "https://-issuer.example.com",
        "",
        None,
        5,
    ],
)
def test_url_refused(url: object) -> None:
    with pytest.raises(RegistrationError) as caught:
        build(url=url)
    assert caught.value.check == "url"


@pytest.mark.parametrize("client_ids", [[], "client-a", None, [""], ["x" * 256], [1], [f"c{n}" for n in range(101)]])
def test_client_ids_refused(client_ids: object) -> None:
    with pytest.raises(RegistrationError) as caught:
        build(client_ids=client_ids)
    assert caught.value.check == "client-ids"


def test_client_ids_collapse() -> None:
    assert build(client_ids=["b", "a", "b"]).client_ids == ("b", "a")


@pytest.mark.parametrize("algorithms", [[], ["none"], ["HS256"], ["RS256", "x"], "RS256", [1]])
def test_algorithms_refused(algorithms: object) -> None:
    with pytest.raises(RegistrationError) as caught:
        build(algorithms=algorithms)
    assert caught.value.check == "algorithms"


@pytest.mark.parametrize(("name", "value"), [("profile", "lax"), ("profile", None), ("arn", "arn:aws:iam"), ("token_types", [])])
def test_other_material_refused(name: str, value: object) -> None:
    with pytest.raises(RegistrationError):
        build(**{name: value})


def test_reprofiled_reads_the_documents_again() -> None:
    twice = {"keys": [key().jwk(), key().jwk()]}
    lenient = build(jwks=twice, profile="aws", arn="arn:aws:iam::123456789012:oidc-provider/issuer.example.com")
    assert lenient.reprofiled("aws").arn == lenient.arn
    with pytest.raises(RegistrationError) as caught:
        lenient.reprofiled("strict")
    assert caught.value.check == "jwks-kid"
    assert build(clock_skew=timedelta(seconds=30)).reprofiled(Profile.AWS).clock_skew == timedelta(seconds=30)


@pytest.mark.parametrize(
    "jwks",
    [
        None,
        "",
        "x",
        "[]",
        "{}",
        b"\xff",
        '{"keys":{}}',
        '{"keys":[],"keys":[]}',
        {"keys": []},
        {"keys": [1]},
        {"keys": [{}] * 401},
        5,
        "\ud800",
    ],
)
def test_key_sets_refused(jwks: Any) -> None:
    with pytest.raises(RegistrationError):
        KeySet.parse(jwks)


@pytest.mark.parametrize(
    "change",
    [
        {"n": 5},
        {"n": "AQAB="},
        {"n": "é"},
        {"kid": 5},
        {"kid": "x" * 513},
        {"use": 1},
        {"alg": 1},
        {"key_ops": "verify"},
        {"x5c": []},
        {"x5c": ["AAAA"]},
        {"x5c": "x"},
        {"x5c": ["%"]},
        {"x5c": [1]},
    ],
)
def test_malformed_keys_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RegistrationError):
        KeySet.parse({"keys": [key().jwk() | change]})


def test_key_set_as_text_and_as_json_is_the_same() -> None:
    text = json.dumps(forge().jwks())
    assert (
        KeySet.parse(text).keys[0].thumbprint
        == KeySet.parse(forge().jwks()).keys[0].thumbprint
        == KeySet.parse(text.encode()).keys[0].thumbprint
    )


def test_thumbprint_is_rfc_7638s() -> None:
    """The example of RFC 7638 section 3.1."""
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W"
        "-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbIS"
        "D08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    assert KeySet.parse({"keys": [{"kty": "RSA", "n": n, "e": "AQAB"}]}).keys[0].thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.parametrize(
    "discovery", ["x", "[]", 5, {"issuer": 1}, {"issuer": "https://issuer.example.com"}, '{"issuer":"a","issuer":"a"}']
)
def test_discovery_refused(discovery: Any) -> None:
    with pytest.raises(RegistrationError) as caught:
        build(discovery=discovery)
    assert caught.value.check == "discovery"


def test_from_documents_takes_the_issuer_of_discovery() -> None:
    provider = OidcProvider.from_documents(discovery=json.dumps(forge().discovery()), jwks=forge().jwks(), client_ids=[CLIENT])
    assert provider.url == forge().url
    assert provider.discovery is not None
    assert provider.discovery.jwks_uri == "https://issuer.example.com/.well-known/jwks"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://localhost/realms/dev", "IAM takes https issuers alone"),
        ("HTTPS://issuer.example.com", "the scheme in lower case"),
        ("https://issuer.example.com:8443/realms/dev", "IAM takes no issuer with a port"),
        ("https://user:x@issuer.example.com", "IAM takes issuers of host and path alone"),
        ("https://issuer.example.com/?realm=dev", "IAM takes issuers of host and path alone"),
        ("https://issuer.example.com/" + "a" * 255, "IAM takes issuers of at most 255 characters"),
        ("issuer.example.com", "https:// included"),
    ],
)
def test_the_remedy_for_an_issuer_that_iam_does_not_take(url: str, words: str) -> None:
    with pytest.raises(RegistrationError) as caught:
        build(url=url)
    assert words in caught.value.remedy
    if words.startswith("IAM"):
        assert "set the public URL of the identity provider" in caught.value.remedy


class EqualToAnything:
    """No text, and equal to every text: what compares before it looks at the type believes it."""

    def __eq__(self, _other: object) -> bool:
        return True

    __hash__ = object.__hash__


STRANGE: list[Any] = [5, [], {}, True, b"strict", [["allowed"]], EqualToAnything(), object()]


@pytest.mark.parametrize("strange", STRANGE, ids=range(len(STRANGE)))
def test_arguments_of_any_type_are_refused_in_kind(strange: object) -> None:
    for name, check in (
        ("url", "url"),
        ("client_ids", "client-ids"),
        ("algorithms", "algorithms"),
        ("token_types", "token-types"),
        ("profile", "profile"),
        ("reuse", "reuse"),
    ):
        with pytest.raises(RegistrationError) as caught:
            build(**{name: strange})
        assert caught.value.check == check


def test_the_bounds_of_client_ids() -> None:
    longest = ["x", "x" * 255]
    for listed in (longest, tuple(longest), set(longest), frozenset(longest)):
        assert set(build(client_ids=listed).client_ids) == set(longest)
    hundred = [f"c{n}" for n in range(100)]
    assert build(client_ids=hundred).client_ids == tuple(hundred)
    assert build(client_ids=[*hundred, "c0"]).client_ids == tuple(hundred)
    for refused, found in ((["x", ""], "``"), (["x", 5], "`5`"), ([*hundred, "c"], "101"), ([], "an empty list"), (None, "`None`")):
        with pytest.raises(RegistrationError) as caught:
            build(client_ids=refused)
        assert (caught.value.check, caught.value.found) == ("client-ids", found)


def test_every_algorithm_may_be_listed_and_one_alone() -> None:
    assert build(algorithms=sorted(SOUND)).algorithms == SOUND
    assert build(algorithms=("ES256",)).algorithms == {"ES256"}
    with pytest.raises(RegistrationError) as caught:
        build(algorithms=["RS256", "HS256", "none"])
    assert caught.value.found == "`HS256, none`"


def test_token_types_are_kept_as_they_are_compared() -> None:
    assert build(token_types=["application/AT+JWT", "Jwt"]).token_types == {"at+jwt", "jwt"}


def test_reuse_and_the_name_of_an_arn() -> None:
    assert [build(reuse=reuse).reuse for reuse in ("allowed", "refused")] == ["allowed", "refused"]
    with pytest.raises(RegistrationError) as caught:
        build(reuse="once")
    assert (caught.value.check, caught.value.found) == ("reuse", "`once`")
    arn = "arn:aws:iam::123456789012:oidc-provider/issuer.example.com"
    assert [build(arn=given).arn for given in ("", "issuer.example.com", arn)] == ["issuer.example.com", "issuer.example.com", arn]
    with pytest.raises(RegistrationError) as other:
        build(arn="other.example.com")
    assert other.value.check == "arn"


def test_a_url_may_be_as_long_as_the_limit() -> None:
    longest = "https://issuer.example.com/" + "a" * (255 - 27)
    assert (len(longest), build(url=longest).url) == (255, longest)
    with pytest.raises(RegistrationError) as caught:
        build(url=longest + "a")
    assert caught.value.check == "url"
    assert "IAM takes issuers of at most 255 characters" in caught.value.remedy
    assert build(url="https://issuer.example.com:443/a:443").url == "https://issuer.example.com/a:443"
    spoilt = "https://issuer.example.com/?" + "a" * (255 - 28)
    with pytest.raises(RegistrationError) as other:
        build(url=spoilt)
    assert (len(spoilt), other.value.remedy.partition(":")[0]) == (255, "IAM takes issuers of host and path alone")


def test_google_alone_may_leave_out_the_scheme() -> None:
    assert build(url="https://accounts.google.com").issuers == {"https://accounts.google.com", "accounts.google.com"}
    assert build().issuers == {"https://issuer.example.com"}


def test_another_profile_is_the_same_registration() -> None:
    made = build(
        arn="arn:aws:iam::123456789012:oidc-provider/issuer.example.com",
        algorithms=["RS256"],
        clock_skew=30,
        discovery=forge().discovery(),
        token_types=["jwt"],
        reuse="refused",
    )
    other = made.reprofiled("aws")
    for name in ("url", "client_ids", "arn", "algorithms", "clock_skew", "discovery", "token_types", "reuse", "jwks"):
        assert getattr(other, name) == getattr(made, name)
    assert (made.profile, other.profile) == (Profile.STRICT, Profile.AWS)


def test_a_provider_without_client_ids_refuses_every_audience() -> None:
    provider = build(client_ids="none")
    assert (provider.client_ids, provider.registered) == ((), frozenset())
    assert provider.reprofiled("aws").client_ids == ()
    for audience in (CLIENT, "none", ""):
        with pytest.raises(FederationError) as refusal:
            validate(forge().token(at=AT, aud=audience), provider, at=AT)
        assert refusal.value.check == "audience"
