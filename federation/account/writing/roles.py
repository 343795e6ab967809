"""Adding roles. What is written has first been read the way `load_account` will read it."""

from __future__ import annotations

import os
from typing import Any

from federation.account.faults import Faults
from federation.account.model import ROLE_NAME
from federation.account.roles import MAX_SESSION_DURATION_MIN, ROLES, read_role
from federation.account.writing.entries import check_name, open_account, parsed, write_entry
from federation.policy import Policy


def add_role(
    path: str | os.PathLike[str],
    *,
    name: str,
    trust_policy: str,
    max_session_duration: int = MAX_SESSION_DURATION_MIN,
    policy: str | None = None,
    role_path: str = "/",
    description: str = "",
) -> str:
    """Add a role and return its ARN.

    Args:
        path: The account directory.
        name: 1 to 64 characters of ``[A-Za-z0-9_+=,.@-]``.
        trust_policy: The AssumeRolePolicyDocument, JSON.
        max_session_duration: 3600 to 43200 seconds.
        policy: An inline identity policy, JSON; stored under the role's name.
        role_path: ``/`` or ``/division/team/``.
        description: Free text of at most 1000 characters.

    Raises:
        MalformedPolicyDocument: A policy breaks the grammar.
        AccountFaults: Another value is at fault, the directory is, has a role of that name, or cannot be written.
    """
    root, settings = open_account(path)
    check_name("name", name, ROLE_NAME.pattern)
    Policy.parse(trust_policy, kind="trust")
    document: dict[str, Any] = {
        "Path": role_path,
        "RoleName": name,
        "AssumeRolePolicyDocument": parsed(trust_policy),
        "MaxSessionDuration": max_session_duration,
    }
    if description:
        document["Description"] = description
    if policy is not None:
        Policy.parse(policy, kind="identity")
        document["RolePolicyList"] = [{"PolicyName": name, "PolicyDocument": parsed(policy)}]
    faults, file = Faults(), f"{ROLES}/{name}.json"
    role = read_role(document, name, file=file, settings=settings, faults=faults)
    if role is None:
        raise faults.error()
    write_entry(root, ROLES, name, document)
    return role.arn
