"""What the files of IAM's entities have in common: one file each, wrapped as AWS prints it or not, named as it is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from federation.account.faults import Faults
from federation.account.fields import Fields
from federation.account.files import Tree
from federation.account.model import GROUP_NAME, POLICY_NAME, ROLE_NAME, USER_NAME
from federation.account.names import file_name, read_name
from federation.errors import show

JSON: Final = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityKind:
    """A kind of entity, in IAM's words.

    Attributes:
        noun: ``role``; how errors call it.
        directory: Where its files lie.
        member: Member that wraps one of them in an answer, ``Role``.
        listed: Member of ``get-account-authorization-details`` that lists them, ``RoleDetailList``.
        name_member: Member that holds its name.
        inline_member: Member that holds its inline policies; empty where it has none.
        name_pattern: What it may be called (IAM API model 2010-05-08).
    """

    noun: str
    directory: str
    member: str
    listed: str
    name_member: str
    inline_member: str = ""
    name_pattern: re.Pattern[str]

    def file_of(self, name: str) -> str:
        """Return the file of the entity *name*, relative to the account directory."""
        return f"{self.directory}/{file_name(name, JSON)}"


ROLE: Final = EntityKind(
    noun="role",
    directory="roles",
    member="Role",
    listed="RoleDetailList",
    name_member="RoleName",
    inline_member="RolePolicyList",
    name_pattern=ROLE_NAME,
)
USER: Final = EntityKind(
    noun="user",
    directory="users",
    member="User",
    listed="UserDetailList",
    name_member="UserName",
    inline_member="UserPolicyList",
    name_pattern=USER_NAME,
)
GROUP: Final = EntityKind(
    noun="group",
    directory="groups",
    member="Group",
    listed="GroupDetailList",
    name_member="GroupName",
    inline_member="GroupPolicyList",
    name_pattern=GROUP_NAME,
)
POLICY: Final = EntityKind(
    noun="policy", directory="policies", member="Policy", listed="Policies", name_member="PolicyName", name_pattern=POLICY_NAME
)


def json_files(tree: Tree, directory: str, faults: Faults, *, below: frozenset[str] = frozenset()) -> tuple[tuple[str, str], ...]:
    """Return file and name of every entity in *directory*.

    Anything else there but the directories *below*, and names that differ by case alone, are faults.
    """
    found = []
    seen: dict[str, str] = {}
    for entry in tree.entries(directory):
        if entry in below:
            continue
        name = read_name(entry, directory=directory, suffix=JSON, faults=faults)
        file = f"{directory}/{entry}"
        if name is not None and seen.setdefault(name.lower(), name) != name:
            faults.add(file, "", "names that differ by more than case", show(seen[name.lower()]), "IAM names are unique whatever the case")
        elif name is not None:
            found.append((file, name))
    return tuple(found)


def entities(tree: Tree, kind: EntityKind, faults: Faults) -> Iterator[tuple[str, str, object]]:
    """Yield file, name and document of every entity of *kind*."""
    for file, name in json_files(tree, kind.directory, faults):
        document = tree.json(file)
        if document is not None:
            yield file, name, unwrapped(document, kind)


def unwrapped(document: object, kind: EntityKind) -> object:
    """Return *document* without the ``{"Role": …}`` around it that ``get-role``, and its like, prints."""
    return document[kind.member] if isinstance(document, dict) and document.keys() == {kind.member} else document


def check_name(fields: Fields, kind: EntityKind, name: str) -> None:
    """Require that the entity in the file of *name* is called so, and that the name is one IAM allows."""
    given = fields.text(kind.name_member)
    if given not in {None, name}:
        fields.fault(kind.name_member, f"the name of the file, {show(name)}", show(given), "rename the file or correct the member")
    if kind.name_pattern.fullmatch(name) is None:
        fields.fault(kind.name_member, f"a name matching {kind.name_pattern.pattern}", show(name), "rename the file")


def check_arn(fields: Fields, *allowed: str) -> str:
    """Require that ``Arn``, where it is given, is one of *allowed*; return it, or else the first of them."""
    given = fields.text("Arn")
    if given is None or given in allowed:
        return given or allowed[0]
    fields.fault("Arn", allowed[0], show(given), "correct or remove the member")
    return allowed[0]
