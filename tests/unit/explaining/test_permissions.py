"""Signed calls that the caller's own policies refuse: which policy, where it is written, and the edit that allows exactly this."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from federation import SecurityTokenService
from tests.support.sts.permissions import (
    ALICE,
    ASSUME,
    MINE,
    OTHER_ROLE,
    ROLE,
    SESSION,
    THEIR_ROLE,
    THEIRS,
    Documents,
    World,
    allow,
    deny,
    document,
    inline,
    trust,
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


SILENT: dict[str, tuple[dict[str, Any], tuple[str, ...], str]] = {
    "no policy at all": ({}, ("no identity-based policy of the user `alice`", "there is none at all"), "users/alice.json"),
    "an empty list": ({"UserPolicyList": []}, ("none at all",), "users/alice.json"),
    "another service": (
        {"UserPolicyList": inline(Storage=document(allow("s3:GetObject", "*")))},
        ("inline policy `Storage`", "none of", "lists the action"),
        "users/alice.json",
    ),
    "another role": (
        {"UserPolicyList": inline(Assume=document(allow(resource=OTHER_ROLE)))},
        ("inline policy `Assume`", "statement 0", f"`{OTHER_ROLE}`", f"`{ROLE}`"),
        "users/alice.json",
    ),
    "another action": (
        {"UserPolicyList": inline(Assume=document(allow("sts:AssumeRoleWithSAML")))},
        ("`sts:AssumeRoleWithSAML`", "`sts:AssumeRole`"),
        "users/alice.json",
    ),
    "everything but": (
        {"UserPolicyList": inline(Most=document({"Effect": "Allow", "NotAction": "sts:*", "Resource": "*"}))},
        ("leaves the action out",),
        "users/alice.json",
    ),
}


@pytest.mark.parametrize(("members", "said", "file"), SILENT.values(), ids=SILENT)
@pytest.mark.parametrize("role", [ROLE, THEIR_ROLE], ids=["same account", "cross account"])
def test_the_callers_policies_lack_the_role(world: World, members: dict[str, Any], said: tuple[str, ...], file: str, role: str) -> None:
    members = json.loads(json.dumps(members).replace(f'"{ROLE}"', f'"{role}"'))
    world.user(**members)
    refusal = world.refused(role_arn=role)
    edit = refusal.edits[0]

    assert [words for words in said if words.replace(f"`{ROLE}`", f"`{role}`") not in refusal.cause] == [], refusal.cause
    assert "the other half, the role's trust policy, allows it" in refusal.cause
    assert (edit.place.file, edit.place.account) == (file, MINE if role == THEIR_ROLE else "")
    assert edit.new is not None
    assert ASSUME in edit.new
    assert role in edit.new
    assert "*" not in edit.new
    assert edit.lets_in == ""
    world.make(edit)
    world.call(role_arn=role)
    if "Admin" not in json.dumps(members):
        world.refused(role_arn=role.replace("Deploy", "Admin"))
    world.refused("get_federation_token", name="eve")


@pytest.mark.parametrize("caller", [ALICE, SESSION], ids=["user", "role session"])
def test_a_role_session_lacks_it_likewise(world: World, caller: str) -> None:
    refusal = world.refused(caller=caller, role_arn=THEIR_ROLE)
    edit = refusal.edits[0]
    assert edit.place.file == ("users/alice.json" if caller == ALICE else "roles/Build.json")
    world.make(edit)
    world.call(caller=caller, role_arn=THEIR_ROLE)


def test_a_condition_of_the_callers_policy_is_not_met(world: World) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "x-1"}}
    world.user(UserPolicyList=inline(Assume=document(allow(Condition=condition))))
    refusal = world.refused(external_id="x-2")
    edit = refusal.edits[0]
    assert "inline policy `Assume`, statement 0, would, and its condition is not met" in refusal.cause
    assert {"condition", "authorization"} == {each.check for each in refusal.explanation.first.causes}
    assert (edit.place.owner, edit.place.path, edit.old, edit.new) == ("call", "ExternalId", "x-2", "x-1")
    assert all("Condition" in (each.new or "Condition") or not each.applicable for each in refusal.edits)
    world.call(external_id="x-1")


def test_a_wildcard_that_is_the_wrong_one_is_not_widened(world: World) -> None:
    world.user(UserPolicyList=inline(Assume=document(allow(resource=f"arn:aws:iam::{MINE}:role/dev-*"))))
    refusal = world.refused()
    assert f"`arn:aws:iam::{MINE}:role/dev-*`" in refusal.cause
    world.make(refusal.edits[0])
    world.call()
    written = json.loads((world.mine / "users/alice.json").read_text(encoding="utf-8"))
    assert written["UserPolicyList"][0]["PolicyDocument"]["Statement"] == [allow(resource=[f"arn:aws:iam::{MINE}:role/dev-*", ROLE])]


DENIALS: dict[str, tuple[dict[str, Any], str]] = {
    "every role": (deny(), "deny it on every resource but"),
    "everything but": ({"Effect": "Deny", "Action": ASSUME, "NotResource": [OTHER_ROLE]}, "add"),
    "a list": (deny(resource=[OTHER_ROLE, ROLE]), "take"),
}


@pytest.mark.parametrize(("statement", "instruction"), DENIALS.values(), ids=DENIALS)
def test_a_deny_of_the_caller_makes_one_exception(world: World, statement: dict[str, Any], instruction: str) -> None:
    world.user(UserPolicyList=inline(Guard=document(allow("sts:*", "*"), {"Sid": "Guard", **statement})))
    refusal = world.refused()
    assert "inline policy `Guard`: statement `Guard` denies `sts:AssumeRole`" in refusal.cause
    assert refusal.explanation.first.causes[0].place is not None
    assert refusal.explanation.first.causes[0].place.path == "$.UserPolicyList[0].PolicyDocument.Statement[1]"
    edit = next(each for each in refusal.edits if each.applicable)
    assert any(instruction in each.instruction for each in refusal.edits if each.applicable), refusal.edits
    world.make(edit)
    world.call()
    if statement.get("Resource") == "*":
        world.refused(role_arn=OTHER_ROLE)


WITH_CONDITIONS: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "another value": ({"StringNotEquals": {"sts:ExternalId": "x-1"}}, "ExternalId", "x-1"),
    "no second factor": ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, "TokenCode", None),
}


@pytest.mark.parametrize(("condition", "path", "new"), WITH_CONDITIONS.values(), ids=WITH_CONDITIONS)
def test_a_deny_with_conditions_makes_no_exception(world: World, condition: dict[str, Any], path: str, new: str | None) -> None:
    guard = {"Sid": "Guard", **deny("*", Condition=condition)}
    world.user(UserPolicyList=inline(Guard=document(allow("sts:*", "*"), guard)))
    refusal = world.refused()
    edit = refusal.edits[0]
    assert "statement `Guard` denies `sts:AssumeRole`" in refusal.cause
    assert (edit.place.owner, edit.place.path, edit.new) == ("call", path, new)
    assert not any(each.applicable for each in refusal.edits)


def test_a_deny_of_this_role_alone_stays(world: World) -> None:
    world.user(UserPolicyList=inline(Guard=document(allow("sts:*", "*"), deny(resource=ROLE))))
    assert not any(each.applicable for each in world.refused().edits)


def boundary(world: World, *statements: Documents) -> None:
    version = {"Document": document(*statements), "VersionId": "v1", "IsDefaultVersion": True}
    world.write(world.mine, "policies/Bound.json", {"PolicyName": "Bound", "PolicyVersionList": [version]})
    bounded = {"PermissionsBoundary": {"PermissionsBoundaryArn": f"arn:aws:iam::{MINE}:policy/Bound"}}
    world.user(UserPolicyList=inline(All=document(allow("*", "*"))), **bounded)


def test_the_permissions_boundary_lacks_it(world: World) -> None:
    boundary(world, allow("s3:*", "*"))
    refusal = world.refused()
    edit = refusal.edits[0]
    assert "the permissions boundary of the user `alice` does not allow `sts:AssumeRole` on" in refusal.cause
    assert edit.place.file == "policies/Bound.json"
    assert "whoever else has" in edit.lets_in
    world.make(edit)
    world.call()
    world.refused(role_arn=OTHER_ROLE)


def test_the_permissions_boundary_denies_it(world: World) -> None:
    boundary(world, allow("*", "*"), deny("sts:*"))
    refusal = world.refused()
    assert "the permissions boundary" in refusal.cause
    world.make(refusal.edits[0])
    world.call()
    world.refused(role_arn=OTHER_ROLE)


def test_a_session_policy_lacks_it(world: World) -> None:
    world.write(
        world.mine,
        "roles/Build.json",
        {"RoleName": "Build", "AssumeRolePolicyDocument": trust(ALICE), "RolePolicyList": inline(All=document(allow("*", "*")))},
    )
    sts = SecurityTokenService.open(world.mine, neighbours=[world.theirs])
    narrowed = json.dumps(document(allow("s3:*", "*")))
    session = sts.assume_role(caller=ALICE, role_arn=f"arn:aws:iam::{MINE}:role/Build", role_session_name="job", policy=narrowed)
    refusal = world.refused(caller=session.credentials)
    assert "no session policy of the caller's session allows `sts:AssumeRole` on" in refusal.cause
    edit = refusal.edits[0]
    assert (edit.place.owner, edit.place.path, edit.applicable) == ("call", "Policy", False)
    assert json.loads(edit.new or "") == allow()


def test_a_managed_policy_without_its_document_is_told(world: World) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    world.user(AttachedManagedPolicies=[{"PolicyArn": arn, "PolicyName": "AdministratorAccess"}])
    refusal = world.refused()
    assert f"no document of {arn}" in refusal.cause
    first, second = refusal.edits[:2]
    assert (first.place.file, second.place.file) == ("policies/aws/AdministratorAccess.json", "users/alice.json")
    world.write(world.mine, first.place.file, document(allow("*", "*")))
    world.call()


def test_both_halves_refuse_each_for_itself(world: World) -> None:
    bob = f"arn:aws:iam::{MINE}:user/bob"
    world.write(world.theirs, "roles/Deploy.json", {"RoleName": "Deploy", "AssumeRolePolicyDocument": trust(bob, [ASSUME])})
    refusal = world.refused(role_arn=THEIR_ROLE)
    assert "the other half, the role's trust policy, refuses as well" in refusal.cause
    [trusting] = refusal.explanation.later
    assert f"`{bob}`" in trusting.causes[0].sentence
    assert "the other half, the caller's own policies, allows it" in trusting.causes[0].sentence
    world.make(refusal.explanation.first.edits[0])
    left = world.refused(role_arn=THEIR_ROLE)
    assert f"`{bob}`" in left.cause
    world.make(replace(left.edits[0], place=replace(left.edits[0].place, account=THEIRS)))
    world.call(role_arn=THEIR_ROLE)


def test_what_refuses_next_is_told(world: World) -> None:
    refusal = world.refused(role_arn=THEIR_ROLE, tags=[{"Key": "team", "Value": "blue"}], source_identity="alice", duration_seconds=43_200)
    told = [each.causes[0].sentence for each in refusal.explanation.later]
    assert [words for words in ("sts:TagSession", "sts:SetSourceIdentity") if not any(words in each for each in told)] == []
    assert refusal.explanation.later[-1].causes[0].check == "duration"
    for obstacle in (refusal.explanation.first, *refusal.explanation.later[:-1]):
        edit = obstacle.edits[0]
        assert "*" not in (edit.new or "")


def test_other_operations_ask_the_callers_policies_alone(world: World) -> None:
    refusal = world.refused("get_federation_token", name="bob")
    assert "no identity-based policy of the user `alice` allows `sts:GetFederationToken` on" in refusal.cause
    assert "half" not in refusal.cause
    world.make(refusal.edits[0])
    world.call("get_federation_token", name="bob")
    world.refused("get_federation_token", name="eve")


def test_a_role_of_an_account_that_was_not_asked(world: World) -> None:
    world.user(UserPolicyList=inline(All=document(allow("*", "*"))))
    refusal = world.refused(role_arn="arn:aws:iam::999988887777:role/Deploy")
    assert "`999988887777`, which was not asked" in refusal.cause


def test_a_role_that_is_not_there_is_told_with_the_nearest(world: World) -> None:
    world.user(UserPolicyList=inline(All=document(allow("*", "*"))))
    refusal = world.refused(role_arn=f"{ROLE}er")
    assert (refusal.edits[0].place.path, refusal.edits[0].new) == ("RoleArn", ROLE)


def test_no_secret_is_in_a_refusal_that_travels(world: World) -> None:
    told = json.dumps(world.refused().explanation.as_dict())
    assert "Secret" not in told


ORGANIZATION = '[organization]\nid = "o-a1b2c3d4e5"\nroot_access = ["111111111111"]\n'


@pytest.mark.parametrize("organization", ["", ORGANIZATION], ids=["none", "another"])
def test_the_root_of_a_member_that_is_not_managed(world: World, organization: str) -> None:
    world.write(world.mine, "account.toml", f'id = "{MINE}"\n{organization}')
    world.user(UserPolicyList=inline(All=document(allow("*", "*"))))
    task = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
    refusal = world.refused("assume_root", target_principal="222222222222", task_policy_arn=task)
    edit = refusal.edits[0]
    assert "`222222222222`" in refusal.cause
    assert (edit.place.file, edit.place.path) == ("account.toml", "root_access")
    assert "222222222222" in (edit.new or "")
