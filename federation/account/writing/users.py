"""Creation, change and deletion of users by IAM's rules for new entities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from federation import aws_texts, limits
from federation.account.model import Account
from federation.account.reading.credentials import ACCESS_KEY, ACCESS_KEYS, MFA_DEVICE, MFA_DEVICES, secret_of
from federation.account.reading.entities import GROUP, JSON, USER, arn_of
from federation.account.reading.faults import Faults
from federation.account.reading.names import file_name, name_of
from federation.account.writing.atomic import PRIVATE_MODE
from federation.account.writing.attachments import Tags, check_no_policies, check_quota, conflict, inline_policy, set_boundary, set_tags
from federation.account.writing.documents import check_name, document_octets, instant
from federation.account.writing.draft import Draft, Target, drafting
from federation.account.writing.entities import (
    create_entity,
    no_such_entity,
    replace_entity,
    require_entity,
    stored_entity,
    update_entity,
)
from federation.errors import show


def add_user(
    account: Target,
    *,
    name: str,
    user_path: str = "/",
    policy: str | None = None,
    tags: Tags = (),
    permissions_boundary: str | None = None,
    at: datetime | None = None,
) -> str:
    """Add a user and return its ARN.

    Args:
        account: The account directory, or a draft of it.
        name: 1 to 64 characters of ``[A-Za-z0-9_+=,.@-]``.
        user_path: ``/`` or ``/division/team/``.
        policy: An inline identity policy, JSON text. Its name is that of the user.
        tags: Keys and values of at most 50 tags.
        permissions_boundary: ARN of a managed policy.
        at: Time of creation, aware; the present time when None.

    Raises:
        MalformedPolicyDocument: The policy violates the grammar.
        EntityAlreadyExists: The account has a user of that name.
        ValidationError: The name or a tag is invalid.
        AccountFaults: Another argument is invalid, the account directory is at fault, or it cannot be written.
    """
    check_name("name", name, USER.name_pattern)
    document: dict[str, Any] = {"Path": user_path, "UserName": name, "CreateDate": instant(at)}
    if policy is not None:
        document[USER.inline_member] = [inline_policy(name, policy)]
    set_tags(document, tags)
    set_boundary(document, permissions_boundary)
    with drafting(account) as draft:
        create_entity(draft, USER, name, document)
        return arn_of(draft.settings, USER, user_path, name)


def update_user(account: Target, *, name: str, new_name: str | None = None, new_path: str | None = None) -> str:
    """Change the name or path of the user *name* and return its ARN. Unique id, access keys, MFA devices and groups are kept.

    Policies that refer to the user by ARN are not changed and no longer match the user, as in IAM.

    Raises:
        NoSuchEntity: The account has no such user.
        EntityAlreadyExists: Another user has the new name.
        ValidationError: The new name is invalid.
        AccountFaults: The path is invalid, the account directory is at fault, or it cannot be written.
    """
    called = name if new_name is None else new_name
    check_name("new-user-name", called, USER.name_pattern)
    with drafting(account) as draft:
        arn = update_entity(draft, USER, name, new_name=called, new_path=new_path)
        if called != name:
            for file in list(secrets_of(draft, name)):
                _hand_over(draft, file, called)
        return arn


def _hand_over(draft: Draft, file: str, user: str) -> None:
    member = ACCESS_KEY if file.startswith(ACCESS_KEYS) else MFA_DEVICE
    secret = secret_of(draft.tree(Faults()).json(file), member)
    draft.write(file, document_octets({member: {**secret, "UserName": user}}), mode=PRIVATE_MODE)


def add_user_to_group(account: Target, *, user: str, group: str) -> None:
    """Add a user to a group. Adding a member again has no effect.

    Raises:
        NoSuchEntity: The account has no such user or group.
        LimitExceeded: The user is in `limits.GROUPS_PER_USER` groups.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        document, name = stored_entity(draft, USER, user), require_entity(draft, GROUP, group)
        groups = groups_of(document)
        if name not in groups:
            check_quota("GroupsPerUser", len(groups) + 1, limits.GROUPS_PER_USER, file=USER.file_of(user))
            document["GroupList"] = [*groups, name]
            replace_entity(draft, USER, user, document)


def remove_user_from_group(account: Target, *, user: str, group: str) -> None:
    """Remove a user from a group.

    Raises:
        NoSuchEntity: The account has no such user or group, or the user is not in it.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        document, name = stored_entity(draft, USER, user), require_entity(draft, GROUP, group)
        if name not in groups_of(document):
            raise no_such_entity(USER.file_of(user), f"a member of the group {show(name)}", f"the user {show(user)} outside it")
        document["GroupList"] = [each for each in groups_of(document) if each != name]
        replace_entity(draft, USER, user, document)


def groups_of(document: dict[str, Any]) -> list[str]:
    """Return the names of the groups in the document of a user."""
    listed = document.get("GroupList")
    return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []


def delete_user(account: Target, *, name: str, force: bool = False) -> None:
    """Delete the user *name*.

    Args:
        account: The account directory, or a draft of it.
        name: Name of the user.
        force: Whether to delete its inline policies, access keys and MFA devices too, detach its managed policies, and remove it from
            groups.

    Raises:
        NoSuchEntity: The account has no such user.
        DeleteConflict: It has any of these and *force* is False.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        document, secrets = stored_entity(draft, USER, name), list(secrets_of(draft, name))
        if not force:
            check_no_policies(document, USER, name)
            _check_alone(document, name, secrets)
        for file in secrets:
            draft.remove(file)
        draft.remove(USER.file_of(name))


def secrets_of(draft: Draft, user: str | None) -> Iterator[str]:
    """Yield the files of the access keys and MFA devices of *user*; of the root, and devices enabled for no one, where it is None.

    They are those before the changes of a loaded draft.
    """
    if draft.loaded is not None:
        yield from _loaded_secrets(draft.loaded, user)
        return
    tree = draft.tree(Faults())  # files that cannot be read are skipped; the loader reports them
    for directory, member in ((ACCESS_KEYS, ACCESS_KEY), (MFA_DEVICES, MFA_DEVICE)):
        for entry in tree.entries(directory):
            file = f"{directory}/{entry}"
            if name_of(entry, JSON) is not None and secret_of(tree.json(file), member).get("UserName") == user:
                yield file


def _loaded_secrets(account: Account, name: str | None) -> Iterator[str]:
    user = None if name is None else account.user_named(name)
    if name is not None and user is None:
        return
    owner = None if user is None else user.arn
    yield from (f"{ACCESS_KEYS}/{key.id}{JSON}" for key in account.access_keys.values() if key.user == owner)
    serials = (*account.mfa_devices.get(owner or account.root_arn, ()), *(account.unassigned_mfa_devices if owner is None else ()))
    yield from (f"{MFA_DEVICES}/{file_name(serial.rpartition('/')[2], JSON)}" for serial in serials)


def _check_alone(document: dict[str, Any], name: str, secrets: list[str]) -> None:
    groups = groups_of(document)
    if groups or secrets:
        if groups:
            message = aws_texts.iam.REMOVE_USERS_FIRST
        elif secrets[0].startswith(ACCESS_KEYS):
            message = aws_texts.iam.DELETE_KEYS_FIRST
        else:
            message = aws_texts.iam.DELETE_DEVICE_FIRST
        raise conflict(
            USER.file_of(name),
            "a user without groups, access keys and MFA devices",
            ", ".join([*(f"the group {show(group)}" for group in groups), *secrets]),
            remedy="take them away first, or delete the user with all that is its own (--force)",
            message=message,
        )
