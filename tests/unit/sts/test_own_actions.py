"""`SecurityTokenService.authorize` answers an action of STS as the operation that asks for it does, in the same words."""

from collections.abc import Callable
from typing import Any

import pytest

from federation.account import Account
from federation.account.organization import Organization
from federation.errors import AccessDenied, FederationError, ValidationError
from federation.identity import SessionTag
from federation.policy import Policy
from federation.sts.authorization.authorize import Authorization
from federation.sts.service import SecurityTokenService
from tests.support.sts.callers import AT, EVERYTHING, ROLE, ROOT, account, document, refused, role, service, trusts, user
from tests.support.world import ACCOUNT, OTHER, USER

NOBODY: list[dict[str, Any]] = []
STS = {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}
SESSION_NAME = {"sts:RoleSessionName": "session"}
KEY = "ASIAY34FZKBOKMUTVV7A"


def refusal_of(call: Callable[..., object], **parameters: Any) -> FederationError | None:
    try:
        call(**parameters, at=AT)
    except FederationError as refusal:
        return refusal
    return None


def agrees(answer: Authorization, call: Callable[..., object], **parameters: Any) -> bool:
    """Require that *answer* says of the operation what the operation does, in the same words; return what both say."""
    refusal = refusal_of(call, **parameters)
    assert answer.allowed is (refusal is None)
    if refusal is not None:
        assert isinstance(refusal, AccessDenied)
        assert answer.message == refusal.message
        assert answer.reason
    return answer.allowed


def callers_of(sts: SecurityTokenService) -> dict[str, Any]:
    wide = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    return {
        "user": USER,
        "root": ROOT,
        "role session": f"arn:aws:sts::{ACCOUNT}:assumed-role/Caller/session",
        "user session": sts.get_session_token(caller=USER, at=AT).credentials,
        "root session": sts.get_session_token(caller=ROOT, at=AT).credentials,
        "federated user": sts.get_federation_token(caller=ROOT, name="Bob", policy=wide, at=AT).credentials,
    }


TRUST = {
    "the account": trusts(ROOT),
    "the user": trusts(USER),
    "everybody": trusts("*"),
    "another account": trusts(f"arn:aws:iam::{OTHER}:root"),
    "an external id": trusts(ROOT, Condition={"StringEquals": {"sts:ExternalId": "x"}}),
    "a session name": trusts(ROOT, Condition={"StringEquals": {"sts:RoleSessionName": "session"}}),
    "no tags": trusts(ROOT, actions=("sts:AssumeRole",)),
    "federated callers": trusts(ROOT, actions=("sts:AssumeRoleWithSAML",)),
}
IDENTITY: dict[str, list[dict[str, Any]]] = {
    "nothing": NOBODY,
    "all": [EVERYTHING],
    "sts": [STS],
    "denied": [EVERYTHING, DENY],
    "tagged": [{**STS, "Condition": {"StringEquals": {"iam:ResourceTag/team": "red"}}}],
}


@pytest.mark.parametrize("trust", TRUST)
@pytest.mark.parametrize("identity", IDENTITY)
def test_assume_role(trust: str, identity: str) -> None:
    caller = role(f"arn:aws:iam::{ACCOUNT}:role/Caller", allow=IDENTITY[identity])
    target = role(trust=TRUST[trust], tags=(SessionTag("team", "red"),))
    sts = service(account(users=(user(USER, *IDENTITY[identity]),), roles=(target, caller)))
    tagged = {**SESSION_NAME, "aws:TagKeys": ["a"], "aws:RequestTag/a": "b"}
    for who in callers_of(sts).values():
        call: dict[str, Any] = {"caller": who, "role_arn": ROLE, "role_session_name": "session"}
        allowed = agrees(sts.authorize(who, action="sts:AssumeRole", resource=ROLE, context=SESSION_NAME, at=AT), sts.assume_role, **call)
        answers = [sts.authorize(who, action=f"sts:{each}", resource=ROLE, context=tagged, at=AT) for each in ("AssumeRole", "TagSession")]
        first = next((each for each in answers if not each.allowed), answers[0])
        with_tags = agrees(first, sts.assume_role, **call, tags=[{"Key": "a", "Value": "b"}])
        assert allowed or not with_tags


def test_some_are_granted_and_some_refused() -> None:
    """The matrix above compares; this says what it compares."""
    tagged = role(trust=trusts(ROOT), tags=(SessionTag("team", "red"),))
    sts = service(account(users=(user(USER, *IDENTITY["tagged"]),), roles=(tagged,)))
    granted = sts.authorize(USER, action="STS:assumerole", resource=ROLE, context=SESSION_NAME, at=AT)
    assert (granted.allowed, granted.message) == (True, "")
    assert [layer.value for layer in granted.evaluation.layers] == ["resource-based policy", "identity-based policy"]
    wide = service(account(users=(user(USER, EVERYTHING),), roles=(tagged,)))
    silent = wide.authorize(USER, action="sts:AssumeRole", resource=f"{ROLE}s", at=AT)
    assert silent.reason == "because no resource-based policy allows the sts:AssumeRole action"
    assert silent.message == f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}s", (
        "AWS does not say that no role is there"
    )
    root = sts.authorize(ROOT, action="sts:AssumeRole", resource=ROLE, at=AT)
    assert (root.allowed, root.explicit_deny, root.message) == (False, False, "Roles may not be assumed by root accounts.")
    assert root.as_dict()["barred"] == root.reason == "because AssumeRole does not answer the root of an account"


def test_another_trust_policy_can_be_tried() -> None:
    sts = service(account(roles=(role(trust=trusts(f"arn:aws:iam::{OTHER}:root")),)))
    assert not sts.authorize(USER, action="sts:AssumeRole", resource=ROLE, at=AT).allowed
    assert sts.authorize(USER, action="sts:AssumeRole", resource=ROLE, resource_policy=trusts(ROOT), at=AT).allowed
    foreign = f"arn:aws:iam::{OTHER}:role/R"
    assert sts.authorize(USER, action="sts:AssumeRole", resource=foreign, resource_policy=trusts(ROOT), at=AT).allowed
    assert not sts.authorize(USER, action="sts:AssumeRole", resource=foreign, at=AT).allowed


@pytest.mark.parametrize("names", [(ROOT,), (f"arn:aws:iam::{OTHER}:root",)])
@pytest.mark.parametrize("allow", [NOBODY, [STS]])
def test_a_role_of_a_neighbour_is_asked_there(names: tuple[str, ...], allow: Any) -> None:
    theirs = f"arn:aws:iam::{OTHER}:role/Theirs"
    neighbour = account(id=OTHER, users=(user(f"arn:aws:iam::{OTHER}:user/U"),), roles=(role(theirs, trust=trusts(*names)),))
    sts = service(account(users=(user(USER, *allow),)), neighbours=(neighbour,))
    asked = sts.authorize(USER, action="sts:AssumeRole", resource=theirs, context=SESSION_NAME, at=AT)
    agreed = agrees(asked, sts.assume_role, caller=USER, role_arn=theirs, role_session_name="session")
    assert agreed is (names == (ROOT,) and allow == [STS])


@pytest.mark.parametrize("identity", [NOBODY, [DENY]])
def test_nothing_can_deny_get_caller_identity(identity: Any) -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/Boundary"
    held = account(
        users=(user(USER, *identity, permissions_boundary=boundary),),
        roles=(role(f"arn:aws:iam::{ACCOUNT}:role/Caller", allow=identity),),
        managed={boundary: Policy.parse(document(DENY), kind="boundary")},
    )
    sts = service(held)
    for who in callers_of(sts).values():
        asked = sts.authorize(who, action="sts:GetCallerIdentity", resource="*", at=AT)
        assert agrees(asked, sts.get_caller_identity, caller=who)
        assert asked.evaluation.layers == {}
        asked = sts.authorize(who, action="sts:GetSessionToken", resource="*", at=AT)
        agrees(asked, sts.get_session_token, caller=who)
    assert sts.authorize(USER, action="sts:GetSessionToken", resource="*", at=AT).allowed
    session = sts.authorize(callers_of(sts)["role session"], action="sts:GetSessionToken", resource="*", at=AT)
    assert session.message == "Cannot call GetSessionToken with session credentials"


@pytest.mark.parametrize("identity", [NOBODY, [STS], [STS, DENY], [{**STS, "Resource": "arn:aws:iam::123456789012:role/*"}]])
def test_operations_that_name_their_own_resource(identity: Any) -> None:
    held = account(
        users=(user(USER, *identity),),
        roles=(role(f"arn:aws:iam::{ACCOUNT}:role/Caller", allow=identity),),
        organization=Organization(id="o-1", paths=("o-1/r-1/",), root_access=frozenset({OTHER})),
    )
    sts = service(held)
    audience = {"sts:IdentityTokenAudience": ["a"], "sts:SigningAlgorithm": "RS256", "sts:DurationSeconds": "300"}
    task = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"
    for who in callers_of(sts).values():

        def asked(action: str, resource: str, who: Any = who, **context: Any) -> Authorization:
            return sts.authorize(who, action=f"sts:{action}", resource=resource, context=context, at=AT)

        agrees(asked("GetAccessKeyInfo", "*"), sts.get_access_key_info, caller=who, access_key_id=KEY)
        bob = f"arn:aws:sts::{ACCOUNT}:federated-user/Bob"
        agrees(asked("GetFederationToken", bob), sts.get_federation_token, caller=who, name="Bob")
        for member in (OTHER, ACCOUNT):
            root = asked("AssumeRoot", f"arn:aws:iam::{member}:root", **{"sts:TaskPolicyArn": task})
            agrees(root, sts.assume_root, caller=who, target_principal=member, task_policy_arn=task)
        outbound = asked("GetWebIdentityToken", "*", **audience)
        refusal = refusal_of(sts.get_web_identity_token, caller=who, audience=["a"], signing_algorithm="RS256")
        assert refusal is not None, "the account issues no such tokens, which comes after the caller's permission"
        assert outbound.allowed is (refusal.code == "OutboundWebIdentityFederationDisabledException")
        assert outbound.allowed or outbound.message == refusal.message


def test_tags_of_a_federated_user_are_asked_about_it() -> None:
    sts = service(account(users=(user(USER, {**STS, "Action": "sts:GetFederationToken"}),)))
    bob = f"arn:aws:sts::{ACCOUNT}:federated-user/Bob"
    asked = sts.authorize(USER, action="sts:TagSession", resource=bob, context={"aws:TagKeys": ["a"], "aws:RequestTag/a": "b"}, at=AT)
    assert not agrees(asked, sts.get_federation_token, caller=USER, name="Bob", tags=[{"Key": "a", "Value": "b"}])


@pytest.mark.parametrize(
    ("action", "resource", "check"),
    [
        ("sts:AssumeRoleWithSAML", ROLE, "action"),
        ("sts:assumerolewithwebidentity", ROLE, "action"),
        ("sts:AssumeRole", "*", "resource"),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:user/U", "resource"),
        ("sts:TagSession", f"arn:aws:sts::{OTHER}:federated-user/Bob", "resource"),
        ("sts:AssumeRoot", ROLE, "resource"),
        ("sts:AssumeRoot", f"arn:aws:iam::{OTHER}:root/x", "resource"),
        ("sts:GetFederationToken", "*", "resource"),
        ("sts:GetFederationToken", f"arn:aws:sts::{ACCOUNT}:federated-user/", "resource"),
        ("sts:GetAccessKeyInfo", ROLE, "resource"),
        ("sts:GetWebIdentityToken", f"arn:aws:sts::{OTHER}:self", "resource"),
    ],
)
def test_what_no_operation_asks(action: str, resource: str, check: str) -> None:
    refusal = refused(service().authorize, USER, action=action, resource=resource)
    assert isinstance(refusal, ValidationError)
    assert refusal.check == check


def test_policies_and_keys_that_are_not_the_askers_to_give() -> None:
    sts = service(account(roles=(role(tags=(SessionTag("team", "red"),)),)))
    bucket = Policy.parse(document({**STS, "Principal": {"AWS": "*"}}), kind="resource")
    for action, resource in (("sts:AssumeRole", ROLE), ("sts:GetCallerIdentity", "*")):
        assert refused(sts.authorize, USER, action=action, resource=resource, resource_policy=bucket).check == "resource-policy"
    for key in ("iam:ResourceTag/team", "AWS:resourcetag/Team", "aws:PrincipalArn"):
        assert refused(sts.authorize, USER, action="sts:AssumeRole", resource=ROLE, context={key: "blue"}).check == "context-keys"
    assert refused(sts.authorize, USER, action="sts:GetCallerIdentity", resource="*", context={"aws:userid": "x"}).check == "context-keys"
    assert sts.authorize(USER, action="sts:AssumeRole", resource=ROLE, context={"iam:ResourceTag/other": "x"}, at=AT).allowed


def test_actions_of_other_services_are_asked_as_before() -> None:
    held: Account = account(users=(user(USER, {**STS, "Action": "sts:GetServiceBearerToken"}),))
    sts = service(held)
    assert sts.authorize(
        USER, action="sts:GetServiceBearerToken", resource="arn:aws:codeartifact:us-east-1:123456789012:domain/d", at=AT
    ).allowed
    assert not sts.authorize(USER, action="s3:GetObject", resource="*", at=AT).allowed
