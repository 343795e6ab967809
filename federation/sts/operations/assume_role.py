"""AssumeRole (docs/observed.md 1.1, 4.3, 5.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from federation import aws_texts, limits
from federation.account import Role
from federation.calls.record import Call, call_record, check_parameters, parameter
from federation.errors import InvalidIdentityToken, ValidationError
from federation.identity import ContextValue
from federation.sts import constraints
from federation.sts.authorization.authorize import refuse
from federation.sts.authorization.gate import check_caller
from federation.sts.authorization.own_actions import ASSUME_ROLE, TAG_SESSION
from federation.sts.callers.caller import Caller, CallerKind
from federation.sts.callers.mfa import VerifiedMfa, check_mfa
from federation.sts.login.federated import check_role_arn
from federation.sts.operations.chaining import SessionFacts, read_session_facts
from federation.sts.operations.context import Context
from federation.sts.operations.requested_tags import tag_keys
from federation.sts.operations.results import AssumedRole
from federation.sts.results import AssumedRoleUser, issued
from federation.sts.sessions.lifetime import session_period
from federation.sts.sessions.policies import check_session_policies
from federation.sts.sessions.role_session import RoleSession, seal_session


@call_record
class AssumeRole(Call):
    """The parameters of AssumeRole."""

    operation: ClassVar[str] = "AssumeRole"

    role_arn: str = parameter(constraints.ARN, audit="included")
    role_session_name: str = parameter(constraints.SESSION_NAME, audit="included")
    policy_arns: Sequence[object] = parameter(constraints.POLICY_ARNS, audit="included", default=())
    policy: str | None = parameter(constraints.LONG_POLICY, audit="included", default=None)
    duration_seconds: int | None = parameter(constraints.ROLE_DURATION, audit="included", default=None)
    tags: Sequence[object] = parameter(constraints.TAGS, audit="included", default=())
    transitive_tag_keys: Sequence[str] = parameter(constraints.TRANSITIVE_TAG_KEYS, audit="included", default=())
    external_id: str | None = parameter(constraints.EXTERNAL_ID, audit="included", default=None)
    serial_number: str | None = parameter(constraints.SERIAL_NUMBER, audit="included", default=None)
    token_code: str | None = parameter(constraints.TOKEN_CODE, audit="withheld", default=None)
    source_identity: str | None = parameter(constraints.SOURCE_IDENTITY, audit="included", default=None)
    provided_contexts: Sequence[object] = parameter(constraints.PROVIDED_CONTEXTS, audit="withheld", default=())
    minimum_session_token_size: int | None = parameter(constraints.SESSION_TOKEN_SIZE, audit="included", default=None)


def assume_role(call: AssumeRole, context: Context) -> AssumedRole:
    """Issue a session of a role to a caller with AWS credentials.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameters satisfy the service model, and name a role.
    check_parameters(call)
    check_caller(call, context.caller)
    check_role_arn(call.role_arn)
    # 2. Tags and source identity agree with each other and with those of the calling session.
    facts = read_session_facts(
        context.caller, tags=call.tags, transitive_tag_keys=call.transitive_tag_keys or (), source_identity=call.source_identity
    )
    # 3. The MFA code, where one is passed, is valid for a device of the caller.
    mfa = check_mfa(
        context.caller.mfa_devices, serial_number=call.serial_number, token_code=call.token_code, at=context.at, used=context.state
    )
    # 4. The trust policy and the caller's policies allow every action of the request.
    role = _permitted_role(call, facts, mfa, context)
    _check_contexts(call)
    # 5. The duration is within the limits of the call and the role.
    _check_chained(context.caller, call.duration_seconds)
    start, end = session_period(
        asked=call.duration_seconds, role_maximum=role.max_session_duration, attribute=None, not_on_or_after=None, at=context.at
    )
    # 6. The session policies are valid.
    arns = check_session_policies(context.account, policy=call.policy, policy_arns=call.policy_arns)
    # 7. The session is sealed into a token within the size limit.
    session = RoleSession(
        partition=context.account.partition,
        account=context.account.id,
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
    sealed = seal_session(session, context.sealer, minimum_size=call.minimum_session_token_size or 0)
    return AssumedRole(
        assumed_role_user=AssumedRoleUser(assumed_role_id=session.user_id, arn=session.arn),
        source_identity=session.source_identity,
        **issued(sealed, expires_at=end),
    )


def _permitted_role(call: AssumeRole, facts: SessionFacts, mfa: VerifiedMfa | None, context: Context) -> Role:
    """Return the role, if trust policy and the caller's own policies allow every action of the request."""
    caller = context.caller if mfa is None else context.caller.with_mfa(context.at)
    question = context.question(_context(call, facts), caller=caller)
    for action in _actions(call, facts):
        authorization = question.on_role(action, call.role_arn)
        if not authorization.allowed:
            raise refuse(authorization)
    return context.account.roles[call.role_arn]  # a missing role was refused above


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
        providers = (constraints.PROVIDED_CONTEXT.member(item, "ProviderArn") for item in call.provided_contexts)
        keys["sts:RequestContextProviders"] = tuple(str(provider) for provider in providers)
    return keys


def _check_contexts(call: AssumeRole) -> None:
    """Refuse context assertions, because only services of AWS can verify them."""
    if call.provided_contexts:
        raise InvalidIdentityToken(
            check="provided-contexts",
            expected="no context assertions",
            found=f"{len(call.provided_contexts)}",
            remedy="leave ProvidedContexts out: offline there is nobody who can prove them",
        )


def _check_chained(caller: Caller, asked: int | None) -> None:
    """Require a duration of at most one hour where the caller is a role session (role chaining; attack row A22)."""
    if caller.kind is CallerKind.ROLE_SESSION and asked is not None and asked > limits.CHAINED_SESSION_MAX_SECONDS:
        raise ValidationError(
            check="chained-duration",
            expected=f"at most {limits.CHAINED_SESSION_MAX_SECONDS} seconds, as the caller is a role session",
            found=f"{asked} seconds",
            remedy="ask for an hour, or call with the credentials of a user",
            message=aws_texts.sessions.CHAINED_DURATION,
        )
