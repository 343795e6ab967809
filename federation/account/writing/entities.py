"""IAM's entities as a draft holds them: found, made, changed and deleted by name."""

from __future__ import annotations

from typing import Any

from federation.account.entities import JSON, EntityKind, unwrapped
from federation.account.faults import Faults
from federation.account.names import name_of
from federation.account.writing.atomic import PUBLIC_MODE
from federation.account.writing.documents import check_name, document_octets
from federation.account.writing.draft import Draft
from federation.errors import EntityAlreadyExists, NoSuchEntity, show


def names_of(draft: Draft, directory: str) -> dict[str, str]:
    """Return the names of the entities in *directory*, each by its lower case: IAM tells names apart by more than case."""
    names = (name_of(entry, JSON) for entry in draft.entries(directory))
    return {name.lower(): name for name in names if name is not None}


def require_new(draft: Draft, directory: str, name: str, *, noun: str) -> None:
    """Require that no entity of *directory* is called *name*, whatever the case.

    Raises:
        EntityAlreadyExists: check ``write``.
    """
    twin = names_of(draft, directory).get(name.lower())
    if twin is not None:
        raise EntityAlreadyExists(
            file=f"{directory}/{show(twin).strip('`')}",
            path="",
            expected="a name not yet taken, whatever its case",
            found=f"the {noun} {show(twin)}",
            remedy="choose another name, or delete the old one first",
            check="write",
            message=f"{noun.capitalize()} with name {name} already exists.",
        )


def create_entity(draft: Draft, kind: EntityKind, name: str, document: dict[str, Any]) -> None:
    """Add the entity *name*; its name has been checked.

    Raises:
        EntityAlreadyExists: check ``write``.
    """
    require_new(draft, kind.directory, name, noun=kind.noun)
    replace_entity(draft, kind, name, document)


def replace_entity(draft: Draft, kind: EntityKind, name: str, document: dict[str, Any]) -> None:
    """Let *document* be that of the entity *name*."""
    draft.write(kind.file_of(name), document_octets(document), mode=PUBLIC_MODE)


def require_entity(draft: Draft, kind: EntityKind, name: object) -> str:
    """Return *name* where the draft has an entity called exactly so.

    Raises:
        ValidationError: It is no name of that kind.
        NoSuchEntity: There is none; one that differs by case alone is named.
    """
    check_name(f"{kind.noun}-name", name, kind.name_pattern)
    name = str(name)
    twin = names_of(draft, kind.directory).get(name.lower())
    if twin != name:
        raise no_such_entity(
            kind.file_of(name),
            f"a {kind.noun} of that name",
            "none" if twin is None else f"the {kind.noun} {show(twin)}",
            message=f"The {kind.noun} with name {name} cannot be found.",
        )
    return name


def no_such_entity(file: str, expected: str, found: str, *, message: str | None = None) -> NoSuchEntity:
    """Return the refusal of a name that stands for nothing."""
    remedy = "correct the name, or add what it stands for first"
    return NoSuchEntity(file=file, path="", expected=expected, found=found, remedy=remedy, message=message)


def stored_entity(draft: Draft, kind: EntityKind, name: object) -> dict[str, Any]:
    """Return the document of the entity *name*, for the caller to change and to hand to `replace_entity`.

    Raises:
        ValidationError: It is no name of that kind.
        NoSuchEntity: There is none.
        AccountFaults: Its file cannot be read.
    """
    return stored_document(draft, kind.file_of(require_entity(draft, kind, name)), kind)


def renamed(document: dict[str, Any], kind: EntityKind, *, name: str, new_path: str | None, unique_id: str) -> dict[str, Any]:
    """Return *document* as that of an entity called *name*, with *new_path* where one is given. The id outlives the name."""
    kept = {member: value for member, value in document.items() if member != "Arn"}
    return {**kept, kind.name_member: name, f"{kind.member}Id": unique_id, **({} if new_path is None else {"Path": new_path})}


def stored_document(draft: Draft, file: str, kind: EntityKind) -> dict[str, Any]:
    """Return the object in *file*, unwrapped.

    Raises:
        AccountFaults: The file cannot be read, or holds none.
    """
    faults = Faults()
    document = unwrapped(draft.tree(faults).json(file), kind)
    if isinstance(document, dict):
        return document
    if not len(faults):
        faults.add(file, "$", "an object", type(document).__name__, "correct the file")
    raise faults.error()
