"""The order of evaluation: which policy has a say for which caller, and what AWS says of a denial."""

from itertools import product
from typing import Any

import pytest

from federation.account.model import Group
from federation.identity import SessionTag
from federation.policy import Policy
from federation.sts.authorization.authorize import Authorization
from federation.sts.service import SecurityTokenService
from tests.support.sts import callers
from tests.support.sts.callers import AT, EVERYTHING, ROLE, ROOT, account, document, refused, role, service, user
from tests.support.world import ACCOUNT, OTHER, USER

BUCKET = "arn:aws:s3:::bucket/key"
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
NOTHING = {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Boundary"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/session"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/Bob"
NARROW = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}}'
WIDE = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'


def bucket_policy(*names: str, effect: str = "Allow") -> Policy:
    statement = {"Effect": effect, "Principal": {"AWS": list(names)}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}
    return Policy.parse(document(statement), kind="resource")


def read(sts: SecurityTokenService, who: Any, **more: Any) -> Authorization:
    return sts.authorize(who, action="s3:GetObject", resource=BUCKET, at=AT, **more)


def world(*identity: Any, boundary: Any = None, on_role: bool = False) -> SecurityTokenService:
    managed = {BOUNDARY: Policy.parse(document(boundary), kind="boundary")} if boundary else {}
    limit = BOUNDARY if boundary else None
    if on_role:
        return service(account(roles=(role(allow=identity, permissions_boundary=limit),), managed=managed))
    return service(account(users=(user(USER, *identity, permissions_boundary=limit),), managed=managed))


def role_session(sts: SecurityTokenService, policy: str | None = None) -> Any:
    return sts.assume_role(caller=USER, role_arn=ROLE, role_session_name="session", policy=policy, at=AT).credentials


@pytest.mark.parametrize(
    ("identity", "boundary", "reason"),
    [
        ((READ,), None, ""),
        ((), None, "because no identity-based policy allows the s3:GetObject action"),
        ((READ, DENY), None, "with an explicit deny in an identity-based policy"),
        ((READ,), READ, ""),
        ((READ,), NOTHING, "because no permissions boundary allows the s3:GetObject action"),
        ((READ,), DENY, "with an explicit deny in a permissions boundary"),
        ((), NOTHING, "because no identity-based policy allows the s3:GetObject action"),
    ],
)
def test_users_and_their_boundaries(identity: Any, boundary: Any, reason: str) -> None:
    answer = read(world(*identity, boundary=boundary), USER)
    assert (answer.allowed, answer.reason) == (not reason, reason)
    assert answer.message == (f"User: {USER} is not authorized to perform: s3:GetObject on resource: {BUCKET} {reason}" if reason else "")


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (None, ""),
        (WIDE, ""),
        (NARROW, "because no session policy allows the s3:GetObject action"),
        (WIDE.replace("Allow", "Deny"), "with an explicit deny in a session policy"),
    ],
)
def test_role_sessions_and_their_policies(policy: str | None, reason: str) -> None:
    sts = world(READ, on_role=True)
    assert read(sts, role_session(sts, policy)).reason == reason


def test_a_session_policy_never_widens() -> None:
    sts = world(NOTHING, on_role=True)
    assert read(sts, role_session(sts, WIDE)).reason == "because no identity-based policy allows the s3:GetObject action"


def test_federated_users_may_do_what_both_sides_allow() -> None:
    sts = world(READ, {"Effect": "Allow", "Action": "sts:*", "Resource": "*"})

    def federated(policy: str | None) -> Any:
        return sts.get_federation_token(caller=USER, name="Bob", policy=policy, at=AT).credentials

    assert read(sts, federated(WIDE)).allowed
    assert read(sts, federated(None)).reason == "because no session policy allows the s3:GetObject action"
    assert read(sts, federated(None), resource_policy=bucket_policy(FEDERATED)).allowed
    assert not read(sts, federated(None), resource_policy=bucket_policy(USER)).allowed
    assert not read(sts, federated(WIDE), resource_policy=bucket_policy(FEDERATED, effect="Deny")).allowed


def test_roots_are_limited_by_resources_alone() -> None:
    sts = world()
    assert read(sts, ROOT).allowed
    assert read(sts, ROOT, resource_policy=bucket_policy(ROOT, effect="Deny")).reason == "with an explicit deny in a resource-based policy"


@pytest.mark.parametrize(
    ("names", "identity", "boundary", "allowed"),
    [
        ((USER,), (), None, True),
        ((USER,), (), NOTHING, True),
        ((USER,), (), DENY, False),
        ((ROOT,), (), None, False),
        ((ROOT,), (READ,), None, True),
        (("*",), (), None, True),
        (("*",), (), NOTHING, False),
        (("*",), (DENY,), None, False),
    ],
)
def test_resource_policies_in_the_callers_account(names: tuple[str, ...], identity: Any, boundary: Any, allowed: Any) -> None:
    sts = world(*identity, boundary=boundary)
    assert read(sts, USER, resource_policy=bucket_policy(*names)).allowed is allowed


@pytest.mark.parametrize(
    ("name", "session_policy", "boundary", "allowed"),
    [
        (SESSION, NARROW, None, True),
        (SESSION, None, NOTHING, True),
        (ROLE, None, None, True),
        (ROLE, NARROW, None, False),
        (ROLE, None, NOTHING, False),
        ("*", NARROW, None, False),
        (ROOT, None, None, False),
    ],
)
def test_naming_the_role_and_naming_the_session(name: str, session_policy: str | None, boundary: Any, allowed: Any) -> None:
    sts = world(NOTHING, boundary=boundary, on_role=True)
    assert read(sts, role_session(sts, session_policy), resource_policy=bucket_policy(name)).allowed is allowed


@pytest.mark.parametrize(("identity", "named"), list(product([(), (READ,)], [True, False])))
def test_across_accounts_both_must_allow(identity: Any, named: Any) -> None:
    sts = world(*identity)
    policy = bucket_policy(USER) if named else bucket_policy(f"arn:aws:iam::{OTHER}:user/Guest")
    answer = read(sts, USER, resource_policy=policy, resource_account=OTHER)
    assert answer.allowed is (bool(identity) and named)
    if identity and not named:
        assert answer.reason == "because no resource-based policy allows the s3:GetObject action"


def test_a_foreign_resource_without_a_policy_is_nobodys() -> None:
    answer = world(EVERYTHING).authorize(USER, action="sqs:SendMessage", resource=f"arn:aws:sqs:us-east-1:{OTHER}:queue", at=AT)
    assert not answer.allowed


def test_a_policy_of_aws_that_is_not_at_hand_allows_nothing() -> None:
    sts = service(account(users=(user(USER, attached_policies=("arn:aws:iam::aws:policy/ReadOnlyAccess",)),)))
    answer = read(sts, USER)
    assert not answer.allowed
    assert answer.as_dict()["layers"][0]["policies"] == [{"source": "arn:aws:iam::aws:policy/ReadOnlyAccess", "decision": None}]


def test_policies_of_groups_are_the_users() -> None:
    group = Group(arn=f"arn:aws:iam::{ACCOUNT}:group/g", name="g", path="/", group_id="AGPA", inline_policies={"p": callers.identity(READ)})
    assert read(service(account(users=(user(USER, groups=(group,)),))), USER).allowed


def test_tags_of_the_session_win_over_the_roles_own() -> None:
    allow = {**READ, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}
    sts = service(account(roles=(role(allow=(allow,), tags=(SessionTag("Team", "red"),)),)))
    tagged = sts.assume_role(
        caller=USER, role_arn=ROLE, role_session_name="session", tags=[{"Key": "team", "Value": "blue"}], at=AT
    ).credentials
    assert read(sts, tagged).allowed
    assert not read(sts, role_session(sts)).allowed


@pytest.mark.parametrize(
    "context",
    [
        {"aws:PrincipalArn": ROOT},
        {"AWS:userid": "x"},
        {"aws:PrincipalTag/admin": "true"},
        {"aws:CurrentTime": "2030-01-01T00:00:00Z"},
        {"a:b": 1},
        {"a:b": [1]},
        {1: "x"},
        [],
    ],
)
def test_the_context_cannot_say_who_the_caller_is(context: Any) -> None:
    if context == []:
        context = [("a", "b")]
    refusal = refused(service().authorize, USER, action="s3:GetObject", resource=BUCKET, context=context)
    assert refusal.check == "context-keys"


PLAIN = {**DENY, "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}
ELSEWHERE = {**DENY, "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}}


@pytest.mark.parametrize("statement", [PLAIN, ELSEWHERE])
def test_a_request_is_secure_and_in_the_callers_region_unless_the_service_says_otherwise(statement: Any) -> None:
    sts = world(READ, statement)
    assert read(sts, USER).allowed
    elsewhere = {"AWS:SecureTransport": "false", "aws:requestedregion": "eu-west-1"}
    assert read(sts, USER, context=elsewhere).reason == "with an explicit deny in an identity-based policy"


@pytest.mark.parametrize(
    "who", ["arn:aws:iam::123456789012:user/Nobody", "DevAdmin", None, 1, b"x", "arn:aws:sts::123456789012:assumed-role/None/x"]
)
def test_unknown_principals(who: Any) -> None:
    assert refused(service().authorize, who, action="s3:GetObject", resource=BUCKET).check == "caller"


def test_the_explanation_names_every_layer() -> None:
    answer = read(world(READ, boundary=NOTHING), USER).as_dict()
    assert [layer["layer"] for layer in answer["layers"]] == ["identity-based policy", "permissions boundary"]
    assert (answer["refusing"], answer["allowed"]) == ("permissions boundary", False)


def test_the_same_request_has_the_same_answer_whatever_the_order_of_statements() -> None:
    for identity in ((READ, DENY), (DENY, READ)):
        assert not read(world(*identity), USER).allowed
