"""CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy, DeleteRole."""

import json
from pathlib import Path
from typing import Any

import pytest

from federation.account.writing.policies import add_policy
from federation.account.writing.roles import add_role
from federation.account.writing.trade_in import add_trade_in_token
from tests.support.iam import AT, READ, TRUST, Iam, allow
from tests.support.world import ACCOUNT

BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Limits"


@pytest.fixture
def iam(tmp_path: Path) -> Iam:
    return Iam(tmp_path)


def create(iam: Iam, name: str = "Deploy", **more: Any) -> Any:
    return iam("CreateRole", **{"RoleName": name, "AssumeRolePolicyDocument": TRUST, **more})["Role"]


def test_a_role_is_created_and_read(iam: Iam) -> None:
    with iam.live.changing() as draft:
        add_policy(draft, name="Limits", document=READ)
    tags = [{"Key": "team", "Value": "blue"}]
    created = create(iam, Path="/ci/", Description="d", MaxSessionDuration=7200, PermissionsBoundary=BOUNDARY, Tags=tags)
    assert created == {
        "Path": "/ci/",
        "RoleName": "Deploy",
        "RoleId": created["RoleId"],
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/ci/Deploy",
        "CreateDate": AT.replace(microsecond=0),
        "AssumeRolePolicyDocument": json.loads(TRUST),
        "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": BOUNDARY},
        "Tags": tags,
    }
    assert created["RoleId"].startswith("AROA")
    assert iam("GetRole", RoleName="Deploy")["Role"] == {**created, "Description": "d", "MaxSessionDuration": 7200, "RoleLastUsed": {}}


def test_a_role_is_usable_at_once(iam: Iam) -> None:
    role = create(iam)
    user = iam.user("Alice", allow("sts:AssumeRole"))
    session = iam.service.sts.assume_role(caller=user, role_arn=role["Arn"], role_session_name="now", at=AT)
    assert session.assumed_role_user.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/now"


def test_a_name_is_taken_whatever_its_case(iam: Iam) -> None:
    create(iam)
    refusal = iam.refusal("CreateRole", RoleName="dEPLOY", AssumeRolePolicyDocument=TRUST)
    assert (refusal.code, refusal.http_status, refusal.check) == ("EntityAlreadyExists", 409, "write")
    assert refusal.wire_message == "Role with name dEPLOY already exists."


@pytest.mark.parametrize(
    ("arguments", "code", "check"),
    [
        ({"AssumeRolePolicyDocument": "{}"}, "MalformedPolicyDocument", "policy-grammar"),
        ({"AssumeRolePolicyDocument": READ}, "MalformedPolicyDocument", "policy-grammar"),
        ({"PermissionsBoundary": BOUNDARY}, "NoSuchEntity", "account"),
        ({"PermissionsBoundary": "arn:aws:iam::123456789012:role/r"}, "InvalidInput", "policy-arn"),
        ({"Path": "no/slash"}, "ValidationError", "path"),
        ({"RoleName": "a/b"}, "ValidationError", "role-name"),
        ({"RoleName": None}, "ValidationError", "role-name"),
        ({"MaxSessionDuration": 60}, "ValidationError", "max-session-duration"),
        ({"Description": "\u0100"}, "ValidationError", "description"),
        ({"Tags": [{"Key": "aws:x", "Value": ""}]}, "ValidationError", "tags"),
        ({"Tags": [{"Key": "a"}]}, "ValidationError", "tags"),
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]}, "InvalidInput", "tags"),
        ({"Colour": "blue"}, "ValidationError", "parameter"),
    ],
)
def test_what_cannot_be_created(iam: Iam, arguments: dict[str, Any], code: str, check: str) -> None:
    refusal = iam.refusal("CreateRole", **{"RoleName": "r", "AssumeRolePolicyDocument": TRUST, **arguments})
    assert (refusal.code, refusal.check) == (code, check)


def test_a_policy_of_aws_may_be_the_boundary_without_being_in_the_account(iam: Iam) -> None:
    arn = "arn:aws:iam::aws:policy/PowerUserAccess"
    assert create(iam, PermissionsBoundary=arn)["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn


def test_pages_of_roles(iam: Iam) -> None:
    with iam.live.changing() as draft:
        for n in range(5):
            add_role(draft, name=f"r{n}", trust_policy=TRUST, role_path="/ci/")
        add_role(draft, name="other", trust_policy=TRUST)
    assert [role["RoleName"] for role in iam("ListRoles")["Roles"]] == ["other", "r0", "r1", "r2", "r3", "r4"]
    first = iam("ListRoles", PathPrefix="/ci", MaxItems=3)
    assert ([role["RoleName"] for role in first["Roles"]], first["IsTruncated"]) == (["r0", "r1", "r2"], True)
    iam("DeleteRole", RoleName="r2")  # the page after it stays the same
    last = iam("ListRoles", PathPrefix="/ci", MaxItems=3, Marker=first["Marker"])
    assert last.keys() == {"Roles", "IsTruncated"}
    assert ([role["RoleName"] for role in last["Roles"]], last["IsTruncated"]) == (["r3", "r4"], False)


@pytest.mark.parametrize("marker", ["r3", "%", "cjM", "é", "cjM=\n"])
def test_a_marker_is_one_of_a_page_before(iam: Iam, marker: str) -> None:
    assert iam.refusal("ListRoles", Marker=marker).check == "marker"


def test_a_list_shows_neither_tags_nor_boundary(iam: Iam) -> None:
    create(iam, Tags=[{"Key": "a", "Value": "b"}], PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess")
    assert iam("ListRoles")["Roles"][0].keys() == {
        "Path",
        "RoleName",
        "RoleId",
        "Arn",
        "CreateDate",
        "AssumeRolePolicyDocument",
        "MaxSessionDuration",
    }


def test_a_role_is_changed(iam: Iam) -> None:
    create(iam, Description="before")
    assert iam("UpdateRole", RoleName="Deploy", MaxSessionDuration=3700) == {}
    role = iam("GetRole", RoleName="Deploy")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("before", 3700)
    assert iam("UpdateRoleDescription", RoleName="Deploy", Description="after")["Role"]["Description"] == "after"
    closed = json.loads(TRUST) | {"Statement": [{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    assert iam("UpdateAssumeRolePolicy", RoleName="Deploy", PolicyDocument=json.dumps(closed)) == {}
    assert iam("GetRole", RoleName="Deploy")["Role"]["AssumeRolePolicyDocument"] == closed


def test_a_role_is_deleted(iam: Iam) -> None:
    create(iam)
    assert iam("DeleteRole", RoleName="Deploy") == {}
    refusal = iam.refusal("GetRole", RoleName="Deploy")
    assert (refusal.code, refusal.http_status) == ("NoSuchEntity", 404)
    assert refusal.wire_message == "The role with name Deploy cannot be found."


def test_a_role_with_policies_or_tokens_is_not_deleted(iam: Iam) -> None:
    with iam.live.changing() as draft:
        add_role(draft, name="Held", trust_policy=TRUST, policy=READ)
    arn = create(iam)["Arn"]
    add_trade_in_token(iam.live, token="t" * 20, role_arn=arn, session_name="it", expires_at=AT)
    assert [iam.refusal("DeleteRole", RoleName=name).code for name in ("Held", "Deploy")] == ["DeleteConflict"] * 2


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("GetRole", {}),
        ("UpdateRole", {}),
        ("UpdateRoleDescription", {"Description": ""}),
        ("UpdateAssumeRolePolicy", {"PolicyDocument": TRUST}),
        ("DeleteRole", {}),
    ],
)
def test_a_role_that_is_not_there(iam: Iam, operation: str, more: dict[str, Any]) -> None:
    assert iam.refusal(operation, RoleName="Nobody", **more).code == "NoSuchEntity"
