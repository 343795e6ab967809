"""Roles of two sets of files, or of a plan, compared one by one."""

import json
from typing import Any

import pytest

from federation.evidence.documents import FoundEvidence
from federation.evidence.documents.comparing import RoleChange, compare_plan, compare_roles
from tests.support.evidence import read, trust

NARROW, WIDE = "repo:acme/app:ref:refs/heads/main", "repo:acme/app:*"


def template(**roles: Any) -> FoundEvidence:
    resources = {
        name: {"Type": "AWS::IAM::Role", "Properties": {"RoleName": name.lower(), "AssumeRolePolicyDocument": policy}}
        for name, policy in roles.items()
    }
    return read("template.json", {"Resources": resources})


def fates(changes: tuple[RoleChange, ...]) -> dict[str, tuple[str, bool]]:
    return {each.address: (each.fate, each.lets_nobody_new_in) for each in changes}


def test_roles_are_compared_one_by_one() -> None:
    old = template(Same=trust(), Wider=trust(NARROW), Narrower=trust(WIDE), Gone=trust())
    new = template(Same=trust(), Wider=trust(WIDE), Narrower=trust(NARROW), Come=trust())
    changes = compare_roles(old, new)
    assert fates(changes) == {
        "Same": ("unchanged", True),
        "Wider": ("changed", False),
        "Narrower": ("changed", True),
        "Come": ("added", False),
        "Gone": ("removed", True),
    }
    assert json.dumps([each.as_dict() for each in changes])


def test_another_spelling_of_the_same_is_no_change() -> None:
    [change] = compare_roles(template(R=trust(NARROW)), template(R=trust([NARROW])))
    assert (change.fate, change.comparison is None) == ("unchanged", False)


def test_a_role_under_another_address_is_known_by_its_name() -> None:
    resource = {
        "address": "aws_iam_role.r",
        "type": "aws_iam_role",
        "values": {"name": "role", "assume_role_policy": json.dumps(trust(WIDE))},
    }
    plan = read("plan.json", {"format_version": "1.2", "planned_values": {"root_module": {"resources": [resource]}}})
    assert fates(compare_roles(template(Role=trust(NARROW)), plan)) == {"aws_iam_role.r": ("changed", False)}
    twice = {"Roles": [{"RoleName": "role", "Arn": arn, "AssumeRolePolicyDocument": trust()} for arn in ("a", "b")]}
    assert {fate for fate, _ in fates(compare_roles(read("answer.json", twice), plan)).values()} == {"added", "removed"}


@pytest.mark.parametrize(
    ("unknown", "fate"),
    [("${AWS::AccountId}", "unchanged"), ("${Open}", "undecided")],
)
def test_what_is_unknown_is_not_compared(unknown: str, fate: str) -> None:
    """The account is one whatever the template says; a parameter may have another value after the change."""
    policy = trust(provider={"Fn::Sub": f"arn:aws:iam::{unknown}:oidc-provider/issuer.example"})
    [change] = compare_roles(template(R=policy), template(R=policy))
    assert (change.fate, change.lets_nobody_new_in) == (fate, fate == "unchanged")
    other = trust("repo:acme/b:*", provider={"Fn::Sub": f"arn:aws:iam::{unknown}:oidc-provider/issuer.example"})
    [change] = compare_roles(template(R=policy), template(R=other))
    assert change.fate == "undecided"
    assert change.refusal is not None
    assert change.refusal.check == "document-unknown"


def test_a_policy_that_iam_would_not_store_is_undecided() -> None:
    [change] = compare_roles(template(R=trust()), template(R={"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]}))
    assert change.refusal is not None
    assert (change.fate, change.refusal.code) == ("undecided", "MalformedPolicyDocument")


def test_a_plan_is_compared_with_what_it_replaces() -> None:
    def change(name: str, before: object, after: object) -> dict[str, Any]:
        def values(policy: object) -> object:
            return None if policy is None else {"name": name, "assume_role_policy": json.dumps(policy)}

        return {"address": f"aws_iam_role.{name}", "type": "aws_iam_role", "change": {"before": values(before), "after": values(after)}}

    changes = [
        change("wider", trust(NARROW), trust(WIDE)),
        change("gone", trust(), None),
        change("come", None, trust()),
        change("same", trust(), trust()),
    ]
    assert fates(compare_plan(read("plan.json", {"format_version": "1.2", "resource_changes": changes}))) == {
        "aws_iam_role.wider": ("changed", False),
        "aws_iam_role.gone": ("removed", True),
        "aws_iam_role.come": ("added", False),
        "aws_iam_role.same": ("unchanged", True),
    }
