"""Rows of sections 10 and 11 that show in the exchange of web identities: what claims may ask for, and what they never reach."""

from dataclasses import replace
from typing import Any

import pytest

from federation import validate
from federation.errors import FederationError, InternalFailure
from federation.jose.decode import RawToken, decode_token
from federation.jose.signature import SignedToken
from federation.testing.oidc import ABSENT
from tests.support import oidc
from tests.support.sts import web_identity
from tests.support.sts.web_identity import NAME, ROLE, World, mint, provider, trust

CLAIM = "https://aws.amazon.com"
OTHER = "https://issuer.example.com/tenant-b"


def refusal(world: World, token: str, **call: Any) -> FederationError:
    with pytest.raises(FederationError) as refused:
        world.assume(token, **call)
    return refused.value


@pytest.mark.parametrize("name", ["nonce", "at_hash", "c_hash"])
def test_j40_what_binds_a_token_to_its_request_is_the_relying_partys_to_compare(name: str) -> None:
    """No parameter of the exchange brings the other side; the claim reaches the caller as it was signed, and decides nothing."""
    token = oidc.token(**{name: "of another session"})
    assert validate(token, oidc.provider(), at=oidc.AT).attributes[name] == "of another session"


@pytest.mark.parametrize(
    "tags",
    [
        "text",
        ["Project"],
        {"principal_tags": ["Project"]},
        {"principal_tags": {"Project": "bare"}},
        {"principal_tags": {"Project": []}},
        {"principal_tags": {"Project": ["a", "b"]}},
        {"principal_tags": {"Project": [1]}},
        {"principal_tags": {"Project": ["a"], "project": ["b"]}},
        {"principal_tags": {"aws:Project": ["a"]}},
        {"principal_tags": {"AWS:Project": ["a"]}},
        {"principal_tags": {"": ["a"]}},
        {"principal_tags": {"Project": ["<"]}},
        {"principal_tags": {f"t{number}": ["a"] for number in range(51)}},
    ],
)
def test_j52_tags_in_another_shape(tags: object) -> None:
    assert refusal(World(), mint(**{f"{CLAIM}/tags": tags})).check == "principal-tags"


def test_j52_tags_of_both_shapes_do_not_overlay_each_other() -> None:
    claims = {f"{CLAIM}/tags": {"principal_tags": {"Project": ["a"]}}, f"{CLAIM}/tags/principal_tags/project": "b"}
    assert refusal(World(), mint(**claims)).check == "principal-tags"


@pytest.mark.parametrize("keys", ["Project", ["Absent"], ["Project", "project"], [1], {"Project": 1}])
def test_j52_transitive_keys_that_are_none(keys: object) -> None:
    tags = {"principal_tags": {"Project": ["a"]}, "transitive_tag_keys": keys}
    assert refusal(World(), mint(**{f"{CLAIM}/tags": tags})).check == "transitive-tag-keys"


def test_j52_a18_tags_need_tag_session_and_source_identities_their_own_action() -> None:
    world = World(trust_policy=trust(actions=["sts:AssumeRoleWithWebIdentity"]))
    world.assume(mint())
    assert refusal(world, mint(**{f"{CLAIM}/tags/principal_tags/Project": "a"})).check == "trust-policy"
    assert refusal(world, mint(**{f"{CLAIM}/source_identity": "alice"})).check == "trust-policy"


@pytest.mark.parametrize(
    "roles",
    [
        "",
        [],
        [ROLE.lower()],
        [ROLE + "x"],
        [ROLE[:-1]],
        [f"{ROLE},{ROLE}x"],
        f"{ROLE},{ROLE}",
        [[ROLE]],
        [{"role": ROLE}],
        {"roles": [ROLE]},
        [ROLE.replace("/team/", "/")],
        [ROLE.replace("Deploy", "*")],
        [ROLE + "\u0000"],
        5,
        True,
    ],
)
def test_j52_a_roles_claim_that_does_not_name_the_role_is_a_closed_gate(roles: object) -> None:
    """Asked before the trust policy: not even one that lets everybody in opens it."""
    assert refusal(World(), mint(**{f"{CLAIM}/roles": roles})).check == "roles-claim"


@pytest.mark.parametrize("roles", [[ROLE], ROLE, f" {ROLE} ;other", ["other", 5, f"{ROLE} "]])
def test_j52_a_roles_claim_that_names_the_role(roles: object) -> None:
    trusted = trust(condition={"Bool": {"sts:RoleAuthorizedByIdp": "true"}})
    World(trust_policy=trusted).assume(mint(**{f"{CLAIM}/roles": roles}))
    for absent in (ABSENT, None):
        assert refusal(World(trust_policy=trusted), mint(**{f"{CLAIM}/roles": absent})).check == "trust-policy"


def test_j53_claims_come_with_the_token_whose_signature_was_verified() -> None:
    raw, registered = decode_token(oidc.token(sub="mallory")), oidc.provider()
    assert not hasattr(raw, "members"), "nothing of an unverified token looks like claims"
    genuine = decode_token(oidc.token(sub="alice"))
    with pytest.raises(InternalFailure):
        RawToken(genuine.header, raw.payload, genuine.signing_input, genuine.signature, object())
    with pytest.raises(ValueError, match="maker"):
        replace(genuine, payload=raw.payload)  # type: ignore[call-arg]
    with pytest.raises(InternalFailure):
        SignedToken(genuine.header, raw.payload, next(iter(registered.keys.keys)), object())


def test_a12_condition_keys_belong_to_the_provider_that_proved_them() -> None:
    world = World(
        oidc=(provider(), provider(url=OTHER, arn=web_identity.PROVIDER.replace(NAME, OTHER.removeprefix("https://")))),
        trust_policy=trust(
            principals=[web_identity.PROVIDER, web_identity.PROVIDER.replace(NAME, OTHER.removeprefix("https://"))],
            condition={"StringEquals": {f"{NAME}:sub": "alice"}},
        ),
    )
    world.assume(mint(sub="alice"))
    assert refusal(world, mint(OTHER, sub="alice")).check == "trust-policy"


@pytest.mark.parametrize(
    "claim", ["aws:PrincipalArn", "aws:SourceIp", "sts:RoleSessionName", "AWS:PRINCIPALTYPE", f"{NAME}:sub", "saml:sub"]
)
def test_a13_claims_named_like_condition_keys_reach_no_condition(claim: str) -> None:
    world = World(trust_policy=trust(condition={"StringEquals": {claim: "chosen by the token"}}))
    assert refusal(world, mint(**{claim: "chosen by the token"})).check == "trust-policy"


def test_a_token_of_the_accounts_own_issuer_is_nobodys_login() -> None:
    assert refusal(World(), mint("https://0f7d2c2e.tokens.sts.global.api.aws")).check == "provider"
