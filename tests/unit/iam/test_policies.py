"""Managed policies, their versions, tags, and the entities that use them."""

import json
from pathlib import Path
from typing import Any

import pytest

from federation.account.reading.entities import USER
from federation.account.writing.attachments import attach_policy
from federation.account.writing.roles import add_role
from federation.account.writing.users import add_user
from tests.support.iam import AT, READ, TRUST, Iam, allow
from tests.support.world import ACCOUNT

ARN = f"arn:aws:iam::{ACCOUNT}:policy/team/Limits"
OF_AWS = "arn:aws:iam::aws:policy/ReadOnlyAccess"
WRITE = READ.replace("Get", "Put")
POLICY = {"PolicyArn": ARN}


@pytest.fixture
def iam(tmp_path: Path) -> Iam:
    made = Iam(tmp_path)
    folder = made.path / "policies" / "aws"
    folder.mkdir()
    (folder / "ReadOnlyAccess.json").write_text(READ, encoding="utf-8")
    made.live.reload()
    return made


def create(iam: Iam, **more: Any) -> Any:
    return iam("CreatePolicy", **{"PolicyName": "Limits", "Path": "/team/", "PolicyDocument": READ, **more})["Policy"]


def test_a_policy_is_created_and_read(iam: Iam) -> None:
    created = create(iam, Description="What a team may do: \u0100", Tags=[{"Key": "a", "Value": "b"}])
    second = AT.replace(microsecond=0)
    assert created == {
        "PolicyName": "Limits",
        "PolicyId": created["PolicyId"],
        "Arn": ARN,
        "Path": "/team/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": second,
        "UpdateDate": second,
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    assert created["PolicyId"].startswith("ANPA")
    assert iam("GetPolicy", **POLICY)["Policy"] == {**created, "Description": "What a team may do: \u0100"}


@pytest.mark.parametrize(
    ("arguments", "code", "check"),
    [
        ({}, "EntityAlreadyExists", "write"),
        ({"PolicyName": "lIMITS"}, "EntityAlreadyExists", "write"),
        ({"PolicyName": "o", "PolicyDocument": TRUST}, "MalformedPolicyDocument", "policy-grammar"),
        ({"PolicyName": "o", "PolicyDocument": READ.replace("2012-10-17", "2008-10-17")}, "MalformedPolicyDocument", "policy-version"),
        ({"PolicyName": "o", "PolicyDocument": READ.replace('"*"', f'"arn:aws:s3:::{"x" * 6200}"')}, "LimitExceeded", "quota"),
        ({"PolicyName": "o", "Path": "//"}, "ValidationError", "path"),
        ({"PolicyName": "o" * 129}, "ValidationError", "policy-name"),
    ],
)
def test_what_cannot_be_created(iam: Iam, arguments: dict[str, Any], code: str, check: str) -> None:
    create(iam)
    refusal = iam.refusal("CreatePolicy", **{"PolicyName": "Limits", "PolicyDocument": READ, **arguments})
    assert (refusal.code, refusal.check) == (code, check)


def test_versions(iam: Iam) -> None:
    create(iam)
    made = iam("CreatePolicyVersion", **POLICY, PolicyDocument=WRITE)["PolicyVersion"]
    assert made == {"VersionId": "v2", "IsDefaultVersion": False, "CreateDate": AT.replace(microsecond=0)}
    assert iam("CreatePolicyVersion", **POLICY, PolicyDocument=WRITE, SetAsDefault=True)["PolicyVersion"]["IsDefaultVersion"] is True
    listed = iam("ListPolicyVersions", **POLICY)["Versions"]
    assert [(each["VersionId"], each["IsDefaultVersion"]) for each in listed] == [("v3", True), ("v2", False), ("v1", False)]
    assert iam("GetPolicyVersion", **POLICY, VersionId="v1")["PolicyVersion"]["Document"] == json.loads(READ)
    assert iam("GetPolicyVersion", **POLICY, VersionId="v3")["PolicyVersion"]["Document"] == json.loads(WRITE)
    assert iam("SetDefaultPolicyVersion", **POLICY, VersionId="v1") == {}
    assert iam("GetPolicy", **POLICY)["Policy"]["DefaultVersionId"] == "v1"
    assert iam.refusal("DeletePolicyVersion", **POLICY, VersionId="v1").wire_message == "Cannot delete the default version of a policy."
    assert iam.refusal("DeletePolicy", **POLICY).wire_message.startswith("This policy has more than one version.")
    for version in ("v2", "v3"):
        assert iam("DeletePolicyVersion", **POLICY, VersionId=version) == {}
    assert iam("DeletePolicy", **POLICY) == {}
    assert iam.refusal("GetPolicy", **POLICY).wire_message == f"Policy {ARN} was not found."


def test_a_policy_has_at_most_five_versions(iam: Iam) -> None:
    create(iam)
    for _ in range(4):
        iam("CreatePolicyVersion", **POLICY, PolicyDocument=WRITE)
    refusal = iam.refusal("CreatePolicyVersion", **POLICY, PolicyDocument=WRITE)
    assert (refusal.code, refusal.check) == ("LimitExceeded", "policy-versions")


@pytest.mark.parametrize("operation", ["GetPolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"])
def test_a_version_that_is_not_there(iam: Iam, operation: str) -> None:
    create(iam)
    refusal = iam.refusal(operation, **POLICY, VersionId="v9")
    assert (refusal.code, refusal.wire_message) == ("NoSuchEntity", f"Policy {ARN} version v9 does not exist or is not attachable.")
    assert iam.refusal(operation, **POLICY, VersionId="9").check == "version-id"


def test_lists(iam: Iam) -> None:
    create(iam)
    create(iam, PolicyName="Spare", Path="/")
    with iam.live.changing() as draft:
        add_role(draft, name="Deploy", trust_policy=TRUST, permissions_boundary=ARN)
        add_user(draft, name="Alice")
        attach_policy(draft, USER, name="Alice", policy_arn=OF_AWS)

    def names(**filters: Any) -> list[str]:
        return [each["PolicyName"] for each in iam("ListPolicies", **filters)["Policies"]]

    assert names() == names(Scope="All") == ["Spare", "Limits", "ReadOnlyAccess"]
    assert (names(Scope="Local"), names(Scope="AWS")) == (["Spare", "Limits"], ["ReadOnlyAccess"])
    assert (names(OnlyAttached=True), names(OnlyAttached=False)) == (["ReadOnlyAccess"], names())
    assert names(PathPrefix="/team/") == names(PolicyUsageFilter="PermissionsBoundary") == ["Limits"]
    assert names(PolicyUsageFilter="PermissionsPolicy") == ["ReadOnlyAccess"]
    assert iam("GetPolicy", **POLICY)["Policy"]["PermissionsBoundaryUsageCount"] == 1
    assert iam("GetPolicy", PolicyArn=OF_AWS)["Policy"]["AttachmentCount"] == 1
    assert iam.refusal("ListPolicies", Scope="Mine").check == "scope"
    assert iam.refusal("ListPolicies", OnlyAttached="true").check == "only-attached"


def test_entities_of_a_policy(iam: Iam) -> None:
    create(iam)
    with iam.live.changing() as draft:
        add_role(draft, name="Bounded", trust_policy=TRUST, permissions_boundary=ARN)
        add_role(draft, name="Deploy", trust_policy=TRUST, role_path="/ci/")
        add_user(draft, name="Alice")
        attach_policy(draft, USER, name="Alice", policy_arn=ARN)
    iam("AttachRolePolicy", RoleName="Deploy", **POLICY)

    def found(**filters: Any) -> tuple[list[str], list[str]]:
        answer = iam("ListEntitiesForPolicy", **POLICY, **filters)
        assert answer["PolicyGroups"] == []
        return [each["RoleName"] for each in answer["PolicyRoles"]], [each["UserName"] for each in answer["PolicyUsers"]]

    assert found() == (["Bounded", "Deploy"], ["Alice"])
    assert found(EntityFilter="User") == ([], ["Alice"])
    assert found(PolicyUsageFilter="PermissionsBoundary") == (["Bounded"], [])
    assert found(PathPrefix="/ci/") == (["Deploy"], [])
    first = iam("ListEntitiesForPolicy", **POLICY, MaxItems=1)
    assert found(Marker=first["Marker"]) == (["Deploy"], ["Alice"])
    refusal = iam.refusal("DeletePolicy", **POLICY)
    assert (refusal.code, refusal.wire_message) == ("DeleteConflict", "Cannot delete a policy attached to entities.")


def test_tags(iam: Iam) -> None:
    create(iam)
    assert iam("TagPolicy", **POLICY, Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]) == {}
    assert iam("UntagPolicy", **POLICY, TagKeys=["A"]) == {}
    assert iam("ListPolicyTags", **POLICY) == {"Tags": [{"Key": "c", "Value": ""}], "IsTruncated": False}


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("CreatePolicyVersion", {"PolicyDocument": WRITE}),
    ("SetDefaultPolicyVersion", {"VersionId": "v1"}),
    ("DeletePolicyVersion", {"VersionId": "v1"}),
    ("DeletePolicy", {}),
    ("TagPolicy", {"Tags": [{"Key": "a", "Value": "b"}]}),
    ("UntagPolicy", {"TagKeys": ["a"]}),
]


@pytest.mark.parametrize(("operation", "arguments"), CHANGES)
def test_policies_of_aws_are_changed_by_aws_alone(iam: Iam, operation: str, arguments: dict[str, Any]) -> None:
    refusal = iam.refusal(operation, PolicyArn=OF_AWS, **arguments)
    assert (refusal.code, refusal.check) == ("InvalidInput", "policy-arn")


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [*CHANGES, ("GetPolicy", {}), ("ListPolicyVersions", {}), ("GetPolicyVersion", {"VersionId": "v1"}), ("ListPolicyTags", {})],
)
def test_a_policy_that_is_not_there(iam: Iam, operation: str, arguments: dict[str, Any]) -> None:
    assert iam.refusal(operation, **POLICY, **arguments).code == "NoSuchEntity"
    assert iam.refusal(operation, PolicyArn="arn:aws:iam::123456789012:role/Limits", **arguments).check == "policy-arn"


def test_denials_call_a_policy_as_aws_does(iam: Iam) -> None:
    user = iam.user("Alice", allow("iam:CreatePolicy", resource=ARN))
    create(iam, caller=user)
    assert (
        "on resource: policy Limits because" in iam.refusal("CreatePolicy", caller=user, PolicyName="Limits", PolicyDocument=READ).message
    )
    assert f"on resource: policy {ARN} because" in iam.refusal("GetPolicy", caller=user, **POLICY).message
    assert "on resource: policy path / because" in iam.refusal("ListPolicies", caller=user).message
