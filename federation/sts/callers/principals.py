"""Construction of callers from the users, roles and sessions of an account."""

from __future__ import annotations

from dataclasses import replace

from federation.account import Account, Role
from federation.account.model import User
from federation.arn import Arn
from federation.errors import FederationError
from federation.policy import Principal
from federation.sts.callers.caller import Caller, CallerKind, merged_tags
from federation.sts.callers.permissions import ROOT, Attached, Permissions, permissions_of_role, permissions_of_user, session_policies
from federation.sts.sessions.role_session import RoleSession
from federation.sts.sessions.user_sessions import FederatedUserSession, RootSession, UserSession


def root(account: Account) -> Caller:
    """Return the caller of the root of *account*."""
    arn = account.root_arn
    return Caller(
        kind=CallerKind.ROOT,
        partition=account.partition,
        account=account.id,
        arn=arn,
        user_id=account.id,
        principal_arn=arn,
        principal=Principal.aws(arn, unique_id=account.id),
        permissions=ROOT,
        mfa_devices=account.mfa_devices.get(arn, {}),
        organization=account.organization,
    )


def user(account: Account, owner: User) -> Caller:
    """Return the caller of the user *owner* of *account* with a long-term key."""
    return Caller(
        kind=CallerKind.USER,
        partition=account.partition,
        account=account.id,
        arn=owner.arn,
        user_id=owner.user_id,
        principal_arn=owner.arn,
        principal=Principal.aws(owner.arn, unique_id=owner.user_id),
        permissions=permissions_of_user(account, owner),
        name=owner.name,
        tags=owner.tags,
        mfa_devices=account.mfa_devices.get(owner.arn, {}),
        organization=account.organization,
    )


def user_session(account: Account, owner: User | None, session: UserSession) -> Caller:
    """Return the caller of a GetSessionToken session: the user or the root, with start, end and MFA of the session."""
    base = root(account) if owner is None else user(account, owner)
    return replace(base, kind=CallerKind.USER_SESSION, issued_at=session.issued_at, expires_at=session.expires_at, mfa_at=session.mfa_at)


def federated_user(account: Account, owner: User | None, session: FederatedUserSession) -> Caller:
    """Return the caller of a GetFederationToken session. It may do what both the user's policies and the session policies allow."""
    narrowed = session_policies(account, policy=session.policy, policy_arns=session.policy_arns) or ()
    arn = f"arn:{account.partition}:sts::{account.id}:federated-user/{session.name}"
    user_id = f"{account.id}:{session.name}"
    permissions = (
        Permissions(identity=ROOT.identity, session=narrowed) if owner is None else permissions_of_user(account, owner, session=narrowed)
    )
    return Caller(
        kind=CallerKind.FEDERATED_USER,
        partition=account.partition,
        account=account.id,
        arn=arn,
        user_id=user_id,
        principal_arn=arn,
        principal=Principal.aws(arn, unique_id=user_id),
        permissions=permissions,
        tags=merged_tags(() if owner is None else owner.tags, session.tags),
        session_tags=session.tags,
        issued_at=session.issued_at,
        expires_at=session.expires_at,
        organization=account.organization,
    )


def role_session(account: Account, role: Role, session: RoleSession) -> Caller:
    """Return the caller of a session of *role*, from any operation."""
    narrowed = session_policies(account, policy=session.policy, policy_arns=session.policy_arns)
    return Caller(
        kind=CallerKind.ROLE_SESSION,
        partition=account.partition,
        account=account.id,
        arn=session.arn,
        user_id=session.user_id,
        principal_arn=role.arn,
        principal=Principal.aws(session.arn, role_arn=role.arn, unique_id=role.role_id),
        permissions=permissions_of_role(account, role, session=narrowed),
        tags=merged_tags(role.tags, session.tags),
        session_tags=session.tags,
        transitive_tag_keys=session.transitive_tag_keys,
        source_identity=session.source_identity,
        federated_provider=session.federated_provider,
        federated_keys=session.federated_keys,
        issued_at=session.issued_at,
        expires_at=session.expires_at,
        mfa_at=session.mfa_at,
        organization=account.organization,
    )


def root_session(account: Account, session: RootSession) -> Caller:
    """Return the caller of an AssumeRoot session: the root of a member account, limited by a task policy of *account*."""
    arn = f"arn:{account.partition}:iam::{session.account}:root"
    managed = account.policies.get(session.task_policy)
    task = Attached(session.task_policy, None if managed is None else managed.policy)
    return Caller(
        kind=CallerKind.ROOT_SESSION,
        partition=account.partition,
        account=session.account,
        arn=arn,
        user_id=session.account,
        principal_arn=arn,
        principal=Principal.aws(arn, unique_id=session.account),
        permissions=Permissions(identity=ROOT.identity, session=(task,)),
        source_identity=session.source_identity,
        issued_at=session.issued_at,
        expires_at=session.expires_at,
        organization=None if account.organization is None else account.organization.of_member(session.account),
    )


def session_named(account: Account, arn: str) -> Caller | None:
    """Return the caller of a role session by its ARN; None where there is no such role.

    The ARN omits the path of the role, but role names are unique in an account. The session has no session policies, tags or source
    identity.
    """
    try:
        fields = Arn.parse(arn)
    except FederationError:
        return None
    kind, _, rest = fields.resource.partition("/")
    name, _, session = rest.partition("/")
    role = account.role_named(name)
    if (fields.service, fields.account, kind) != ("sts", account.id, "assumed-role") or role is None or not session:
        return None
    return Caller(
        kind=CallerKind.ROLE_SESSION,
        partition=account.partition,
        account=account.id,
        arn=arn,
        user_id=f"{role.role_id}:{session}",
        principal_arn=role.arn,
        principal=Principal.aws(arn, role_arn=role.arn, unique_id=role.role_id),
        permissions=permissions_of_role(account, role),
        tags=role.tags,
        organization=account.organization,
    )
