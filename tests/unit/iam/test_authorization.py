"""Who may call an operation of IAM: the policies of the caller decide, as of every other service."""

import json
from pathlib import Path
from typing import Any

import pytest

from federation.account.writing.roles import add_role
from federation.identity import SessionTag
from tests.support.iam import AT, READ, ROOT, TRUST, Iam, allow
from tests.support.world import ACCOUNT, OTHER

BOUNDARY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
NEW = {"RoleName": "New", "AssumeRolePolicyDocument": TRUST}


@pytest.fixture
def iam(tmp_path: Path) -> Iam:
    return Iam(tmp_path)


def test_a_denial_has_the_words_of_aws(iam: Iam) -> None:
    user = iam.user("Alice")
    refusal = iam.refusal("CreateRole", caller=user, Path="/ci/", **NEW)
    assert (refusal.code, refusal.http_status, refusal.check) == ("AccessDenied", 403, "authorization")
    assert refusal.wire_message == (
        f"User: {user} is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::{ACCOUNT}:role/ci/New "
        "because no identity-based policy allows the iam:CreateRole action"
    )
    assert refusal.explanation.cause


def test_a_role_is_called_by_its_name_and_is_not_probed(iam: Iam) -> None:
    user = iam.user("Alice")
    add_role(iam.path, name="There", trust_policy=TRUST)
    texts = {iam.refusal("GetRole", caller=user, RoleName=name).wire_message.replace(name, "NAME") for name in ("There", "Gone")}
    why = "because no identity-based policy allows the iam:GetRole action"
    assert texts == {f"User: {user} is not authorized to perform: iam:GetRole on resource: role NAME {why}"}


@pytest.mark.parametrize(
    ("condition", "allowed", "refused"),
    [
        (
            {"StringEquals": {"aws:RequestTag/team": "blue"}},
            {"Tags": [{"Key": "team", "Value": "blue"}]},
            {"Tags": [{"Key": "team", "Value": "red"}]},
        ),
        (
            {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}, "Null": {"aws:TagKeys": "false"}},
            {"Tags": [{"Key": "team", "Value": "blue"}]},
            {"Tags": [{"Key": "team", "Value": "blue"}, {"Key": "more", "Value": ""}]},
        ),
        (
            {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"}},
            {"PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
            {},
        ),
    ],
)
def test_conditions_on_what_is_created(iam: Iam, condition: Any, allowed: Any, refused: Any) -> None:
    user = iam.user("Alice", allow("iam:CreateRole", Condition=condition))
    assert iam.refusal("CreateRole", caller=user, **NEW, **refused).check == "authorization"
    assert iam("CreateRole", caller=user, **NEW, **allowed)["Role"]["RoleName"] == "New"


def test_conditions_on_the_tags_of_a_role(iam: Iam) -> None:
    condition = {"StringEquals": {"aws:ResourceTag/team": "blue", "iam:ResourceTag/team": "blue"}}
    user = iam.user("Alice", allow("iam:DeleteRole", Condition=condition))
    with iam.live.changing() as draft:
        add_role(draft, name="Blue", trust_policy=TRUST, tags=[SessionTag("team", "blue")])
        add_role(draft, name="Plain", trust_policy=TRUST)
    assert iam.refusal("DeleteRole", caller=user, RoleName="Plain").check == "authorization"
    assert iam("DeleteRole", caller=user, RoleName="Blue") == {}


def test_the_resource_has_the_path(iam: Iam) -> None:
    user = iam.user("Alice", allow("iam:*", resource=f"arn:aws:iam::{ACCOUNT}:role/ci/*"))
    assert iam.refusal("CreateRole", caller=user, **NEW).check == "authorization"
    assert iam("CreateRole", caller=user, Path="/ci/", **NEW)
    assert iam("GetRole", caller=user, RoleName="New")
    assert iam("ListRoles", caller=user, PathPrefix="/ci/")["Roles"]
    assert iam.refusal("ListRoles", caller=user).check == "authorization"


def test_a_role_session_calls_by_the_policies_of_its_role(iam: Iam) -> None:
    policy = {"Version": "2012-10-17", "Statement": [allow("iam:CreateRole")]}
    with iam.live.changing() as draft:
        role = add_role(draft, name="Admin", trust_policy=TRUST, policy=json.dumps(policy))
    user = iam.user("Alice", allow("sts:AssumeRole"))
    session = iam.service.sts.assume_role(caller=user, role_arn=role, role_session_name="it", at=AT)
    assert iam("CreateRole", caller=session.credentials, **NEW)
    assert iam.refusal("DeleteRole", caller=session.credentials, RoleName="New").check == "authorization"


def test_sessions_of_users_need_mfa_and_federated_users_never_call(iam: Iam) -> None:
    user = iam.user("Alice", allow("*"))
    plain = iam.service.sts.get_session_token(caller=user, at=AT).credentials
    federated = iam.service.sts.get_federation_token(caller=user, name="Bob", at=AT).credentials
    for credentials in (plain, federated):
        refusal = iam.refusal("CreateRole", caller=credentials, **NEW)
        assert (refusal.code, refusal.check) == ("InvalidClientTokenId", "caller-kind")
        assert refusal.wire_message == "The security token included in the request is invalid."


def test_who_is_not_of_the_account(iam: Iam) -> None:
    assert iam.refusal("ListRoles", caller=f"arn:aws:iam::{OTHER}:root").check == "caller"
    assert iam.refusal("ListRoles", caller=ROOT[:-1]).check == "caller"
    assert iam.refusal("ListRoles", caller=None).check == "caller"


def test_an_operation_that_is_not_served(iam: Iam) -> None:
    refusal = iam.refusal("CreateLoginProfile", UserName="Alice")
    assert (refusal.code, refusal.http_status, refusal.check) == ("InvalidAction", 400, "action")
    assert refusal.wire_message == "Could not find operation CreateLoginProfile for version 2010-05-08"
    assert "CreateRole" in refusal.expected


def test_an_explanation_says_what_to_write_for_this_request(iam: Iam) -> None:
    user = iam.user("Alice", allow("s3:Get*"))
    (edit,) = iam.refusal("CreateRole", caller=user, **NEW).edits
    assert edit.instruction == "in inline policy `Alice`, add a statement for this request alone"
    assert json.loads(str(edit.new)) == allow("iam:CreateRole", resource=f"arn:aws:iam::{ACCOUNT}:role/New") | {"Action": "iam:CreateRole"}


def test_an_explanation_of_a_deny_speaks_of_no_role(iam: Iam) -> None:
    user = iam.user("Alice", {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}, allow("*"))
    edits = iam.refusal("CreateRole", caller=user, **NEW).edits
    assert edits[-1].instruction == "call as a principal that this statement does not deny"
    assert edits[-1].place.path == ""


@pytest.fixture
def bounded(iam: Iam) -> Iam:
    """An account with a role, a user and a group of one name; the boundary of the first two is a policy of AWS."""
    iam("CreateRole", RoleName="Same", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=BOUNDARY)
    iam("CreateUser", UserName="Same", PermissionsBoundary=BOUNDARY)
    iam("CreateGroup", GroupName="Same")
    return iam


@pytest.mark.parametrize("kind", ["Role", "User"])
@pytest.mark.parametrize(
    ("operation", "more", "has_key"),
    [
        ("Put{}Policy", {"PolicyName": "p", "PolicyDocument": READ}, True),
        ("Attach{}Policy", {"PolicyArn": BOUNDARY}, True),
        ("Delete{}PermissionsBoundary", {}, True),
        ("Get{}", {}, False),
        ("Tag{}", {"Tags": []}, False),
        ("List{}Policies", {}, False),
    ],
)
def test_the_boundary_is_a_key_of_the_actions_that_could_pass_it(
    bounded: Iam, kind: str, operation: str, more: dict[str, Any], has_key: Any
) -> None:
    action = operation.format(kind)
    by_boundary = {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}
    caller = bounded.user("Bob", allow(f"iam:{action}", Condition=by_boundary))
    arguments = {f"{kind}Name": "Same", **more}
    if has_key:
        bounded(action, caller=caller, **arguments)
    else:
        assert bounded.refusal(action, caller=caller, **arguments).check == "authorization"


@pytest.mark.parametrize("kind", ["Role", "User", "Group"])
@pytest.mark.parametrize("verb", ["Attach", "Detach"])
def test_what_is_no_policy_is_refused_alike_for_every_kind(bounded: Iam, kind: str, verb: str) -> None:
    nobody = bounded.user("Nobody")
    named = {f"{kind}Name": "Same", "PolicyArn": "arn:aws:s3:::bucket/policy"}
    refusal = bounded.refusal(f"{verb}{kind}Policy", caller=nobody, **named)
    assert (refusal.code, refusal.check) == ("InvalidInput", "policy-arn")
