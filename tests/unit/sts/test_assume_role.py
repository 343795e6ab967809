"""AssumeRole: every step grants what it should and refuses by its own check."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from federation.errors import FederationError
from federation.identity import SessionTag
from federation.policy import Policy
from federation.sts.operations.results import AssumedRole
from federation.sts.service import SecurityTokenService
from federation.testing.mfa import mfa_code
from tests.support.sts import callers
from tests.support.sts.callers import AT, EVERYTHING, MFA, ROLE, ROOT, account, refused, role, service, trusts, user
from tests.support.world import ACCOUNT, OTHER, USER

NOBODY = user(USER)
OTHER_ROOT = f"arn:aws:iam::{OTHER}:root"
MAY_ASSUME = {"Effect": "Allow", "Action": "sts:*", "Resource": ROLE}


def ask(sts: SecurityTokenService, *, caller: Any = USER, **call: Any) -> AssumedRole:
    return sts.assume_role(**{"caller": caller, "role_arn": ROLE, "role_session_name": "session", "at": AT, **call})


def denied(sts: SecurityTokenService, **call: Any) -> FederationError:
    return refused(sts.assume_role, **{"caller": USER, "role_arn": ROLE, "role_session_name": "session", **call})


def test_the_answer() -> None:
    sts = service()
    answer = ask(sts, duration_seconds=900)
    assert answer.to_dict() == {
        "Credentials": answer.credentials.to_dict(),
        "AssumedRoleUser": {
            "AssumedRoleId": "AROA123456789EXAMPLE:session",
            "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/session",
        },
        "PackedPolicySize": answer.session_token_utilization,
        "SessionTokenUtilization": answer.session_token_utilization,
        "SessionTokenSize": len(answer.credentials.session_token),
    }
    assert answer.credentials.expiration == AT.replace(microsecond=0) + timedelta(seconds=900)
    assert sts.get_caller_identity(caller=answer.credentials, at=AT).arn == answer.assumed_role_user.arn


@pytest.mark.parametrize("name", [USER, "AIDACKCEVSQ6C2EXAMPLE"])
def test_a_trust_policy_that_names_the_user_is_enough_in_its_own_account(name: str) -> None:
    ask(service(account(users=(NOBODY,), roles=(role(trust=trusts(name)),))))


@pytest.mark.parametrize("names", [(ROOT,), (ACCOUNT,), ("*",)])
def test_one_that_names_the_account_or_everyone_leaves_it_to_the_users_own_policies(names: tuple[str, ...]) -> None:
    refusal = denied(service(account(users=(NOBODY,), roles=(role(trust=trusts(*names)),))))
    assert refusal.check == "authorization"
    assert refusal.message == (
        f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE} "
        "because no identity-based policy allows the sts:AssumeRole action"
    )
    ask(service(account(users=(user(USER, MAY_ASSUME),), roles=(role(trust=trusts(*names)),))))


def test_another_account_needs_both_sides() -> None:
    ours = service(account(roles=(role(trust=trusts(OTHER_ROOT)),)))
    arn = f"arn:aws:iam::{OTHER}:user/Guest"
    ask(ours, caller=service(account(id=OTHER, users=(user(arn, MAY_ASSUME),))).caller_for_arn(arn))
    silent = service(account(id=OTHER, users=(user(arn),))).caller_for_arn(arn)
    assert denied(ours, caller=silent).check == "authorization"
    directly = service(account(roles=(role(trust=trusts(arn)),)))
    assert denied(directly, caller=silent).check == "authorization"
    untrusting = service(account(roles=(role(trust=trusts(ROOT)),)))
    guest = service(account(id=OTHER, users=(user(arn, MAY_ASSUME),))).caller_for_arn(arn)
    assert denied(untrusting, caller=guest).check == "authorization"


def test_a_role_that_does_not_exist_reads_like_one_that_does_not_trust() -> None:
    sts = service(account(roles=(role(trust=trusts(OTHER_ROOT)),)))
    untrusted, unknown = denied(sts), denied(sts, role_arn=ROLE + "x")
    assert untrusted.message.replace(ROLE, "") == unknown.message.replace(ROLE + "x", "")
    nobody = service(account(users=(NOBODY,), roles=(role(trust=trusts(OTHER_ROOT)),)))
    untrusted, unknown = denied(nobody), denied(nobody, role_arn=ROLE + "x")
    assert untrusted.message.replace(ROLE, "") == unknown.message.replace(ROLE + "x", "")


@pytest.mark.parametrize("arn", [USER, "arn:aws:iam::123456789012:role/", "arn:aws:s3:::bucket/with-a-long-name"])
def test_an_arn_of_something_else(arn: str) -> None:
    refusal = denied(service(), role_arn=arn)
    assert (refusal.check, refusal.message) == ("role-arn", f"{arn} is invalid")


@pytest.mark.parametrize("caller", [ROOT])
def test_roots_assume_no_roles(caller: str) -> None:
    sts = service()
    refusal = denied(sts, caller=caller)
    assert (refusal.check, refusal.message) == ("caller-kind", "Roles may not be assumed by root accounts.")
    session = sts.get_session_token(caller=caller, at=AT).credentials
    assert denied(sts, caller=session).check == "caller-kind"


def test_federated_users_assume_no_roles() -> None:
    sts = service()
    federated = sts.get_federation_token(caller=USER, name="Bob", at=AT).credentials
    assert denied(sts, caller=federated).check == "caller-kind"


def test_a_deny_anywhere_wins() -> None:
    deny = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}
    sts = service(account(users=(user(USER, EVERYTHING, deny),), roles=(role(trust=trusts(USER)),)))
    assert denied(sts).message.endswith("with an explicit deny in an identity-based policy")
    statement = {"Effect": "Deny", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}
    trust = Policy.parse(callers.document(allow, statement), kind="trust")
    refusal = denied(service(account(roles=(role(trust=trust),))))
    assert refusal.message == f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"


def test_a_denial_can_be_decoded() -> None:
    sts = service(account(roles=(role(trust=trusts(OTHER_ROOT)),)))
    message = denied(sts).encoded_message  # type: ignore[attr-defined]
    decoded = sts.decode_authorization_message(caller=USER, encoded_message=message, at=AT).decoded_message
    assert '"action":"sts:AssumeRole"' in decoded
    assert '"name":"DevAdmin"' in decoded


def test_external_id() -> None:
    trust = trusts(ROOT, Condition={"StringEquals": {"sts:ExternalId": "example"}})
    sts = service(account(roles=(role(trust=trust),)))
    ask(sts, external_id="example")
    assert denied(sts, external_id="another").check == "authorization"
    assert denied(sts).check == "authorization"


def test_multi_factor_authentication() -> None:
    trust = trusts(ROOT, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "60"}})
    sts = service(account(roles=(role(trust=trust),)))
    assert denied(sts).check == "authorization"
    present = mfa_code(callers.MFA_DEVICE, at=AT)
    session = ask(sts, serial_number=MFA, token_code=present)
    assert sts.caller_for_key(session.credentials.access_key_id, session.credentials.session_token, at=AT).mfa_at is not None
    assert denied(sts, serial_number=MFA, token_code=present).check == "mfa-code"
    assert denied(sts, serial_number=MFA + "x", token_code=present).check == "mfa-device"
    assert denied(sts, serial_number=MFA).check == "mfa-parameters"


def test_a_session_with_a_second_factor_satisfies_the_same_condition() -> None:
    trust = trusts(ROOT, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    sts = service(account(roles=(role(trust=trust),)))
    plain = sts.get_session_token(caller=USER, at=AT).credentials
    assert denied(sts, caller=plain).check == "authorization"
    proved = sts.get_session_token(caller=USER, serial_number=MFA, token_code=mfa_code(callers.MFA_DEVICE, at=AT), at=AT).credentials
    ask(sts, caller=proved)


def test_tags_need_permission_to_tag() -> None:
    tags = [{"Key": "team", "Value": "blue"}]
    sts = service(account(roles=(role(trust=trusts(ROOT, actions=("sts:AssumeRole",))),)))
    refusal = denied(sts, tags=tags)
    assert refusal.message == f"User: {USER} is not authorized to perform: sts:TagSession on resource: {ROLE}"
    ask(service(), tags=tags)


@pytest.mark.parametrize(
    ("call", "check", "message"),
    [
        (
            {"tags": [{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}]},
            "tags",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        ({"tags": [{"Key": "aws:x", "Value": ""}]}, "tags", None),
        ({"transitive_tag_keys": ["a"]}, "transitive-tag-keys", "The specified transitive tag key must be included in the requested tags."),
        ({"source_identity": "aws"}, "authorization", None),
        (
            {"provided_contexts": [{"ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter", "ContextAssertion": "abcd"}]},
            "authorization",
            None,
        ),
    ],
)
def test_what_the_session_may_not_be(call: dict[str, Any], check: str, message: str | None) -> None:
    sts = service(account(roles=(role(trust=trusts(ROOT, actions=("sts:AssumeRole", "sts:TagSession"))),)))
    refusal = denied(sts, **call)
    assert refusal.check == check
    assert message is None or refusal.message == message


def test_context_assertions_are_refused_where_policies_allow_them() -> None:
    trust = trusts(ROOT, actions=("sts:AssumeRole", "sts:SetContext"))
    contexts = [{"ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter", "ContextAssertion": "abcd"}]
    assert denied(service(account(roles=(role(trust=trust),))), provided_contexts=contexts).check == "provided-contexts"


def chained(first: SecurityTokenService, **call: Any) -> Any:
    return ask(first, **call).credentials


def test_transitive_tags_go_along_and_stay() -> None:
    second = f"arn:aws:iam::{ACCOUNT}:role/Second"
    sts = service(account(roles=(role(), role(second, tags=(SessionTag("team", "own"), SessionTag("cost", "1"))))))
    tags = [{"Key": "Team", "Value": "blue"}, {"Key": "once", "Value": "x"}]
    one = chained(sts, tags=tags, transitive_tag_keys=["Team"])
    two = ask(sts, caller=one, role_arn=second).credentials
    caller = sts.caller_for_key(two.access_key_id, two.session_token, at=AT)
    assert caller.session_tags == (SessionTag("Team", "blue"),)
    assert set(caller.tags) == {SessionTag("Team", "blue"), SessionTag("cost", "1")}
    assert caller.transitive_tag_keys == ("Team",)
    conflict = denied(sts, caller=one, role_arn=second, tags=[{"Key": "TEAM", "Value": "red"}])
    assert (conflict.check, conflict.code) == ("transitive-tag-conflict", "InvalidParameterValue")


def test_inherited_tags_need_permission_to_tag_as_well() -> None:
    second = f"arn:aws:iam::{ACCOUNT}:role/Second"
    sts = service(account(roles=(role(), role(second, trust=trusts(ROOT, actions=("sts:AssumeRole",))))))
    one = chained(sts, tags=[{"Key": "team", "Value": "blue"}], transitive_tag_keys=["team"])
    assert "sts:TagSession" in denied(sts, caller=one, role_arn=second).message


def test_the_source_identity_stays_the_same_along_a_chain() -> None:
    second = f"arn:aws:iam::{ACCOUNT}:role/Second"
    sts = service(account(roles=(role(), role(second))))
    one = chained(sts, source_identity="alice")
    assert ask(sts, caller=one, role_arn=second).source_identity == "alice"
    assert ask(sts, caller=one, role_arn=second, source_identity="alice").to_dict()["SourceIdentity"] == "alice"
    assert denied(sts, caller=one, role_arn=second, source_identity="bob").check == "source-identity-chain"
    assert denied(sts, source_identity="aws:alice").check == "source-identity"


def test_chained_sessions_last_an_hour_at_most() -> None:
    sts = service()
    one = chained(sts)
    ask(sts, caller=one, duration_seconds=3600)
    refusal = denied(sts, caller=one, duration_seconds=3601)
    assert refusal.check == "chained-duration"
    assert refusal.message == "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."


def test_no_longer_than_the_role_allows() -> None:
    sts = service(account(roles=(role(longest=3600),)))
    assert denied(sts, duration_seconds=3601).check == "duration"
    assert denied(sts, duration_seconds=899).message == (
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: "
        "Member must have value greater than or equal to 900"
    )


def test_a_session_ends_with_its_role() -> None:
    sts = service()
    session = ask(sts).credentials
    again = service(callers.with_roles(sts.account, replace(role(), role_id="AROAANOTHER123456789")))
    assert refused(again.caller_for_key, session.access_key_id, session.session_token).check == "session-token"


def test_session_policies_narrow() -> None:
    sts = service()
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
    session = ask(sts, policy=policy).credentials
    assert sts.authorize(session, action="s3:GetObject", resource="arn:aws:s3:::b/k", at=AT).allowed
    denial = sts.authorize(session, action="s3:PutObject", resource="arn:aws:s3:::b/k", at=AT)
    assert denial.reason == "because no session policy allows the s3:PutObject action"
    assert denied(sts, policy="{").check == "policy-json"
    assert denied(sts, policy_arns=[f"arn:aws:iam::{ACCOUNT}:policy/none"]).check == "policy-arns"


def test_an_inline_policy_has_its_documented_length() -> None:
    """The service model bounds it in every operation but this one; AWS documents the bound for all."""
    sts = service()
    policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
    assert ask(sts, policy=policy.ljust(2048)).packed_policy_size < 100
    error = denied(sts, policy=policy.ljust(2049))
    assert (error.code, error.check) == ("PackedPolicyTooLarge", "session-policy-length")
    assert error.message == "Packed policy consumes 101% of allotted space, please use smaller policy."


def test_sessions_can_be_revoked_by_their_start() -> None:
    """AWS's own way: an inline policy that denies everything to sessions begun before an instant."""
    revoke = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-11-24T12:30:00Z"}},
    }
    sts = service()
    old = ask(sts).credentials
    revoking = service(callers.with_roles(sts.account, role(allow=(EVERYTHING, revoke))))
    new = ask(revoking, at=AT + timedelta(hours=1)).credentials
    later = AT + timedelta(minutes=59)
    assert not revoking.authorize(old, action="s3:ListAllMyBuckets", resource="*", at=later).allowed
    assert revoking.authorize(new, action="s3:ListAllMyBuckets", resource="*", at=AT + timedelta(hours=1)).allowed


def test_too_many_tags_for_one_token() -> None:
    letters = Random(1)  # noqa: S311 - the same noise each time
    tags = [{"Key": f"key{n}", "Value": "".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=256))} for n in range(50)]
    assert denied(service(), tags=tags).check == "session-token-size"
