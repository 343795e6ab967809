"""GetDelegatedAccessToken: credentials for a trade-in token that was registered with the account (docs/observed.md 1.8)."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import ClassVar

from federation.account.model import TradeInToken
from federation.calls.record import Call, call_record, check_parameters, parameter
from federation.errors import AccessDenied, ExpiredTradeInTokenException
from federation.identity import timestamp
from federation.sts import constraints
from federation.sts.authorization.authorize import refuse
from federation.sts.authorization.gate import check_caller
from federation.sts.operations.context import Context
from federation.sts.operations.results import DelegatedAccessToken
from federation.sts.results import issued
from federation.sts.sessions.lifetime import check_calendar
from federation.sts.sessions.role_session import RoleSession, seal_session


@call_record
class GetDelegatedAccessToken(Call):
    """The parameters of GetDelegatedAccessToken."""

    operation: ClassVar[str] = "GetDelegatedAccessToken"

    trade_in_token: str = parameter(constraints.TRADE_IN_TOKEN, audit="withheld")


def get_delegated_access_token(call: GetDelegatedAccessToken, context: Context) -> DelegatedAccessToken:
    """Exchange a registered trade-in token for its session. Each token is accepted once.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameter satisfies the service model.
    check_parameters(call)
    # 2. The caller's policies allow the action.
    check_caller(call, context.caller)
    authorization = context.question({}).on_itself("sts:GetDelegatedAccessToken")
    if not authorization.allowed:
        raise refuse(authorization)
    # 3. The token is registered and has not expired.
    token = call.trade_in_token
    octets = token if isinstance(token, bytes) else token.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(octets).hexdigest()
    registered = _registered(digest, context)
    # 4. Its session is sealed into a token within the size limit.
    role = context.account.roles[registered.role_arn]
    check_calendar(context.at)
    start = context.at.replace(microsecond=0)
    session = RoleSession(
        partition=context.account.partition,
        account=context.account.id,
        role=role.path + role.name,
        role_id=role.role_id,
        name=registered.session_name,
        issued_at=start,
        expires_at=start + timedelta(seconds=registered.duration),
        policy_arns=registered.policy_arns,
    )
    sealed = seal_session(session, context.sealer)
    # 5. The token was not used before. This is last, so that a refused call does not record a use.
    if not context.state.first_exchange(digest):
        raise _refused("a trade-in token that is used for the first time", "a second use")
    return DelegatedAccessToken(assumed_principal=session.arn, **issued(sealed, expires_at=session.expires_at))


def _registered(digest: str, context: Context) -> TradeInToken:
    registered = context.account.trade_in_tokens.get(digest)
    if registered is None:
        raise _refused("a trade-in token of this account", "another")
    if context.at >= registered.expires_at:
        raise ExpiredTradeInTokenException(
            check="trade-in-token-end",
            expected="a trade-in token that has not ended",
            found=f"one that ended at {timestamp(registered.expires_at)}",
            remedy="have the delegation approved again",
        )
    return registered


def _refused(expected: str, found: str) -> AccessDenied:
    return AccessDenied(
        check="trade-in-token", expected=expected, found=found, remedy="register the token, or have the delegation approved again"
    )
