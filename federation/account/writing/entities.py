"""Lookup, creation and change of IAM entities in a draft, by name."""

from __future__ import annotations

from typing import Any

from federation import aws_texts
from federation.account.reading.entities import EntityKind, arn_of, unwrapped
from federation.account.reading.faults import Faults
from federation.account.writing.atomic import PUBLIC_MODE
from federation.account.writing.documents import check_name, document_octets
from federation.account.writing.draft import Draft
from federation.errors import EntityAlreadyExists, NoSuchEntity, show


def require_new(draft: Draft, directory: str, name: str, *, noun: str) -> None:
    """Require that no entity of *directory* has the name *name*, without regard to case.

    Raises:
        EntityAlreadyExists: Check ``write``: there is one.
    """
    twin = draft.named(directory, name)
    if twin is not None:
        raise EntityAlreadyExists(
            file=f"{directory}/{show(twin).strip('`')}",
            path="",
            expected="a name not yet taken, whatever its case",
            found=f"the {noun} {show(twin)}",
            remedy="choose another name, or delete the old one first",
            check="write",
            message=aws_texts.iam.name_taken(noun, name),
        )


def create_entity(draft: Draft, kind: EntityKind, name: str, document: dict[str, Any]) -> None:
    """Add the entity *name*. The caller has checked the form of the name.

    Raises:
        EntityAlreadyExists: Check ``write``: there is one.
    """
    require_new(draft, kind.directory, name, noun=kind.noun)
    replace_entity(draft, kind, name, document)


def replace_entity(draft: Draft, kind: EntityKind, name: str, document: dict[str, Any]) -> None:
    """Replace the document of the entity *name*."""
    draft.write(kind.file_of(name), document_octets(document), mode=PUBLIC_MODE)


def require_entity(draft: Draft, kind: EntityKind, name: object) -> str:
    """Return *name* where the draft has an entity of exactly this name.

    Raises:
        ValidationError: *name* is not a valid name of this kind.
        NoSuchEntity: There is none. The refusal shows a name that differs only by case.
    """
    check_name(kind.name_check, name, kind.name_pattern)
    name = str(name)
    twin = draft.named(kind.directory, name)
    if twin != name:
        raise no_such_entity(
            kind.file_of(name),
            f"a {kind.noun} of that name",
            "none" if twin is None else f"the {kind.noun} {show(twin)}",
            message=aws_texts.iam.no_such_name(kind.noun, name),
        )
    return name


def no_such_entity(file: str, expected: str, found: str, *, message: str | None = None) -> NoSuchEntity:
    """Return the refusal of a name for which *file* would be the file."""
    remedy = "correct the name, or add what it stands for first"
    return NoSuchEntity(file=file, path="", expected=expected, found=found, remedy=remedy, message=message)


def stored_entity(draft: Draft, kind: EntityKind, name: object) -> dict[str, Any]:
    """Return the document of the entity *name*. The caller may change it and pass it to `replace_entity`.

    Raises:
        ValidationError: *name* is not a valid name of this kind.
        NoSuchEntity: There is no such entity.
        AccountFaults: Its file cannot be read.
    """
    return stored_document(draft, kind.file_of(require_entity(draft, kind, name)), kind)


def update_entity(draft: Draft, kind: EntityKind, name: str, *, new_name: str, new_path: str | None) -> str:
    """Change the name or path of the entity *name*, and return its ARN. The unique id is kept. None keeps the path.

    The caller has checked the form of the new name, and changes the files that name the entity.

    Raises:
        NoSuchEntity: There is no such entity.
        EntityAlreadyExists: Another entity has the new name.
        AccountFaults: The account directory is at fault.
    """
    document = stored_entity(draft, kind, name)
    draft.account()  # where a file is at fault, path and id would be guesses
    path = document.get("Path") or "/"
    unique_id = document.get(kind.id_member) or kind.derived_id(draft.settings.id, path, name)
    path = path if new_path is None else new_path
    document = {member: value for member, value in document.items() if member != "Arn"}
    document |= {kind.name_member: new_name, kind.id_member: unique_id, "Path": path}
    draft.remove(kind.file_of(name))
    require_new(draft, kind.directory, new_name, noun=kind.noun)
    replace_entity(draft, kind, new_name, document)
    return arn_of(draft.settings, kind, path, new_name)


def stored_document(draft: Draft, file: str, kind: EntityKind) -> dict[str, Any]:
    """Return the object in *file* without the outer member.

    Raises:
        AccountFaults: The file cannot be read, or does not hold an object.
    """
    faults = Faults()
    document = unwrapped(draft.tree(faults).json(file), kind)
    if isinstance(document, dict):
        return document
    if not len(faults):
        faults.add(file, "$", "an object", type(document).__name__, "correct the file")
    raise faults.error()
