"""The map of an account: every role, whom its trust policy lets in, and what is open to everybody."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from federation import Profile
from federation.account import AccessMap, Account, Role, load_account, map_access
from federation.errors import ValidationError
from federation.policy import Policy, who_can
from federation.policy.ways_in import EVERYBODY
from tests.support.paths import REPOSITORY
from tests.support.policies import document, statement
from tests.support.trusts import EKS, saml, scoped, web
from tests.support.world import ACCOUNT, GITHUB, KEYRING, OTHER

FIXTURES = load_account(REPOSITORY / "fixtures" / "account")
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
MAIN = "repo:acme/app:ref:refs/heads/main"


def account(roles: Mapping[str, Any]) -> Account:
    """An account with the providers of the fixtures and one role for each list of statements."""
    made = {}
    for name, statements in roles.items():
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        listed = statements if isinstance(statements, list) else [statements]
        made[arn] = Role(
            arn=arn,
            name=name,
            path="/",
            role_id="AROAEXAMPLEEXAMPLE234",
            trust_policy=Policy.stored(document(*listed)),
            max_session_duration=3600,
        )
    return Account(
        id=ACCOUNT,
        partition="aws",
        profile=Profile.STRICT,
        keyring=KEYRING,
        saml_providers=FIXTURES.saml_providers,
        oidc_providers=FIXTURES.oidc_providers,
        roles=made,
    )


def mapped(**roles: Any) -> AccessMap:
    return map_access(account(roles))


def names(arns: tuple[str, ...]) -> list[str]:
    return [arn.rpartition("/")[2] for arn in arns]


def test_the_account_of_the_fixtures() -> None:
    found = map_access(FIXTURES)
    assert [(source.kind, source.name, source.registered) for source in found.sources] == [
        ("oidc", GITHUB, True),
        ("oauth", "www.amazon.com", True),
        ("saml", "SAML-test", True),
        ("account", OTHER, True),
        ("account", ACCOUNT, True),
    ]
    assert {source.detail for source in found.sources if source.kind == "account"} == {"this account", "another account"}
    assert [names(group.roles) for group in found.groups if group.source == OIDC] == [["GitHubDeploy"]]
    assert {group.reach for group in found.groups} == {""}
    assert [role.file for role in found.roles if role.name == "TestSaml"] == ["roles/TestSaml.json"]
    assert json.loads(json.dumps(found.as_dict()))["account_id"] == ACCOUNT


def test_roles_of_equal_trust_share_a_group() -> None:
    found = mapped(a=scoped(GITHUB, MAIN), b=scoped(GITHUB, [MAIN, MAIN]), c=scoped(GITHUB, MAIN, "StringLike"))
    groups = [group for group in found.groups if group.roles]
    assert [names(group.roles) for group in groups] == [["a", "b"], ["c"]]
    assert [group.subject and group.subject.values for group in groups] == [(MAIN,), (MAIN,)]


def test_an_account_is_the_same_by_its_id_and_by_its_root() -> None:
    by_id, by_root = (statement(Principal={"AWS": name}, Action="sts:AssumeRole") for name in (OTHER, f"arn:aws:iam::{OTHER}:root"))
    [group] = mapped(a=by_id, b=by_root).groups
    assert (group.source, names(group.roles)) == (f"account:{OTHER}", ["a", "b"])


@pytest.mark.parametrize(
    ("trusted", "source", "reach"),
    [
        (web(GITHUB), OIDC, "everybody"),
        (scoped(GITHUB, "*", "StringLike"), OIDC, "everybody"),
        (scoped(GITHUB, "repo:acme*", "StringLike"), OIDC, "strangers"),
        (scoped(GITHUB, "repo:acme/*", "StringLike"), OIDC, ""),
        (web(EKS), f"arn:aws:iam::{ACCOUNT}:oidc-provider/{EKS}", ""),
        (statement(Principal="*", Action="sts:AssumeRole"), EVERYBODY, "everybody"),
        (statement(Principal={"AWS": "*"}, Action="sts:*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), EVERYBODY, ""),
        (statement(Principal=None, NotPrincipal={"AWS": OTHER}, Action="sts:AssumeRole"), EVERYBODY, "everybody"),
        (web("cognito-identity.amazonaws.com"), "cognito-identity.amazonaws.com", "everybody"),
    ],
)
def test_everybody_is_said(trusted: Any, source: str, reach: str) -> None:
    [group] = [group for group in mapped(a=[saml(), trusted]).groups if group.operation != "sts:AssumeRoleWithSAML"]
    assert (group.source, group.reach) == (source, reach)
    assert reach == "" or group.warnings


def test_a_role_of_one_cluster_warns_less_than_everybody() -> None:
    [group] = mapped(a=web(EKS)).groups
    assert group.reach == ""
    assert group.warnings == (f"the role trusts every identity of `{EKS}`",)


def test_nobody_comes_in_by_what_is_not_registered() -> None:
    found = mapped(a=scoped("gitlab.com", "project_path:acme/app:ref_type:branch:ref:main"), b=saml(Action="sts:AssumeRole"))
    registered = {source.id: source.registered for source in found.sources}
    assert registered[f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"] is False
    assert [bool(role.remarks) for role in found.roles] == [False, True]


def test_denies_stay_with_their_role() -> None:
    [role] = mapped(a=[saml(), statement(Effect="Deny", Principal="*", Action="sts:TagSession")]).roles
    assert role.denies == ("statement 2 denies `sts:TagSession` to everybody",)


def test_roles_are_chosen_by_name_or_arn() -> None:
    chosen = map_access(FIXTURES, roles=["TestSaml", f"arn:aws:iam::{ACCOUNT}:role/TestSaml"])
    assert [role.name for role in chosen.roles] == ["TestSaml"]
    assert [source.name for source in chosen.sources] == ["SAML-test"]
    with pytest.raises(ValidationError) as refused:
        map_access(FIXTURES, roles=["testsaml"])
    assert refused.value.check == "role-name"


def test_equal_accounts_give_equal_maps() -> None:
    roles = {name: scoped(GITHUB, f"repo:acme/{name}:*", "StringLike") for name in "cab"}
    assert map_access(account(roles)) == map_access(account(dict(reversed(roles.items()))))


def test_each_role_says_who_can_assume_it() -> None:
    [role] = mapped(a=[scoped(GITHUB, MAIN), scoped(GITHUB, "repo:acme/*", "StringLike")]).roles
    assert role.who_can == who_can(role.trust_policy)
    [admission] = role.as_dict()["who_can"]["admissions"]
    assert admission["login"]["keys"][f"{GITHUB}:sub"].startswith("repo:acme/")
    assert [demand["values"] for demand in admission["conditions"]] == [["sts.amazonaws.com"], ["repo:acme/*"]]
