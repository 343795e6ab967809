"""Reading of ``organization/`` beside account directories: what ``aws organizations`` printed, each answer in a file of its own.

The answers must be complete and must fit each other: an organization that is half there is not read, because a policy that is missing would
allow what it denies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from federation.account.model import ACCOUNT_ID
from federation.account.organization import ControlAttachments, ControlPolicy, OrganizationNode, OrganizationTree
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.errors import FederationError, show
from federation.policy import Kind, Policy

ORGANIZATION: Final = "organization"
"""Name of the directory."""
ORGANIZATION_ID: Final = re.compile(r"o-[a-z0-9]{10,32}", re.ASCII)
_ROOT_ID: Final = re.compile(r"r-[a-z0-9]{4,32}", re.ASCII)
_UNIT_ID: Final = re.compile(r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}", re.ASCII)
_POLICY_ID: Final = re.compile(r"p-[0-9A-Za-z_]{8,128}", re.ASCII)
_TYPES: Final = {"SERVICE_CONTROL_POLICY": Kind.SERVICE_CONTROL, "RESOURCE_CONTROL_POLICY": Kind.RESOURCE_CONTROL}
_AGAIN: Final = "write the answers of `aws organizations` again, all of them; docs/organizations.md has the commands"


def read_organization(tree: Tree, faults: Faults) -> OrganizationTree | None:
    """Return the organization in *tree*, a directory of accounts; None where it has none, and after recording faults."""
    if not tree.holds(ORGANIZATION):
        return None
    before, reader = len(faults), _OrganizationReader(tree, faults)
    found = reader.organization()
    return None if len(faults) > before else found


class _Listed(NamedTuple):
    """What one type of policy says: whether it is enabled, and its policies by id."""

    enabled: bool
    policies: Mapping[str, ControlPolicy]


class _OrganizationReader:
    """One run of `read_organization`."""

    def __init__(self, tree: Tree, faults: Faults) -> None:
        self._tree, self._faults = tree, faults
        self._read: set[str] = set()
        self._nodes: dict[str, OrganizationNode] = {}

    def organization(self) -> OrganizationTree | None:
        about = self._answer("organization.json").object("Organization")
        root, enabled = self._root()
        if about is None or root is None:
            self._fault("organization.json", "$.Organization", "the answer of describe-organization, and one root", "less")
            return None
        name = about.text("Id", required=True, pattern=ORGANIZATION_ID)
        management = about.text("MasterAccountId", required=True, pattern=ACCOUNT_ID)
        self._below(root)
        attached: dict[str, ControlAttachments | None] = {}
        for type_, kind in _TYPES.items():
            listed = self._policies(type_, kind, required=type_ in enabled)
            found = self._attached(listed)
            attached[type_] = found if type_ in enabled else None
        self._check_layout()
        if name is None or management is None:
            return None
        if management not in self._nodes:
            self._fault("organization.json", "$.Organization.MasterAccountId", "an account of the lists in accounts/", show(management))
        return OrganizationTree(
            id=name,
            management=management,
            nodes=self._nodes,
            service_control=attached["SERVICE_CONTROL_POLICY"],
            resource_control=attached["RESOURCE_CONTROL_POLICY"],
        )

    def _root(self) -> tuple[str | None, frozenset[str]]:
        """Return the id of the root, and the types of policies that are enabled there.

        A type that is being enabled or disabled counts as enabled, because its policies may still be in force.
        """
        roots = self._answer("roots.json").objects("Roots")
        if len(roots) != 1:
            self._fault("roots.json", "$.Roots", "one root", str(len(roots)))
            return None, frozenset()
        name = self._node(roots[0], _ROOT_ID, parent=None)
        return name, frozenset(type_ for each in roots[0].objects("PolicyTypes") if (type_ := each.text("Type")) is not None)

    def _below(self, root: str) -> None:
        """Read the units and accounts below *root*. Each unit and account is there once, so that the walk ends."""
        waiting = [root]
        while waiting:
            parent = waiting.pop()
            for unit in self._answer(f"units/{parent}.json").objects("OrganizationalUnits"):
                name = self._node(unit, _UNIT_ID, parent=parent)
                if name is not None:
                    waiting.append(name)
            for account in self._answer(f"accounts/{parent}.json").objects("Accounts"):
                self._node(account, ACCOUNT_ID, parent=parent)

    def _node(self, fields: Fields, pattern: re.Pattern[str], *, parent: str | None) -> str | None:
        name = fields.text("Id", required=True, pattern=pattern)
        if name is None:
            return None
        if name in self._nodes:
            fields.fault("Id", "every unit and account once", show(name), _AGAIN)
            return None
        self._nodes[name] = OrganizationNode(id=name, name=fields.text("Name") or name, parent=parent)
        return name

    def _policies(self, type_: str, kind: Kind, *, required: bool) -> dict[str, ControlPolicy]:
        file = f"{type_}.json"
        if not required and not self._tree.holds(f"{ORGANIZATION}/{file}"):
            return {}
        found = {}
        for each in self._answer(file).objects("Policies"):
            name = each.text("Id", required=True, pattern=_POLICY_ID)
            policy = None if name is None else self._policy(name, type_, kind)
            if policy is not None:
                found[policy.id] = policy
        return found

    def _policy(self, name: str, type_: str, kind: Kind) -> ControlPolicy | None:
        file = f"policies/{name}.json"
        described = self._answer(file).object("Policy")
        summary = None if described is None else described.object("PolicySummary")
        if described is None or summary is None:
            self._fault(file, "$.Policy", "the answer of describe-policy", "something else")
            return None
        text = described.text("Content", required=True, longest=1 << 20)
        arn, title = summary.text("Arn", required=True), summary.text("Name", required=True)
        for member, expected in (("Id", name), ("Type", type_)):
            if (found := summary.text(member, required=True)) not in (None, expected):
                summary.fault(member, show(expected), show(found), _AGAIN)
        if text is None or arn is None or title is None:
            return None
        try:
            return ControlPolicy(id=name, arn=arn, name=title, policy=Policy.stored(text, kind=kind))
        except FederationError as refusal:
            self._faults.add_refusal(f"{ORGANIZATION}/{file}", "$.Policy.Content", refusal)
            return None

    def _attached(self, policies: Mapping[str, ControlPolicy]) -> dict[str, tuple[ControlPolicy, ...]]:
        found: dict[str, tuple[ControlPolicy, ...]] = {}
        for policy in policies.values():
            for each in self._answer(f"targets/{policy.id}.json").objects("Targets"):
                target = each.text("TargetId", required=True)
                if target is None:
                    continue
                if target not in self._nodes:
                    each.fault("TargetId", "the root, a unit or an account of the organization", show(target), _AGAIN)
                found[target] = (*found.get(target, ()), policy)
        return found

    def _answer(self, file: str) -> Fields:
        """Return the reader of the answer in *file*, which must be whole."""
        name = f"{ORGANIZATION}/{file}"
        self._read.add(file)
        document = self._tree.json(name)
        fields = Fields({} if document is None else document, file=name, faults=self._faults)
        if "NextToken" in fields:
            fields.fault("NextToken", "a whole answer", "the first part of one", _AGAIN)
        return fields

    def _check_layout(self) -> None:
        """Record a fault for every file that no list names: the answers are of different days, or a list is not complete."""
        for file in self._present():
            if file not in self._read and not file.startswith("README"):
                self._fault(file, "", "a file that the lists name", show(file))

    def _present(self) -> Iterator[str]:
        for entry in self._tree.entries(ORGANIZATION):
            if self._tree.is_directory(f"{ORGANIZATION}/{entry}"):
                yield from (f"{entry}/{name}" for name in self._tree.entries(f"{ORGANIZATION}/{entry}"))
            else:
                yield entry

    def _fault(self, file: str, path: str, expected: str, found: str) -> None:
        self._faults.add(f"{ORGANIZATION}/{file}", path, expected, found, _AGAIN)
