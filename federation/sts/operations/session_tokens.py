"""GetSessionToken and GetFederationToken: sessions for long-term keys (docs/observed.md 1.9, 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from federation import limits
from federation.calls.record import Call, call_record, check_parameters, parameter
from federation.identity import SessionTag
from federation.sts import constraints
from federation.sts.authorization.authorize import refuse
from federation.sts.authorization.gate import check_caller
from federation.sts.authorization.own_actions import GET_FEDERATION_TOKEN, TAG_SESSION
from federation.sts.callers.caller import Caller
from federation.sts.callers.mfa import check_mfa
from federation.sts.operations.context import Context
from federation.sts.operations.requested_tags import read_tags, tag_keys
from federation.sts.operations.results import FederationToken, SessionToken
from federation.sts.results import issued
from federation.sts.sessions.lifetime import check_calendar
from federation.sts.sessions.packing import seal_items
from federation.sts.sessions.policies import check_session_policies
from federation.sts.sessions.user_sessions import FEDERATED_USER_SESSION, USER_SESSION, FederatedUserSession, UserSession


@call_record
class GetSessionToken(Call):
    """The parameters of GetSessionToken."""

    operation: ClassVar[str] = "GetSessionToken"

    duration_seconds: int | None = parameter(constraints.USER_DURATION, audit="included", default=None)
    serial_number: str | None = parameter(constraints.SERIAL_NUMBER, audit="included", default=None)
    token_code: str | None = parameter(constraints.TOKEN_CODE, audit="withheld", default=None)
    minimum_session_token_size: int | None = parameter(constraints.SESSION_TOKEN_SIZE, audit="included", default=None)


@call_record
class GetFederationToken(Call):
    """The parameters of GetFederationToken."""

    operation: ClassVar[str] = "GetFederationToken"

    name: str = parameter(constraints.FEDERATED_NAME, audit="included")
    policy: str | None = parameter(constraints.POLICY, audit="included", default=None)
    policy_arns: Sequence[object] = parameter(constraints.POLICY_ARNS, audit="included", default=())
    duration_seconds: int | None = parameter(constraints.USER_DURATION, audit="included", default=None)
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included", default=())
    minimum_session_token_size: int | None = parameter(constraints.SESSION_TOKEN_SIZE, audit="included", default=None)


def get_session_token(call: GetSessionToken, context: Context) -> SessionToken:
    """Issue a session of the calling user or root. No permission is required, and no policy can deny it.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameters satisfy the service model.
    check_parameters(call)
    # 2. The caller has a long-term key.
    check_caller(call, context.caller)
    # 3. The MFA code, where one is passed, is valid for a device of the caller.
    mfa = check_mfa(
        context.caller.mfa_devices, serial_number=call.serial_number, token_code=call.token_code, at=context.at, used=context.state
    )
    # 4. The session is sealed into a token within the size limit.
    start, end = _period(context.caller, call.duration_seconds, context.at)
    session = UserSession(
        user=_user_of(context.caller),
        user_id=context.caller.user_id,
        issued_at=start,
        expires_at=end,
        mfa_at=None if mfa is None else start,
    )
    sealed = seal_items(
        session.items(), context.sealer, kind=USER_SESSION, named=session.named, minimum_size=call.minimum_session_token_size or 0
    )
    return SessionToken(**issued(sealed, expires_at=end))


def get_federation_token(call: GetFederationToken, context: Context) -> FederationToken:
    """Issue a session of a federated user. It may do what both the calling user's policies and the session policies allow.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameters satisfy the service model.
    check_parameters(call)
    # 2. The caller has a long-term key.
    check_caller(call, context.caller)
    # 3. Tags and session policies are valid.
    tags = read_tags(call.tags)
    arns = check_session_policies(context.account, policy=call.policy, policy_arns=call.policy_arns)
    # 4. The caller's policies allow the federated user and the tags.
    _check_allowed(call.name, tags, context)
    # 5. The session is sealed into a token within the size limit.
    start, end = _period(context.caller, call.duration_seconds, context.at)
    session = FederatedUserSession(
        user=_user_of(context.caller),
        user_id=context.caller.user_id,
        name=call.name,
        issued_at=start,
        expires_at=end,
        tags=tags,
        policy=call.policy,
        policy_arns=arns,
    )
    sealed = seal_items(
        session.items(), context.sealer, kind=FEDERATED_USER_SESSION, named=session.named, minimum_size=call.minimum_session_token_size or 0
    )
    arn = f"arn:{context.account.partition}:sts::{context.account.id}:federated-user/{call.name}"
    return FederationToken(federated_user_id=f"{context.account.id}:{call.name}", arn=arn, **issued(sealed, expires_at=end))


def _check_allowed(name: str, tags: tuple[SessionTag, ...], context: Context) -> None:
    question = context.question(tag_keys(tags))
    for action in (GET_FEDERATION_TOKEN, *((TAG_SESSION,) if tags else ())):
        authorization = question.on_federated_user(action, name)
        if not authorization.allowed:
            raise refuse(authorization)


def _period(caller: Caller, asked: int | None, at: datetime) -> tuple[datetime, datetime]:
    """Return start and end of the session. The duration for a root is reduced to one hour (STS API reference)."""
    check_calendar(at)
    seconds = limits.USER_SESSION_DEFAULT_SECONDS if asked is None else asked
    if caller.is_root:
        seconds = min(seconds, limits.ROOT_USER_SESSION_MAX_SECONDS)
    start = at.replace(microsecond=0)
    return start, start + timedelta(seconds=seconds)


def _user_of(caller: Caller) -> str:
    """Return path and name of the calling user for the session; empty for a root."""
    return "" if caller.is_root else caller.arn.partition(":user")[2]
