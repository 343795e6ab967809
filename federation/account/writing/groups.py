"""Groups: made and deleted. What is written obeys IAM's rules for writing, and loads."""

from __future__ import annotations

from federation.account.entities import GROUP, USER
from federation.account.writing.attachments import check_no_policies, conflict
from federation.account.writing.documents import check_name
from federation.account.writing.draft import Target, drafting
from federation.account.writing.entities import create_entity, names_of, stored_entity
from federation.account.writing.users import groups_of
from federation.errors import show


def add_group(account: Target, *, name: str, group_path: str = "/") -> str:
    """Add a group and return its ARN.

    Args:
        account: The account directory, or a draft of it.
        name: 1 to 128 characters of ``[A-Za-z0-9_+=,.@-]``.
        group_path: ``/`` or ``/division/team/``.

    Raises:
        EntityAlreadyExists: The account has a group of that name.
        ValidationError: The name is not of its form.
        AccountFaults: The path is at fault, the directory is, or cannot be written.
    """
    check_name("name", name, GROUP.name_pattern)
    with drafting(account) as draft:
        create_entity(draft, GROUP, name, {"Path": group_path, "GroupName": name})
        return f"arn:{draft.settings.partition}:iam::{draft.settings.id}:group{group_path}{name}"


def delete_group(account: Target, *, name: str, force: bool = False) -> None:
    """Delete the group *name*.

    Args:
        account: The account directory, or a draft of it.
        name: The group.
        force: Whether its policies go with it. Members never do: they would lose what the group denies them.

    Raises:
        NoSuchEntity: The account has no such group.
        DeleteConflict: It has members, or policies and *force* is not set.
        AccountFaults: The directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        document = stored_entity(draft, GROUP, name)
        members = [user for user in names_of(draft, USER.directory).values() if name in groups_of(stored_entity(draft, USER, user))]
        if members:
            raise conflict(
                GROUP.file_of(name),
                "a group without members",
                ", ".join(map(show, members)),
                remedy="take them out first: federation account remove-user-from-group",
                message="Cannot delete entity, must remove users from group first.",
            )
        if not force:
            check_no_policies(document, GROUP, name)
        draft.remove(GROUP.file_of(name))
