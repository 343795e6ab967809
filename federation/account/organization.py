"""An AWS organization: where its accounts are, and the policies that bound them.

A service control policy bounds what the principals of an account may do, a resource control policy what anybody may do with its resources.
Each level from the root down to the account must allow, and a Deny of any level prevails (AWS Organizations user guide, "SCP evaluation"
and "RCP evaluation"). Neither is about the management account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from federation.errors import show
from federation.policy import Policy

SERVICE_LINKED: Final = "/aws-service-role/"
"""Path of service-linked roles, which no policy of an organization bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPolicy:
    """A policy of an organization.

    Attributes:
        id: Its id, ``p-…``.
        arn: Its ARN.
        name: Its name.
        policy: Its document, of kind ``service-control`` or ``resource-control``.
    """

    id: str
    arn: str
    name: str
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlLevel:
    """The policies of one kind that are attached to a root, a unit or an account. One of them must allow.

    Attributes:
        target: Id of the root or unit, or the account id.
        name: What it is, for a sentence.
        policies: The policies; none allows nothing.
    """

    target: str
    name: str
    policies: tuple[ControlPolicy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """The AWS organization of an account, and the place of the account in it.

    Attributes:
        id: Id of the organization, ``o-…``; condition key ``aws:PrincipalOrgID``.
        paths: Paths of the account in it, ``o-…/r-…/ou-…/``; condition key ``aws:PrincipalOrgPaths``.
        root_access: Account ids of the member accounts whose root this account may assume: it is the management account or the delegated
            administrator, and centralised root access is enabled. Otherwise empty.
        service_control: Levels of service control policies, from the root to the account. Empty where none applies, as for the management
            account, and where the policies of the organization are not known.
        resource_control: Likewise for resource control policies.
        tree: The organization as a whole; None where it is not known.
    """

    id: str
    paths: tuple[str, ...] = ()
    root_access: frozenset[str] = frozenset()
    service_control: tuple[ControlLevel, ...] = field(default=(), repr=False)
    resource_control: tuple[ControlLevel, ...] = field(default=(), repr=False)
    tree: OrganizationTree | None = field(default=None, repr=False, compare=False)

    def of_member(self, account: str) -> Organization:
        """Return the same organization as that of the member *account*, whose root a principal of this account assumes."""
        found = None if self.tree is None else self.tree.place_of(account)
        return Organization(id=self.id) if found is None else found


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationNode:
    """A root, a unit or an account.

    Attributes:
        id: Its id.
        name: Its name.
        parent: Id of the root or unit that holds it; None for the root.
    """

    id: str
    name: str
    parent: str | None


ControlAttachments = Mapping[str, tuple[ControlPolicy, ...]]
"""Id of a root, unit or account to the policies that are attached to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationTree:
    """An organization as a whole. It is immutable.

    Attributes:
        id: Its id, ``o-…``.
        management: Id of the management account.
        nodes: Its root, units and accounts by id.
        service_control: Service control policies by target; None where the type is not enabled.
        resource_control: Likewise for resource control policies.
    """

    id: str
    management: str
    nodes: Mapping[str, OrganizationNode] = field(repr=False)
    service_control: ControlAttachments | None = field(default=None, repr=False)
    resource_control: ControlAttachments | None = field(default=None, repr=False)

    def place_of(self, account: str, *, root_access: frozenset[str] = frozenset()) -> Organization | None:
        """Return the place of *account*; None where it is no account of the organization.

        Args:
            account: Its id.
            root_access: As of `Organization`, which the organization does not say of itself.
        """
        if not account.isdigit() or account not in self.nodes:
            return None
        line = self._line(account)
        bounded = account != self.management
        return Organization(
            id=self.id,
            paths=("/".join((self.id, *(node.id for node in line[:-1]), "")),),
            root_access=root_access,
            service_control=_levels(line, self.service_control) if bounded else (),
            resource_control=_levels(line, self.resource_control) if bounded else (),
            tree=self,
        )

    def _line(self, account: str) -> tuple[OrganizationNode, ...]:
        """Return what is from the root down to *account*."""
        line, at = list[OrganizationNode](), self.nodes.get(account)
        while at is not None:
            line.append(at)
            at = None if at.parent is None else self.nodes.get(at.parent)
        return tuple(reversed(line))


def _levels(line: tuple[OrganizationNode, ...], attached: ControlAttachments | None) -> tuple[ControlLevel, ...]:
    if attached is None:
        return ()
    return tuple(ControlLevel(target=node.id, name=_said(node), policies=attached.get(node.id, ())) for node in line)


def _said(node: OrganizationNode) -> str:
    if node.parent is None:
        return "the root"
    return f"the account {show(node.id)}" if node.id.isdigit() else f"the unit {show(node.name)}"
