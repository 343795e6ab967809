"""The account as a whole: its summary and its aliases, as observed of AWS in the first half of 2026."""

from typing import Any

import pytest

from tests.support.iam_journey import METADATA, READ, TRUST
from tests.support.in_process import InProcess

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
QUOTAS = {
    "AccessKeysPerUserQuota": 2,
    "AssumeRolePolicySizeQuota": 2048,
    "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerRoleQuota": 10,
    "AttachedPoliciesPerUserQuota": 10,
    "GroupPolicySizeQuota": 5120,
    "GroupsPerUserQuota": 10,
    "GroupsQuota": 300,
    "InstanceProfilesQuota": 1000,
    "PoliciesQuota": 1500,
    "PolicySizeQuota": 6144,
    "PolicyVersionsInUseQuota": 10000,
    "RolePolicySizeQuota": 10240,
    "RolesQuota": 1000,
    "ServerCertificatesQuota": 20,
    "SigningCertificatesPerUserQuota": 2,
    "UserPolicySizeQuota": 2048,
    "UsersQuota": 5000,
    "VersionsPerPolicyQuota": 5,
}


def counted(iam: Any) -> dict[str, int]:
    return {name: value for name, value in iam.get_account_summary()["SummaryMap"].items() if name not in QUOTAS}


def test_the_quotas(aws: InProcess) -> None:
    summary = aws.iam.get_account_summary()["SummaryMap"]
    assert {name: summary.get(name) for name in QUOTAS} == QUOTAS


def test_what_is_made_is_counted(aws: InProcess) -> None:
    iam, before = aws.iam, counted(aws.iam)
    iam.create_user(UserName="counted")
    iam.create_group(GroupName="counted")
    iam.create_role(RoleName="counted", AssumeRolePolicyDocument=TRUST)
    iam.create_policy(PolicyName="counted", PolicyDocument=READ)
    iam.create_virtual_mfa_device(VirtualMFADeviceName="counted")
    iam.create_saml_provider(Name="counted", SAMLMetadataDocument=METADATA)
    iam.create_open_id_connect_provider(Url="https://counted.example.com")
    after = counted(iam)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "Groups": 1,
        "MFADevices": 1,
        "Policies": 1,
        "PolicyVersionsInUse": 1,
        "Providers": 2,
        "Roles": 1,
        "Users": 1,
    }


def test_an_account_has_one_alias(aws: InProcess) -> None:
    assert aws.iam.list_account_aliases()["AccountAliases"] == []
    aws.iam.create_account_alias(AccountAlias="first")
    aws.iam.create_account_alias(AccountAlias="second")
    assert aws.iam.list_account_aliases()["AccountAliases"] == ["second"]
    aws.iam.delete_account_alias(AccountAlias="second")
    assert aws.iam.list_account_aliases()["AccountAliases"] == []
