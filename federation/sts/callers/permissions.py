"""The compiled policies that apply to a caller, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from federation.account import Account, Role
from federation.account.model import Group, User
from federation.account.organization import ControlLevel, ControlPolicy
from federation.errors import show
from federation.policy import Policy

_EVERYTHING: Final = Policy.stored('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', kind="identity")


@dataclass(frozen=True, slots=True)
class Attached:
    """A policy and its source, e.g. ``inline policy `Ec2` `` or the ARN of a managed policy.

    ``policy`` is None for a managed policy of AWS whose document is not in the account directory. Such a policy allows nothing.

    Attributes:
        source: The source.
        policy: The policy.
        file: The file that holds it, relative to the directory of the caller's account; empty where none does.
        place: JSON path of its document in that file.
        shared: Whether it may be the policy of others, too: a managed policy, or one of a group or an organization.
        arn: ARN of a policy of an organization; empty for others.
    """

    source: str
    policy: Policy | None
    file: str = field(default="", compare=False)
    place: str = field(default="$", compare=False)
    shared: bool = field(default=False, compare=False)
    arn: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """The policies that apply to a caller, without resource-based ones.

    Attributes:
        identity: Identity-based policies, of which one must allow.
        boundary: The permissions boundary; None where there is none.
        session: Session policies; None where the session has none. With an empty tuple nothing is allowed.
    """

    identity: tuple[Attached, ...]
    boundary: tuple[Attached, ...] | None = None
    session: tuple[Attached, ...] | None = None


ROOT: Final = Permissions(identity=(Attached("the root of the account", _EVERYTHING),))
"""The permissions of a root, which no policy of the account limits."""


def permissions_of_role(account: Account, role: Role, *, session: tuple[Attached, ...] | None = None) -> Permissions:
    """Return the permissions of a session of *role* with the session policies *session*."""
    return Permissions(identity=tuple(_of_entity(account, role)), boundary=_boundary(account, role.permissions_boundary), session=session)


def permissions_of_user(account: Account, user: User, *, session: tuple[Attached, ...] | None = None) -> Permissions:
    """Return the permissions of *user*, with those of its groups and the session policies *session*."""
    identity = [*_of_entity(account, user)]
    for group in user.groups:
        of_group = (replace(each, source=f"{each.source} of group {show(group.name)}") for each in _of_entity(account, group))
        identity += (replace(each, shared=True) for each in of_group)
    return Permissions(identity=tuple(identity), boundary=_boundary(account, user.permissions_boundary), session=session)


def session_policies(account: Account, *, policy: str | None, policy_arns: Iterable[str]) -> tuple[Attached, ...] | None:
    """Return the session policies of a session, with the present documents of managed ones; None where it has none."""
    found = [] if policy is None else [Attached("inline session policy", _compiled(policy))]
    found += (_managed(account, arn) for arn in policy_arns)
    return tuple(found) or None


def control_levels(levels: tuple[ControlLevel, ...]) -> tuple[tuple[Attached, ...], ...]:
    """Return the policies of an organization, level by level."""
    return tuple(tuple(_control(level, each) for each in level.policies) for level in levels)


def _control(level: ControlLevel, control: ControlPolicy) -> Attached:
    return Attached(f"{show(control.name)} ({control.id}) of {level.name}", control.policy, shared=True, arn=control.arn)


def _of_entity(account: Account, entity: Role | User | Group) -> Iterator[Attached]:
    written = entity.written
    for name, policy in entity.inline_policies.items():
        place = None if written is None else written.inline.get(name)
        file = "" if written is None or place is None else written.file
        yield Attached(f"inline policy {show(name)}", policy, file=file, place=place or "$")
    for arn in entity.attached_policies:
        yield _managed(account, arn)


def _boundary(account: Account, arn: str | None) -> tuple[Attached, ...] | None:
    return None if arn is None else (_managed(account, arn),)


def _managed(account: Account, arn: str) -> Attached:
    managed = account.policies.get(arn)
    if managed is None:
        return Attached(arn, None, shared=True)
    return Attached(arn, managed.policy, file=managed.file, place=managed.place, shared=True)


@lru_cache(maxsize=256)  # every request of a session has the same text
def _compiled(text: str) -> Policy:
    return Policy.stored(text, kind="session")
