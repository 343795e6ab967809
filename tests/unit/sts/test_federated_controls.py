"""Resource control policies of an organization are about federated logins, service control policies only about their sessions."""

from dataclasses import replace
from typing import Any

import pytest

from federation.errors import FederationError
from federation.judging.capture import Capture
from federation.judging.judge import Judge, JudgingInstant
from federation.sts.service import SecurityTokenService
from tests.support.oidc import AT as ISSUER_AT
from tests.support.organization import PRODUCTION, ROOT_ID, Policies, organized, placed
from tests.support.sts import saml_login, web_identity
from tests.support.world import ACCOUNT

AT = saml_login.AT


def deny(actions: object, **conditions: Any) -> dict[str, Any]:
    statement = {"Sid": "Trusted", "Effect": "Deny", "Principal": "*", "Action": actions, "Resource": "*"}
    return {**statement, "Condition": conditions} if conditions else statement


def bounded(sts: SecurityTokenService, *args: Any) -> SecurityTokenService:
    return SecurityTokenService(placed(sts.account, organized(*args)))


def with_saml(*args: Any, made: Any = None) -> FederationError | None:
    sts = bounded(saml_login.World().sts, *args)
    assertion = saml_login.mint(made)
    try:
        sts.assume_role_with_saml(role_arn=saml_login.ROLE, principal_arn=saml_login.PROVIDER, saml_assertion=assertion, at=AT)
    except FederationError as refusal:
        return refusal
    return None


def with_web_identity(*args: Any) -> FederationError | None:
    sts = bounded(web_identity.World().sts, *args)
    token = web_identity.mint()
    try:
        sts.assume_role_with_web_identity(role_arn=web_identity.ROLE, role_session_name="job", web_identity_token=token, at=ISSUER_AT)
    except FederationError as refusal:
        return refusal
    return None


def test_an_organization_that_bounds_nothing_changes_nothing() -> None:
    assert (with_saml(), with_web_identity()) == (None, None)


def test_service_control_policies_do_not_bound_a_login() -> None:
    everything: Policies = {"Nothing": ({"Effect": "Deny", "Action": "*", "Resource": "*"}, [ROOT_ID, PRODUCTION, ACCOUNT])}
    assert (with_saml(everything), with_web_identity(everything)) == (None, None)


def test_they_bound_the_session_that_the_login_gets() -> None:
    sts = bounded(saml_login.World().sts, {"NoStorage": ({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, [ROOT_ID])})
    session = sts.assume_role_with_saml(
        role_arn=saml_login.ROLE, principal_arn=saml_login.PROVIDER, saml_assertion=saml_login.mint(), at=AT
    )
    answer = sts.authorize(session.credentials, action="s3:GetObject", resource="arn:aws:s3:::bucket/key", at=AT)
    assert "with an explicit deny in a service control policy" in answer.message


@pytest.mark.parametrize(
    ("login", "operation"), [(with_saml, "AssumeRoleWithSAML"), (with_web_identity, "AssumeRoleWithWebIdentity")], ids=["saml", "oidc"]
)
@pytest.mark.parametrize("level", [ROOT_ID, PRODUCTION, ACCOUNT])
def test_a_resource_control_policy_of_any_level_denies_a_login(login: Any, operation: str, level: str) -> None:
    refusal = login(None, {"Closed": (deny(f"sts:{operation}"), [level])})
    assert (refusal.check, refusal.code) == ("resource-control-policy", "AccessDenied")
    assert refusal.message == f"Not authorized to perform sts:{operation}"
    assert refusal.found.startswith("statement `Trusted` of `Closed` (p-exampleClosed) of the ")
    assert "the resource control policy `Closed` (p-exampleClosed)" in refusal.cause
    assert refusal.edits
    assert not any(edit.applicable for edit in refusal.edits)


def test_an_action_of_another_operation_is_not_denied() -> None:
    assert with_saml(None, {"Closed": (deny(["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]), [ROOT_ID])}) is None


def test_the_claims_of_a_login_decide() -> None:
    name = web_identity.NAME
    own: Policies = {"Tenants": (deny("sts:AssumeRoleWithWebIdentity", StringNotEqualsIfExists={f"{name}:sub": "mine"}), [ROOT_ID])}
    refusal = with_web_identity(None, own)
    assert refusal is not None
    assert refusal.check == "resource-control-policy"
    assert any("add" in edit.instruction and "values that are not denied" in edit.instruction for edit in refusal.edits)
    fits: Policies = {"Providers": (deny("sts:AssumeRoleWithWebIdentity", Null={f"{name}:sub": "true"}), [ROOT_ID])}
    assert with_web_identity(None, fits) is None


@pytest.mark.parametrize(
    ("action", "made"),
    [
        ("sts:TagSession", saml_login.login(attributes=saml_login.attributes(PrincipalTag_team=["blue"]))),
        ("sts:SetSourceIdentity", saml_login.login(attributes=saml_login.attributes(SourceIdentity=["alice"]))),
    ],
)
def test_the_further_actions_of_a_login_are_asked_too(action: str, made: Any) -> None:
    policy: Policies = {"Closed": (deny(action), [ROOT_ID])}
    assert with_saml(None, policy) is None
    refusal = with_saml(None, policy, made=made)
    assert refusal is not None
    assert refusal.check == "resource-control-policy"


def test_the_principal_of_a_login_has_no_organization() -> None:
    perimeter = deny("sts:*", StringNotEquals={"aws:PrincipalOrgID": "o-exampleorgid"})
    refusal = with_saml(None, {"Perimeter": (perimeter, [ROOT_ID])})
    assert refusal is not None
    assert refusal.check == "resource-control-policy"


def test_a_level_without_a_policy_allows_nobody() -> None:
    tree = organized(full={"RESOURCE_CONTROL_POLICY": [ROOT_ID, PRODUCTION]})
    sts = SecurityTokenService(placed(saml_login.World().sts.account, tree))
    call: dict[str, Any] = {"role_arn": saml_login.ROLE, "principal_arn": saml_login.PROVIDER, "saml_assertion": saml_login.mint()}
    with pytest.raises(FederationError) as caught:
        sts.assume_role_with_saml(**call, at=AT)
    assert caught.value.check == "resource-control-policy"


def test_what_the_trust_policy_refuses_is_told_before_the_bound() -> None:
    world = replace(saml_login.World(), trust_policy=saml_login.trust(condition={"StringEquals": {"saml:sub": "somebody"}}))
    sts = bounded(world.sts, None, {"Closed": (deny("sts:*"), [ROOT_ID])})
    call: dict[str, Any] = {"role_arn": saml_login.ROLE, "principal_arn": saml_login.PROVIDER, "saml_assertion": saml_login.mint()}
    with pytest.raises(FederationError) as caught:
        sts.assume_role_with_saml(**call, at=AT)
    assert caught.value.check == "trust-policy"
    assert ["Closed" in each.causes[0].sentence for each in caught.value.explanation.later] == [True]


def test_an_explained_role_and_a_judged_token_say_the_same() -> None:
    account = placed(saml_login.World().account, organized(None, {"Closed": (deny("sts:*"), [ROOT_ID])}))
    judge = Judge(account, instant=JudgingInstant(at=AT), role_arn=saml_login.ROLE)
    found = judge.judge(Capture(id="one", token=saml_login.mint().encode()))
    assert found.refusal is not None
    assert (found.refusal["check"], found.role) == ("resource-control-policy", {"arn": saml_login.ROLE, "effect": "Deny"})
