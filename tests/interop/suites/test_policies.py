"""Managed policies: their versions, tags and uses, and AWS's refusals, as observed of AWS in the first half of 2026."""

import json
from itertools import count
from typing import Any

import pytest

from tests.support.in_process import InProcess, Refused, members, refused
from tests.support.world import ACCOUNT

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
DOCUMENTS = [
    {"Version": "2012-10-17", "Statement": [{"Sid": "S1", "Effect": "Allow", "Action": [action], "Resource": "*"}]}
    for action in ("s3:ListBucket", "ec2:DescribeInstances")
]
FIRST, SECOND = (json.dumps(document) for document in DOCUMENTS)
NOWHERE = f"arn:aws:iam::{ACCOUNT}:policy/TestNonExistingPolicy"
PATTERN = (
    "1 validation error detected: Value at 'versionId' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?"
)
numbers = count(1)


@pytest.fixture
def iam(aws: InProcess) -> Any:
    return aws.iam


@pytest.fixture
def policy(iam: Any) -> str:
    arn: str = iam.create_policy(PolicyName=f"policy-{next(numbers)}", PolicyDocument=FIRST)["Policy"]["Arn"]
    return arn


def versions(iam: Any, policy: str) -> list[tuple[str, bool]]:
    found = iam.list_policy_versions(PolicyArn=policy)
    return [(each["VersionId"], each["IsDefaultVersion"]) for each in found["Versions"]]


@pytest.mark.parametrize("path", [None, "/", "/test/path/"])
def test_a_policy(iam: Any, path: str | None) -> None:
    name, where = f"policy-{next(numbers)}", path or "/"
    given = {} if path is None else {"Path": path}
    created = iam.create_policy(PolicyName=name, PolicyDocument=FIRST, **given)["Policy"]
    expected = {
        "PolicyName": name,
        "Arn": f"arn:aws:iam::{ACCOUNT}:policy{where}{name}",
        "Path": where,
        "DefaultVersionId": "v1",
        "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
    }
    assert {name: created[name] for name in created.keys() - {"PolicyId", "CreateDate", "UpdateDate"}} == expected
    assert created["PolicyId"].startswith("ANPA")
    assert iam.get_policy(PolicyArn=created["Arn"])["Policy"] == {**created, "Tags": []}
    assert created in iam.list_policies(Scope="Local", PathPrefix=where)["Policies"]
    iam.delete_policy(PolicyArn=created["Arn"])
    assert refused(iam, "get_policy", PolicyArn=created["Arn"]) == Refused("NoSuchEntity", 404, f"Policy {created['Arn']} was not found.")


def test_a_name_is_taken(iam: Any, policy: str) -> None:
    name = policy.rpartition("/")[2]
    assert refused(iam, "create_policy", PolicyName=name, PolicyDocument=FIRST) == Refused(
        "EntityAlreadyExists", 409, f"A policy called {name} already exists. Duplicate names are not allowed."
    )


def test_versions(iam: Any, policy: str) -> None:
    created = iam.create_policy_version(PolicyArn=policy, PolicyDocument=SECOND, SetAsDefault=True)["PolicyVersion"]
    assert created.keys() == {"VersionId", "IsDefaultVersion", "CreateDate"}
    assert iam.create_policy_version(PolicyArn=policy, PolicyDocument=FIRST)["PolicyVersion"]["VersionId"] == "v3"
    found = iam.get_policy_version(PolicyArn=policy, VersionId="v2")["PolicyVersion"]
    assert found == {**created, "Document": DOCUMENTS[1]}
    assert iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"] == "v2"
    assert versions(iam, policy) == [("v3", False), ("v2", True), ("v1", False)]
    iam.set_default_policy_version(PolicyArn=policy, VersionId="v1")
    assert versions(iam, policy) == [("v3", False), ("v2", False), ("v1", True)]


def test_five_versions_are_enough(iam: Any, policy: str) -> None:
    for _ in range(4):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=SECOND)
    assert refused(iam, "create_policy_version", PolicyArn=policy, PolicyDocument=SECOND) == Refused(
        "LimitExceeded",
        409,
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
    )
    iam.delete_policy_version(PolicyArn=policy, VersionId="v4")
    assert iam.create_policy_version(PolicyArn=policy, PolicyDocument=SECOND)["PolicyVersion"]["VersionId"] == "v6"


def test_versions_that_are_none(iam: Any, policy: str) -> None:
    for operation in ("get_policy_version", "set_default_policy_version", "delete_policy_version"):
        for arn, version in ((NOWHERE, "v1"), (policy, "v9")):
            assert refused(iam, operation, PolicyArn=arn, VersionId=version) == Refused(
                "NoSuchEntity", 404, f"Policy {arn} version {version} does not exist or is not attachable."
            ), operation
        assert refused(iam, operation, PolicyArn=policy, VersionId="1") == Refused("ValidationError", 400, PATTERN)
    assert refused(iam, "delete_policy_version", PolicyArn=policy, VersionId="v1") == Refused(
        "DeleteConflict", 409, "Cannot delete the default version of a policy."
    )
    assert versions(iam, policy) == [("v1", True)]


def test_a_policy_that_is_used_is_not_deleted(iam: Any, policy: str) -> None:
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]}
    iam.create_role(RoleName="user-of-it", AssumeRolePolicyDocument=json.dumps(trust))
    iam.attach_role_policy(RoleName="user-of-it", PolicyArn=policy)
    assert refused(iam, "delete_policy", PolicyArn=policy).code == "DeleteConflict"
    [entity] = iam.list_entities_for_policy(PolicyArn=policy)["PolicyRoles"]
    assert (entity["RoleName"], entity["RoleId"][:4]) == ("user-of-it", "AROA")
    iam.detach_role_policy(RoleName="user-of-it", PolicyArn=policy)
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=SECOND)
    assert refused(iam, "delete_policy", PolicyArn=policy).code == "DeleteConflict"
    iam.delete_policy_version(PolicyArn=policy, VersionId="v2")
    iam.delete_policy(PolicyArn=policy)


def test_tags_of_policies(iam: Any, policy: str) -> None:
    iam.tag_policy(PolicyArn=policy, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    listed = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
    assert members(iam.list_policy_tags(PolicyArn=policy)) == {"Tags": listed, "IsTruncated": False}
    iam.untag_policy(PolicyArn=policy, TagKeys=["a"])
    assert iam.get_policy(PolicyArn=policy)["Policy"]["Tags"] == listed[1:]
    assert refused(iam, "tag_policy", PolicyArn=policy, Tags=listed[:1] * 2).code == "InvalidInput"
    assert refused(iam, "tag_policy", PolicyArn=NOWHERE, Tags=listed) == Refused("NoSuchEntity", 404, f"Policy {NOWHERE} was not found.")


@pytest.mark.parametrize("document", ["no json", "[]", '{"Version": "2012-10-17"}', FIRST.replace("Allow", "allow")])
def test_a_document_that_is_none(iam: Any, document: str) -> None:
    told = refused(iam, "create_policy", PolicyName="malformed", PolicyDocument=document)
    assert (told.code, told.status) == ("MalformedPolicyDocument", 400)
    assert refused(iam, "get_policy", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/malformed").code == "NoSuchEntity"
