"""AssumeRoot and GetDelegatedAccessToken."""

from datetime import timedelta
from typing import Any

import pytest

from federation.policy import Policy
from federation.sts.service import SecurityTokenService
from tests.support.sts import callers
from tests.support.sts.callers import AT, EVERYTHING, ROLE, ROOT, account, refused, service, user
from tests.support.sts.services import TASK, TRADE_IN, delegating, managing
from tests.support.world import ACCOUNT, OTHER, USER

MEMBER_ROOT = f"arn:aws:iam::{OTHER}:root"


@pytest.mark.parametrize("target", [OTHER, MEMBER_ROOT])
@pytest.mark.parametrize("task", [TASK, {"arn": TASK}])
@pytest.mark.parametrize(("asked", "seconds"), [(None, 900), (0, 900), (60, 60), (900, 900)])
def test_a_root_session(target: str, task: Any, asked: int | None, seconds: int) -> None:
    sts = managing()
    answer = sts.assume_root(caller=USER, target_principal=target, task_policy_arn=task, duration_seconds=asked, at=AT)
    assert answer.to_dict().keys() == {"Credentials", "SessionTokenSize", "SessionTokenUtilization"}
    assert answer.credentials.expiration == AT.replace(microsecond=0) + timedelta(seconds=seconds)
    identity = sts.get_caller_identity(caller=answer.credentials, at=AT)
    assert identity.to_dict() == {"UserId": OTHER, "Account": OTHER, "Arn": MEMBER_ROOT}
    assert sts.get_access_key_info(caller=USER, access_key_id=answer.credentials.access_key_id, at=AT).account == OTHER


def test_it_is_root_within_its_task() -> None:
    sts = managing()
    session = sts.assume_root(caller=USER, target_principal=OTHER, task_policy_arn=TASK, at=AT).credentials
    assert sts.authorize(session, action="iam:GetAccountSummary", resource="*", at=AT).allowed
    assert not sts.authorize(session, action="s3:DeleteBucket", resource="*", at=AT).allowed
    keys = sts.caller_for_key(session.access_key_id, session.session_token, at=AT).context_keys(AT)
    assert keys["aws:AssumedRoot"] == "true"
    assert "aws:AssumedRoot" not in sts.caller_for_arn(ROOT).context_keys(AT)
    assert refused(sts.assume_role, caller=session, role_arn=ROLE, role_session_name="session").check == "caller-kind"


@pytest.mark.parametrize("name", [MEMBER_ROOT, OTHER, "*"])
def test_a21_no_resource_policy_widens_its_task(name: str) -> None:
    sts, unknown = managing(), TASK.replace("IAMAuditRootUserCredentials", "SQSUnlockQueuePolicy")
    found = sts.assume_root(caller=USER, target_principal=OTHER, task_policy_arn=unknown, at=AT)
    statement = {"Effect": "Allow", "Principal": {"AWS": name}, "Action": "*", "Resource": "*"}
    queue = Policy.parse(callers.document(statement), kind="resource")
    asked: dict[str, Any] = {"resource": f"arn:aws:sqs:us-east-1:{OTHER}:queue", "resource_policy": queue, "at": AT}
    assert not sts.authorize(found.credentials, action="sqs:DeleteQueue", **asked).allowed


def test_a_member_that_is_a_neighbour() -> None:
    member = account(id=OTHER, users=(user(f"arn:aws:iam::{OTHER}:user/Guest", EVERYTHING),))
    sts = SecurityTokenService(managing().account, neighbours=[member])
    session = sts.assume_root(caller=USER, target_principal=OTHER, task_policy_arn=TASK, at=AT).credentials
    assert sts.get_caller_identity(caller=session, at=AT).arn == MEMBER_ROOT


def test_the_source_identity_is_inherited() -> None:
    sts = managing()
    chained = sts.assume_role(caller=USER, role_arn=ROLE, role_session_name="session", source_identity="alice", at=AT).credentials
    answer = sts.assume_root(caller=chained, target_principal=OTHER, task_policy_arn=TASK, at=AT)
    assert answer.to_dict()["SourceIdentity"] == "alice"


@pytest.mark.parametrize(
    ("target", "task", "check", "message"),
    [
        (USER, TASK, "target-principal", "Request must contain a valid target principal"),
        (f"{OTHER}:root", TASK, "target-principal", "Request must contain a valid target principal"),
        (f"arn:aws:iam::{OTHER}", TASK, "target-principal", "Request must contain a valid target principal"),
        (OTHER + "\n", TASK, "target-principal", "Request must contain a valid target principal"),
        (OTHER, TASK + "x", "task-policy-arn", "Request must contain valid AWS managed task policy ARN"),
        (OTHER, "arn:aws:iam::aws:policy/AdministratorAccess", "task-policy-arn", "Request must contain valid AWS managed task policy ARN"),
        (
            OTHER,
            None,
            "task-policy-arn",
            "1 validation error detected: Value null at 'taskPolicyArn' failed to satisfy constraint: Member must not be null",
        ),
    ],
)
def test_parameters(target: str, task: Any, check: str, message: str) -> None:
    refusal = refused(managing().assume_root, caller=USER, target_principal=target, task_policy_arn=task)
    assert (refusal.check, refusal.message) == (check, message)


def test_longer_than_a_root_session_may_be() -> None:
    call = {"caller": USER, "target_principal": OTHER, "task_policy_arn": TASK}
    assert refused(managing().assume_root, **call, duration_seconds=901).check == "duration-seconds"


@pytest.mark.parametrize("target", [ACCOUNT, "999999999999"])
def test_accounts_in_which_root_may_not_be_assumed(target: str) -> None:
    refusal = refused(managing().assume_root, caller=USER, target_principal=target, task_policy_arn=TASK)
    assert refusal.check == "authorization"
    assert refusal.message == f"User: {USER} is not authorized to perform: sts:AssumeRoot on resource: arn:aws:iam::{target}:root"
    assert refused(service().assume_root, caller=USER, target_principal=OTHER, task_policy_arn=TASK).check == "authorization"


def test_who_may_assume_root() -> None:
    assert refused(managing().assume_root, caller=ROOT, target_principal=OTHER, task_policy_arn=TASK).check == "caller-kind"
    other = {"Effect": "Allow", "Action": "sts:AssumeRoot", "Resource": "*", "Condition": {"ArnEquals": {"sts:TaskPolicyArn": TASK + "x"}}}
    assert refused(managing(other).assume_root, caller=USER, target_principal=OTHER, task_policy_arn=TASK).check == "authorization"


def test_a_trade_in_token_is_exchanged_once() -> None:
    sts = delegating()
    answer = sts.get_delegated_access_token(caller=USER, trade_in_token=TRADE_IN, at=AT)
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/product"
    assert answer.to_dict() == {
        "Credentials": answer.credentials.to_dict(),
        "PackedPolicySize": answer.packed_policy_size,
        "AssumedPrincipal": arn,
    }
    assert sts.get_caller_identity(caller=answer.credentials, at=AT).arn == arn
    assert refused(sts.get_delegated_access_token, caller=USER, trade_in_token=TRADE_IN).check == "trade-in-token"


def test_trade_in_tokens_that_are_none_or_have_ended() -> None:
    sts = delegating()
    assert refused(sts.get_delegated_access_token, caller=USER, trade_in_token="another").check == "trade-in-token"
    late = refused(sts.get_delegated_access_token, caller=USER, trade_in_token=TRADE_IN, at=AT + timedelta(minutes=5))
    assert late.code == "ExpiredTradeInTokenException"
    assert TRADE_IN not in str(late)
    assert refused(sts.get_delegated_access_token, caller=USER, trade_in_token=None).check == "trade-in-token"
