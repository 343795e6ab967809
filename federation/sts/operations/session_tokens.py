"""GetSessionToken and GetFederationToken: sessions for long-term keys (sts.md 1.9, 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from federation import limits
from federation.identity import SessionTag
from federation.sts import parameters
from federation.sts.authorization.authorize import refuse
from federation.sts.authorization.gate import check_caller
from federation.sts.authorization.own_actions import GET_FEDERATION_TOKEN, TAG_SESSION
from federation.sts.callers.caller import Caller
from federation.sts.callers.user_sessions import FEDERATED_USER_SESSION, USER_SESSION, FederatedUserSession, UserSession
from federation.sts.lifetime import check_calendar
from federation.sts.mfa import check_mfa
from federation.sts.operations import constraints
from federation.sts.operations.circumstances import Circumstances
from federation.sts.operations.requested_tags import read_tags, tag_keys
from federation.sts.operations.results import FederationToken, SessionToken, issued
from federation.sts.packing import seal_items
from federation.sts.session_policies import check_session_policies


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSessionToken:
    """The parameters of one call, as they came."""

    duration_seconds: int | None = None
    serial_number: str | None = None
    token_code: str | None = None
    minimum_session_token_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetFederationToken:
    """The parameters of one call, as they came."""

    name: str
    policy: str | None = None
    policy_arns: Sequence[object] = ()
    duration_seconds: int | None = None
    tags: Sequence[object] = ()
    minimum_session_token_size: int | None = None


def get_session_token(call: GetSessionToken, there: Circumstances) -> SessionToken:
    """Issue a session of the calling user or root. No permission is needed, and no policy can deny it.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameters satisfy the service model.
    parameters.check_parameters(
        (constraints.USER_DURATION, call.duration_seconds),
        (constraints.SERIAL_NUMBER, call.serial_number),
        (constraints.TOKEN_CODE, call.token_code),
        (parameters.MINIMUM_SESSION_TOKEN_SIZE, call.minimum_session_token_size),
    )
    # 2. The caller holds a long-term key.
    check_caller("GetSessionToken", there.caller)
    # 3. The second factor, where one is offered, is the caller's own and good.
    mfa = check_mfa(there.caller.mfa_devices, serial_number=call.serial_number, token_code=call.token_code, at=there.at, used=there.state)
    # 4. The session is sealed into a token that fits.
    start, end = _period(there.caller, call.duration_seconds, there.at)
    session = UserSession(
        user=_user_of(there.caller),
        user_id=there.caller.user_id,
        issued_at=start,
        expires_at=end,
        mfa_at=None if mfa is None else start,
    )
    sealed = seal_items(
        session.items(), there.sealer, kind=USER_SESSION, named=session.named, minimum_size=call.minimum_session_token_size or 0
    )
    return SessionToken(**issued(sealed, expires_at=end))


def get_federation_token(call: GetFederationToken, there: Circumstances) -> FederationToken:
    """Issue a session of a federated user, who may do what both the calling user and the session policies allow.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameters satisfy the service model.
    parameters.check_parameters(
        (constraints.FEDERATED_NAME, call.name),
        (parameters.POLICY, call.policy),
        (parameters.POLICY_ARNS, call.policy_arns),
        (constraints.USER_DURATION, call.duration_seconds),
        (constraints.TAGS, call.tags),
        (parameters.MINIMUM_SESSION_TOKEN_SIZE, call.minimum_session_token_size),
    )
    # 2. The caller holds a long-term key.
    check_caller("GetFederationToken", there.caller)
    # 3. Tags and session policies are what they are said to be.
    tags = read_tags(call.tags)
    arns = check_session_policies(there.account, policy=call.policy, policy_arns=call.policy_arns)
    # 4. The caller may federate this name, and pass these tags.
    _check_allowed(call.name, tags, there)
    # 5. The session is sealed into a token that fits.
    start, end = _period(there.caller, call.duration_seconds, there.at)
    session = FederatedUserSession(
        user=_user_of(there.caller),
        user_id=there.caller.user_id,
        name=call.name,
        issued_at=start,
        expires_at=end,
        tags=tags,
        policy=call.policy,
        policy_arns=arns,
    )
    sealed = seal_items(
        session.items(), there.sealer, kind=FEDERATED_USER_SESSION, named=session.named, minimum_size=call.minimum_session_token_size or 0
    )
    arn = f"arn:{there.account.partition}:sts::{there.account.id}:federated-user/{call.name}"
    return FederationToken(federated_user_id=f"{there.account.id}:{call.name}", arn=arn, **issued(sealed, expires_at=end))


def _check_allowed(name: str, tags: tuple[SessionTag, ...], there: Circumstances) -> None:
    question = there.question(tag_keys(tags))
    for action in (GET_FEDERATION_TOKEN, *((TAG_SESSION,) if tags else ())):
        authorization = question.on_federated_user(action, name)
        if not authorization.allowed:
            raise refuse(authorization)


def _period(caller: Caller, asked: int | None, at: datetime) -> tuple[datetime, datetime]:
    """Return start and end. More than an hour, asked for by a root, is silently lowered to it (documented)."""
    check_calendar(at)
    seconds = limits.USER_SESSION_DEFAULT_SECONDS if asked is None else asked
    if caller.is_root:
        seconds = min(seconds, limits.ROOT_USER_SESSION_MAX_SECONDS)
    start = at.replace(microsecond=0)
    return start, start + timedelta(seconds=seconds)


def _user_of(caller: Caller) -> str:
    """Return path and name of the calling user, as sessions remember it; empty for a root."""
    return "" if caller.is_root else caller.arn.partition(":user")[2]
