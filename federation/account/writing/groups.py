"""Creation, renaming and deletion of groups by IAM's rules for new entities."""

from __future__ import annotations

from datetime import datetime

from federation import aws_texts
from federation.account.reading.entities import GROUP, JSON, USER, arn_of
from federation.account.reading.names import name_of
from federation.account.writing.attachments import check_no_policies, conflict
from federation.account.writing.documents import check_name, instant
from federation.account.writing.draft import Draft, Target, drafting
from federation.account.writing.entities import create_entity, replace_entity, stored_entity, update_entity
from federation.account.writing.users import groups_of
from federation.errors import show


def add_group(account: Target, *, name: str, group_path: str = "/", at: datetime | None = None) -> str:
    """Add a group and return its ARN.

    Args:
        account: The account directory, or a draft of it.
        name: 1 to 128 characters of ``[A-Za-z0-9_+=,.@-]``.
        group_path: ``/`` or ``/division/team/``.
        at: Time of creation, aware; the present time when None.

    Raises:
        EntityAlreadyExists: The account has a group of that name.
        ValidationError: The name is invalid.
        AccountFaults: The path is invalid, the account directory is at fault, or it cannot be written.
    """
    check_name("name", name, GROUP.name_pattern)
    with drafting(account) as draft:
        create_entity(draft, GROUP, name, {"Path": group_path, "GroupName": name, "CreateDate": instant(at)})
        return arn_of(draft.settings, GROUP, group_path, name)


def update_group(account: Target, *, name: str, new_name: str | None = None, new_path: str | None = None) -> str:
    """Change the name or path of the group *name* and return its ARN. Unique id and members are kept.

    Raises:
        NoSuchEntity: The account has no such group.
        EntityAlreadyExists: Another group has the new name.
        ValidationError: The new name is invalid.
        AccountFaults: The path is invalid, the account directory is at fault, or it cannot be written.
    """
    called = name if new_name is None else new_name
    check_name("new-group-name", called, GROUP.name_pattern)
    with drafting(account) as draft:
        arn = update_entity(draft, GROUP, name, new_name=called, new_path=new_path)
        if called != name:
            for user in members_of(draft, name):
                member = stored_entity(draft, USER, user)
                member["GroupList"] = [called if each == name else each for each in groups_of(member)]
                replace_entity(draft, USER, user, member)
        return arn


def members_of(draft: Draft, group: str) -> list[str]:
    """Return the names of the users in *group* before the changes of *draft*."""
    if draft.loaded is not None:
        return [user.name for user in draft.loaded.users.values() if any(each.name == group for each in user.groups)]
    names = (name_of(entry, JSON) for entry in draft.entries(USER.directory))
    return [user for user in names if user is not None and group in groups_of(stored_entity(draft, USER, user))]


def delete_group(account: Target, *, name: str, force: bool = False) -> None:
    """Delete the group *name*.

    Args:
        account: The account directory, or a draft of it.
        name: Name of the group.
        force: Whether to delete its policies too. A group with members is never deleted: they would lose its Deny statements.

    Raises:
        NoSuchEntity: The account has no such group.
        DeleteConflict: It has members, or it has policies and *force* is False.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        document = stored_entity(draft, GROUP, name)
        members = members_of(draft, name)
        if members:
            raise conflict(
                GROUP.file_of(name),
                "a group without members",
                ", ".join(map(show, members)),
                remedy="take them out first: federation account remove-user-from-group",
                message=aws_texts.iam.REMOVE_USERS_FIRST,
            )
        if not force:
            check_no_policies(document, GROUP, name)
        draft.remove(GROUP.file_of(name))
