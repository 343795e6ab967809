"""AssumeRoleWithSAML, step by step in the order the service was observed to take them (sts.md 1.2, 2.11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from federation import limits
from federation.account import Account, Role
from federation.arn import Arn
from federation.errors import IDPRejectedClaim, InvalidIdentityToken, ValidationError, show
from federation.identity import VerifiedIdentity
from federation.profiles import Profile
from federation.report import enforce
from federation.saml.messages import UNKNOWN_PROVIDER
from federation.saml.provider import SamlProvider
from federation.state import ReplayCache
from federation.sts import parameters, trust
from federation.sts.attempt import Attempt
from federation.sts.lifetime import session_period
from federation.sts.results import AssumedRoleSession, AssumedRoleUser, Credentials
from federation.sts.saml_attributes import CHECKS, Exchange, SessionRequest, read_session_request
from federation.sts.sealing import SealedToken, Sealer
from federation.sts.session import LASTING_KEYS, RoleSession, seal_session
from federation.sts.session_policies import check_session_policies
from federation.validators import validate

OPERATION: Final = "AssumeRoleWithSAML"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumeRoleWithSaml:
    """The parameters of one call, as they came."""

    role_arn: str
    principal_arn: str
    saml_assertion: str | bytes
    policy_arns: Sequence[object] = ()
    policy: str | None = None
    duration_seconds: int | None = None
    minimum_session_token_size: int | None = None


def assume_role_with_saml(
    call: AssumeRoleWithSaml, *, account: Account, sealer: Sealer, replay: ReplayCache | None, attempt: Attempt, at: datetime
) -> AssumedRoleSession:
    """Exchange a SAML response for a role session.

    Args:
        call: The parameters.
        account: Providers and roles.
        sealer: Seals the session token.
        replay: Where used assertions are remembered; None where they are not.
        attempt: Takes down for the audit event what is known so far.
        at: The instant to judge at, aware UTC.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameters satisfy the service model.
    _check_parameters(call)
    # 2. The provider named by the call, never by the token, is registered in this account.
    provider = _find_provider(account, call.principal_arn)
    # 3. One of its keys proves the response, and every check of its profile is content.
    identity = attempt.identity = validate(call.saml_assertion, provider, at=at)
    # 4. The attributes offer this role through this provider and say what the session is to be.
    exchange = Exchange(identity, call.role_arn, call.principal_arn)
    enforce(CHECKS, exchange)
    request = attempt.request = read_session_request(exchange)
    # 5. The role trusts this caller, and the caller's tags and source identity.
    role = _trusting_role(account, call.role_arn, identity, request, at)
    # 6. The session has an end that every party agrees to.
    start, end = session_period(
        asked=call.duration_seconds,
        role_maximum=role.max_session_duration,
        attribute=request.duration,
        not_on_or_after=identity.session_not_on_or_after,
        at=at,
    )
    # 7. Session policies, which can only narrow, are policies.
    arns = check_session_policies(account, policy=call.policy, policy_arns=call.policy_arns)
    # 8. All of it is sealed into a token that fits.
    session = _session(account, role, identity, request, policy=call.policy, policy_arns=arns, period=(start, end))
    sealed = seal_session(session, sealer, minimum_size=call.minimum_session_token_size or 0)
    # 9. Last, when nothing else can refuse: the assertion was not used before.
    _check_first_use(identity, provider, replay, at)
    return _answer(session, sealed, identity)


def _session(
    account: Account,
    role: Role,
    identity: VerifiedIdentity,
    request: SessionRequest,
    *,
    policy: str | None,
    policy_arns: tuple[str, ...],
    period: tuple[datetime, datetime],
) -> RoleSession:
    return RoleSession(
        partition=account.partition,
        account=account.id,
        role=role.path + role.name,
        role_id=role.role_id,
        name=request.name or "",
        issued_at=period[0],
        expires_at=period[1],
        federated_provider=identity.provider_arn,
        federated_keys={key: str(identity.context_keys[key]) for key in LASTING_KEYS if key in identity.context_keys},
        tags=request.tags,
        transitive_tag_keys=request.transitive_tag_keys,
        source_identity=request.source_identity,
        policy=policy,
        policy_arns=policy_arns,
    )


def _answer(session: RoleSession, sealed: SealedToken, identity: VerifiedIdentity) -> AssumedRoleSession:
    size = len(sealed.token)
    return AssumedRoleSession(
        credentials=Credentials(
            access_key_id=sealed.access_key_id,
            secret_access_key=sealed.secret_access_key,
            session_token=sealed.token,
            expiration=session.expires_at,
        ),
        assumed_role_user=AssumedRoleUser(assumed_role_id=session.user_id, arn=session.arn),
        subject=identity.subject,
        subject_type=identity.subject_type,
        issuer=identity.issuer,
        audience=identity.recipient,
        name_qualifier=identity.name_qualifier,
        source_identity=session.source_identity,
        session_token_size=size,
        session_token_utilization=round(size * 100 / limits.SESSION_TOKEN_OCTETS),
    )


def _check_parameters(call: AssumeRoleWithSaml) -> None:
    parameters.check_parameters(
        (parameters.ROLE_ARN, call.role_arn),
        (parameters.PRINCIPAL_ARN, call.principal_arn),
        (parameters.SAML_ASSERTION, call.saml_assertion),
        (parameters.POLICY_ARNS, call.policy_arns),
        (parameters.POLICY, call.policy),
        (parameters.ROLE_DURATION, call.duration_seconds),
        (parameters.MINIMUM_SESSION_TOKEN_SIZE, call.minimum_session_token_size),
    )


def _find_provider(account: Account, principal_arn: str) -> SamlProvider:
    provider = account.saml_providers.get(principal_arn)
    if provider is not None:
        return provider
    Arn.parse(principal_arn, check="principal-arn")
    raise InvalidIdentityToken(
        check="provider",
        expected="the ARN of a SAML provider of the account",
        found=show(principal_arn),
        remedy="register the identity provider's metadata, or correct the ARN",
        message=UNKNOWN_PROVIDER,
    )


def _trusting_role(account: Account, role_arn: str, identity: VerifiedIdentity, request: SessionRequest, at: datetime) -> Role:
    role = account.roles.get(role_arn)
    if role is None:
        check_role_arn(role_arn)
        raise trust.no_such_role(operation=OPERATION, role_arn=role_arn)
    decision = trust.decide(role, identity, request, operation=OPERATION, account=account.id, at=at)
    if not decision.allowed:
        raise trust.denied(decision, operation=OPERATION, role_arn=role_arn)
    return role


def check_role_arn(role_arn: str) -> None:
    """Require that *role_arn* is the ARN of a role, whether it exists or not.

    Raises:
        ValidationError: It is not; AWS's text is ``<arn> is invalid``.
    """
    arn = Arn.parse(role_arn, check="role-arn")
    if arn.service != "iam" or arn.resource_type != "role" or not arn.name:
        raise ValidationError(
            check="role-arn",
            expected="arn:<partition>:iam::<account>:role/<name>",
            found=show(role_arn),
            remedy="copy the ARN of the role",
            message=f"{role_arn} is invalid",
        )


def _check_first_use(identity: VerifiedIdentity, provider: SamlProvider, replay: ReplayCache | None, at: datetime) -> None:
    """Require in profile strict that the assertion was not used before (attack rows P10, P11); AWS accepts it until it ends."""
    if replay is None or provider.profile is not Profile.STRICT:
        return
    token_id, until = identity.token_id, identity.not_on_or_after
    if token_id is not None and until is not None and replay.first_use(identity.issuer, token_id, until=until, at=at):
        return
    raise IDPRejectedClaim(
        check="replay",
        expected="an assertion that is used for the first time",
        found="one without an id or an end" if token_id is None or until is None else f"a second use of {show(token_id)}",
        remedy="sign in again; a test that repeats an assertion opens the service with replay=None",
    )
