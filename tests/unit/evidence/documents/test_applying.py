"""An account as it would be with the roles of a plan or a template."""

import json
from typing import Any

import pytest

from federation.account import Account, load_account
from federation.errors import FederationError
from federation.evidence.documents import with_roles_of
from tests.support.paths import FIXTURES
from tests.support.world import ACCOUNT

DEPLOY = f"arn:aws:iam::{ACCOUNT}:role/GitHubDeploy"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]}


@pytest.fixture(scope="module")
def account() -> Account:
    return load_account(FIXTURES / "account")


def applied(account: Account, document: Any, **how: Any) -> Account:
    return with_roles_of(account, [("file.json", json.dumps(document).encode())], **how)


def plan(*planned: Any, changes: list[Any] | None = None) -> Any:
    resources = [{"address": f"aws_iam_role.r{n}", "type": "aws_iam_role", "values": each} for n, each in enumerate(planned)]
    return {"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}, "resource_changes": changes or []}


def refusal(account: Account, document: Any) -> FederationError:
    with pytest.raises(FederationError) as caught:
        applied(account, document)
    return caught.value


def test_a_role_of_the_account_gets_the_policy_and_keeps_the_rest(account: Account) -> None:
    found = applied(account, plan({"name": "githubdeploy", "assume_role_policy": json.dumps(TRUST), "max_session_duration": 7200}))
    before, after = account.roles[DEPLOY], found.roles[DEPLOY]
    assert (after.trust_policy.document, after.max_session_duration) == (TRUST, 7200)
    assert (after.role_id, after.inline_policies, after.tags) == (before.role_id, before.inline_policies, before.tags)
    assert {arn: role for arn, role in found.roles.items() if arn != DEPLOY} == {
        arn: role for arn, role in account.roles.items() if arn != DEPLOY
    }


def test_a_role_that_a_plan_removes_is_gone(account: Account) -> None:
    before = {"name": "GitHubDeploy", "arn": DEPLOY, "assume_role_policy": json.dumps(TRUST)}
    change = {"address": "aws_iam_role.old", "type": "aws_iam_role", "change": {"actions": ["delete"], "before": before, "after": None}}
    found = applied(account, plan({"name": "Next", "assume_role_policy": json.dumps(TRUST)}, changes=[change]))
    assert set(account.roles) - set(found.roles) == {DEPLOY}


def test_another_role_is_added(account: Account) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/team/blue/Next"
    role = applied(account, plan({"name": "Next", "arn": arn, "assume_role_policy": json.dumps(TRUST)})).roles[arn]
    assert (role.name, role.path, role.max_session_duration, role.role_id[:4]) == ("Next", "/team/blue/", 3600, "AROA")


def test_a_plan_for_another_account_is_refused(account: Account) -> None:
    arn = "arn:aws:iam::999988887777:role/GitHubDeploy"
    found = refusal(account, plan({"name": "GitHubDeploy", "arn": arn, "assume_role_policy": json.dumps(TRUST)}))
    assert (found.check, arn in found.found) == ("document-resource", True)


def test_the_account_is_known_in_a_template(account: Account) -> None:
    trust = json.loads(json.dumps(TRUST))
    trust["Statement"][0]["Principal"] = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "GitHubDeploy", "AssumeRolePolicyDocument": trust}}
    found = applied(account, {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"R": role}})
    assert found.roles[DEPLOY].trust_policy.document["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def test_what_is_not_known_is_not_guessed(account: Account) -> None:
    text = json.dumps(TRUST)
    assert refusal(account, plan({"assume_role_policy": text})).check == "document-unknown"
    assert refusal(
        account, plan({"name": "A", "assume_role_policy": text}, {"name": "a", "arn": f"arn:aws:iam::{ACCOUNT}:role/A"})
    ).check == ("document-resource")
    assert refusal(account, plan()).check == "document-resource"
