"""What AWS prints of an account, taken over: all of it or nothing, every fault with its place."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial, partialmethod
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from federation.account import load_account
from federation.account.importing import import_account
from federation.account.writing.credentials import create_access_key
from federation.account.writing.roles import update_role
from federation.account.writing.trade_in import add_trade_in_token
from federation.errors import AccountFault, AccountFaults, RegistrationError
from tests.support.sts.saml_login import forge
from tests.support.world import ACCOUNT

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
    iam = f"arn:aws:iam::{ACCOUNT}"
    assert made.as_dict() == {
        "policies": 1,
        "groups": 1,
        "users": 1,
        "roles": 1,
        "providers": [],
        "added": [f"{iam}:policy/Reading", f"{iam}:group/readers", f"{iam}:user/team/alice", f"{iam}:role/Machine"],
        "updated": [],
        "unchanged": [],
        "removed": [],
        "absent": [f"{iam}:role/Portal"],
    }
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


def files(directory: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(file.relative_to(directory)): (file.read_bytes(), file.stat().st_mtime_ns) for file in directory.rglob("*") if file.is_file()
    }


def test_the_same_dump_once_more_changes_nothing(directory: Path) -> None:
    import_account(directory, dump())
    before = files(directory)
    used = [{**DETAILS["RoleDetailList"][0], "RoleLastUsed": {"Region": "eu-west-1"}}]
    made = import_account(directory, dump(RoleDetailList=used))
    assert (made.added, made.updated, len(made.unchanged)) == ((), (), 4)
    assert files(directory) == before


def test_a_changed_dump_brings_the_account_up_to_date(directory: Path) -> None:
    import_account(directory, dump())
    trust = json.loads(json.dumps(TRUST).replace("ec2", "lambda"))
    role = {**DETAILS["RoleDetailList"][0], "AssumeRolePolicyDocument": trust, "RolePolicyList": []}
    update_role(directory, name="Machine", max_session_duration=7200, description="kept")
    made = import_account(directory, dump(RoleDetailList=[role]))
    assert made.updated == (role["Arn"],)
    now = load_account(directory).roles[role["Arn"]]
    assert now.trust_policy.document == trust
    assert now.inline_policies == {}
    assert (now.max_session_duration, now.description) == (7200, "kept"), "what that answer does not print stays"


def test_what_the_dump_has_no_more_stays_unless_asked(directory: Path) -> None:
    import_account(directory, dump())
    other = [{**DETAILS["UserDetailList"][0], "UserName": "bob", "Arn": f"arn:aws:iam::{ACCOUNT}:user/team/bob", "GroupList": []}]
    create_access_key(directory, user="alice")
    gone = (f"arn:aws:iam::{ACCOUNT}:role/Portal", f"arn:aws:iam::{ACCOUNT}:user/team/alice")
    kept = import_account(directory, dump(UserDetailList=other))
    assert (kept.absent, kept.removed) == (gone, ())
    assert set(gone) <= load_account(directory).users.keys() | load_account(directory).roles.keys()
    pruned = import_account(directory, dump(UserDetailList=other), prune=True)
    assert (pruned.absent, pruned.removed) == ((), gone)
    account = load_account(directory)
    assert [user.name for user in account.users.values()] == ["bob"]
    assert account.access_keys == {}
    assert account.roles.keys() == {f"arn:aws:iam::{ACCOUNT}:role/Machine"}


def test_a_kind_of_which_nothing_is_listed_is_left_alone(directory: Path) -> None:
    import_account(directory, dump())
    made = import_account(directory, dump(UserDetailList=[], GroupDetailList=[], Policies=[]), prune=True)
    assert made.removed == (f"arn:aws:iam::{ACCOUNT}:role/Portal",), "an answer made with --filter looks the same"


def test_nothing_goes_that_something_else_still_needs(directory: Path) -> None:
    import_account(directory, dump())
    role = f"arn:aws:iam::{ACCOUNT}:role/Portal"
    add_trade_in_token(directory, token="t", role_arn=role, session_name="product", expires_at=datetime(2026, 11, 24, tzinfo=UTC))
    before = files(directory)
    with pytest.raises(AccountFaults) as refusal:
        import_account(directory, dump(), prune=True)
    assert (refusal.value.file.partition("/")[0], refusal.value.path) == ("trade-in-tokens", "$.RoleArn")
    assert files(directory) == before


def test_a_name_in_another_case_is_another_entity_only_where_the_old_one_goes(directory: Path) -> None:
    role = {**DETAILS["RoleDetailList"][0], "RoleName": "PORTAL", "Arn": f"arn:aws:iam::{ACCOUNT}:role/PORTAL"}
    with pytest.raises(AccountFaults) as refusal:
        import_account(directory, dump(RoleDetailList=[role]))
    assert refusal.value.path == "$.RoleDetailList[0]"
    made = import_account(directory, dump(RoleDetailList=[role]), prune=True)
    assert made.removed == (f"arn:aws:iam::{ACCOUNT}:role/Portal",)
    assert load_account(directory).roles.keys() == {role["Arn"]}


@pytest.mark.parametrize("name", [".DenyAll", ".", "..", "CON", "nul.json", "x.", "a=b,c@d+e", ".toml", "aws", "README"])
def test_names_that_file_systems_hide_or_mangle(directory: Path, name: str) -> None:
    policy = {**DETAILS["Policies"][0], "PolicyName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:policy/{name}"}
    attached = [{"PolicyName": name, "PolicyArn": policy["Arn"]}]
    role = {
        **DETAILS["RoleDetailList"][0],
        "RoleName": name,
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "AttachedManagedPolicies": attached,
    }
    import_account(directory, dump(Policies=[*DETAILS["Policies"], policy], RoleDetailList=[role]))
    account = load_account(directory)
    assert account.roles[role["Arn"]].attached_policies == (policy["Arn"],)
    assert account.policies[policy["Arn"]].name == name
    assert not [file for file in directory.rglob(".*") if file.name not in {".", ".."}]


def test_a_policy_of_aws_and_one_of_the_account_may_have_one_name(directory: Path) -> None:
    theirs = {**DETAILS["Policies"][0], "Arn": "arn:aws:iam::aws:policy/Reading"}
    import_account(directory, dump(Policies=[*DETAILS["Policies"], theirs]))
    policies = load_account(directory).policies
    assert {arn: policy.file for arn, policy in policies.items()} == {
        f"arn:aws:iam::{ACCOUNT}:policy/Reading": "policies/Reading.json",
        theirs["Arn"]: "policies/aws/Reading.json",
    }


def test_a_policy_may_begin_with_a_blank(directory: Path) -> None:
    role = {**DETAILS["RoleDetailList"][0], "AssumeRolePolicyDocument": quote("\n " + json.dumps(TRUST))}
    import_account(directory, dump(RoleDetailList=[role]))
    assert load_account(directory).roles[role["Arn"]].trust_policy.document == TRUST


def test_list_roles_tells_what_the_details_leave_out(directory: Path) -> None:
    roles = {"Roles": [{"RoleName": "Machine", "MaxSessionDuration": 43200, "Description": "d", "Path": "/"}]}
    import_account(directory, {**dump(), "roles.json": json.dumps(roles).encode()})
    role = load_account(directory).roles[f"arn:aws:iam::{ACCOUNT}:role/Machine"]
    assert (role.max_session_duration, role.description) == (43200, "d")
    with pytest.raises(AccountFaults) as refusal:
        import_account(directory, {"roles.json": json.dumps(roles).encode()})
    assert refusal.value.path == "$.Roles[0].RoleName"


def test_a_full_disk_leaves_everything_as_it_was(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(directory)

    link, rename = os.link, Path.rename

    def full(move: Callable[[Path, Path], object], source: Path, target: Path) -> None:
        if target.name == "Machine.json":
            raise OSError(28, "No space left on device")
        move(source, target)

    monkeypatch.setattr(os, "link", partial(full, link))
    monkeypatch.setattr(Path, "rename", partialmethod(lambda source, target: full(rename, source, target)))
    with pytest.raises(AccountFault) as refusal:
        import_account(directory, dump())
    assert refusal.value.check == "write"
    monkeypatch.undo()
    assert files(directory) == before
    assert not (directory / "users").exists()


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
