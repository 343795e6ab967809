"""Keys and signatures of ID tokens: whose key signed, what a key set lacks, and what an algorithm is."""

from typing import Any

import pytest

from federation.aws_texts.web_identity import NO_KEY
from federation.errors import IDPCommunicationError
from federation.explaining.trial import as_if
from federation.jose import base64url
from federation.profiles import Profile
from federation.testing.oidc import ABSENT, OidcForge
from tests.support.oidc import AT, forge, key
from tests.support.sts.web_identity import NAME, PROVIDER, URL, World, mint, provider
from tests.support.web_explaining import explained, only_edit, refused, told

FILE = f"oidc-providers/{NAME}/jwks.json"
CONFIGURATION = f"{URL}/.well-known/openid-configuration"
NEXT = OidcForge(key=key(kid="key-2"), issuer=URL)
OTHER_URL = "https://b.example.com"
OTHER_ARN = PROVIDER.replace(NAME, "b.example.com")


def signed(how: OidcForge = NEXT, **options: Any) -> str:
    return how.token(at=AT, audience="client-a", **options)


def jwks(**changes: Any) -> dict[str, Any]:
    """The registered key set with other members in its key; None removes one."""
    published = {**forge().jwks()["keys"][0], **changes}
    return {"keys": [{name: value for name, value in published.items() if value is not None}]}


def test_a_rotated_key_names_the_file_and_where_the_new_set_is_published() -> None:
    explanation = explained(World(), signed(), check="kid")
    cause = explanation.first.causes[0]
    assert cause.sentence.startswith("the token is signed by the key `key-2`, which is not registered; registered for")
    assert "`key-1`: no registered key of the account made its signature" in cause.sentence
    assert cause.unverified
    assert cause.listings[0].members == ("key-1",)
    edit = only_edit(explanation.first)
    assert (edit.place.file, edit.old, edit.new) == (FILE, "kid key-1", "kid key-2")
    assert CONFIGURATION in edit.instruction
    assert edit.command == f"curl -fsS {CONFIGURATION}"


def test_a_registered_discovery_document_tells_the_address() -> None:
    published = "https://keys.example.com/jwks"
    world = World(oidc=(provider(discovery={"issuer": URL, "jwks_uri": published}),))
    edit = only_edit(explained(world, signed(), check="kid").first)
    assert published in edit.instruction
    assert edit.command == (
        f"curl -fsS {published} -o jwks.json && federation account update-oidc-provider --account account --url {URL} --jwks jwks.json"
    )


def test_the_edit_of_a_rotated_key_is_enough() -> None:
    token = signed()
    assert refused(World(), token).check == "kid"
    assert World(oidc=(provider(jwks=NEXT.jwks()),)).assume(token).audience == "client-a"
    assert refused(World(oidc=(provider(jwks=NEXT.jwks()),)), mint()).check == "kid"


def test_what_would_refuse_after_the_key_is_found_and_marked() -> None:
    explanation = explained(World(), signed(aud="elsewhere"), check="kid")
    assert [each.causes[0].check for each in explanation.later] == ["audience"]
    assert explanation.later[0].causes[0].unverified


def test_the_key_set_of_another_issuer() -> None:
    other = provider(url=OTHER_URL, arn=OTHER_ARN, jwks=NEXT.jwks())
    explanation = explained(World(oidc=(provider(), other)), signed(), check="kid")
    assert "its signature is that of the registered key `key-2` of another issuer, b.example.com" in explanation.cause
    assert "the one that signed is registered for b.example.com" in only_edit(explanation.first).instruction


@pytest.mark.parametrize(("profile", "kid"), [("aws", ABSENT), ("aws", "")])
def test_several_keys_and_a_token_that_names_none(profile: str, kid: Any) -> None:
    both = {"keys": [*forge().jwks()["keys"], *NEXT.jwks()["keys"]]}
    world = World(oidc=(provider(profile=profile, jwks=both),))
    explanation = explained(world, signed(header={"kid": kid}), check="kid")
    assert "registered for issuer.example.com/tenant are `key-1` and `key-2`" in explanation.cause
    assert told(only_edit(explanation.first)) == ("kid", "no kid", "kid key-2")


@pytest.mark.parametrize(
    ("profile", "changes", "words", "path", "old"),
    [
        ("aws", {"key_ops": ["verify"]}, "the key has key_ops, and AWS uses no key that has it", ".key_ops", '["verify"]'),
        ("strict", {"key_ops": ["encrypt"]}, "the key's key_ops do not name verify", ".key_ops", '["encrypt"]'),
        ("strict", {"use": "enc"}, "the key's use is `enc`", ".use", '"enc"'),
        ("aws", {"n": None, "e": None, "x5c": ["MIIB"]}, "published as a certificate alone", ".x5c", None),
    ],
)
def test_a_registered_key_that_is_not_for_signatures(profile: str, changes: dict[str, Any], words: str, path: str, old: str | None) -> None:
    explanation = explained(World(oidc=(provider(profile=profile, jwks=jwks(**changes)),)), mint(), check="alg")
    assert "the token names the key `key-1`" in explanation.cause
    assert words in explanation.cause
    edit = only_edit(explanation.first)
    assert (edit.place.file, edit.place.path, edit.old) == (FILE, f"$.keys[0]{path}", old)


def test_a_key_of_another_kind() -> None:
    explanation = explained(World(), mint_with(alg="ES256"), check="alg")
    assert "the token's header says alg `ES256`, and the key `key-1` that it names verifies" in explanation.cause


def mint_with(**header: Any) -> str:
    return forge(issuer=URL).token(at=AT, audience="client-a", header=header)


@pytest.mark.parametrize(
    ("alg", "words"), [("HS256", "a shared secret such as the client secret"), ("XS256", "accepted are `ES256`")], ids=["HS256", "unknown"]
)
def test_an_algorithm_that_is_not_accepted(alg: str, words: str) -> None:
    explanation = explained(World(), mint_with(alg=alg), check="alg")
    assert f"`{alg}`" in explanation.cause
    assert words in explanation.cause
    assert told(only_edit(explanation.first)) == ("alg", alg, "RS256")


@pytest.mark.parametrize("alg", ["PS256", "EdDSA"])
def test_an_algorithm_that_aws_does_not_verify(alg: str) -> None:
    how = OidcForge(key=key(alg), issuer=URL)
    explanation = explained(World(oidc=(provider(profile="aws", jwks=how.jwks()),)), signed(how), check="alg")
    assert f"the token is signed with `{alg}`, which AWS does not verify: it accepts `ES256`" in explanation.cause
    assert told(only_edit(explanation.first)) == ("alg", alg, "RS256")


def test_a_token_that_nobody_signed() -> None:
    unsigned = mint_with(alg="none").rpartition(".")[0] + "."
    explanation = explained(World(), unsigned, check="alg")
    assert "alg `none`: nobody signed it" in explanation.cause
    assert told(only_edit(explanation.first)) == ("alg", "none", "RS256")


def test_the_setting_of_the_vendor_decides_the_algorithm() -> None:
    url = "https://acme.eu.auth0.com/"
    arn = PROVIDER.replace(NAME, "acme.eu.auth0.com/")
    token = forge(issuer=url).token(at=AT, audience="client-a", header={"alg": "HS256"})
    edit = only_edit(explained(World(oidc=(provider(url=url, arn=arn),)), token, check="alg").first)
    assert told(edit) == ("JsonWebToken Signature Algorithm", "HS256", "RS256")
    assert edit.place.source == "https://auth0.com/docs/troubleshoot/invalid-token-errors"


def test_an_algorithm_that_the_registration_leaves_out() -> None:
    explanation = explained(World(oidc=(provider(algorithms=["ES256"]),)), mint(), check="alg")
    assert "was registered for `ES256` alone" in explanation.cause
    assert explanation.first.causes[0].place is not None
    assert explanation.first.causes[0].place.path == "algorithms"


def test_a_key_set_that_strict_does_not_load_is_told_by_its_fault() -> None:
    explanation = explained(World(oidc=(strict_view(),)), mint(), check="key-set")
    assert "is none that profile strict loads" in explanation.cause
    assert only_edit(explanation.first).place.file == FILE


def strict_view() -> Any:
    both = {"keys": [*forge().jwks()["keys"], {**NEXT.jwks()["keys"][0], "kid": "key-1"}]}
    return as_if(provider(profile="aws", jwks=both), profile=Profile.STRICT)


HEADER, PAYLOAD, SIGNATURE = mint().split(".")


def test_content_that_was_altered_after_signing() -> None:
    explanation = explained(World(), f"{HEADER}.{mint(sub='mallory').split('.')[1]}.{SIGNATURE}", check="signature")
    assert "made by the key `key-1` over other content: header or payload were altered after the token was signed" in explanation.cause
    assert explanation.later == ()
    assert only_edit(explanation.first).place.owner == "call"


def test_another_registered_key_signed() -> None:
    both = {"keys": [*forge().jwks()["keys"], *NEXT.jwks()["keys"]]}
    explanation = explained(World(oidc=(provider(jwks=both),)), signed(header={"kid": "key-1"}), check="signature")
    assert "its signature is that of the registered key `key-2`, while its header names the key `key-1`" in explanation.cause
    assert told(only_edit(explanation.first)) == ("kid", "key-1", "key-2")


def test_a_key_of_another_issuer_signed_under_the_same_kid() -> None:
    stranger = OidcForge(key=key("RS256", "key-2"), issuer=URL)
    other = provider(url=OTHER_URL, arn=OTHER_ARN, jwks=stranger.jwks())
    explanation = explained(World(oidc=(provider(), other)), signed(stranger, header={"kid": "key-1"}), check="signature")
    assert "the registered key `key-2` of another issuer, b.example.com" in explanation.cause
    assert only_edit(explanation.first).place.file == FILE


def test_a_key_that_is_not_registered_signed_under_the_same_kid() -> None:
    explanation = explained(World(), signed(header={"kid": "key-1"}), check="signature")
    assert "the key `key-1` that the token names did not make its signature, over any content" in explanation.cause
    edit = only_edit(explanation.first)
    assert edit.old is not None
    assert edit.old.startswith("kid key-1, thumbprint ")


@pytest.mark.parametrize(("octets", "words"), [(200, "it has 200 octets, and one by a key of 2048 bits has 256")])
def test_a_signature_that_was_cut(octets: int, words: str) -> None:
    cut = base64url.encode((base64url.decode(SIGNATURE) or b"")[:octets])
    assert words in explained(World(), f"{HEADER}.{PAYLOAD}.{cut}", check="signature").cause


def test_a_signature_in_der() -> None:
    how = OidcForge(key=key("ES256"), issuer=URL)
    header, payload, _ = signed(how).split(".")
    der = base64url.encode(b"\x30" + b"\x00" * 69)
    explanation = explained(World(oidc=(provider(jwks=how.jwks()),)), f"{header}.{payload}.{der}", check="signature")
    assert "written in ASN.1 DER, and ES256 wants the two numbers r and s in 64 octets" in explanation.cause


def test_an_ec_signature_that_fits_nothing() -> None:
    how = OidcForge(key=key("ES256"), issuer=URL)
    header, payload, _ = signed(how).split(".")
    altered = f"{header}.{payload}.{base64url.encode(bytes(range(1, 65)))}"
    explanation = explained(World(oidc=(provider(jwks=how.jwks()),)), altered, check="signature")
    assert "does not fit this header and payload under the key `key-1`" in explanation.cause


def test_a_provider_without_a_key_set() -> None:
    assert isinstance(refused(World(oidc=(provider(jwks=None),)), signed()), IDPCommunicationError)
    world = World(oidc=(provider(jwks=None), provider(url=OTHER_URL, arn=OTHER_ARN, jwks=NEXT.jwks())))
    explanation = explained(world, signed(), check="registered-keys")
    assert explanation.aws_message == NO_KEY
    assert "is registered without a key set" in explanation.cause
    assert "that of the registered key `key-2` of another issuer, b.example.com" in explanation.cause
    edit = only_edit(explanation.first)
    assert (edit.place.file, edit.old, edit.command) == (FILE, None, f"curl -fsS {CONFIGURATION}")
    assert f"PUT /_federation/jwks?issuer={URL}" in edit.instruction
    assert explanation.later == ()


def test_what_would_refuse_after_the_keys_are_registered() -> None:
    explanation = explained(World(oidc=(provider(jwks=None, profile="aws"),)), signed(aud="elsewhere"), check="registered-keys")
    assert [each.causes[0].check for each in explanation.later] == ["audience"]
