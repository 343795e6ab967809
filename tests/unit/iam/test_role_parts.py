"""Tags, inline policies, attached policies and permissions boundary of a role."""

import json
from pathlib import Path
from typing import Any

import pytest

from federation.account.writing.policies import add_policy
from federation.account.writing.roles import add_role
from tests.support.iam import READ, TRUST, Iam, allow
from tests.support.world import ACCOUNT

LIMITS = f"arn:aws:iam::{ACCOUNT}:policy/team/Limits"
READERS = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ROLE = {"RoleName": "Deploy"}


@pytest.fixture
def iam(tmp_path: Path) -> Iam:
    made = Iam(tmp_path)
    with made.live.changing() as draft:
        add_role(draft, name="Deploy", trust_policy=TRUST)
        add_policy(draft, name="Limits", document=READ, policy_path="/team/")
    return made


def tags(**given: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in given.items()]


def test_tags(iam: Iam) -> None:
    assert iam("TagRole", **ROLE, Tags=tags(team="blue", stage="test")) == {}
    iam("TagRole", **ROLE, Tags=tags(TEAM="red"))
    assert iam("ListRoleTags", **ROLE)["Tags"] == tags(TEAM="red", stage="test")
    first = iam("ListRoleTags", **ROLE, MaxItems=1)
    assert first["IsTruncated"] is True
    assert iam("ListRoleTags", **ROLE, Marker=first["Marker"])["Tags"] == tags(stage="test")
    iam("UntagRole", **ROLE, TagKeys=["team", "none"])
    assert iam("GetRole", **ROLE)["Role"]["Tags"] == tags(stage="test")


def test_a_role_has_at_most_fifty_tags(iam: Iam) -> None:
    iam("TagRole", **ROLE, Tags=tags(**{f"k{n}": "" for n in range(50)}))
    assert iam.refusal("TagRole", **ROLE, Tags=tags(more="")).check == "tags"


def test_conditions_on_the_keys_of_tags(iam: Iam) -> None:
    user = iam.user("Alice", allow("iam:UntagRole", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}))
    assert iam("UntagRole", caller=user, **ROLE, TagKeys=["team"]) == {}
    assert iam.refusal("UntagRole", caller=user, **ROLE, TagKeys=["team", "other"]).check == "authorization"


def test_inline_policies(iam: Iam) -> None:
    assert iam("PutRolePolicy", **ROLE, PolicyName="read", PolicyDocument=READ) == {}
    assert iam("GetRolePolicy", **ROLE, PolicyName="read") == {
        "RoleName": "Deploy",
        "PolicyName": "read",
        "PolicyDocument": json.loads(READ),
    }
    assert iam("ListRolePolicies", **ROLE) == {"PolicyNames": ["read"], "IsTruncated": False}
    other = READ.replace("s3", "sqs")
    iam("PutRolePolicy", **ROLE, PolicyName="read", PolicyDocument=other)
    assert iam("GetRolePolicy", **ROLE, PolicyName="read")["PolicyDocument"] == json.loads(other)
    assert iam("DeleteRolePolicy", **ROLE, PolicyName="read") == {}
    for operation in ("GetRolePolicy", "DeleteRolePolicy"):
        refusal = iam.refusal(operation, **ROLE, PolicyName="read")
        assert (refusal.code, refusal.wire_message) == ("NoSuchEntity", "The role policy with name read cannot be found.")


def test_inline_policies_have_a_longest_size_together(iam: Iam) -> None:
    def sized(characters: int) -> str:
        policy = json.loads(READ)
        policy["Statement"][0]["Resource"] = "arn:aws:s3:::" + "x" * characters
        return json.dumps(policy)

    iam("PutRolePolicy", **ROLE, PolicyName="one", PolicyDocument=sized(6000))
    refusal = iam.refusal("PutRolePolicy", **ROLE, PolicyName="two", PolicyDocument=sized(5000))
    assert (refusal.code, refusal.http_status, refusal.check) == ("LimitExceeded", 409, "quota")
    assert refusal.wire_message == "Maximum policy size of 10240 bytes exceeded for role Deploy"
    iam("PutRolePolicy", **ROLE, PolicyName="one", PolicyDocument=sized(9000))  # it takes the place of the other one


@pytest.mark.parametrize("document", ["{", "[]", TRUST, json.dumps({"Version": "2012-10-17", "Statement": []})[:-1]])
def test_an_inline_policy_has_the_grammar_of_one(iam: Iam, document: str) -> None:
    assert iam.refusal("PutRolePolicy", **ROLE, PolicyName="p", PolicyDocument=document).code == "MalformedPolicyDocument"


def test_attached_policies(iam: Iam) -> None:
    for arn in (LIMITS, READERS, LIMITS):
        assert iam("AttachRolePolicy", **ROLE, PolicyArn=arn) == {}
    listed = [{"PolicyName": "Limits", "PolicyArn": LIMITS}, {"PolicyName": "ReadOnlyAccess", "PolicyArn": READERS}]
    assert iam("ListAttachedRolePolicies", **ROLE) == {"AttachedPolicies": listed, "IsTruncated": False}
    assert iam("ListAttachedRolePolicies", **ROLE, PathPrefix="/team/")["AttachedPolicies"] == listed[:1]
    assert iam.refusal("DeleteRole", **ROLE).wire_message == "Cannot delete entity, must detach all policies first."
    assert iam("DetachRolePolicy", **ROLE, PolicyArn=LIMITS) == {}
    refusal = iam.refusal("DetachRolePolicy", **ROLE, PolicyArn=LIMITS)
    assert (refusal.code, refusal.wire_message) == ("NoSuchEntity", f"Policy {LIMITS} was not found.")


def test_a_policy_to_attach_is_there(iam: Iam) -> None:
    gone = f"arn:aws:iam::{ACCOUNT}:policy/Gone"
    refusal = iam.refusal("AttachRolePolicy", **ROLE, PolicyArn=gone)
    assert (refusal.code, refusal.wire_message) == ("NoSuchEntity", f"Policy {gone} does not exist or is not attachable.")
    refusal = iam.refusal("AttachRolePolicy", **ROLE, PolicyArn="arn:aws:s3:::a-bucket-of-ours")
    assert (refusal.code, refusal.wire_message) == ("InvalidInput", "ARN arn:aws:s3:::a-bucket-of-ours is not valid.")
    assert iam.refusal("AttachRolePolicy", **ROLE, PolicyArn="arn:aws-cn:iam::aws:policy/ReadOnlyAccess").code == "NoSuchEntity"
    assert iam.refusal("AttachRolePolicy", RoleName="Nobody", PolicyArn=LIMITS).code == "NoSuchEntity"


def test_the_boundary(iam: Iam) -> None:
    assert iam("PutRolePermissionsBoundary", **ROLE, PermissionsBoundary=LIMITS) == {}
    assert iam("GetRole", **ROLE)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == LIMITS
    assert iam("DeleteRolePermissionsBoundary", **ROLE) == {}
    assert "PermissionsBoundary" not in iam("GetRole", **ROLE)["Role"]
    assert iam("DeleteRolePermissionsBoundary", **ROLE) == {}
    gone = f"arn:aws:iam::{ACCOUNT}:policy/Gone"
    refusal = iam.refusal("PutRolePermissionsBoundary", **ROLE, PermissionsBoundary=gone)
    assert (refusal.code, refusal.wire_message) == ("NoSuchEntity", f"Scope ARN: {gone} does not exist or is not attachable.")


@pytest.mark.parametrize(
    ("operation", "arguments", "condition"),
    [
        ("AttachRolePolicy", {"PolicyArn": LIMITS}, {"ArnEquals": {"iam:PolicyARN": LIMITS}}),
        ("DetachRolePolicy", {"PolicyArn": READERS}, {"ArnEquals": {"iam:PolicyARN": READERS}}),
        ("AttachRolePolicy", {"PolicyArn": LIMITS}, {"StringEquals": {"iam:PermissionsBoundary": LIMITS}}),
        ("PutRolePolicy", {"PolicyName": "p", "PolicyDocument": READ}, {"StringEquals": {"iam:PermissionsBoundary": LIMITS}}),
        ("DeleteRolePolicy", {"PolicyName": "inline"}, {"StringEquals": {"iam:PermissionsBoundary": LIMITS}}),
        ("PutRolePermissionsBoundary", {"PermissionsBoundary": READERS}, {"StringEquals": {"iam:PermissionsBoundary": READERS}}),
        ("DeleteRolePermissionsBoundary", {}, {"StringEquals": {"iam:PermissionsBoundary": LIMITS}}),
    ],
)
def test_condition_keys(iam: Iam, operation: str, arguments: dict[str, Any], condition: Any) -> None:
    iam("PutRolePermissionsBoundary", **ROLE, PermissionsBoundary=LIMITS)
    iam("AttachRolePolicy", **ROLE, PolicyArn=READERS)
    iam("PutRolePolicy", **ROLE, PolicyName="inline", PolicyDocument=READ)
    other = json.loads(json.dumps(condition).replace("Limits", "Other").replace("ReadOnly", "Other"))
    stranger = iam.user("Stranger", allow(f"iam:{operation}", Condition=other))
    assert iam.refusal(operation, caller=stranger, **ROLE, **arguments).check == "authorization"
    assert iam(operation, caller=iam.user("Alice", allow(f"iam:{operation}", Condition=condition)), **ROLE, **arguments) == {}


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("UpdateRole", {}),
        ("UpdateRoleDescription", {"Description": "d"}),
        ("UpdateAssumeRolePolicy", {"PolicyDocument": TRUST}),
        ("DeleteRole", {}),
        ("PutRolePolicy", {"PolicyName": "p", "PolicyDocument": READ}),
        ("DeleteRolePolicy", {"PolicyName": "p"}),
        ("AttachRolePolicy", {"PolicyArn": LIMITS}),
        ("DetachRolePolicy", {"PolicyArn": LIMITS}),
        ("PutRolePermissionsBoundary", {"PermissionsBoundary": LIMITS}),
        ("DeleteRolePermissionsBoundary", {}),
    ],
)
def test_a_service_linked_role_is_changed_by_aws_alone(iam: Iam, operation: str, arguments: dict[str, Any]) -> None:
    with iam.live.changing() as draft:
        add_role(draft, name="AWSServiceRoleForX", trust_policy=TRUST, role_path="/aws-service-role/x.amazonaws.com/")
    refusal = iam.refusal(operation, RoleName="AWSServiceRoleForX", **arguments)
    assert (refusal.code, refusal.http_status) == ("UnmodifiableEntity", 400)
    assert iam("TagRole", RoleName="AWSServiceRoleForX", Tags=tags(a="b")) == {}


def test_a_role_has_no_instance_profiles(iam: Iam) -> None:
    assert iam("ListInstanceProfilesForRole", **ROLE) == {"InstanceProfiles": [], "IsTruncated": False}
    assert iam.refusal("ListInstanceProfilesForRole", RoleName="Nobody").code == "NoSuchEntity"
