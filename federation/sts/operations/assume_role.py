"""AssumeRole, step by step (sts.md 1.1, 4.3, 5.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from federation import limits
from federation.account import Role
from federation.errors import InvalidIdentityToken, ValidationError
from federation.identity import ContextValue
from federation.sts import parameters
from federation.sts.authorization.authorize import refuse
from federation.sts.authorization.gate import check_caller
from federation.sts.authorization.own_actions import ASSUME_ROLE, TAG_SESSION
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.federated import check_role_arn
from federation.sts.lifetime import session_period
from federation.sts.mfa import VerifiedMfa, check_mfa
from federation.sts.operations import constraints
from federation.sts.operations.chaining import SessionFacts, read_session_facts
from federation.sts.operations.circumstances import Circumstances
from federation.sts.operations.requested_tags import tag_keys
from federation.sts.operations.results import AssumedRole, issued
from federation.sts.results import AssumedRoleUser
from federation.sts.session import RoleSession, seal_session
from federation.sts.session_policies import check_session_policies

OPERATION: Final = "AssumeRole"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumeRole:
    """The parameters of one call, as they came."""

    role_arn: str
    role_session_name: str
    policy_arns: Sequence[object] = ()
    policy: str | None = None
    duration_seconds: int | None = None
    tags: Sequence[object] = ()
    transitive_tag_keys: Sequence[str] = ()
    external_id: str | None = None
    serial_number: str | None = None
    token_code: str | None = None
    source_identity: str | None = None
    provided_contexts: Sequence[object] = ()
    minimum_session_token_size: int | None = None


def assume_role(call: AssumeRole, there: Circumstances) -> AssumedRole:
    """Issue a session of a role to a caller with AWS credentials.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameters satisfy the service model, and name a role.
    _check_parameters(call)
    check_caller(OPERATION, there.caller)
    check_role_arn(call.role_arn)
    # 2. Tags and source identity agree with each other and with those of the calling session.
    facts = read_session_facts(
        there.caller, tags=call.tags, transitive_tag_keys=call.transitive_tag_keys or (), source_identity=call.source_identity
    )
    # 3. The second factor, where one is offered, is the caller's own and good.
    mfa = check_mfa(there.caller.mfa_devices, serial_number=call.serial_number, token_code=call.token_code, at=there.at, used=there.state)
    # 4. The role trusts the caller, and the caller's own policies let it, for every action the request takes.
    role = _permitted_role(call, facts, mfa, there)
    _check_contexts(call)
    # 5. The session has an end that every party agrees to.
    _check_chained(there.caller, call.duration_seconds)
    start, end = session_period(
        asked=call.duration_seconds, role_maximum=role.max_session_duration, attribute=None, not_on_or_after=None, at=there.at
    )
    # 6. Session policies, which can only narrow, are policies.
    arns = check_session_policies(there.account, policy=call.policy, policy_arns=call.policy_arns)
    # 7. All of it is sealed into a token that fits.
    session = RoleSession(
        partition=there.account.partition,
        account=there.account.id,
        role=role.path + role.name,
        role_id=role.role_id,
        name=call.role_session_name,
        issued_at=start,
        expires_at=end,
        tags=facts.tags,
        transitive_tag_keys=facts.transitive_tag_keys,
        source_identity=facts.source_identity,
        policy=call.policy,
        policy_arns=arns,
        mfa_at=None if mfa is None else start,
    )
    sealed = seal_session(session, there.sealer, minimum_size=call.minimum_session_token_size or 0)
    return AssumedRole(
        assumed_role_user=AssumedRoleUser(assumed_role_id=session.user_id, arn=session.arn),
        source_identity=session.source_identity,
        **issued(sealed, expires_at=end),
    )


def _check_parameters(call: AssumeRole) -> None:
    parameters.check_parameters(
        (parameters.ROLE_ARN, call.role_arn),
        (parameters.ROLE_SESSION_NAME, call.role_session_name),
        (parameters.POLICY_ARNS, call.policy_arns),
        (constraints.SESSION_POLICY, call.policy),
        (parameters.ROLE_DURATION, call.duration_seconds),
        (constraints.TAGS, call.tags),
        (constraints.TRANSITIVE_TAG_KEYS, call.transitive_tag_keys),
        (constraints.EXTERNAL_ID, call.external_id),
        (constraints.SERIAL_NUMBER, call.serial_number),
        (constraints.TOKEN_CODE, call.token_code),
        (constraints.SOURCE_IDENTITY, call.source_identity),
        (constraints.PROVIDED_CONTEXTS, call.provided_contexts),
        (parameters.MINIMUM_SESSION_TOKEN_SIZE, call.minimum_session_token_size),
    )


def _permitted_role(call: AssumeRole, facts: SessionFacts, mfa: VerifiedMfa | None, there: Circumstances) -> Role:
    """Return the role, if trust policy and the caller's own policies allow every action of the request."""
    caller = there.caller if mfa is None else there.caller.with_mfa(there.at)
    question = there.question(_context(call, facts), caller=caller)
    for action in _actions(call, facts):
        authorization = question.on_role(action, call.role_arn)
        if not authorization.allowed:
            raise refuse(authorization)
    return there.account.roles[call.role_arn]  # where there is none, no policy lets anybody in


def _actions(call: AssumeRole, facts: SessionFacts) -> Iterator[str]:
    yield ASSUME_ROLE
    if facts.tags:
        yield TAG_SESSION
    if facts.source_identity is not None:
        yield "sts:SetSourceIdentity"
    if call.provided_contexts:
        yield "sts:SetContext"


def _context(call: AssumeRole, facts: SessionFacts) -> dict[str, ContextValue]:
    keys: dict[str, ContextValue] = {"sts:RoleSessionName": call.role_session_name, **tag_keys(facts.requested)}
    if call.external_id is not None:
        keys["sts:ExternalId"] = call.external_id
    if call.source_identity is not None:
        keys["sts:SourceIdentity"] = call.source_identity
    if facts.transitive_tag_keys:
        keys["sts:TransitiveTagKeys"] = facts.transitive_tag_keys
    if call.provided_contexts:
        providers = (constraints.member_of(item, "ProviderArn") for item in call.provided_contexts)
        keys["sts:RequestContextProviders"] = tuple(str(provider) for provider in providers)
    return keys


def _check_contexts(call: AssumeRole) -> None:
    """Refuse context assertions: only their providers, services of AWS, can open them, and nothing is taken unproved."""
    if call.provided_contexts:
        raise InvalidIdentityToken(
            check="provided-contexts",
            expected="no context assertions",
            found=f"{len(call.provided_contexts)}",
            remedy="leave ProvidedContexts out: offline there is nobody who can prove them",
        )


def _check_chained(caller: Caller, asked: int | None) -> None:
    """Require that a session obtained with a role session asks for an hour at most (attack row A22)."""
    if caller.kind is CallerKind.ROLE_SESSION and asked is not None and asked > limits.CHAINED_SESSION_MAX_SECONDS:
        raise ValidationError(
            check="chained-duration",
            expected=f"at most {limits.CHAINED_SESSION_MAX_SECONDS} seconds, as the caller is a role session",
            found=f"{asked} seconds",
            remedy="ask for an hour, or call with the credentials of a user",
            message="The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        )
