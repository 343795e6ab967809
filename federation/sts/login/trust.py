"""Evaluation of a role's trust policy for a federated login (docs/observed.md 2.11, 4.3, 4.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from federation import aws_texts
from federation.account import Role
from federation.condition_keys import SECURE_TRANSPORT
from federation.errors import AccessDenied, show
from federation.identity import ContextValue, VerifiedIdentity
from federation.policy import Decision, Principal, RequestContext
from federation.sts.login.verified_login import SessionRequest

TAG_SESSION: Final = "sts:TagSession"
SET_SOURCE_IDENTITY: Final = "sts:SetSourceIdentity"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


def trust_context(identity: VerifiedIdentity, request: SessionRequest, *, account: str, at: datetime) -> dict[str, ContextValue]:
    """Return the condition keys of a federated login.

    Keys of the token have the prefix that the validator assigned. Keys of the service override them, so that no claim can replace one
    (attack row A13). ``aws:PrincipalArn`` and ``aws:PrincipalTag`` are absent, because a federated caller is not an IAM principal
    (observed).
    """
    current, epoch = _time_keys((at - _EPOCH) // _SECOND)
    keys: dict[str, ContextValue] = MappingProxyType(identity.context_keys) | {  # faster than unpacking into a dict display
        "aws:PrincipalType": "User",
        "aws:userid": identity.provider_arn,
        "aws:PrincipalAccount": account,
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
    return keys


@lru_cache(maxsize=2)  # the logins of one second have the same texts
def _time_keys(second: int) -> tuple[str, str]:
    """Return ``aws:CurrentTime`` and ``aws:EpochTime`` of a second since 1970."""
    instant = _EPOCH + timedelta(seconds=second)
    return f"{instant.isoformat()[:19]}Z", str(second)


def decide(role: Role, identity: VerifiedIdentity, request: SessionRequest, *, operation: str, account: str, at: datetime) -> Decision:
    """Evaluate the trust policy of *role* for every action of the request, and return the decision that decides.

    It is the first refusal, or the decision on the operation. No identity policy is evaluated: a federated caller has none.
    """
    asked = RequestContext(
        principal=_caller(identity.provider_arn),
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
    return decision


@lru_cache(maxsize=1024)  # providers of an account only, so no foreign text fills the cache
def _caller(provider_arn: str) -> Principal:
    return Principal.federated(provider_arn)


def denied(decision: Decision, *, operation: str, role_arn: str) -> AccessDenied:
    """Return the refusal for *decision*. Its message on the wire is that of AWS."""
    explicit = decision.effect == "Deny"
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


def _nearest(decision: Decision) -> str:
    nearest = decision.nearest
    return "no statement that comes near" if nearest is None else f"nearest miss: {nearest.sentence}"
