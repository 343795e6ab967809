"""Terraform's provider for AWS: the calls that it makes to create, read, change and delete four kinds of resource, in their order.

It reads what it wrote at once, and again until it is there; a difference to what it wrote would be drift, and what is deleted must be gone.
"""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.iam_journey import LIST, METADATA, READ, TRUST
from tests.support.in_process import InProcess, refused
from tests.support.world import ACCOUNT

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
ARN = f"arn:aws:iam::{ACCOUNT}"
TAGS = [{"Key": "managed-by", "Value": "terraform"}]
SERVICE = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)


@pytest.fixture
def iam(aws: InProcess) -> Any:
    return aws.iam


def same(found: Mapping[str, Any], written: str) -> bool:
    """Whether a document is read as it was written: the provider compares them as JSON."""
    return bool(found == json.loads(written))


def read_role(iam: Any, name: str) -> dict[str, Any]:
    role: dict[str, Any] = iam.get_role(RoleName=name)["Role"]
    policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
    role["inline"] = {each: iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"] for each in policies}
    role["managed"] = [each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
    return role


def test_aws_iam_role(iam: Any) -> None:
    policy = iam.create_policy(PolicyName="tf-role", PolicyDocument=READ)["Policy"]["Arn"]
    iam.create_role(RoleName="tf", Path="/tf/", AssumeRolePolicyDocument=TRUST, Description="one", MaxSessionDuration=3600, Tags=TAGS)
    iam.put_role_policy(RoleName="tf", PolicyName="inline", PolicyDocument=READ)
    iam.attach_role_policy(RoleName="tf", PolicyArn=policy)
    role = read_role(iam, "tf")
    assert same(role["AssumeRolePolicyDocument"], TRUST)
    assert (role["Path"], role["Description"], role["MaxSessionDuration"], role["Tags"]) == ("/tf/", "one", 3600, TAGS)
    assert (role["inline"], role["managed"]) == ({"inline": json.loads(READ)}, [policy])

    iam.update_assume_role_policy(RoleName="tf", PolicyDocument=SERVICE)
    iam.update_role_description(RoleName="tf", Description="two")
    iam.update_role(RoleName="tf", MaxSessionDuration=7200)
    iam.put_role_permissions_boundary(RoleName="tf", PermissionsBoundary=policy)
    iam.delete_role_permissions_boundary(RoleName="tf")
    iam.untag_role(RoleName="tf", TagKeys=["managed-by"])
    iam.tag_role(RoleName="tf", Tags=[{"Key": "stage", "Value": "prod"}])
    again = read_role(iam, "tf")
    assert same(again["AssumeRolePolicyDocument"], SERVICE)
    assert (again["Description"], again["MaxSessionDuration"], again["Tags"]) == ("two", 7200, [{"Key": "stage", "Value": "prod"}])
    assert (again["RoleId"], "PermissionsBoundary" in again) == (role["RoleId"], False)

    assert iam.list_instance_profiles_for_role(RoleName="tf")["InstanceProfiles"] == []
    for arn in again["managed"]:
        iam.detach_role_policy(RoleName="tf", PolicyArn=arn)
    for name in again["inline"]:
        iam.delete_role_policy(RoleName="tf", PolicyName=name)
    iam.delete_role(RoleName="tf")
    assert refused(iam, "get_role", RoleName="tf").code == "NoSuchEntity"
    assert refused(iam, "delete_role", RoleName="tf").code == "NoSuchEntity"  # which the provider takes as done
    iam.delete_policy(PolicyArn=policy)


def test_aws_iam_policy(iam: Any) -> None:
    arn = iam.create_policy(PolicyName="tf", Path="/tf/", PolicyDocument=READ, Description="one", Tags=TAGS)["Policy"]["Arn"]

    def read() -> dict[str, Any]:
        policy: dict[str, Any] = iam.get_policy(PolicyArn=arn)["Policy"]
        version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        return {**policy, "document": version["Document"]}

    policy = read()
    assert same(policy["document"], READ)
    assert (policy["Path"], policy["Description"], policy["Tags"], policy["AttachmentCount"]) == ("/tf/", "one", TAGS, 0)

    for number in range(2, 8):  # before the sixth version the provider deletes the oldest that is not in effect
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        if len(versions) >= 5:
            oldest = min((each for each in versions if not each["IsDefaultVersion"]), key=lambda each: int(each["VersionId"][1:]))
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=(READ, LIST)[number % 2], SetAsDefault=True)
        assert same(read()["document"], (READ, LIST)[number % 2])
    iam.untag_policy(PolicyArn=arn, TagKeys=["managed-by"])
    assert read()["Tags"] == []

    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)
    assert refused(iam, "get_policy", PolicyArn=arn).code == "NoSuchEntity"


def test_aws_iam_openid_connect_provider(iam: Any) -> None:
    given = {"Url": "https://tf.example.com/path", "ClientIDList": ["a", "b"], "ThumbprintList": ["a" * 40]}
    arn = iam.create_open_id_connect_provider(**given, Tags=TAGS)["OpenIDConnectProviderArn"]
    named = {"OpenIDConnectProviderArn": arn}
    assert arn == f"{ARN}:oidc-provider/tf.example.com/path"
    found = iam.get_open_id_connect_provider(**named)
    assert (found["Url"], sorted(found["ClientIDList"]), found["ThumbprintList"], found["Tags"]) == (
        "tf.example.com/path",
        ["a", "b"],
        ["a" * 40],
        TAGS,
    )
    iam.update_open_id_connect_provider_thumbprint(**named, ThumbprintList=["b" * 40])
    iam.add_client_id_to_open_id_connect_provider(**named, ClientID="c")
    iam.remove_client_id_from_open_id_connect_provider(**named, ClientID="a")
    iam.untag_open_id_connect_provider(**named, TagKeys=["managed-by"])
    found = iam.get_open_id_connect_provider(**named)
    assert (sorted(found["ClientIDList"]), found["ThumbprintList"]) == (["b", "c"], ["b" * 40])
    assert not found.get("Tags")
    iam.delete_open_id_connect_provider(**named)
    assert refused(iam, "get_open_id_connect_provider", **named).code == "NoSuchEntity"


def test_aws_iam_saml_provider(iam: Any) -> None:
    arn = iam.create_saml_provider(Name="tf", SAMLMetadataDocument=METADATA, Tags=TAGS)["SAMLProviderArn"]
    found = iam.get_saml_provider(SAMLProviderArn=arn)
    assert (arn, found["SAMLMetadataDocument"], found["Tags"]) == (f"{ARN}:saml-provider/tf", METADATA, TAGS)
    assert found["ValidUntil"] > found["CreateDate"]
    other = METADATA + "\n"
    iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=other)
    iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": "stage", "Value": "prod"}])
    found = iam.get_saml_provider(SAMLProviderArn=arn)
    assert (found["SAMLMetadataDocument"], len(found["Tags"])) == (other, 2)
    iam.delete_saml_provider(SAMLProviderArn=arn)
    assert refused(iam, "get_saml_provider", SAMLProviderArn=arn).code == "NoSuchEntity"
