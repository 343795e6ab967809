"""The steps of AssumeRoleWithSAML and AssumeRoleWithWebIdentity after the verification of the token.

The operations differ in the source of provider, session name and tags. Trust policy, duration, session policies, seal and replay are
common.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from federation import aws_texts, limits
from federation.account import Role
from federation.arn import Arn
from federation.errors import IDPRejectedClaim, ValidationError, show
from federation.identity import VerifiedIdentity
from federation.state import ReplayCache
from federation.sts.login import trust
from federation.sts.login.context import LoginContext
from federation.sts.login.verified_login import SessionRequest
from federation.sts.results import AssumedRoleUser, Issued, issued
from federation.sts.sessions.lifetime import LAST_INSTANT_YEAR, session_period
from federation.sts.sessions.policies import check_session_policies
from federation.sts.sessions.role_session import RoleSession, lasting_keys, seal_session

_LATEST_LEEWAY: Final = timedelta(seconds=limits.MAX_CLOCK_SKEW_SECONDS)


class FederatedCall(Protocol):
    """The parameters that both operations have, unchecked."""

    @property
    def operation(self) -> str: ...  # noqa: D102
    @property
    def role_arn(self) -> str: ...  # noqa: D102 - the names are the API's
    @property
    def policy_arns(self) -> Sequence[object]: ...  # noqa: D102
    @property
    def policy(self) -> str | None: ...  # noqa: D102
    @property
    def duration_seconds(self) -> int | None: ...  # noqa: D102
    @property
    def minimum_session_token_size(self) -> int | None: ...  # noqa: D102


class IssuedRole(Issued):
    """The members of `FederatedRoleSession` that follow from the session and its token."""

    assumed_role_user: AssumedRoleUser


def issue(
    call: FederatedCall,
    identity: VerifiedIdentity,
    request: SessionRequest,
    context: LoginContext,
    *,
    single_use: bool,
    redeemable_until: datetime | None = None,
) -> IssuedRole:
    """Issue the session of a verified identity.

    Args:
        call: The parameters.
        identity: The verified identity.
        request: The requested properties of the session.
        context: The account and the time.
        single_use: Whether the token is accepted once, where the service has a record of used tokens.
        redeemable_until: Time after which the provider's rules refuse the token, aware UTC; None where only the token's own end limits it.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The role trusts this caller, and the caller's tags and source identity.
    role = _trusting_role(call, identity, request, context)
    # 2. The duration is within the limits of the call, the role and the token.
    period = session_period(
        asked=call.duration_seconds,
        role_maximum=role.max_session_duration,
        attribute=request.duration,
        not_on_or_after=identity.session_not_on_or_after,
        at=context.at,
    )
    # 3. The session policies are valid.
    arns = check_session_policies(context.account, policy=call.policy, policy_arns=call.policy_arns)
    # 4. The session is sealed into a token within the size limit.
    session = RoleSession(
        partition=context.account.partition,
        account=context.account.id,
        role=role.path + role.name,
        role_id=role.role_id,
        name=request.name or "",
        issued_at=period[0],
        expires_at=period[1],
        federated_provider=identity.provider_arn,
        federated_keys=lasting_keys(identity.context_keys),
        tags=request.tags,
        transitive_tag_keys=request.transitive_tag_keys,
        source_identity=request.source_identity,
        policy=call.policy,
        policy_arns=arns,
    )
    sealed = seal_session(session, context.sealer, minimum_size=call.minimum_session_token_size or 0)
    # 5. The token was not used before. This is last, so that a refused call does not record a use.
    if single_use and context.replay is not None:
        _check_first_use(identity, context.replay, context.at, redeemable_until=redeemable_until)
    user = AssumedRoleUser(assumed_role_id=session.user_id, arn=session.arn)
    return {**issued(sealed, expires_at=session.expires_at), "assumed_role_user": user}


def _trusting_role(call: FederatedCall, identity: VerifiedIdentity, request: SessionRequest, context: LoginContext) -> Role:
    role_arn, operation = call.role_arn, call.operation
    role = context.account.roles.get(role_arn)
    if role is None:
        check_role_arn(role_arn)
        raise trust.no_such_role(operation=operation, role_arn=role_arn)
    decision = trust.decide(role, identity, request, operation=operation, account=context.account, at=context.at)
    if not decision.allowed:
        raise trust.denied(decision, operation=operation, role_arn=role_arn)
    return role


def check_role_arn(role_arn: str) -> None:
    """Require that *role_arn* is the ARN of a role. The role need not exist.

    Raises:
        ValidationError: It is not. AWS's text is ``<arn> is invalid``.
    """
    arn = Arn.parse(role_arn, check="role-arn")
    if arn.service != "iam" or arn.resource_type != "role" or not arn.name:
        raise ValidationError(
            check="role-arn",
            expected="arn:<partition>:iam::<account>:role/<name>",
            found=show(role_arn),
            remedy="copy the ARN of the role",
            message=aws_texts.parameters.is_invalid(role_arn),
        )


def _check_first_use(identity: VerifiedIdentity, replay: ReplayCache, at: datetime, *, redeemable_until: datetime | None) -> None:
    """Require that the token was not used before (attack rows P10, P11, J41).

    The record is kept only as long as a provider would accept the token, so that a token with a distant end cannot fill it (attack row
    D09).
    """
    token_id = identity.token_id
    end = min((end for end in (identity.not_on_or_after, redeemable_until) if end is not None), default=None)
    if token_id is not None and end is not None:
        # With the largest clock skew, so that no record is deleted while a provider would still accept the token.
        until = end + _LATEST_LEEWAY if end.year <= LAST_INSTANT_YEAR else end
        if replay.first_use(identity.issuer, token_id, until=until, at=at):
            return
        found = _not_first(token_id, doubtful=replay.may_have_forgotten(until))
    else:
        found = "one without an id or an end"
    raise IDPRejectedClaim(
        check="replay",
        expected="a token that is used for the first time",
        found=found,
        remedy="sign in again; for clients that post one token twice, `federation serve --replay as-aws`, `replay` in account.toml or "
        "SecurityTokenService.open(…, replay=None) takes a token as often as AWS does",
    )


def _not_first(token_id: str, *, doubtful: bool) -> str:
    if not doubtful:
        return f"a second use of {show(token_id)}"
    return f"{show(token_id)}, which may have been used: uses of tokens that end as early were forgotten while the clock was ahead"
