"""AssumeRoot: a session as the root of a member account, limited by a task policy (docs/observed.md 1.4)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import ClassVar, Final

from federation import aws_texts, limits
from federation.calls.record import Call, call_record, check_parameters, parameter
from federation.errors import ValidationError, show
from federation.sts import constraints
from federation.sts.authorization.authorize import refuse
from federation.sts.authorization.gate import check_caller
from federation.sts.operations.context import Context
from federation.sts.operations.results import AssumedRoot
from federation.sts.results import issued
from federation.sts.sessions.lifetime import check_calendar
from federation.sts.sessions.packing import seal_items
from federation.sts.sessions.user_sessions import ROOT_SESSION, RootSession

TASK_POLICIES: Final = (
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
)
"""The task policies of root sessions, below ``arn:<partition>:iam::aws:policy/root-task/``."""


@call_record
class AssumeRoot(Call):
    """The parameters of AssumeRoot."""

    operation: ClassVar[str] = "AssumeRoot"

    target_principal: str = parameter(constraints.TARGET_PRINCIPAL, audit="included")
    task_policy_arn: object = parameter(constraints.TASK_POLICY_ARN, audit="included")
    duration_seconds: int | None = parameter(constraints.ROOT_DURATION, audit="included", default=None)
    minimum_session_token_size: int | None = parameter(constraints.SESSION_TOKEN_SIZE, audit="included", default=None)


def assume_root(call: AssumeRoot, context: Context) -> AssumedRoot:
    """Issue a session as the root of a member account.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameters satisfy the service model, and name an account and a task.
    check_parameters(call)
    account = _target(call.target_principal, context)
    task_policy = _task_policy(call.task_policy_arn, context)
    # 2. The caller is not a root, its policies allow the action, and its account manages root access of the member account.
    check_caller(call, context.caller)
    _check_allowed(account, task_policy, context)
    # 3. The session is sealed into a token within the size limit.
    check_calendar(context.at)
    start = context.at.replace(microsecond=0)
    session = RootSession(
        account=account,
        task_policy=task_policy,
        issued_at=start,
        # DurationSeconds 0 satisfies the model and means the default.
        expires_at=start + timedelta(seconds=call.duration_seconds or limits.ASSUMED_ROOT_SECONDS),
        source_identity=context.caller.source_identity,
    )
    sealed = seal_items(
        session.items(),
        context.callers.member_sealer(account).at(context.at),
        kind=ROOT_SESSION,
        named=session.named,
        minimum_size=call.minimum_session_token_size or 0,
    )
    return AssumedRoot(source_identity=session.source_identity, **issued(sealed, expires_at=session.expires_at))


def _target(target: str, context: Context) -> str:
    """Return the account id of *target*, which is an account id or the ARN of a root."""
    match = re.fullmatch(rf"(?:arn:{re.escape(context.account.partition)}:iam::)?(\d{{12}})(:root)?", target, re.ASCII)
    if match is None or target.startswith("arn:") != (match[2] is not None):
        raise ValidationError(
            check="target-principal",
            expected="a member account, by its twelve digits or the ARN of its root",
            found=show(target),
            remedy="correct the parameter",
            message=aws_texts.parameters.TARGET_PRINCIPAL,
        )
    return match[1]


def _task_policy(given: object, context: Context) -> str:
    arn = str(constraints.TASK_POLICY_ARN.member(given, "arn"))
    prefix = f"arn:{context.account.partition}:iam::aws:policy/root-task/"
    if not arn.startswith(prefix) or arn.removeprefix(prefix) not in TASK_POLICIES:
        raise ValidationError(
            check="task-policy-arn",
            expected=f"{prefix} and one of {', '.join(TASK_POLICIES)}",
            found=show(arn),
            remedy="correct the parameter",
            message=aws_texts.parameters.TASK_POLICY,
        )
    return arn


def _check_allowed(account: str, task_policy: str, context: Context) -> None:
    """Require that the caller's policies allow the action, and centralised root access to that account."""
    authorization = context.question({"sts:TaskPolicyArn": task_policy}).on_root(account)
    if not authorization.allowed:
        raise refuse(authorization)
