"""Adding managed policies. What is written has first been read the way `load_account` will read it."""

from __future__ import annotations

import os

from federation.account.model import POLICY_NAME
from federation.account.policies import POLICIES
from federation.account.writing.entries import check_name, open_account, parsed, write_entry
from federation.policy import Policy


def add_policy(path: str | os.PathLike[str], *, name: str, document: str) -> str:
    """Add a customer managed policy and return its ARN.

    Args:
        path: The account directory.
        name: 1 to 128 characters of ``[A-Za-z0-9_+=,.@-]``.
        document: The identity policy, JSON, of version 2012-10-17.

    Raises:
        MalformedPolicyDocument: IAM would not create the policy.
        AccountFault: The directory is at fault, has a policy of that name, or cannot be written.
    """
    root, settings = open_account(path)
    check_name("name", name, POLICY_NAME.pattern)
    Policy.parse(document, kind="identity", managed=True)
    write_entry(root, POLICIES, name, parsed(document))
    return f"arn:{settings.partition}:iam::{settings.id}:policy/{name}"
