"""GetAccountAuthorizationDetails, GetAccountSummary and account aliases."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from federation.account import init_account, load_account
from federation.account.importing import import_account
from federation.account.writing.accounts import set_account_alias
from federation.account.writing.policies import add_policy, create_policy_version
from federation.account.writing.roles import add_role
from federation.errors import ValidationError
from tests.support.iam import AT, READ, TRUST, Iam, allow
from tests.support.world import ACCOUNT

LIMITS = f"arn:aws:iam::{ACCOUNT}:policy/Limits"
READERS = "arn:aws:iam::aws:policy/ReadOnlyAccess"
LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


@pytest.fixture(scope="module")
def iam(tmp_path_factory: pytest.TempPathFactory) -> Iam:
    """An account with two of each kind, for all tests that read."""
    made = Iam(tmp_path_factory.mktemp("details"))
    with made.live.changing() as draft:
        add_policy(draft, name="Limits", document=READ, at=AT)
        create_policy_version(draft, policy_arn=LIMITS, document=READ, set_as_default=False, at=AT)
        add_role(draft, name="Deploy", trust_policy=TRUST, policy=READ, permissions_boundary=LIMITS, at=AT)
        add_role(draft, name="Audit", trust_policy=TRUST, role_path="/x/", at=AT)
    for name in ("readers", "writers"):
        made("CreateGroup", GroupName=name)
    made("PutGroupPolicy", GroupName="readers", PolicyName="p", PolicyDocument=READ)
    for name in ("Alice", "Bob"):
        made("CreateUser", UserName=name, Tags=[{"Key": "team", "Value": "blue"}])
    made("AddUserToGroup", UserName="Alice", GroupName="readers")
    made("AttachUserPolicy", UserName="Alice", PolicyArn=LIMITS)
    made("AttachRolePolicy", RoleName="Audit", PolicyArn=READERS)
    return made


def names(answer: dict[str, Any]) -> list[str]:
    members = ("UserName", "GroupName", "RoleName", "PolicyName")
    return [each[member] for listed, member in zip(LISTS, members, strict=True) for each in answer[listed]]


def test_a_parameter_that_is_none_is_absent(iam: Iam) -> None:
    assert iam("GetAccountAuthorizationDetails", Filter=None, MaxItems=None) == iam("GetAccountAuthorizationDetails")
    with pytest.raises(ValidationError) as caught:
        iam("GetRole", RoleName=None)
    assert caught.value.check == "role-name"


def test_details_hold_what_each_entity_carries(iam: Iam) -> None:
    details = iam("GetAccountAuthorizationDetails")
    assert names(details) == ["Alice", "Bob", "readers", "writers", "Audit", "Deploy", "Limits"]
    alice, (policy,), deploy = details["UserDetailList"][0], details["Policies"], details["RoleDetailList"][1]
    assert (alice["GroupList"], alice["Tags"]) == (["readers"], [{"Key": "team", "Value": "blue"}])
    assert alice["AttachedManagedPolicies"] == [{"PolicyName": "Limits", "PolicyArn": LIMITS}]
    assert details["GroupDetailList"][0]["GroupPolicyList"] == [{"PolicyName": "p", "PolicyDocument": json.loads(READ)}]
    assert deploy["PermissionsBoundary"]["PermissionsBoundaryArn"] == LIMITS
    assert (deploy["AssumeRolePolicyDocument"], deploy["RolePolicyList"][0]["PolicyDocument"]) == (json.loads(TRUST), json.loads(READ))
    assert (policy["AttachmentCount"], policy["PermissionsBoundaryUsageCount"], policy["DefaultVersionId"]) == (1, 1, "v1")
    assert [(each["VersionId"], each["IsDefaultVersion"]) for each in policy["PolicyVersionList"]] == [("v2", False), ("v1", True)]


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 100])
def test_pages_together_are_the_whole(iam: Iam, size: int) -> None:
    found: list[str] = []
    page = iam("GetAccountAuthorizationDetails", MaxItems=size)
    while page["IsTruncated"]:
        assert sum(len(page[name]) for name in LISTS) == size
        found += names(page)
        page = iam("GetAccountAuthorizationDetails", MaxItems=size, Marker=page["Marker"])
    assert found + names(page) == names(iam("GetAccountAuthorizationDetails"))


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        (["User"], ["Alice", "Bob"]),
        (["Role", "Group"], ["readers", "writers", "Audit", "Deploy"]),
        (["LocalManagedPolicy"], ["Limits"]),
        (["AWSManagedPolicy"], []),
    ],
)
def test_a_filter_chooses_kinds(iam: Iam, kinds: list[str], found: list[str]) -> None:
    assert names(iam("GetAccountAuthorizationDetails", Filter=kinds)) == found


def test_an_unknown_kind_is_refused(iam: Iam) -> None:
    assert iam.refusal("GetAccountAuthorizationDetails", Filter=["Bucket"]).check == "filter"


def test_an_account_is_made_of_its_details_again(iam: Iam, tmp_path: Path) -> None:
    """What boto3 shows, printed as the AWS CLI prints it, is taken by `account import`."""
    details = iam("GetAccountAuthorizationDetails")
    printed = json.dumps(details, default=lambda value: value.isoformat() if isinstance(value, datetime) else None)
    copy = init_account(tmp_path / "copy", account_id=ACCOUNT)
    imported = import_account(copy, {"details.json": printed.encode()})
    assert (imported.users, imported.groups, imported.roles, imported.policies) == (2, 2, 2, 1)
    ours, theirs = iam.live.account, load_account(copy)
    assert (theirs.users, theirs.groups, theirs.roles) == (ours.users, ours.groups, ours.roles)
    assert theirs.policies[LIMITS].versions == ours.policies[LIMITS].versions
    again = import_account(copy, {"details.json": printed.encode()})
    assert len(again.unchanged) == 7


def test_the_summary_counts(iam: Iam) -> None:
    summary = iam("GetAccountSummary")["SummaryMap"]
    counted = ("Users", "Groups", "Roles", "Policies", "PolicyVersionsInUse", "Providers", "MFADevices", "MFADevicesInUse")
    assert [summary[name] for name in counted] == [2, 2, 2, 1, 2, 0, 0, 0]
    assert (summary["AccountAccessKeysPresent"], summary["AccountMFAEnabled"], summary["AccessKeysPerUserQuota"]) == (0, 0, 2)


def test_the_summary_counts_devices_and_the_keys_of_the_root(tmp_path: Path) -> None:
    iam = Iam(tmp_path)
    iam("CreateVirtualMFADevice", VirtualMFADeviceName="phone")
    iam("CreateAccessKey")
    summary = iam("GetAccountSummary")["SummaryMap"]
    assert [summary[name] for name in ("MFADevices", "MFADevicesInUse", "AccountAccessKeysPresent")] == [1, 0, 1]


def test_an_alias_is_set_replaced_and_removed(tmp_path: Path) -> None:
    iam = Iam(tmp_path)
    assert iam("ListAccountAliases") == {"AccountAliases": [], "IsTruncated": False}
    settings = (iam.path / "account.toml").read_text()
    iam("CreateAccountAlias", AccountAlias="acme")
    iam("CreateAccountAlias", AccountAlias="acme-2")
    assert iam("ListAccountAliases")["AccountAliases"] == ["acme-2"]
    assert load_account(iam.path).alias == "acme-2"
    assert iam.refusal("DeleteAccountAlias", AccountAlias="acme").code == "NoSuchEntity"
    iam("DeleteAccountAlias", AccountAlias="acme-2")
    assert (iam.path / "account.toml").read_text() == settings


@pytest.mark.parametrize("alias", ["ab", "-acme", "acme-", "Acme", "a--b", "a" * 64, "acme\n"])
def test_what_is_no_alias(iam: Iam, alias: str) -> None:
    assert iam.refusal("CreateAccountAlias", AccountAlias=alias).check == "account-alias"


def test_settings_written_by_hand_keep_their_text(tmp_path: Path) -> None:
    made = Iam(tmp_path)
    file = made.path / "account.toml"
    text = file.read_text() + 'alias="old"  # of 2020\n\n[organization]\nid = "o-exampleorgid"\n'
    file.write_text(text)
    copy = type(made.live).open(made.path)
    with copy.changing() as draft:
        set_account_alias(draft, alias="new")
    assert file.read_text() == 'alias = "new"\n' + text.replace('alias="old"  # of 2020\n', "")
    assert copy.account.organization is not None


def test_who_may_read_the_details(tmp_path: Path) -> None:
    iam = Iam(tmp_path)
    caller = iam.user("Carol", allow("iam:GetAccountSummary"))
    assert iam("GetAccountSummary", caller=caller)["SummaryMap"]["Users"] == 1
    assert iam.refusal("GetAccountAuthorizationDetails", caller=caller).check == "authorization"
