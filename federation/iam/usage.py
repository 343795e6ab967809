"""What managed policies are used for in the account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from federation.account import Account
from federation.account.model import Group
from federation.iam.finding import Holder


@dataclass(frozen=True, slots=True)
class Usage:
    """How often a policy is used.

    Attributes:
        attached: To how many roles, users and groups it is attached.
        boundaries: Of how many roles and users it is the permissions boundary.
    """

    attached: int = 0
    boundaries: int = 0


UNUSED: Final = Usage()


def usage_of_policies(account: Account) -> Mapping[str, Usage]:
    """Return the usage of every managed policy that is used, by ARN."""
    found: dict[str, Usage] = {}
    for entity in entities(account):
        for arn in entity.attached_policies:
            usage = found.get(arn, UNUSED)
            found[arn] = Usage(usage.attached + 1, usage.boundaries)
        boundary = boundary_of(entity)
        if boundary is not None:
            usage = found.get(boundary, UNUSED)
            found[boundary] = Usage(usage.attached, usage.boundaries + 1)
    return found


def entities(account: Account) -> Iterator[Holder]:
    """Yield every role, user and group."""
    yield from account.roles.values()
    yield from account.users.values()
    yield from account.groups.values()


def boundary_of(entity: Holder) -> str | None:
    """Return the ARN of the permissions boundary of *entity*; groups have none."""
    return None if isinstance(entity, Group) else entity.permissions_boundary
