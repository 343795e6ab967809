"""What refuses operations of IAM beside the rules of the account's files."""

from __future__ import annotations

from typing import Literal

IamCheck = Literal["action", "caller", "caller-kind", "marker", "parameter", "policy-arn", "tags", "write"]
