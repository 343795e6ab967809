"""What AWS prints of an account, taken over: all of it or nothing, every fault with its place."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from federation.account import load_account
from federation.account.importing import import_account
from federation.errors import AccountFaults, RegistrationError
from tests.exchange import forge

ACCOUNT = "123456789012"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
DETAILS: dict[str, Any] = {
    "UserDetailList": [
        {
            "Path": "/team/",
            "UserName": "alice",
            "UserId": "AIDAEXAMPLEEXAMPLE234",
            "Arn": f"arn:aws:iam::{ACCOUNT}:user/team/alice",
            "CreateDate": "2026-01-01T00:00:00+00:00",
            "GroupList": ["readers"],
            "AttachedManagedPolicies": [],
            "Tags": [{"Key": "team", "Value": "blue"}],
        }
    ],
    "GroupDetailList": [
        {
            "Path": "/",
            "GroupName": "readers",
            "GroupId": "AGPAEXAMPLEEXAMPLE234",
            "Arn": f"arn:aws:iam::{ACCOUNT}:group/readers",
            "CreateDate": "2026-01-01T00:00:00+00:00",
            "GroupPolicyList": [],
            "AttachedManagedPolicies": [{"PolicyName": "Reading", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/Reading"}],
        }
    ],
    "RoleDetailList": [
        {
            "Path": "/",
            "RoleName": "Machine",
            "RoleId": "AROAEXAMPLEEXAMPLE234",
            "Arn": f"arn:aws:iam::{ACCOUNT}:role/Machine",
            "CreateDate": "2026-01-01T00:00:00+00:00",
            "AssumeRolePolicyDocument": quote(json.dumps(TRUST)),
            "InstanceProfileList": [],
            "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": ALLOW}],
            "AttachedManagedPolicies": [],
            "Tags": [],
            "RoleLastUsed": {},
        }
    ],
    "Policies": [
        {
            "PolicyName": "Reading",
            "PolicyId": "ANPAEXAMPLEEXAMPLE234",
            "Arn": f"arn:aws:iam::{ACCOUNT}:policy/Reading",
            "Path": "/",
            "DefaultVersionId": "v1",
            "AttachmentCount": 1,
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": True,
            "CreateDate": "2026-01-01T00:00:00+00:00",
            "UpdateDate": "2026-01-01T00:00:00+00:00",
            "PolicyVersionList": [
                {"Document": ALLOW, "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": "2026-01-01T00:00:00+00:00"}
            ],
        }
    ],
}


def dump(**changed: Any) -> dict[str, bytes]:
    return {"details.json": json.dumps({**DETAILS, **changed}).encode()}


def test_an_account_comes_over(directory: Path) -> None:
    made = import_account(directory, dump())
    assert made.as_dict() == {"policies": 1, "groups": 1, "users": 1, "roles": 1, "providers": []}
    account = load_account(directory)
    alice = account.users[f"arn:aws:iam::{ACCOUNT}:user/team/alice"]
    assert [group.name for group in alice.groups] == ["readers"]
    assert account.roles[f"arn:aws:iam::{ACCOUNT}:role/Machine"].role_id == "AROAEXAMPLEEXAMPLE234"


def test_pages_are_one_answer(directory: Path) -> None:
    first = {name: DETAILS[name] for name in ("UserDetailList", "RoleDetailList")} | {"IsTruncated": True, "Marker": "m"}
    second = {name: DETAILS[name] for name in ("GroupDetailList", "Policies")}
    assert import_account(directory, {"1": json.dumps(first).encode(), "2": json.dumps(second).encode()}).users == 1


ELSEWHERE = [{**DETAILS["RoleDetailList"][0], "Arn": "arn:aws:iam::111122223333:role/Machine"}]
UNTRUSTED = [{**DETAILS["RoleDetailList"][0], "AssumeRolePolicyDocument": {}}]


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"GroupDetailList": []}, "$.UserDetailList[0].GroupList"),
        ({"Policies": []}, "$.GroupDetailList[0].AttachedManagedPolicies"),
        ({"RoleDetailList": ELSEWHERE}, "$.RoleDetailList[0].Arn"),
        ({"RoleDetailList": UNTRUSTED}, "$.RoleDetailList[0].AssumeRolePolicyDocument.Statement"),
        ({"RoleDetailList": DETAILS["RoleDetailList"] * 2}, "$.RoleDetailList[1]"),
        ({"RoleDetailList": [{"RoleName": 1}]}, "$.RoleDetailList[0]"),
        ({"RoleDetailList": {}}, "$.RoleDetailList"),
        ({"IsTruncated": True}, "$.IsTruncated"),
    ],
)
def test_nothing_is_written_where_anything_is_at_fault(directory: Path, changed: dict[str, Any], path: str) -> None:
    before = sorted(str(file) for file in directory.rglob("*"))
    with pytest.raises(AccountFaults) as refusal:
        import_account(directory, dump(**changed))
    assert path in {fault.path for fault in refusal.value.faults}
    assert {fault.file for fault in refusal.value.faults} == {"details.json"}
    assert sorted(str(file) for file in directory.rglob("*")) == before


def test_a_second_time_everything_is_taken(directory: Path) -> None:
    import_account(directory, dump())
    with pytest.raises(AccountFaults) as refusal:
        import_account(directory, dump())
    assert len(refusal.value.faults) == 4


@pytest.mark.parametrize("octets", [b"", b"[]", b"{}", b'{"a":1,"a":2}', b"\xff", b"[" * 100_000])
def test_what_is_no_answer_of_iam(directory: Path, octets: bytes) -> None:
    with pytest.raises(AccountFaults) as refusal:
        import_account(directory, {"x": octets})
    assert refusal.value.file == "x"


def test_a_saml_provider(directory: Path) -> None:
    dumped = json.dumps({"SAMLMetadataDocument": forge().metadata().decode(), "CreateDate": "2026-01-01T00:00:00Z", "Tags": []}).encode()
    with pytest.raises(RegistrationError) as refusal:
        import_account(directory, {"saml.json": dumped})
    assert refusal.value.check == "saml-provider-name"
    made = import_account(directory, {"saml.json": dumped}, saml_provider_name="Second")
    assert made.providers == (f"arn:aws:iam::{ACCOUNT}:saml-provider/Second",)
    assert made.providers[0] in load_account(directory).saml_providers


def test_an_oidc_provider_with_its_key_set(directory: Path) -> None:
    jwks = Path(__file__).resolve().parents[3] / "fixtures" / "oidc" / "jwks.json"
    dumped = json.dumps(
        {"Url": "token.actions.githubusercontent.com", "ClientIDList": ["sts.amazonaws.com"], "ThumbprintList": []}
    ).encode()
    with pytest.raises(RegistrationError) as refusal:
        import_account(directory, {"oidc.json": dumped})
    assert refusal.value.check == "jwks"
    made = import_account(directory, {"oidc.json": dumped, "jwks.json": jwks.read_bytes()})
    assert made.providers[0] in load_account(directory).oidc_providers
