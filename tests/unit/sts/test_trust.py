from typing import Any

import pytest

from federation import validate
from federation.errors import (
    AccessDenied,
    InvalidIdentityToken,
    ValidationError,
)
from federation.policy import Policy
from tests.support.sts.saml_login import AT, PREFIX, PROVIDER, ROLE, World, attributes, login, mint, trust
from tests.support.world import ACCOUNT


@pytest.mark.parametrize("arn", [f"{PROVIDER}2", PROVIDER.replace(ACCOUNT, "111122223333"), PROVIDER.replace("Example", "EXAMPLE")])
def test_unknown_provider(arn: str) -> None:
    with pytest.raises(InvalidIdentityToken) as refused:
        World().assume(principal_arn=arn)
    assert (refused.value.check, refused.value.message) == ("provider", "Specified provider doesn't exist")


def test_a_missing_role_and_a_refusing_one_are_the_same_on_the_wire() -> None:
    missing_arn = f"arn:aws:iam::{ACCOUNT}:role/Missing"
    values = attributes(Role=[f"{missing_arn},{PROVIDER}", f"{ROLE},{PROVIDER}"])
    with pytest.raises(AccessDenied) as missing:
        World().assume(mint(login(attributes=values)), role_arn=missing_arn)
    with pytest.raises(AccessDenied) as refusing:
        World(trust_policy=trust(["sts:TagSession"])).assume()
    for error in (missing.value, refusing.value):
        assert (error.code, error.http_status) == ("AccessDenied", 403)
        assert error.message == "Not authorized to perform sts:AssumeRoleWithSAML"
    assert (missing.value.check, refusing.value.check) == ("role", "trust-policy")


@pytest.mark.parametrize("arn", [f"arn:aws:iam::{ACCOUNT}:user/alice", "not an arn, but long enough", f"arn:aws:s3::{ACCOUNT}:role/x"])
def test_what_is_not_a_role_arn(arn: str) -> None:
    values = attributes(Role=[f"{arn},{PROVIDER}"])
    with pytest.raises(ValidationError) as refused:
        World().assume(mint(login(attributes=values)), role_arn=arn)
    assert (refused.value.check, refused.value.message) == ("role-arn", f"{arn} is invalid")


CONDITIONS: list[dict[str, Any]] = [
    {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    {"StringEquals": {"saml:sub": "subject-123", "saml:sub_type": "persistent", "saml:iss": "https://idp.example.com/saml"}},
    {"StringEquals": {"saml:doc": f"{ACCOUNT}/Example"}},
    {"StringEquals": {"aws:PrincipalType": "User", "aws:userid": PROVIDER, "aws:PrincipalAccount": ACCOUNT}},
    {"Null": {"aws:PrincipalArn": "true", "aws:PrincipalTag/team": "true", "aws:username": "true"}},
    {"StringEquals": {"sts:RoleSessionName": "alice", "sts:SourceIdentity": "source-123"}},
    {"StringEquals": {"aws:RequestTag/TEAM": "blue"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}},
    {"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "team"}},
    {"DateGreaterThan": {"aws:CurrentTime": "2026-11-24T12:00:29Z"}, "DateLessThan": {"aws:CurrentTime": "2026-11-24T12:00:31Z"}},
    {"NumericEquals": {"aws:EpochTime": str(int(AT.timestamp()))}},
    {"Bool": {"aws:SecureTransport": "true"}},
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=[" ".join(k for o in c.values() for k in o) for c in CONDITIONS])
def test_context_keys(condition: dict[str, Any]) -> None:
    values = attributes(SourceIdentity=["source-123"], PrincipalTag_team=["blue"], TransitiveTagKeys=["team"])
    World(trust_policy=trust(condition=condition)).assume(mint(login(attributes=values)))


def test_a13_an_attribute_never_becomes_one_of_the_services_own_keys() -> None:
    values = {**attributes(), "aws:PrincipalType": ["AssumedRole"], "aws:PrincipalArn": [ROLE], "sts:SourceIdentity": ["root"]}
    token = mint(login(attributes=values))
    World(trust_policy=trust(condition={"Null": {"aws:PrincipalArn": "true", "sts:SourceIdentity": "true"}})).assume(token)
    World(trust_policy=trust(condition={"StringEquals": {"aws:PrincipalType": "User"}})).assume(token)


@pytest.mark.parametrize(
    ("missing", "changes"),
    [
        ("sts:AssumeRoleWithSAML", {}),
        ("sts:TagSession", {"PrincipalTag_team": ["blue"]}),
        ("sts:SetSourceIdentity", {"SourceIdentity": ["alice"]}),
    ],
)
def test_every_action_of_the_request_must_be_allowed(missing: str, changes: dict[str, Any]) -> None:
    actions = [a for a in ("sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity") if a != missing]
    world = World(trust_policy=trust(actions))
    with pytest.raises(AccessDenied) as refused:
        world.assume(mint(login(attributes=attributes(**changes))))
    error = refused.value
    assert (error.check, error.message) == ("trust-policy", "Not authorized to perform sts:AssumeRoleWithSAML")
    assert missing in error.expected
    assert error.decision.effect == "ImplicitDeny"  # type: ignore[attr-defined]
    if changes:
        world.assume()  # without the tag or the source identity the action is not needed


def test_the_refusal_names_the_nearest_miss() -> None:
    with pytest.raises(AccessDenied) as refused:
        World(trust_policy=trust(condition={"StringEquals": {"saml:sub": "subject-124"}})).assume()
    assert "saml:sub" in refused.value.found
    assert "\n" not in str(refused.value)


def test_an_explicit_deny_wins() -> None:
    policy = Policy.parse(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithSAML"},
                {
                    "Effect": "Deny",
                    "Principal": {"Federated": PROVIDER},
                    "Action": "sts:AssumeRoleWithSAML",
                    "Condition": {"StringEquals": {"saml:sub": "subject-123"}},
                },
            ],
        },
        kind="trust",
    )
    with pytest.raises(AccessDenied) as refused:
        World(trust_policy=policy).assume()
    assert refused.value.found == "a statement that denies it"


def test_explain_role_is_the_decision_of_the_exchange() -> None:
    world = World(trust_policy=trust(condition={"StringEquals": {"saml:sub": "subject-123"}}))
    identity = validate(mint(), world.provider, at=AT)
    decision = world.sts.explain_role(identity, role_arn=ROLE, at=AT)
    assert (decision.effect, decision.statement is not None) == ("Allow", True)
    denied = World(trust_policy=trust(condition={"StringEquals": {"saml:sub": "other"}})).sts.explain_role(identity, role_arn=ROLE, at=AT)
    assert denied.effect == "ImplicitDeny"
    assert denied.nearest is not None


def test_explain_role_answers_even_where_the_attributes_are_refused() -> None:
    world = World()
    identity = validate(mint(login(attributes={f"{PREFIX}RoleSessionName": ["a", "b"]})), world.provider, at=AT)
    assert world.sts.explain_role(identity, role_arn=ROLE, at=AT).effect == "Allow"
    outcomes = {result.name: result.outcome for result in world.sts.check_exchange(identity, role_arn=ROLE)}
    assert (outcomes["role-pair"], outcomes["role-session-name"], outcomes["source-identity"]) == ("refused", "refused", "passed")


def test_explain_role_of_nobody() -> None:
    sts = World().sts
    for nobody in (None, "alice", 7):
        with pytest.raises(ValidationError) as refused:
            sts.explain_role(nobody, role_arn=ROLE, at=AT)  # type: ignore[arg-type]
        assert refused.value.check == "identity"
    identity = validate(mint(), World().provider, at=AT)
    with pytest.raises(AccessDenied):
        sts.explain_role(identity, role_arn=f"{ROLE}2", at=AT)
