"""Users, their tags, policies, boundary, access keys and groups."""

import json
from pathlib import Path
from typing import Any

import pytest

from federation.account.writing.policies import add_policy
from federation.account.writing.roles import add_role
from tests.support.iam import AT, READ, TRUST, Iam, allow
from tests.support.world import ACCOUNT

LIMITS = f"arn:aws:iam::{ACCOUNT}:policy/Limits"
READERS = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ALICE = {"UserName": "Alice"}
CREATED = AT.replace(microsecond=0)


@pytest.fixture
def iam(tmp_path: Path) -> Iam:
    made = Iam(tmp_path)
    with made.live.changing() as draft:
        add_policy(draft, name="Limits", document=READ)
        add_role(draft, name="Deploy", trust_policy=TRUST)
    return made


def tags(**given: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in given.items()]


def create(iam: Iam, name: str = "Alice", **more: Any) -> Any:
    return iam("CreateUser", UserName=name, **more)["User"]


def test_a_user_is_created_and_read(iam: Iam) -> None:
    created = create(iam, Path="/team/", PermissionsBoundary=LIMITS, Tags=tags(team="blue"))
    assert created == {
        "Path": "/team/",
        "UserName": "Alice",
        "UserId": created["UserId"],
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/team/Alice",
        "CreateDate": CREATED,
        "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": LIMITS},
        "Tags": tags(team="blue"),
    }
    assert created["UserId"].startswith("AIDA")
    assert iam("GetUser", **ALICE)["User"] == created
    listed = {name: created[name] for name in ("Path", "UserName", "UserId", "Arn", "CreateDate")}
    assert iam("ListUsers", PathPrefix="/team/") == {"Users": [listed], "IsTruncated": False}
    assert iam("ListUsers", PathPrefix="/other/")["Users"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "check"),
    [
        ({"UserName": "alice"}, "EntityAlreadyExists", "write"),
        ({"UserName": "a b"}, "ValidationError", "user-name"),
        ({"Path": "x"}, "ValidationError", "path"),
        ({"PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/None"}, "NoSuchEntity", "account"),
        ({"Tags": tags(a="1", A="2")}, "InvalidInput", "tags"),
    ],
)
def test_what_cannot_be_created(iam: Iam, arguments: dict[str, Any], code: str, check: str) -> None:
    create(iam)
    refusal = iam.refusal("CreateUser", **{"UserName": "Bob", **arguments})
    assert (refusal.code, refusal.check) == (code, check)


def test_without_a_name_a_caller_reads_itself(iam: Iam) -> None:
    user = iam.user("Bob", allow("iam:GetUser", resource=f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"))
    assert iam("GetUser", caller=user)["User"]["UserName"] == "Bob"
    root = iam("GetUser")["User"]
    assert (root["Arn"], root["UserId"], "UserName" in root) == (f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT, False)
    with iam.live.changing() as draft:
        add_role(draft, name="Admin", trust_policy=TRUST, policy=json.dumps({"Version": "2012-10-17", "Statement": [allow("iam:*")]}))
    refusal = iam.refusal("GetUser", caller=f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/s")
    assert (refusal.check, refusal.wire_message) == ("user-name", "Must specify userName when calling with non-User credentials")
    assert iam.refusal("GetUser", caller=user, UserName="Nobody").code == "AccessDenied", "names are not probed"
    assert iam.refusal("GetUser", UserName="Nobody").wire_message == "The user with name Nobody cannot be found."


def test_a_user_is_renamed_with_all_that_is_its_own(iam: Iam) -> None:
    user = create(iam)
    key = iam("CreateAccessKey", **ALICE)["AccessKey"]["AccessKeyId"]
    iam("UpdateUser", **ALICE, NewUserName="Alicia", NewPath="/x/")
    after = iam("GetUser", UserName="Alicia")["User"]
    assert (after["UserId"], after["Arn"]) == (user["UserId"], f"arn:aws:iam::{ACCOUNT}:user/x/Alicia")
    assert [each["AccessKeyId"] for each in iam("ListAccessKeys", UserName="Alicia")["AccessKeyMetadata"]] == [key]
    allowed = allow("iam:UpdateUser", resource=f"arn:aws:iam::{ACCOUNT}:user/x/Alicia")
    assert iam.refusal("UpdateUser", caller=iam.user("Bob", allowed), UserName="Alicia", NewUserName="Root").check == "authorization"


def test_a_user_is_deleted_when_it_has_nothing(iam: Iam) -> None:
    create(iam)
    iam("CreateGroup", GroupName="readers")
    steps: tuple[tuple[str, dict[str, Any], str, dict[str, Any]], ...] = (
        ("AttachUserPolicy", {"PolicyArn": LIMITS}, "DetachUserPolicy", {"PolicyArn": LIMITS}),
        ("PutUserPolicy", {"PolicyName": "p", "PolicyDocument": READ}, "DeleteUserPolicy", {"PolicyName": "p"}),
        ("AddUserToGroup", {"GroupName": "readers"}, "RemoveUserFromGroup", {"GroupName": "readers"}),
    )
    for make, given, undo, named in steps:
        iam(make, **ALICE, **given)
        refusal = iam.refusal("DeleteUser", **ALICE)
        assert (refusal.code, refusal.http_status) == ("DeleteConflict", 409)
        iam(undo, **ALICE, **named)
    key = iam("CreateAccessKey", **ALICE)["AccessKey"]["AccessKeyId"]
    assert iam.refusal("DeleteUser", **ALICE).wire_message == "Cannot delete entity, must delete access keys first."
    iam("DeleteAccessKey", **ALICE, AccessKeyId=key)
    iam("DeleteUser", **ALICE)
    assert iam.refusal("DeleteUser", **ALICE).code == "NoSuchEntity"


def test_tags(iam: Iam) -> None:
    create(iam)
    iam("TagUser", **ALICE, Tags=tags(team="blue", stage="test"))
    first = iam("ListUserTags", **ALICE, MaxItems=1)
    assert (first["Tags"], first["IsTruncated"]) == (tags(stage="test"), True)
    assert iam("ListUserTags", **ALICE, Marker=first["Marker"])["Tags"] == tags(team="blue")
    iam("UntagUser", **ALICE, TagKeys=["TEAM"])
    assert iam("GetUser", **ALICE)["User"]["Tags"] == tags(stage="test")
    caller = iam.user("Bob", allow("iam:TagUser", Condition={"StringEquals": {"iam:ResourceTag/stage": "live"}}))
    assert iam.refusal("TagUser", caller=caller, **ALICE, Tags=tags(a="")).check == "authorization"
    iam("TagUser", **ALICE, Tags=tags(stage="live"))
    assert iam("TagUser", caller=caller, **ALICE, Tags=tags(a="")) == {}


def test_a_boundary_is_set_and_removed(iam: Iam) -> None:
    create(iam)
    assert iam("DeleteUserPermissionsBoundary", **ALICE) == {}  # as of a role
    assert iam.refusal("DeleteUserPermissionsBoundary", UserName="Nobody").code == "NoSuchEntity"
    iam("PutUserPermissionsBoundary", **ALICE, PermissionsBoundary=READERS)
    assert iam("GetUser", **ALICE)["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == READERS
    bound = {"StringEquals": {"iam:PermissionsBoundary": LIMITS}}
    caller = iam.user("Bob", allow("iam:PutUserPermissionsBoundary", "iam:PutUserPolicy", Condition=bound))
    assert iam.refusal("PutUserPolicy", caller=caller, **ALICE, PolicyName="p", PolicyDocument=READ).check == "authorization"
    iam("PutUserPermissionsBoundary", caller=caller, **ALICE, PermissionsBoundary=LIMITS)
    assert iam("PutUserPolicy", caller=caller, **ALICE, PolicyName="p", PolicyDocument=READ) == {}
    iam("DeleteUserPermissionsBoundary", **ALICE)
    assert "PermissionsBoundary" not in iam("GetUser", **ALICE)["User"]
    assert iam.refusal("PutUserPermissionsBoundary", **ALICE, PermissionsBoundary="arn:aws:s3:::bucket/xy").code == "InvalidInput"


@pytest.mark.parametrize("kind", ["User", "Group"])
def test_policies_of_users_and_groups(iam: Iam, kind: str) -> None:
    who = {f"{kind}Name": "Alice"}
    iam(f"Create{kind}", **who)
    iam(f"Put{kind}Policy", **who, PolicyName="read", PolicyDocument=READ)
    assert iam(f"Get{kind}Policy", **who, PolicyName="read") == {**who, "PolicyName": "read", "PolicyDocument": json.loads(READ)}
    iam(f"Put{kind}Policy", **who, PolicyName="all", PolicyDocument=READ)
    lists = "GroupPolicies" if kind == "Group" else "UserPolicies"
    first = iam(f"List{lists}", **who, MaxItems=1)
    assert (first["PolicyNames"], first["IsTruncated"]) == (["all"], True)
    assert iam(f"List{lists}", **who, Marker=first["Marker"])["PolicyNames"] == ["read"]
    iam(f"Delete{kind}Policy", **who, PolicyName="all")
    missing = iam.refusal(f"Get{kind}Policy", **who, PolicyName="all")
    assert missing.wire_message == f"The {kind.lower()} policy with name all cannot be found."
    assert iam.refusal(f"Delete{kind}Policy", **who, PolicyName="all").code == "NoSuchEntity"
    assert iam.refusal(f"Put{kind}Policy", **who, PolicyName="x", PolicyDocument=TRUST).code == "MalformedPolicyDocument"
    iam(f"Attach{kind}Policy", **who, PolicyArn=LIMITS)
    iam(f"Attach{kind}Policy", **who, PolicyArn=READERS)
    attached = iam(f"ListAttached{kind}Policies", **who)["AttachedPolicies"]
    assert sorted(each["PolicyName"] for each in attached) == ["Limits", "ReadOnlyAccess"]
    iam(f"Detach{kind}Policy", **who, PolicyArn=READERS)
    assert iam.refusal(f"Detach{kind}Policy", **who, PolicyArn=READERS).wire_message == f"Policy {READERS} was not found."
    assert iam.refusal(f"Attach{kind}Policy", **who, PolicyArn=f"{LIMITS}x").code == "NoSuchEntity"
    nobody = {f"{kind}Name": "Nobody"}
    assert iam.refusal(f"ListAttached{kind}Policies", **nobody).wire_message == f"The {kind.lower()} with name Nobody cannot be found."


def test_which_policies_may_be_attached(iam: Iam) -> None:
    create(iam)
    caller = iam.user("Bob", allow("iam:AttachUserPolicy", Condition={"ArnEquals": {"iam:PolicyARN": LIMITS}}))
    assert iam.refusal("AttachUserPolicy", caller=caller, **ALICE, PolicyArn=READERS).check == "authorization"
    assert iam("AttachUserPolicy", caller=caller, **ALICE, PolicyArn=LIMITS) == {}


def test_an_access_key_is_usable_at_once(iam: Iam) -> None:
    create(iam)
    made = iam("CreateAccessKey", **ALICE)["AccessKey"]
    assert {name: made[name] for name in ("UserName", "Status", "CreateDate")} == {
        "UserName": "Alice",
        "Status": "Active",
        "CreateDate": CREATED,
    }
    assert iam.service.sts.caller_for_key(made["AccessKeyId"], at=AT).arn.endswith(":user/Alice")
    listed = {"UserName": "Alice", "AccessKeyId": made["AccessKeyId"], "Status": "Active", "CreateDate": CREATED}
    assert iam("ListAccessKeys", **ALICE) == {"AccessKeyMetadata": [listed], "IsTruncated": False}
    used = iam("GetAccessKeyLastUsed", AccessKeyId=made["AccessKeyId"])
    assert used == {"UserName": "Alice", "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}
    iam("UpdateAccessKey", **ALICE, AccessKeyId=made["AccessKeyId"], Status="Inactive")
    assert iam("ListAccessKeys", **ALICE)["AccessKeyMetadata"][0]["Status"] == "Inactive"
    assert iam.refusal("UpdateAccessKey", **ALICE, AccessKeyId=made["AccessKeyId"], Status="Expired").code == "InvalidInput"


def test_a_user_manages_its_own_keys_and_no_others(iam: Iam) -> None:
    own = allow("iam:*AccessKey*", resource=f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}")
    alice, bob = iam.user("Alice", own), iam.user("Bob", own)
    key = iam("CreateAccessKey", caller=alice)["AccessKey"]["AccessKeyId"]
    assert [each["AccessKeyId"] for each in iam("ListAccessKeys", caller=alice)["AccessKeyMetadata"]] == [key]
    assert iam.refusal("DeleteAccessKey", caller=bob, **ALICE, AccessKeyId=key).check == "authorization"
    mine = iam.refusal("DeleteAccessKey", caller=bob, AccessKeyId=key)
    assert (mine.code, mine.wire_message) == ("NoSuchEntity", f"The Access Key with id {key} cannot be found.")
    iam("DeleteAccessKey", caller=alice, AccessKeyId=key)
    assert iam.refusal("GetAccessKeyLastUsed", AccessKeyId=key).code == "NoSuchEntity"


def test_the_root_has_two_keys_of_its_own(iam: Iam) -> None:
    made = [iam("CreateAccessKey")["AccessKey"]["AccessKeyId"] for _ in range(2)]
    assert sorted(each["AccessKeyId"] for each in iam("ListAccessKeys")["AccessKeyMetadata"]) == sorted(made)
    full = iam.refusal("CreateAccessKey")
    assert (full.code, full.wire_message) == ("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")


def test_groups_and_their_members(iam: Iam) -> None:
    group = iam("CreateGroup", GroupName="readers", Path="/x/")["Group"]
    assert group == {
        "Path": "/x/",
        "GroupName": "readers",
        "GroupId": group["GroupId"],
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/x/readers",
        "CreateDate": CREATED,
    }
    for name in ("Bob", "Alice"):
        create(iam, name)
        iam("AddUserToGroup", GroupName="readers", UserName=name)
    first = iam("GetGroup", GroupName="readers", MaxItems=1)
    assert (first["Group"], [user["UserName"] for user in first["Users"]]) == (group, ["Alice"])
    assert [user["UserName"] for user in iam("GetGroup", GroupName="readers", Marker=first["Marker"])["Users"]] == ["Bob"]
    assert iam("ListGroupsForUser", **ALICE)["Groups"] == [group]
    assert iam("ListGroups", PathPrefix="/x/")["Groups"] == [group]
    assert iam.refusal("DeleteGroup", GroupName="readers").wire_message == "Cannot delete entity, must remove users from group first."
    iam("UpdateGroup", GroupName="readers", NewGroupName="viewers", NewPath="/")
    assert [each["GroupName"] for each in iam("ListGroupsForUser", **ALICE)["Groups"]] == ["viewers"]
    for name in ("Bob", "Alice"):
        iam("RemoveUserFromGroup", GroupName="viewers", UserName=name)
    assert iam.refusal("RemoveUserFromGroup", GroupName="viewers", **ALICE).code == "NoSuchEntity"
    iam("DeleteGroup", GroupName="viewers")
    assert iam.refusal("GetGroup", GroupName="viewers").wire_message == "The group with name viewers cannot be found."
    assert iam.refusal("AddUserToGroup", GroupName="viewers", **ALICE).code == "NoSuchEntity"


def test_the_policies_of_a_group_apply_at_once(iam: Iam) -> None:
    user = create(iam)["Arn"]
    assert iam.refusal("ListUsers", caller=user).check == "authorization"
    iam("CreateGroup", GroupName="admins")
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow("iam:ListUsers")]})
    iam("PutGroupPolicy", GroupName="admins", PolicyName="p", PolicyDocument=document)
    iam("AddUserToGroup", GroupName="admins", **ALICE)
    assert len(iam("ListUsers", caller=user)["Users"]) == 1
