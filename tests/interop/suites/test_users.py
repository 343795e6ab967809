"""Users, groups, access keys and MFA devices, and refusals, as observed of AWS in the first half of 2026."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from federation.account.mfa_device import MfaDevice, parse_secret
from federation.testing.mfa import mfa_code
from tests.support.in_process import InProcess, Refused, members, refused
from tests.support.world import ACCOUNT

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}]}
DOCUMENT = json.dumps(READ)
NOBODY, NO_GROUP = "nonexistent-user", "non-existent-group"
NO_USER = Refused("NoSuchEntity", 404, f"The user with name {NOBODY} cannot be found.")
NO_SUCH_GROUP = Refused("NoSuchEntity", 404, f"The group with name {NO_GROUP} cannot be found.")
NO_DEVICE = f"arn:aws:iam::{ACCOUNT}:mfa/nonexistent-mfa"
numbers = count(1)


@pytest.fixture
def iam(aws: InProcess) -> Any:
    return aws.iam


@pytest.fixture
def user(iam: Any) -> str:
    name = f"user-{next(numbers)}"
    iam.create_user(UserName=name)
    return name


@pytest.fixture
def group(iam: Any) -> str:
    name = f"group-{next(numbers)}"
    iam.create_group(GroupName=name)
    return name


@pytest.fixture
def policy(iam: Any) -> str:
    arn: str = iam.create_policy(PolicyName=f"policy-{next(numbers)}", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    return arn


@pytest.mark.parametrize("path", [None, "/", "/test-lifecycle-path/"])
def test_a_user(iam: Any, path: str | None) -> None:
    name, given, where = f"user-{next(numbers)}", {} if path is None else {"Path": path}, path or "/"
    created = iam.create_user(UserName=name, **given)["User"]
    assert created.keys() == {"Path", "UserName", "UserId", "Arn", "CreateDate"}
    assert (created["Arn"], created["UserId"][:4]) == (f"arn:aws:iam::{ACCOUNT}:user{where}{name}", "AIDA")
    assert iam.get_user(UserName=name)["User"] == created
    for prefix in (where, where[:5]):
        assert created in iam.list_users(PathPrefix=prefix)["Users"]
    iam.delete_user(UserName=name)
    assert refused(iam, "get_user", UserName=name).message == f"The user with name {name} cannot be found."


def test_a_user_is_renamed_and_moved(iam: Any, user: str) -> None:
    before = iam.get_user(UserName=user)["User"]
    assert members(iam.update_user(UserName=user, NewUserName=f"{user}-new", NewPath="/new/")) == {}
    after = iam.get_user(UserName=f"{user}-new")["User"]
    assert (after["UserId"], after["Arn"]) == (before["UserId"], f"arn:aws:iam::{ACCOUNT}:user/new/{user}-new")
    assert refused(iam, "get_user", UserName=user).code == "NoSuchEntity"


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("get_user", {}),
        ("update_user", {"NewPath": "/x/"}),
        ("delete_user", {}),
        ("tag_user", {"Tags": [{"Key": "k", "Value": "v"}]}),
        ("untag_user", {"TagKeys": ["k"]}),
        ("list_user_tags", {}),
        ("create_access_key", {}),
        ("list_access_keys", {}),
        ("put_user_policy", {"PolicyName": "p", "PolicyDocument": DOCUMENT}),
        ("attach_user_policy", {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ("list_groups_for_user", {}),
        ("enable_mfa_device", {"SerialNumber": NO_DEVICE, "AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}),
        ("deactivate_mfa_device", {"SerialNumber": NO_DEVICE}),
    ],
)
def test_a_user_that_is_not_there(iam: Any, operation: str, more: dict[str, Any]) -> None:
    assert refused(iam, operation, UserName=NOBODY, **more) == NO_USER


def test_a_user_with_anything_is_not_deleted(iam: Any, user: str, policy: str, group: str) -> None:
    iam.attach_user_policy(UserName=user, PolicyArn=policy)
    assert refused(iam, "delete_user", UserName=user) == Refused(
        "DeleteConflict", 409, "Cannot delete entity, must detach all policies first."
    )
    iam.detach_user_policy(UserName=user, PolicyArn=policy)
    assert refused(iam, "detach_user_policy", UserName=user, PolicyArn=policy).message == f"Policy {policy} was not found."
    iam.put_user_policy(UserName=user, PolicyName="in", PolicyDocument=DOCUMENT)
    assert refused(iam, "delete_user", UserName=user).message == "Cannot delete entity, must delete policies first."
    iam.delete_user_policy(UserName=user, PolicyName="in")
    iam.add_user_to_group(GroupName=group, UserName=user)
    assert refused(iam, "delete_user", UserName=user).code == "DeleteConflict"
    assert refused(iam, "delete_group", GroupName=group).code == "DeleteConflict"
    iam.remove_user_from_group(GroupName=group, UserName=user)
    iam.create_access_key(UserName=user)
    assert refused(iam, "delete_user", UserName=user).message == "Cannot delete entity, must delete access keys first."


def test_access_keys(iam: Any, aws: InProcess, user: str) -> None:
    assert members(iam.list_access_keys(UserName=user)) == {"AccessKeyMetadata": [], "IsTruncated": False}
    key = iam.create_access_key(UserName=user)["AccessKey"]
    assert key.keys() == {"UserName", "AccessKeyId", "Status", "SecretAccessKey", "CreateDate"}
    listed = {name: value for name, value in key.items() if name != "SecretAccessKey"}
    assert iam.list_access_keys(UserName=user)["AccessKeyMetadata"] == [listed]
    assert aws.client_of("sts", key).get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{user}"
    iam.update_access_key(UserName=user, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert refused(aws.client_of("sts", key), "get_caller_identity").code == "InvalidClientTokenId"
    iam.create_access_key(UserName=user)
    assert refused(iam, "create_access_key", UserName=user) == Refused("LimitExceeded", 409, "Cannot exceed quota for AccessKeysPerUser: 2")
    iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])
    assert refused(iam, "update_access_key", UserName=user, AccessKeyId="AKIAIOSFODNN7EXAMPLE", Status="Active") == Refused(
        "NoSuchEntity", 404, "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found."
    )


def test_who_is_no_user_names_one(aws: InProcess, iam: Any) -> None:
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]}
    arn = iam.create_role(RoleName="keys", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    anything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="keys", PolicyName="all", PolicyDocument=json.dumps(anything))
    session = aws.sts.assume_role(RoleArn=arn, RoleSessionName="job-7")["Credentials"]
    assert refused(aws.client_of("iam", session), "delete_access_key", AccessKeyId="AKIAIOSFODNN7EXAMPLE") == Refused(
        "ValidationError", 400, "Must specify userName when calling with non-User credentials"
    )


def test_groups(iam: Any, user: str, group: str) -> None:
    assert refused(iam, "create_group", GroupName=group).message == f"Group with name {group} already exists."
    for _ in range(2):
        iam.add_user_to_group(GroupName=group, UserName=user)
    found = iam.get_group(GroupName=group)
    assert ([each["UserName"] for each in found["Users"]], found["IsTruncated"]) == ([user], False)
    assert [each["GroupName"] for each in iam.list_groups_for_user(UserName=user)["Groups"]] == [group]
    assert refused(iam, "add_user_to_group", GroupName=group, UserName=NOBODY) == NO_USER
    assert refused(iam, "add_user_to_group", GroupName=NO_GROUP, UserName=user) == NO_SUCH_GROUP
    iam.update_group(GroupName=group, NewGroupName=f"{group}-new", NewPath="/new-path/")
    moved = iam.get_group(GroupName=f"{group}-new")["Group"]
    assert (moved["Arn"], moved["GroupId"]) == (f"arn:aws:iam::{ACCOUNT}:group/new-path/{group}-new", found["Group"]["GroupId"])
    assert [each["UserName"] for each in iam.get_group(GroupName=f"{group}-new")["Users"]] == [user]


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("get_group", {}),
        ("delete_group", {}),
        ("update_group", {"NewPath": "/x/"}),
        ("put_group_policy", {"PolicyName": "p", "PolicyDocument": DOCUMENT}),
    ],
)
def test_a_group_that_is_not_there(iam: Any, operation: str, more: dict[str, Any]) -> None:
    assert refused(iam, operation, GroupName=NO_GROUP, **more) == NO_SUCH_GROUP


def test_policies_of_a_group_count_for_its_users(aws: InProcess, iam: Any, user: str, group: str, policy: str) -> None:
    key = iam.create_access_key(UserName=user)["AccessKey"]
    assert refused(aws.client_of("iam", key), "list_users").code == "AccessDenied"
    iam.attach_group_policy(GroupName=group, PolicyArn=policy)
    iam.add_user_to_group(GroupName=group, UserName=user)
    assert aws.client_of("iam", key).list_users()["Users"]
    assert refused(iam, "get_group_policy", GroupName=group, PolicyName="p").message == "The group policy with name p cannot be found."


def test_a_virtual_device(iam: Any, user: str) -> None:
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=user, Path="/test-path/")["VirtualMFADevice"]
    serial = made["SerialNumber"]
    assert serial == f"arn:aws:iam::{ACCOUNT}:mfa/test-path/{user}"
    assert refused(iam, "create_virtual_mfa_device", VirtualMFADeviceName=user, Path="/test-path/") == Refused(
        "EntityAlreadyExists", 409, "MFA device already exists."
    )
    assert {"SerialNumber": serial} in iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"]
    device, now = MfaDevice(serial, parse_secret(made["Base32StringSeed"].decode())), datetime.now(UTC)
    codes = {f"AuthenticationCode{number}": mfa_code(device, at=at) for number, at in ((1, now), (2, now + timedelta(seconds=30)))}
    iam.enable_mfa_device(UserName=user, SerialNumber=serial, **codes)
    [enabled] = iam.list_mfa_devices(UserName=user)["MFADevices"]
    assert (enabled.keys(), enabled["SerialNumber"]) == ({"UserName", "SerialNumber", "EnableDate"}, serial)
    assert refused(iam, "enable_mfa_device", UserName=user, SerialNumber=serial, **codes) == Refused(
        "EntityAlreadyExists", 409, "MFA Device is already in use."
    )
    assert refused(iam, "delete_virtual_mfa_device", SerialNumber=serial).code == "DeleteConflict"
    iam.deactivate_mfa_device(UserName=user, SerialNumber=serial)
    assert members(iam.list_mfa_devices(UserName=user)) == {"MFADevices": [], "IsTruncated": False}
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    assert refused(iam, "deactivate_mfa_device", UserName=user, SerialNumber=NO_DEVICE) == Refused(
        "NoSuchEntity", 404, f"MFA Device with serial number {NO_DEVICE} does not exist."
    )
    assert refused(iam, "delete_virtual_mfa_device", SerialNumber=NO_DEVICE).message == (
        f"MFA Device with serial number {NO_DEVICE} does not exist."
    )
    assert refused(iam, "list_virtual_mfa_devices", Marker="no") == Refused("ValidationError", 400, "Invalid Marker.")


@pytest.mark.parametrize("path", ["test-path/", "/test-path"])
def test_a_path_that_is_none(iam: Any, path: str) -> None:
    assert refused(iam, "create_virtual_mfa_device", VirtualMFADeviceName="d", Path=path) == Refused(
        "ValidationError",
        400,
        "The specified value for path is invalid. "
        "It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    )


@pytest.mark.parametrize(("operation", "member"), [("create_user", "userName"), ("get_user", "userName"), ("create_group", "groupName")])
def test_a_name_that_is_none(iam: Any, operation: str, member: str) -> None:
    name = {"userName": "UserName", "groupName": "GroupName"}[member]
    assert refused(iam, operation, **{name: "no name"}) == Refused(
        "ValidationError",
        400,
        f"The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
    )
