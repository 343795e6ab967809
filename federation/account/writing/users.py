"""Adding users. What is written has first been read the way `load_account` will read it."""

from __future__ import annotations

import os
from typing import Any

from federation.account.faults import Faults
from federation.account.model import USER_NAME
from federation.account.users import USERS, read_user
from federation.account.writing.entries import check_name, open_account, parsed, write_entry
from federation.policy import Policy


def add_user(path: str | os.PathLike[str], *, name: str, user_path: str = "/", policy: str | None = None) -> str:
    """Add a user and return its ARN.

    Args:
        path: The account directory.
        name: 1 to 64 characters of ``[A-Za-z0-9_+=,.@-]``.
        user_path: ``/`` or ``/division/team/``.
        policy: An inline identity policy, JSON; stored under the user's name.

    Raises:
        MalformedPolicyDocument: The policy breaks the grammar.
        AccountFaults: Another value is at fault, the directory is, has a user of that name, or cannot be written.
    """
    root, settings = open_account(path)
    check_name("name", name, USER_NAME.pattern)
    document: dict[str, Any] = {"Path": user_path, "UserName": name}
    if policy is not None:
        Policy.parse(policy, kind="identity")
        document["UserPolicyList"] = [{"PolicyName": name, "PolicyDocument": parsed(policy)}]
    faults = Faults()
    user = read_user(document, name, file=f"{USERS}/{name}.json", settings=settings, groups={}, faults=faults)
    if user is None:
        raise faults.error()
    write_entry(root, USERS, name, document)
    return user.arn
