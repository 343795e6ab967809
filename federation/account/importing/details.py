"""Import of the entities of ``get-account-authorization-details``, read by the code of `load_account`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from federation.account.importing.dumps import KINDS, Dumps
from federation.account.model import Account, Group, ManagedPolicy, Role, User
from federation.account.reading.attachments import check_references
from federation.account.reading.entities import GROUP, POLICY, ROLE, USER, EntityKind
from federation.account.reading.faults import Faults
from federation.account.reading.policies import policy_file, read_policy
from federation.account.reading.roles import read_role
from federation.account.reading.settings import Settings
from federation.account.reading.users import read_group, read_user
from federation.account.writing.documents import document_octets
from federation.account.writing.draft import Draft
from federation.account.writing.entities import stored_document
from federation.account.writing.users import secrets_of
from federation.errors import check_of, show

Entity = ManagedPolicy | Group | User | Role

ELSEWHERE: Final = ("MaxSessionDuration", "Description")
"""Members of a role that ``list-roles`` and ``get-role`` print and ``get-account-authorization-details`` does not."""
USAGE: Final = frozenset({"RoleLastUsed", "PasswordLastUsed", "AttachmentCount", "PermissionsBoundaryUsageCount"})
"""Members that change while the entity does not."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entity of the documents: its file and JSON path, its document, and the entity that was read."""

    kind: EntityKind
    file: str
    place: str
    document: dict[str, Any]
    entity: Entity


@dataclass(slots=True)
class Details:
    """The entities of the documents and those of the account.

    Attributes:
        present: The entities of the account by kind and file.
        policies: Managed policies that an entity of the documents may refer to, by ARN.
        groups: Groups that a user of the documents may be in, by name.
        taken: Files in use, by kind and lower-case name: those of account and documents; with pruning, only those of the documents.
        items: The entities of the documents by kind and file.
    """

    present: Mapping[str, Mapping[str, Entity]]
    policies: dict[str, ManagedPolicy]
    groups: dict[str, Group]
    taken: dict[str, dict[str, str]]
    items: dict[str, dict[str, Item]] = field(default_factory=lambda: {kind.noun: {} for kind in KINDS})

    def absent(self, kind: EntityKind) -> dict[str, Entity]:
        """Return the entities of the account that are not in the documents.

        Where the documents list no entity of *kind*, the output may have been made with ``--filter``, and no entity counts as absent.
        """
        items = self.items[kind.noun]
        return {file: entity for file, entity in self.present[kind.noun].items() if file not in items} if items else {}


def file_of(kind: EntityKind, entity: Entity) -> str:
    """Return the path of the file of *entity*."""
    return policy_file(entity.arn, entity.name) if kind is POLICY else kind.file_of(entity.name)


def read_details(dumps: Dumps, draft: Draft, *, prune: bool, faults: Faults) -> Details:
    """Return every entity of *dumps*. Faults name the place in the document."""
    details = _beside(draft.account(), prune=prune)
    extra = _elsewhere(dumps, faults)
    for kind in KINDS:
        for file, place, printed in dumps.items(kind, faults):
            name = printed[kind.name_member]
            document = {**printed, **extra.pop(name, {})} if kind is ROLE else printed
            own = Faults()
            entity = _read(kind, document, name, details, draft.settings, own)
            for fault in own:
                faults.add(file, place + fault.path.removeprefix("$"), fault.expected, fault.found, fault.remedy, check=check_of(fault))
            if entity is not None:
                _add(details, Item(kind, file, place, document, entity), faults)
        if prune:
            _forget(details, kind)
    _check_all_known(extra, dumps, faults)
    return details


def _beside(account: Account, *, prune: bool) -> Details:
    present = _present(account)
    return Details(
        present=present,
        policies=dict(account.policies),
        groups={group.name: group for group in account.groups.values()},
        taken={noun: {} if prune else {file.lower(): file for file in files} for noun, files in present.items()},
    )


def _add(details: Details, item: Item, faults: Faults) -> None:
    """Add *item*. No other entity of the documents or of the account may have its name in another case."""
    noun, file = item.kind.noun, file_of(item.kind, item.entity)
    twin = details.taken[noun].setdefault(file.lower(), file)
    if twin != file or file in details.items[noun]:
        remedy = "remove the one or the other; with --prune, what the dump has no more goes"
        faults.add(item.file, item.place, "a name that is not taken, whatever its case", show(item.entity.name), remedy)
    details.items[noun][file] = item
    if isinstance(item.entity, ManagedPolicy):
        details.policies[item.entity.arn] = item.entity
    elif isinstance(item.entity, Group):
        details.groups[item.entity.name] = item.entity


def _forget(details: Details, kind: EntityKind) -> None:
    """Remove the absent entities of *kind* from the ones that others may refer to."""
    for gone in details.absent(kind).values():
        if isinstance(gone, ManagedPolicy):
            details.policies.pop(gone.arn)
        elif isinstance(gone, Group):
            details.groups.pop(gone.name)


def _read(kind: EntityKind, document: object, name: str, details: Details, settings: Settings, faults: Faults) -> Entity | None:
    if kind is POLICY:
        return read_policy(document, name, file="", settings=settings, faults=faults)
    entity: Group | User | Role | None
    if kind is GROUP:
        entity = read_group(document, name, file="", settings=settings, faults=faults)
    elif kind is USER:
        entity = read_user(document, name, file="", settings=settings, groups=details.groups, faults=faults)
    else:
        entity = read_role(document, name, file="", settings=settings, faults=faults)
    if entity is not None:
        boundary = None if isinstance(entity, Group) else entity.permissions_boundary
        check_references(entity.attached_policies, boundary=boundary, policies=details.policies, file="", settings=settings, faults=faults)
    return entity


def _present(account: Account) -> dict[str, dict[str, Entity]]:
    held: dict[str, Collection[Entity]] = {
        POLICY.noun: account.policies.values(),
        GROUP.noun: account.groups.values(),
        USER.noun: account.users.values(),
        ROLE.noun: account.roles.values(),
    }
    return {kind.noun: {file_of(kind, entity): entity for entity in held[kind.noun]} for kind in KINDS}


def _elsewhere(dumps: Dumps, faults: Faults) -> dict[str, dict[str, Any]]:
    """Return the `ELSEWHERE` members of roles from ``list-roles`` and ``get-role``, by role name."""
    return {
        document["RoleName"]: {member: document[member] for member in ELSEWHERE if member in document}
        for _, _, document in dumps.roles(faults)
    }


def _check_all_known(left: Mapping[str, Any], dumps: Dumps, faults: Faults) -> None:
    """Require that ``list-roles`` contains only roles of the authorization details."""
    for file, place, document in dumps.roles(Faults()):
        if document["RoleName"] in left:
            found, remedy = show(document["RoleName"]), "pass the answer of get-account-authorization-details, too"
            faults.add(file, f"{place}.RoleName", "a role of the authorization details", found, remedy)


def write_details(details: Details, draft: Draft, *, prune: bool) -> dict[str, list[str]]:
    """Write the entities to *draft* and return ARNs under ``added``, ``updated``, ``unchanged``, ``absent`` and ``removed``."""
    said: dict[str, list[str]] = {word: [] for word in ("added", "updated", "unchanged", "absent", "removed")}
    for kind in KINDS:
        for item in details.items[kind.noun].values():
            said[_write(item, details, draft)].append(item.entity.arn)
    for kind in reversed(KINDS):
        for file, entity in details.absent(kind).items():
            said["removed" if prune else "absent"].append(entity.arn)
            if prune:
                _remove(kind, file, entity, draft)
    return said


def _write(item: Item, details: Details, draft: Draft) -> str:
    file = file_of(item.kind, item.entity)
    known = details.present[item.kind.noun].get(file)
    if known is None:
        draft.write(file, document_octets(item.document))
        return "added"
    lies = known.file if isinstance(known, ManagedPolicy) else file
    stored = stored_document(draft, lies, item.kind)
    kept: dict[str, Any] = {member: stored[member] for member in ELSEWHERE if item.kind is ROLE and member in stored}
    document = {**kept, **item.document}
    if lies == file and _lasting(document) == _lasting(stored):
        return "unchanged"
    if lies != file:
        draft.remove(lies)
    draft.write(file, document_octets(document))
    return "updated"


def _lasting(document: Mapping[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in document.items() if member not in USAGE}


def _remove(kind: EntityKind, file: str, entity: Entity, draft: Draft) -> None:
    if kind is USER:  # IAM does not delete a user that has keys or devices, so they are deleted in AWS too
        for secret in list(secrets_of(draft, entity.name)):
            draft.remove(secret)
    draft.remove(entity.file if isinstance(entity, ManagedPolicy) else file)
