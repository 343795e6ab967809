"""Creation, change and deletion of roles by IAM's rules for new entities."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from federation.account.reading.entities import ROLE, arn_of
from federation.account.reading.roles import MAX_SESSION_DURATION_MIN
from federation.account.writing.attachments import Tags, check_no_policies, inline_policy, set_boundary, set_tags
from federation.account.writing.documents import check_name, instant, parsed
from federation.account.writing.draft import Target, drafting
from federation.account.writing.entities import create_entity, replace_entity, require_entity, stored_entity
from federation.policy import Policy


def add_role(  # noqa: PLR0913 - the parameters of CreateRole, keyword-only
    account: Target,
    *,
    name: str,
    trust_policy: str,
    max_session_duration: int = MAX_SESSION_DURATION_MIN,
    policy: str | None = None,
    role_path: str = "/",
    description: str = "",
    tags: Tags = (),
    permissions_boundary: str | None = None,
    at: datetime | None = None,
) -> str:
    """Add a role and return its ARN.

    Args:
        account: The account directory, or a draft of it.
        name: 1 to 64 characters of ``[A-Za-z0-9_+=,.@-]``.
        trust_policy: The AssumeRolePolicyDocument, JSON text.
        max_session_duration: Longest session in seconds, 3600 to 43200.
        policy: An inline identity policy, JSON text. Its name is that of the role.
        role_path: ``/`` or ``/division/team/``.
        description: Description of at most 1000 characters.
        tags: Keys and values of at most 50 tags.
        permissions_boundary: ARN of a managed policy.
        at: Time of creation, aware; the present time when None.

    Raises:
        MalformedPolicyDocument: A policy violates the grammar.
        EntityAlreadyExists: The account has a role of that name.
        ValidationError: The name or a tag is invalid.
        AccountFaults: Another argument is invalid, the account directory is at fault, or it cannot be written.
    """
    check_name("name", name, ROLE.name_pattern)
    Policy.parse(trust_policy, kind="trust")
    document: dict[str, Any] = {
        "Path": role_path,
        "RoleName": name,
        "CreateDate": instant(at),
        "AssumeRolePolicyDocument": parsed(trust_policy),
        "MaxSessionDuration": max_session_duration,
    }
    if description:
        document["Description"] = description
    if policy is not None:
        document[ROLE.inline_member] = [inline_policy(name, policy)]
    set_tags(document, tags)
    set_boundary(document, permissions_boundary)
    with drafting(account) as draft:
        create_entity(draft, ROLE, name, document)
        return arn_of(draft.settings, ROLE, role_path, name)


def update_role(account: Target, *, name: str, description: str | None = None, max_session_duration: int | None = None) -> None:
    """Change a role. Arguments that are None are not changed.

    Args:
        account: The account directory, or a draft of it.
        name: Name of the role.
        description: The new description.
        max_session_duration: Longest session in seconds, 3600 to 43200.

    Raises:
        NoSuchEntity: The account has no such role.
        AccountFaults: An argument is invalid, the account directory is at fault, or it cannot be written.
    """
    given = {"Description": description, "MaxSessionDuration": max_session_duration}
    with drafting(account) as draft:
        document = stored_entity(draft, ROLE, name)
        document.update({member: value for member, value in given.items() if value is not None})
        replace_entity(draft, ROLE, name, document)


def update_assume_role_policy(account: Target, *, name: str, trust_policy: str) -> None:
    """Replace the trust policy of the role *name* by *trust_policy*, JSON text.

    Raises:
        MalformedPolicyDocument: The policy violates the grammar.
        NoSuchEntity: The account has no such role.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    Policy.parse(trust_policy, kind="trust")
    with drafting(account) as draft:
        document = stored_entity(draft, ROLE, name)
        document["AssumeRolePolicyDocument"] = parsed(trust_policy)
        replace_entity(draft, ROLE, name, document)


def delete_role(account: Target, *, name: str, force: bool = False) -> None:
    """Delete the role *name*.

    Args:
        account: The account directory, or a draft of it.
        name: Name of the role.
        force: Whether to delete its inline policies and detach its managed policies too.

    Raises:
        NoSuchEntity: The account has no such role.
        DeleteConflict: It has policies and *force* is False.
        AccountFaults: A trade-in token refers to it, the account directory is at fault, or it cannot be written.
    """
    with drafting(account) as draft:
        if force:
            require_entity(draft, ROLE, name)
        else:
            check_no_policies(stored_entity(draft, ROLE, name), ROLE, name)
        draft.remove(ROLE.file_of(name))
