"""What decides between the policies of two sides: who is excused, what is told, and which questions no operation asks."""

from dataclasses import replace
from typing import Any

import pytest

from federation.account.organization import Organization
from federation.policy import Policy
from federation.sts.authorization.evaluation import account_in
from federation.sts.authorization.gate import REFUSED, barred
from federation.sts.authorization.own_actions import own_action
from federation.sts.callers.caller import CallerKind
from federation.sts.service import SecurityTokenService
from tests.support.sts.callers import AT, EVERYTHING, ROLE, ROOT, account, document, refused, role, service, trusts, user
from tests.support.sts.services import TASK, managing
from tests.support.world import ACCOUNT, OTHER, USER

BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/Boundary"
BUCKET = "arn:aws:s3:::bucket/key"
STS = {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
DENYING = Policy.stored(document({"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}), kind="trust")
NOTHING: list[dict[str, Any]] = []


def held(*identity: Any, boundary: Any = None, **more: Any) -> SecurityTokenService:
    """A service whose user has these statements, and a boundary where one is given."""
    managed = {BOUNDARY: Policy.parse(document(boundary), kind="boundary")} if boundary else {}
    return service(account(users=(user(USER, *identity, permissions_boundary=BOUNDARY if boundary else None),), managed=managed, **more))


@pytest.mark.parametrize(
    ("arn", "found"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/R", ACCOUNT),
        ("arn:aws:iam::1:a:b:c", "1"),
        ("arn:aws:s3:::bucket", None),
        ("arn:aws:iam::1", None),
        ("urn:aws:iam::1:a", None),
        ("*", None),
        ("", None),
        (None, None),
        (1, None),
    ],
)
def test_the_account_in_an_arn(arn: object, found: str | None) -> None:
    assert account_in(arn) == found


@pytest.mark.parametrize(
    ("arguments", "check"),
    [
        ({"resource": ""}, "resource"),
        ({"resource": None}, "resource"),
        ({"resource": 7}, "resource"),
        ({"resource_policy": Policy.parse(document(READ), kind="identity")}, "resource-policy"),
        ({"resource_policy": Policy.parse(document(READ), kind="boundary")}, "resource-policy"),
        ({"resource_policy": document(READ)}, "resource-policy"),
        ({"resource_policy": ""}, "resource-policy"),
        ({"resource_account": "1234"}, "resource-account"),
        ({"resource_account": ""}, "resource-account"),
        ({"resource_account": int(ACCOUNT)}, "resource-account"),
        ({"context": ["a"]}, "context-keys"),
        ({"context": "a"}, "context-keys"),
        ({"context": {"a:b": {"x": "y"}}}, "context-keys"),
        ({"context": {"a:b": None}}, "context-keys"),
    ],
)
def test_a_question_has_the_parts_of_one(arguments: dict[str, Any], check: str) -> None:
    words = {"action": "s3:GetObject", "resource": BUCKET, **arguments}
    assert refused(service().authorize, USER, **words).check == check


def test_the_account_of_a_resource_is_the_one_that_is_said_or_in_its_arn_or_the_callers() -> None:
    sts = held(READ)
    for resource, said, allowed in (
        (BUCKET, None, True),
        (BUCKET, OTHER, False),
        (f"arn:aws:s3::{OTHER}:key", None, False),
        (f"arn:aws:s3::{OTHER}:key", ACCOUNT, True),
    ):
        assert sts.authorize(USER, action="s3:GetObject", resource=resource, resource_account=said, at=AT).allowed is allowed


def test_a_grant_has_no_reason_and_no_message() -> None:
    granted = held(READ).authorize(USER, action="s3:GetObject", resource=BUCKET, at=AT)
    assert (granted.explicit_deny, granted.reason, granted.encoded_message) == (False, "", None)
    told = granted.as_dict()
    assert [told[name] for name in ("allowed", "message", "refusing", "barred", "encoded_message")] == [True, None, None, None, None]
    silent = held(EVERYTHING).authorize(USER, action="sqs:SendMessage", resource=f"arn:aws:sqs:us-east-1:{OTHER}:queue", at=AT)
    assert (silent.allowed, silent.explicit_deny) == (False, False)
    assert silent.encoded_message
    denied = held(EVERYTHING, DENY).authorize(USER, action="s3:GetObject", resource=BUCKET, at=AT)
    assert (denied.allowed, denied.explicit_deny) == (False, True)
    assert (denied.as_dict()["message"], denied.as_dict()["barred"]) == (denied.message, None)


SILENT, IDENTITY_DENIES = "because no identity-based policy allows the {} action", "with an explicit deny in an identity-based policy"


@pytest.mark.parametrize(
    ("identity", "boundary", "trust", "told"),
    [
        ([STS], None, trusts(f"arn:aws:iam::{OTHER}:root"), ""),
        ([STS], None, DENYING, ""),
        (NOTHING, None, trusts(ROOT), SILENT),
        (NOTHING, None, DENYING, SILENT),
        ([STS, DENY], None, trusts(ROOT), IDENTITY_DENIES),
        ([STS, DENY], None, DENYING, IDENTITY_DENIES),
        (NOTHING, DENY, trusts(ROOT), "with an explicit deny in a permissions boundary"),
        (NOTHING, DENY, DENYING, "with an explicit deny in a permissions boundary"),
        ([STS], READ, trusts(ROOT), "because no permissions boundary allows the {} action"),
    ],
)
def test_of_a_role_only_what_lies_with_the_caller_is_told(identity: Any, boundary: Any, trust: Policy, told: str) -> None:
    sts = held(*identity, boundary=boundary, roles=(role(trust=trust),))
    answer = sts.authorize(USER, action="sts:AssumeRole", resource=ROLE, at=AT)
    words = f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    assert answer.message == f"{words} {told.format('sts:AssumeRole')}".rstrip()
    assert answer.evaluation.callers_reason == told.format("sts:AssumeRole")


def test_whom_the_trust_policy_names_needs_no_policy_of_his_own_and_has_nothing_to_be_told() -> None:
    for trust, allowed in ((trusts(USER), True), (trusts(ROOT), False), (trusts("*"), False)):
        answer = held(roles=(role(trust=trust),)).authorize(USER, action="sts:AssumeRole", resource=ROLE, at=AT)
        assert answer.allowed is allowed
        assert answer.evaluation.callers_reason == ("" if allowed else SILENT.format("sts:AssumeRole"))
    assert held(STS, roles=(role(trust=trusts("*")),)).authorize(USER, action="sts:AssumeRole", resource=ROLE, at=AT).allowed


def test_a_role_is_in_the_account_that_its_arn_names() -> None:
    sts = held()
    for arn, allowed in ((f"arn:aws:iam::{OTHER}:role/R", False), ("arn:aws:iam:::role/R", True), (f"arn:aws:iam::{ACCOUNT}:role/R", True)):
        assert sts.authorize(USER, action="sts:AssumeRole", resource=arn, resource_policy=trusts(USER), at=AT).allowed is allowed


@pytest.mark.parametrize(
    ("access", "member", "who", "reason"),
    [
        ({OTHER}, OTHER, USER, ""),
        (set(), OTHER, USER, "because the account of the caller may not assume root in that account"),
        ({OTHER, ACCOUNT}, ACCOUNT, USER, "because the account of the caller may not assume root in that account"),
        ({OTHER}, OTHER, ROOT, "because AssumeRoot does not answer the root of an account"),
        (set(), OTHER, ROOT, "because AssumeRoot does not answer the root of an account"),
        (None, OTHER, USER, "because the account of the caller may not assume root in that account"),
    ],
)
def test_root_of_a_member_account(access: set[str] | None, member: str, who: str, reason: str) -> None:
    organization = None if access is None else Organization(id="o-1", paths=("o-1/r-1/",), root_access=frozenset(access))
    resource = f"arn:aws:iam::{member}:root"
    answer = held(EVERYTHING, organization=organization).authorize(who, action="sts:AssumeRoot", resource=resource, at=AT)
    assert (answer.allowed, answer.reason) == (not reason, reason)
    where = f" on resource: {resource}" if who == USER else ""
    assert answer.message == (f"User: {who} is not authorized to perform: sts:AssumeRoot{where}" if reason else "")


def test_a_root_session_is_not_let_in_by_naming_its_root() -> None:
    sts = managing()
    session = sts.assume_root(caller=USER, target_principal=OTHER, task_policy_arn=TASK, at=AT).credentials
    names_it = Policy.parse(document({**READ, "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}}), kind="resource")
    answer = sts.authorize(session, action="s3:GetObject", resource=BUCKET, resource_account=OTHER, resource_policy=names_it, at=AT)
    assert not answer.allowed


@pytest.mark.parametrize(
    "action",
    [
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "AssumeRoot",
        "DecodeAuthorizationMessage",
        "GetAccessKeyInfo",
        "GetCallerIdentity",
        "GetDelegatedAccessToken",
        "GetFederationToken",
        "GetSessionToken",
        "GetWebIdentityToken",
        "SetContext",
        "SetSourceIdentity",
        "TagGetWebIdentityToken",
        "TagSession",
    ],
)
def test_actions_of_sts_are_known_in_any_case(action: str) -> None:
    for spelling in (f"sts:{action}", f"STS:{action.upper()}", f"sts:{action.lower()}"):
        assert own_action(spelling) == f"sts:{action}"
    for other in (f"sts:{action}x", f"s3:{action}", action, "", None, 7):
        assert own_action(other) is None


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:SetContext"])
def test_only_tags_are_asked_about_a_federated_user_beside_the_token_itself(action: str) -> None:
    bob = f"arn:aws:sts::{ACCOUNT}:federated-user/Bob"
    assert refused(held(STS).authorize, USER, action=action, resource=bob).check == "resource"
    assert held(STS).authorize(USER, action="sts:TagSession", resource=bob, at=AT).allowed


@pytest.mark.parametrize(
    "action", ["sts:GetAccessKeyInfo", "sts:DecodeAuthorizationMessage", "sts:GetWebIdentityToken", "sts:TagGetWebIdentityToken"]
)
def test_an_operation_knows_its_own_resource(action: str) -> None:
    known = f"arn:aws:sts::{ACCOUNT}:self" if action.endswith("GetWebIdentityToken") else "*"
    for resource in ("*", known):
        assert held(STS).authorize(USER, action=action, resource=resource, at=AT).evaluation.request.resource == known
    assert refused(held(STS).authorize, USER, action=action, resource=f"arn:aws:sts::{ACCOUNT}:selfx").check == "resource"


@pytest.mark.parametrize("resource", ["arn:aws:iam:::root", f"arn:aws:iam::{OTHER}:rootx", f"arn:aws:s3::{OTHER}:root", OTHER, "*"])
def test_a_member_is_named_by_its_root(resource: str) -> None:
    assert refused(managing().authorize, USER, action="sts:AssumeRoot", resource=resource).check == "resource"


def test_a_context_key_is_a_text() -> None:
    context: Any = {1: "x"}
    assert refused(held(STS).authorize, USER, action="sts:AssumeRole", resource=ROLE, context=context).check == "context-keys"


ANSWERED = {
    "AssumeRole": {CallerKind.USER, CallerKind.ROLE_SESSION, CallerKind.USER_SESSION},
    "AssumeRoot": {CallerKind.USER, CallerKind.ROLE_SESSION, CallerKind.USER_SESSION},
    "DecodeAuthorizationMessage": set(CallerKind) - {CallerKind.USER_SESSION, CallerKind.FEDERATED_USER},
    "GetAccessKeyInfo": set(CallerKind) - {CallerKind.USER_SESSION, CallerKind.FEDERATED_USER},
    "GetCallerIdentity": set(CallerKind),
    "GetDelegatedAccessToken": {CallerKind.USER, CallerKind.ROOT, CallerKind.ROLE_SESSION},
    "GetFederationToken": {CallerKind.USER, CallerKind.ROOT},
    "GetSessionToken": {CallerKind.USER, CallerKind.ROOT},
    "GetWebIdentityToken": set(CallerKind) - {CallerKind.FEDERATED_USER, CallerKind.ROOT_SESSION},
}


def test_which_credentials_each_operation_answers() -> None:
    assert REFUSED.keys() == ANSWERED.keys()
    sts = managing()
    caller = sts.caller_for_arn(USER)
    for operation, answered in ANSWERED.items():
        for kind in CallerKind:
            bar = barred(operation, replace(caller, kind=kind))
            assert (bar is None) is (kind in answered)
            if bar is not None:
                assert bar.reason == f"because {operation} does not answer {kind}"
                assert bar.message


def test_the_session_of_a_root_is_answered_as_the_root_where_roots_are_refused() -> None:
    session = managing().get_session_token(caller=ROOT, at=AT).credentials
    caller = managing().caller_for_key(session.access_key_id, session.session_token, at=AT)
    assert (caller.kind, caller.is_root) == (CallerKind.USER_SESSION, True)
    told = {operation: bar.reason.partition(" answer ")[2] for operation in ANSWERED if (bar := barred(operation, caller)) is not None}
    assert told == {
        "AssumeRole": CallerKind.ROOT,
        "AssumeRoot": CallerKind.ROOT,
        "DecodeAuthorizationMessage": CallerKind.USER_SESSION,
        "GetAccessKeyInfo": CallerKind.USER_SESSION,
        "GetDelegatedAccessToken": CallerKind.USER_SESSION,
        "GetFederationToken": CallerKind.USER_SESSION,
        "GetSessionToken": CallerKind.USER_SESSION,
    }
