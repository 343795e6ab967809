"""Evaluation of a role's trust policy for a federated login (docs/observed.md 2.11, 4.3, 4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from federation import aws_texts
from federation.account import Account, Role
from federation.account.organization import SERVICE_LINKED, ControlLevel
from federation.condition_keys import SECURE_TRANSPORT
from federation.errors import AccessDenied, show
from federation.identity import ContextValue, VerifiedIdentity
from federation.policy import Decision, Principal, RequestContext
from federation.sts.authorization.evaluation import resource_keys
from federation.sts.callers.permissions import Attached, control_levels
from federation.sts.login.verified_login import SessionRequest

TAG_SESSION: Final = "sts:TagSession"
SET_SOURCE_IDENTITY: Final = "sts:SetSourceIdentity"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


def trust_context(identity: VerifiedIdentity, request: SessionRequest, *, account: Account, at: datetime) -> dict[str, ContextValue]:
    """Return the condition keys of the federated login of *identity* to a role of *account*."""
    return login_keys(identity.context_keys, identity.provider_arn, request, account=account, at=at)


def login_keys(
    token_keys: Mapping[str, ContextValue], provider: str, request: SessionRequest, *, account: Account, at: datetime
) -> dict[str, ContextValue]:
    """Return the condition keys of a federated login by *provider*, of whose token the keys are *token_keys*.

    Keys of the token have the prefix that the validator assigned. Keys of the service override them, so that no claim can replace one
    (attack row A13). ``aws:PrincipalArn`` and ``aws:PrincipalTag`` are absent, because a federated caller is not an IAM principal
    (observed).
    """
    current, epoch = _time_keys((at - _EPOCH) // _SECOND)
    keys: dict[str, ContextValue] = MappingProxyType(token_keys) | {  # faster than unpacking into a dict display
        "aws:PrincipalType": "User",
        "aws:userid": provider,
        "aws:PrincipalAccount": account.id,
        "aws:CurrentTime": current,
        "aws:EpochTime": epoch,
        **SECURE_TRANSPORT,
    }
    if request.name is not None:
        keys["sts:RoleSessionName"] = request.name
    if request.source_identity is not None:
        keys["sts:SourceIdentity"] = request.source_identity
    if request.authorized_by_idp is not None:
        keys["sts:RoleAuthorizedByIdp"] = "true" if request.authorized_by_idp else "false"
    if request.transitive_tag_keys:
        keys["sts:TransitiveTagKeys"] = request.transitive_tag_keys
    if request.tags:
        keys["aws:TagKeys"] = tuple(tag.key for tag in request.tags)
        keys |= {f"aws:RequestTag/{tag.key}": tag.value for tag in request.tags}
    return keys if account.organization is None else keys | resource_keys(account.id, account.organization)


@lru_cache(maxsize=2)  # the logins of one second have the same texts
def _time_keys(second: int) -> tuple[str, str]:
    """Return ``aws:CurrentTime`` and ``aws:EpochTime`` of a second since 1970."""
    instant = _EPOCH + timedelta(seconds=second)
    return f"{instant.isoformat()[:19]}Z", str(second)


def decide(role: Role, identity: VerifiedIdentity, request: SessionRequest, *, operation: str, account: Account, at: datetime) -> Decision:
    """Evaluate the trust policy of *role* for every action of the request, and return the decision that decides.

    It is the first refusal, or the decision on the operation. No identity policy is evaluated: a federated caller has none. Where the trust
    policy allows, the resource control policies of the account are asked too; service control policies do not bound a federated caller.
    """
    asked = RequestContext(
        principal=federated_caller(identity.provider_arn),
        action=f"sts:{operation}",
        keys=trust_context(identity, request, account=account, at=at),
    )
    decision = role.trust_policy.evaluate(asked)
    if request.tags and decision.allowed:
        tagging = role.trust_policy.evaluate(asked.asking(TAG_SESSION))
        decision = decision if tagging.allowed else tagging
    if request.source_identity is not None and decision.allowed:
        setting = role.trust_policy.evaluate(asked.asking(SET_SOURCE_IDENTITY))
        decision = decision if setting.allowed else setting
    if account.organization is not None and account.organization.resource_control and decision.allowed:
        return _controlled(role, account.organization.resource_control, asked, request) or decision
    return decision


def _controlled(role: Role, levels: tuple[ControlLevel, ...], asked: RequestContext, request: SessionRequest) -> Decision | None:
    """Return the first decision of resource control policies that refuses an action of the request; None where they allow it."""
    if role.path.startswith(SERVICE_LINKED):
        return None
    whole = about_role(role, asked)
    for action in (asked.action, *further_actions(request)):
        refusing = _refusing(control_levels(levels), whole.asking(action))
        if refusing is not None:
            return refusing
    return None


def about_role(role: Role, asked: RequestContext) -> RequestContext:
    """Return *asked* as a resource control policy is asked it: with the role as the resource, and its tags."""
    tags = {f"{prefix}:ResourceTag/{tag.key}": tag.value for tag in role.tags for prefix in ("iam", "aws")}
    return RequestContext(principal=asked.principal, action=asked.action, resource=role.arn, keys={**tags, **asked.keys})


def further_actions(request: SessionRequest) -> tuple[str, ...]:
    """Return the actions that a login takes beside its operation."""
    return (*((TAG_SESSION,) if request.tags else ()), *((SET_SOURCE_IDENTITY,) if request.source_identity is not None else ()))


def _refusing(levels: tuple[tuple[Attached, ...], ...], asked: RequestContext) -> Decision | None:
    """Return the decision of a policy that denies, else of a level of which none allows; None where all levels allow."""
    silent = None
    for level in levels:
        decisions = [each.policy.evaluate(asked).of(each.source) for each in level if each.policy is not None]
        denying = next((each for each in decisions if each.effect == "Deny"), None)
        if denying is not None:
            return denying
        if silent is None and not any(each.allowed for each in decisions):
            silent = (
                decisions[0] if decisions else Decision("ImplicitDeny", None, asked, None, (), "no resource control policy at one level")
            )
    return silent


@lru_cache(maxsize=1024)  # providers of an account only, so no foreign text fills the cache
def federated_caller(provider_arn: str) -> Principal:
    """Return the principal of a login by a provider of the account."""
    return Principal.federated(provider_arn)


def denied(decision: Decision, *, operation: str, role_arn: str) -> AccessDenied:
    """Return the refusal for *decision*. Its message on the wire is that of AWS."""
    explicit = decision.effect == "Deny"
    if decision.policy:
        return AccessDenied(
            check="resource-control-policy",
            expected=f"resource control policies that allow {decision.request.action} on {show(role_arn)}",
            found=f"{_statement(decision)} of {decision.policy} denies it" if explicit else f"{decision.policy} does not allow it",
            remedy="have the policy of the organization changed, or sign in as somebody that it does not deny",
            message=aws_texts.authorization.federated(operation),
            decision=decision,
        )
    return AccessDenied(
        check="trust-policy",
        expected=f"a trust policy of {show(role_arn)} that allows {decision.request.action}",
        found="a statement that denies it" if explicit else _nearest(decision),
        remedy="correct the trust policy or the token; `federation explain` shows every statement and condition",
        message=aws_texts.authorization.federated(operation),
        decision=decision,
    )


def no_such_role(*, operation: str, role_arn: str) -> AccessDenied:
    """Return the refusal for a missing role. On the wire it equals that of a trust policy, so that role names cannot be probed."""
    return AccessDenied(
        check="role",
        expected="a role of the account",
        found=show(role_arn),
        remedy="correct the ARN, path included; `federation account show` lists the roles",
        message=aws_texts.authorization.federated(operation),
    )


def _statement(decision: Decision) -> str:
    statement = decision.statement
    return "a statement" if statement is None else f"statement {show(statement.sid) if statement.sid else statement.index}"


def _nearest(decision: Decision) -> str:
    nearest = decision.nearest
    return "no statement that comes near" if nearest is None else f"nearest miss: {nearest.sentence}"
