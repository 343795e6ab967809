"""The policies of an organization bound what callers may do and what anybody may do with the roles of its accounts."""

from dataclasses import replace
from typing import Any

import pytest

from federation.errors import FederationError
from federation.sts.authorization.evaluation import Layer
from federation.sts.service import SecurityTokenService
from tests.support.organization import (
    EVERYWHERE,
    MANAGEMENT,
    ORGANIZATION_ID,
    PRODUCTION,
    RESOURCE,
    ROOT_ID,
    SANDBOX,
    SERVICE,
    Policies,
    arn_of,
    organized,
    placed,
)
from tests.support.sts.callers import AT, EVERYTHING, ROLE, ROOT, account, refused, role, service, trusts, user
from tests.support.world import ACCOUNT, OTHER, USER

BUCKET = "arn:aws:s3:::bucket/key"
DENY_S3 = {"Sid": "NoStorage", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}
DENY_STS = {"Sid": "NoTokens", "Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": "*"}
LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/s3.amazonaws.com/AWSServiceRoleForS3"


def bounded(service_control: Policies | None = None, resource_control: Policies | None = None, **more: Any) -> SecurityTokenService:
    full = more.pop("full", None)
    return service(placed(account(**more), organized(service_control, resource_control, full=full)))


def reads(sts: SecurityTokenService, caller: str = USER, **more: Any) -> Any:
    return sts.authorize(caller, action="s3:GetObject", resource=BUCKET, at=AT, **more)


def test_without_bounds_everything_stays() -> None:
    answer = reads(bounded())
    assert (answer.allowed, list(answer.evaluation.layers)) == (True, [Layer.RESOURCE_CONTROL, Layer.SERVICE_CONTROL, Layer.IDENTITY])


@pytest.mark.parametrize("level", [ROOT_ID, PRODUCTION, ACCOUNT])
@pytest.mark.parametrize("caller", [USER, ROOT, f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/session"])
def test_a_deny_of_any_level_denies_every_principal_of_the_account(level: str, caller: str) -> None:
    answer = reads(bounded({"NoStorage": (DENY_S3, [level])}), caller)
    arn = arn_of(SERVICE, "NoStorage")
    said = f"is not authorized to perform: s3:GetObject on resource: {BUCKET} with an explicit deny in a service control policy: {arn}"
    assert (answer.allowed, answer.explicit_deny, answer.evaluation.refusing) == (False, True, Layer.SERVICE_CONTROL)
    assert answer.message == f"User: {caller} {said}"


@pytest.mark.parametrize("level", [ROOT_ID, PRODUCTION, ACCOUNT])
def test_every_level_must_allow(level: str) -> None:
    answer = reads(bounded(full={SERVICE: [each for each in EVERYWHERE if each != level]}))
    assert (answer.allowed, answer.explicit_deny) == (False, False)
    assert answer.reason == "because no service control policy allows the s3:GetObject action"


def test_what_a_level_allows_in_place_of_everything_is_all_that_is_left() -> None:
    allow = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
    sts = bounded({"ReadOnly": (allow, [PRODUCTION])}, full={SERVICE: [each for each in EVERYWHERE if each != PRODUCTION]})
    assert reads(sts).allowed
    assert not sts.authorize(USER, action="s3:PutObject", resource=BUCKET, at=AT).allowed


def test_an_organization_grants_nothing() -> None:
    assert reads(bounded(users=(user(USER),))).evaluation.refusing is Layer.IDENTITY


def test_a_policy_of_another_unit_is_about_others() -> None:
    assert reads(bounded({"NoStorage": (DENY_S3, [SANDBOX, OTHER])})).allowed


def test_the_management_account_and_service_linked_roles_are_free() -> None:
    policies: Policies = {"NoStorage": (DENY_S3, [ROOT_ID])}
    managing = user(f"arn:aws:iam::{MANAGEMENT}:user/Admin", EVERYTHING)
    manager = placed(account(id=MANAGEMENT, users=(managing,), roles=(role(f"arn:aws:iam::{MANAGEMENT}:role/R"),)), organized(policies))
    assert reads(service(manager), managing.arn).allowed
    linked = bounded(policies, roles=(role(LINKED),))
    assert reads(linked, f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForS3/session").allowed


def test_a_resource_policy_that_names_the_caller_does_not_lift_the_bound() -> None:
    from federation.policy import Policy  # noqa: PLC0415

    allow = {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "s3:GetObject", "Resource": BUCKET}
    policy = Policy.parse({"Version": "2012-10-17", "Statement": allow}, kind="resource")
    assert reads(bounded(), resource_policy=policy).allowed
    assert not reads(bounded({"NoStorage": (DENY_S3, [ROOT_ID])}), resource_policy=policy).allowed


def assumed(sts: SecurityTokenService, caller: str = USER, role_arn: str = ROLE) -> FederationError | None:
    try:
        sts.assume_role(caller=caller, role_arn=role_arn, role_session_name="session", at=AT)
    except FederationError as refusal:
        return refusal
    return None


def test_assume_role_is_bound_by_the_policies_of_the_callers_account() -> None:
    deny = {"Sid": "NoRoles", "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}
    refusal = assumed(bounded({"NoRoles": (deny, [ROOT_ID])}))
    assert refusal is not None
    assert (refusal.check, refusal.code) == ("authorization", "AccessDenied")
    arn = arn_of(SERVICE, "NoRoles")
    assert refusal.message.endswith(f"on resource: {ROLE} with an explicit deny in a service control policy: {arn}")
    assert "`NoRoles` (p-exampleNoRoles) of the root: statement `NoRoles` denies" in refusal.cause
    assert refusal.edits[0].place.path == "`NoRoles` (p-exampleNoRoles) of the root $.Statement"
    assert not any(edit.applicable for edit in refusal.edits)


def across(service_control: Policies | None = None, resource_control: Policies | None = None) -> SecurityTokenService:
    """The service of `ACCOUNT`, in production, whose role trusts `OTHER`, in the sandbox."""
    tree = organized(service_control, resource_control)
    home = account(roles=(role(trust=trusts(f"arn:aws:iam::{OTHER}:root")),))
    other = account(id=OTHER, users=(user(f"arn:aws:iam::{OTHER}:user/Admin", EVERYTHING),), roles=(role(f"arn:aws:iam::{OTHER}:role/R"),))
    return service(placed(home, tree), neighbours=[placed(other, tree)])


def test_between_accounts_each_side_is_bound_by_its_own_policies() -> None:
    deny = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}
    caller = f"arn:aws:iam::{OTHER}:user/Admin"
    found = {
        "none": assumed(across(), caller),
        "of the caller": assumed(across({"No": (deny, [SANDBOX])}), caller),
        "of the role's account, about principals": assumed(across({"No": (deny, [PRODUCTION])}), caller),
        "of the role's account, about resources": assumed(across(None, {"No": (DENY_STS, [PRODUCTION])}), caller),
        "of the caller's account, about resources": assumed(across(None, {"No": (DENY_STS, [SANDBOX])}), caller),
    }
    assert {name: refusal is None for name, refusal in found.items()} == {
        "none": True,
        "of the caller": False,
        "of the role's account, about principals": True,
        "of the role's account, about resources": False,
        "of the caller's account, about resources": True,
    }
    told = found["of the role's account, about resources"]
    assert told is not None
    assert "with an explicit deny in a resource control policy" in told.found
    assert "explicit deny" not in told.message, "whether a role exists is not told"


def test_the_perimeter_of_an_organization_lets_its_own_principals_in_and_no_others() -> None:
    perimeter = {
        "Sid": "Perimeter",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:AssumeRole",
        "Resource": "*",
        "Condition": {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION_ID},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }
    caller = f"arn:aws:iam::{OTHER}:user/Admin"
    inside = across(None, {"Perimeter": (perimeter, [ROOT_ID])})
    assert assumed(inside, caller) is None
    strangers = [replace(each, organization=None) if each.id == OTHER else each for each in inside.accounts]
    outside = service(strangers[0], neighbours=strangers[1:])
    refusal = assumed(outside, caller)
    assert refusal is not None
    assert "resource control policy" in refusal.found
    assert arn_of(RESOURCE, "Perimeter") not in refusal.found, "strangers are not told which policies there are"


def test_a_service_linked_role_is_not_a_bounded_resource() -> None:
    sts = bounded(None, {"NoTokens": (DENY_STS, [ROOT_ID])}, roles=(role(LINKED), role()))
    assert assumed(sts, role_arn=LINKED) is None
    assert assumed(sts) is not None


def test_whose_the_resource_is_can_be_asked_for() -> None:
    keys = {"aws:ResourceAccount": ACCOUNT, "aws:ResourceOrgID": ORGANIZATION_ID}
    paths = f"{ORGANIZATION_ID}/{ROOT_ID}/{PRODUCTION}/"
    only = {
        "Sid": "Others",
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringNotEquals": keys, "ForAllValues:StringNotEquals": {"aws:ResourceOrgPaths": [paths]}},
    }
    assert reads(bounded({"Others": (only, [ROOT_ID])})).allowed
    assert assumed(bounded({"Others": (only, [ROOT_ID])})) is None


@pytest.mark.parametrize("key", ["aws:ResourceOrgID", "aws:resourceaccount", "aws:PrincipalOrgID"])
def test_no_context_replaces_what_the_organization_says(key: str) -> None:
    assert refused(bounded().authorize, USER, action="s3:GetObject", resource=BUCKET, context={key: "x"}).check == "context-keys"


def test_get_caller_identity_and_get_session_token_stay_free() -> None:
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    sts = bounded({"Nothing": (deny, [ROOT_ID])}, {"NoTokens": (DENY_STS, [ROOT_ID])})
    assert sts.get_caller_identity(caller=USER, at=AT).arn == USER
    assert sts.get_session_token(caller=USER, at=AT).credentials.access_key_id.startswith("ASIA")
    assert refused(sts.get_federation_token, caller=USER, name="Bob").check == "authorization"


def test_what_refuses_after_the_bound_is_told_as_well() -> None:
    deny = {"Sid": "NoRoles", "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}
    policies: Policies = {"NoRoles": (deny, [ROOT_ID])}
    refusal = assumed(bounded(policies, {"NoTokens": (DENY_STS, [ROOT_ID])}, roles=(role(trust=trusts(f"arn:aws:iam::{OTHER}:root")),)))
    assert refusal is not None
    sentences = [each.causes[0].sentence for each in (refusal.explanation.first, *refusal.explanation.later)]
    assert ["NoTokens" in sentences[0], "NoRoles" in sentences[1], len(sentences)] == [True, True, 3]


def test_a_level_that_allows_nothing_is_named() -> None:
    refusal = assumed(bounded(full={SERVICE: [each for each in EVERYWHERE if each != PRODUCTION]}))
    assert refusal is not None
    assert (
        f"no service control policy of the unit `Production` ({PRODUCTION}) allows `sts:AssumeRole` on `{ROLE}`: it has none"
        in refusal.cause
    )
    assert refusal.edits[0].instruction.startswith("have a service control policy attached to the unit `Production` that allows")
