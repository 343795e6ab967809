"""Roles: what is shown of them where, their policies, tags and boundaries, and refusals, as observed of AWS in the first half of 2026."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from tests.support.in_process import InProcess, Refused, members, refused
from tests.support.world import ACCOUNT

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
EC2 = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
READ = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::example_bucket"}}
TRUST = json.dumps(EC2)
INLINE = json.dumps(READ)
GONE = "test-nonexistent-role"
NO_ROLE = Refused("NoSuchEntity", 404, f"The role with name {GONE} cannot be found.")
ONE_ERROR = "1 validation error detected: Value at "
TAG_PATTERN = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"
OF_A_KEY = (
    "Member must satisfy constraint: [Member must have length less than or equal to 128, "
    "Member must have length greater than or equal to 1, "
    f"Member must satisfy regular expression pattern: {TAG_PATTERN}, Member must not be null]"
)
numbers = count(1)


@pytest.fixture
def iam(aws: InProcess) -> Any:
    return aws.iam


@pytest.fixture
def role(iam: Any) -> str:
    """The name of a new role."""
    name = f"role-{next(numbers)}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    return name


@pytest.fixture
def policy(iam: Any) -> str:
    """The ARN of a new policy."""
    arn: str = iam.create_policy(PolicyName=f"policy-{next(numbers)}", PolicyDocument=INLINE)["Policy"]["Arn"]
    return arn


def test_a_new_role_with_nothing_but_its_trust(iam: Any) -> None:
    created = iam.create_role(RoleName="plain", AssumeRolePolicyDocument=TRUST)["Role"]
    assert {name: created[name] for name in created.keys() - {"RoleId", "CreateDate"}} == {
        "Path": "/",
        "RoleName": "plain",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/plain",
        "AssumeRolePolicyDocument": EC2,
    }
    assert created["RoleId"].startswith("AROA")
    assert abs(created["CreateDate"] - datetime.now(UTC)) < timedelta(minutes=1)
    assert iam.get_role(RoleName="plain")["Role"] == {**created, "MaxSessionDuration": 3600, "RoleLastUsed": {}}


def test_a_role_with_everything(iam: Any, policy: str) -> None:
    given = {"Path": "/a/b/", "Description": "said", "MaxSessionDuration": 7200, "Tags": [{"Key": "k", "Value": ""}]}
    created = iam.create_role(RoleName="full", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=policy, **given)["Role"]
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": policy}
    shown = {"RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}
    # AWS tells neither the description nor the duration at once.
    assert created.keys() == {*shown, "Path", "Tags", "PermissionsBoundary"}
    assert (created["Arn"], created["Tags"]) == (f"arn:aws:iam::{ACCOUNT}:role/a/b/full", given["Tags"])
    found = iam.get_role(RoleName="full")["Role"]
    assert found == {**created, **given, "PermissionsBoundary": boundary, "RoleLastUsed": {}}
    [listed] = iam.list_roles(PathPrefix="/a/b/")["Roles"]
    assert listed == {name: found[name] for name in (*shown, "Path", "Description", "MaxSessionDuration")}


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("get_role", {}),
        ("update_role", {"Description": "d"}),
        ("delete_role", {}),
        ("tag_role", {"Tags": [{"Key": "k", "Value": "v"}]}),
        ("untag_role", {"TagKeys": ["k"]}),
        ("list_role_tags", {}),
        ("update_assume_role_policy", {"PolicyDocument": TRUST}),
        ("put_role_policy", {"PolicyName": "p", "PolicyDocument": INLINE}),
        ("list_role_policies", {}),
        ("list_attached_role_policies", {}),
        ("attach_role_policy", {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ("list_instance_profiles_for_role", {}),
    ],
)
def test_a_role_that_is_not_there(iam: Any, operation: str, more: dict[str, Any]) -> None:
    assert refused(iam, operation, RoleName=GONE, **more) == NO_ROLE


def test_a_name_is_taken_whatever_its_case(iam: Any, role: str) -> None:
    assert refused(iam, "create_role", RoleName=role, AssumeRolePolicyDocument=TRUST) == Refused(
        "EntityAlreadyExists", 409, f"Role with name {role} already exists."
    )
    again = refused(iam, "create_role", RoleName=role.upper(), Path="/other/", AssumeRolePolicyDocument=TRUST)
    assert (again.code, again.status) == ("EntityAlreadyExists", 409)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("invalid-json", "This policy contains invalid Json"),
        (json.dumps({**EC2, "Statement": [{**EC2["Statement"][0], "Action": "s3:PutObject"}]}), None),  # type: ignore[dict-item]
        (json.dumps({**EC2, "Statement": [{**EC2["Statement"][0], "Resource": "arn:aws:s3:::b"}]}), "Has prohibited field Resource"),  # type: ignore[dict-item]
    ],
)
def test_a_trust_policy_that_is_none(iam: Any, role: str, document: str, message: str | None) -> None:
    message = message or "AssumeRole policy may only specify STS AssumeRole actions."
    expected = Refused("MalformedPolicyDocument", 400, message)
    assert refused(iam, "update_assume_role_policy", RoleName=role, PolicyDocument=document) == expected
    assert refused(iam, "create_role", RoleName="malformed", AssumeRolePolicyDocument=document) == expected
    assert iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"] == EC2


def test_what_is_not_given_is_kept(iam: Any, role: str) -> None:
    assert members(iam.update_role(RoleName=role, Description="first", MaxSessionDuration=7200)) == {}
    described = iam.update_role_description(RoleName=role, Description="second")["Role"]
    assert (described["Description"], "MaxSessionDuration" in described) == ("second", False)
    iam.update_role(RoleName=role)
    found = iam.get_role(RoleName=role)["Role"]
    assert (found["Description"], found["MaxSessionDuration"]) == ("second", 7200)


def test_a_role_with_policies_is_not_deleted(iam: Any, role: str, policy: str) -> None:
    iam.put_role_policy(RoleName=role, PolicyName="in", PolicyDocument=INLINE)
    iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    assert refused(iam, "delete_role", RoleName=role).code == "DeleteConflict"
    iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    assert refused(iam, "delete_role", RoleName=role) == Refused("DeleteConflict", 409, "Cannot delete entity, must delete policies first.")
    iam.delete_role_policy(RoleName=role, PolicyName="in")
    iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    assert refused(iam, "delete_role", RoleName=role) == Refused(
        "DeleteConflict", 409, "Cannot delete entity, must detach all policies first."
    )
    iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    iam.delete_role(RoleName=role)
    assert refused(iam, "get_role", RoleName=role).code == "NoSuchEntity"


def test_inline_policies(iam: Any, role: str) -> None:
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == []
    for name in ("b", "a"):
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=INLINE)
    found = iam.get_role_policy(RoleName=role, PolicyName="a")
    assert members(found) == {"RoleName": role, "PolicyName": "a", "PolicyDocument": READ}
    assert members(iam.list_role_policies(RoleName=role)) == {"PolicyNames": ["a", "b"], "IsTruncated": False}
    iam.delete_role_policy(RoleName=role, PolicyName="a")
    for operation in ("get_role_policy", "delete_role_policy"):
        assert refused(iam, operation, RoleName=role, PolicyName="a") == Refused(
            "NoSuchEntity", 404, "The role policy with name a cannot be found."
        )


def test_attached_policies(iam: Any, role: str, policy: str) -> None:
    assert members(iam.list_attached_role_policies(RoleName=role)) == {"AttachedPolicies": [], "IsTruncated": False}
    for _ in range(2):  # once more is no fault
        iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    [attached] = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert attached == {"PolicyArn": policy, "PolicyName": policy.rpartition("/")[2]}
    assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
    iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    assert refused(iam, "detach_role_policy", RoleName=role, PolicyArn=policy) == Refused(
        "NoSuchEntity", 404, f"Policy {policy} was not found."
    )
    other = f"arn:aws:iam::{ACCOUNT}:policy/nonexistent-policy"
    assert refused(iam, "attach_role_policy", RoleName=role, PolicyArn=other) == Refused(
        "NoSuchEntity", 404, f"Policy {other} does not exist or is not attachable."
    )
    assert refused(iam, "attach_role_policy", RoleName=role, PolicyArn="longpolicynamebutnoarn") == Refused(
        "ValidationError", 400, "ARN longpolicynamebutnoarn is not valid."
    )


def test_a_boundary(iam: Any, role: str, policy: str) -> None:
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=policy)
    boundary = iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]
    assert boundary == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": policy}
    assert iam.get_policy(PolicyArn=policy)["Policy"]["PermissionsBoundaryUsageCount"] == 1
    for _ in range(2):
        iam.delete_role_permissions_boundary(RoleName=role)
    assert "PermissionsBoundary" not in iam.get_role(RoleName=role)["Role"]


def test_a_boundary_that_is_none(iam: Any, role: str) -> None:
    invalid, gone = f"arn:aws:iam::{ACCOUNT}:not_a_policy/invalid", f"arn:aws:iam::{ACCOUNT}:policy/nonexistent-policy"
    for arn, told in (
        (invalid, Refused("InvalidInput", 400, f"ARN {invalid} is not valid.")),
        (gone, Refused("NoSuchEntity", 404, f"Scope ARN: {gone} does not exist or is not attachable.")),
    ):
        assert refused(iam, "put_role_permissions_boundary", RoleName=role, PermissionsBoundary=arn) == told
        assert refused(iam, "create_role", RoleName="bounded", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=arn) == told
    assert refused(iam, "put_role_permissions_boundary", RoleName=GONE, PermissionsBoundary=gone).code == "NoSuchEntity"


def test_tags(iam: Any, role: str) -> None:
    iam.tag_role(RoleName=role, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "1"}])
    iam.tag_role(RoleName=role, Tags=[{"Key": "a", "Value": ""}])
    assert iam.get_role(RoleName=role)["Role"]["Tags"] == [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "1"}]
    first = iam.list_role_tags(RoleName=role, MaxItems=1)
    assert (first["Tags"], first["IsTruncated"]) == ([{"Key": "a", "Value": ""}], True)
    assert iam.list_role_tags(RoleName=role, Marker=first["Marker"])["Tags"] == [{"Key": "b", "Value": "1"}]
    iam.untag_role(RoleName=role, TagKeys=["a", "absent"])
    assert members(iam.list_role_tags(RoleName=role)) == {"Tags": [{"Key": "b", "Value": "1"}], "IsTruncated": False}
    iam.untag_role(RoleName=role, TagKeys=["b"])
    assert "Tags" not in iam.get_role(RoleName=role)["Role"]


DOUBLE = Refused("InvalidInput", 400, "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
BAD_TAGS = {
    "many": (
        [{"Key": str(n), "Value": ""} for n in range(51)],
        f"{ONE_ERROR}'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
    ),
    "double": ([{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}], DOUBLE),
    "double in another case": ([{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}], DOUBLE),
    "long key": (
        [{"Key": "k" * 129, "Value": ""}],
        f"{ONE_ERROR}'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal to 128",
    ),
    "long value": (
        [{"Key": "k", "Value": "v" * 257}],
        f"{ONE_ERROR}'tags.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 256",
    ),
    "character": (
        [{"Key": "NOWAY!", "Value": ""}],
        f"{ONE_ERROR}'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: {TAG_PATTERN}",
    ),
}


@pytest.mark.parametrize(("tags", "told"), BAD_TAGS.values(), ids=BAD_TAGS)
def test_tags_that_are_none(iam: Any, role: str, tags: list[dict[str, str]], told: str | Refused) -> None:
    expected = Refused("ValidationError", 400, told) if isinstance(told, str) else told
    assert refused(iam, "tag_role", RoleName=role, Tags=tags) == expected
    assert refused(iam, "create_role", RoleName="tagged", AssumeRolePolicyDocument=TRUST, Tags=tags) == expected


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ([str(n) for n in range(51)], "Member must have length less than or equal to 50"),
        (["k" * 129], OF_A_KEY),
        (["NOWAY!"], OF_A_KEY),
    ],
)
def test_tag_keys_that_are_none(iam: Any, role: str, keys: list[str], told: str) -> None:
    assert refused(iam, "untag_role", RoleName=role, TagKeys=keys) == Refused(
        "ValidationError", 400, f"{ONE_ERROR}'tagKeys' failed to satisfy constraint: {told}"
    )


def test_pages(iam: Any) -> None:
    for number in range(5):
        iam.create_role(RoleName=f"paged-{number}", Path="/paged/", AssumeRolePolicyDocument=TRUST)
    first = iam.list_roles(PathPrefix="/paged/", MaxItems=2)
    assert ([each["RoleName"] for each in first["Roles"]], first["IsTruncated"]) == (["paged-0", "paged-1"], True)
    pages = iam.get_paginator("list_roles").paginate(PathPrefix="/paged/", PaginationConfig={"PageSize": 2})
    assert [each["RoleName"] for page in pages for each in page["Roles"]] == [f"paged-{number}" for number in range(5)]
    assert members(iam.list_roles(PathPrefix="/nowhere/")) == {"Roles": [], "IsTruncated": False}


def test_pages_of_everything_are_followed_by_nothing(iam: Any) -> None:
    last = iam.list_roles()
    assert (last["IsTruncated"], "Marker" in last) == (False, False)
    assert refused(iam, "list_roles", Marker="no-marker") == Refused("ValidationError", 400, "Invalid Marker.")
