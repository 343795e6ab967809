"""What refuses operations of IAM beside the rules of the account's files."""

from __future__ import annotations

from typing import Literal

IamCheck = Literal[
    "action",
    "caller",
    "caller-arn",
    "caller-kind",
    "context-entries",
    "marker",
    "mfa-code",
    "parameter",
    "policy-arn",
    "policy-exclusion",
    "private-key",
    "provider-arn",
    "resource-owner",
    "status",
    "tags",
    "thumbprints",
    "update",
    "url",
    "user-name",
    "write",
]
