"""Files of IAM entities: one file for each entity, named by it, in the form that AWS prints with or without the outer member."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeGuard

from federation.account.model import GROUP_NAME, IAM_PATH, POLICY_NAME, ROLE_NAME, UNIQUE_ID, USER_NAME, derived_id
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.account.reading.names import file_name, read_name
from federation.account.reading.settings import Settings
from federation.check_names import AccountCheck
from federation.errors import show

JSON: Final = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityKind:
    """A kind of IAM entity.

    Attributes:
        noun: Name in errors, such as ``role``.
        name_check: What refuses a name that does not match `name_pattern`.
        directory: Directory of its files.
        member: Member that wraps an entity in a response, such as ``Role``.
        listed: Member of ``get-account-authorization-details`` that lists them, such as ``RoleDetailList``.
        name_member: Member that holds the name.
        inline_member: Member that holds the inline policies; empty where the kind has none.
        id_prefix: First four letters of the unique ids; empty where the account has none of this kind.
        name_pattern: Pattern of valid names (IAM API model 2010-05-08).
    """

    noun: str
    name_check: AccountCheck
    directory: str
    member: str
    listed: str
    name_member: str
    inline_member: str = ""
    id_prefix: str = ""
    name_pattern: re.Pattern[str]

    def file_of(self, name: str) -> str:
        """Return the path of the file of the entity *name*, relative to the account directory."""
        return f"{self.directory}/{file_name(name, JSON)}"

    @property
    def id_member(self) -> str:
        """Member that holds the unique id, such as ``RoleId``."""
        return f"{self.member}Id"

    def derived_id(self, account: str, path: str, name: str) -> str:
        """Return the unique id of an entity of *account* whose file states none."""
        return derived_id(self.id_prefix, account, self.noun, path + name)


ROLE: Final = EntityKind(
    noun="role",
    name_check="role-name",
    directory="roles",
    member="Role",
    listed="RoleDetailList",
    name_member="RoleName",
    inline_member="RolePolicyList",
    id_prefix="AROA",
    name_pattern=ROLE_NAME,
)
USER: Final = EntityKind(
    noun="user",
    name_check="user-name",
    directory="users",
    member="User",
    listed="UserDetailList",
    name_member="UserName",
    inline_member="UserPolicyList",
    id_prefix="AIDA",
    name_pattern=USER_NAME,
)
GROUP: Final = EntityKind(
    noun="group",
    name_check="group-name",
    directory="groups",
    member="Group",
    listed="GroupDetailList",
    name_member="GroupName",
    inline_member="GroupPolicyList",
    id_prefix="AGPA",
    name_pattern=GROUP_NAME,
)
POLICY: Final = EntityKind(
    noun="policy",
    name_check="policy-name",
    directory="policies",
    member="Policy",
    listed="Policies",
    name_member="PolicyName",
    id_prefix="ANPA",
    name_pattern=POLICY_NAME,
)


def json_files(tree: Tree, directory: str, faults: Faults, *, below: frozenset[str] = frozenset()) -> tuple[tuple[str, str], ...]:
    """Return file and name of every entity in *directory*.

    Other names, except the directories *below*, are faults. So are names that differ only by case.
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


Files = Sequence[tuple[str, str]]
"""Files of entities, each with the name of its entity. None stands for all files of a directory."""


def entities(tree: Tree, kind: EntityKind, faults: Faults, files: Files | None) -> Iterator[tuple[str, str, object, str]]:
    """Yield file, name and document of the entities of *kind* in *files*, and the JSON path of the document in the file."""
    for file, name in json_files(tree, kind.directory, faults) if files is None else files:
        document = tree.json(file)
        if document is not None:
            yield file, name, unwrapped(document, kind), f"$.{kind.member}" if is_wrapped(document, kind) else "$"


def unwrapped(document: object, kind: EntityKind) -> object:
    """Return *document* without the outer member, such as ``{"Role": …}`` of ``get-role``."""
    return document[kind.member] if is_wrapped(document, kind) else document


def is_wrapped(document: object, kind: EntityKind) -> TypeGuard[dict[str, object]]:
    """Whether *document* has nothing but the outer member."""
    return isinstance(document, dict) and document.keys() == {kind.member}


def check_name(fields: Fields, kind: EntityKind, name: str) -> None:
    """Require that the entity in the file of *name* has this name, and that the name is valid for IAM."""
    given = fields.text(kind.name_member)
    if given not in {None, name}:
        fields.fault(kind.name_member, f"the name of the file, {show(name)}", show(given), "rename the file or correct the member")
    if kind.name_pattern.fullmatch(name) is None:
        fields.fault(kind.name_member, f"a name matching {kind.name_pattern.pattern}", show(name), "rename the file")


def arn_of(settings: Settings, kind: EntityKind, path: object, name: str) -> str:
    """Return the ARN of an entity of the account."""
    return f"arn:{settings.partition}:iam::{settings.id}:{kind.noun}{path}{name}"


class EntityNames(NamedTuple):
    """What names a role, user or group: ARN, path and unique id."""

    arn: str
    path: str
    unique_id: str


def read_names(fields: Fields, kind: EntityKind, settings: Settings, name: str) -> EntityNames:
    """Return what names the entity in the file of *name*: as the file states it, which must fit the account, or derived."""
    check_name(fields, kind, name)
    path = fields.text("Path", pattern=IAM_PATH) or "/"
    arn = check_arn(fields, arn_of(settings, kind, path, name))
    return EntityNames(arn, path, fields.text(kind.id_member, pattern=UNIQUE_ID) or kind.derived_id(settings.id, path, name))


def check_arn(fields: Fields, *allowed: str) -> str:
    """Require that ``Arn``, where present, is one of *allowed*. Return it, or the first of *allowed*."""
    given = fields.text("Arn")
    if given is None or given in allowed:
        return given or allowed[0]
    fields.fault("Arn", allowed[0], show(given), "correct or remove the member")
    return allowed[0]
