"""Registering trade-in tokens."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from datetime import datetime, timedelta

from federation import clock, limits
from federation.account.directory import load_account
from federation.account.faults import Faults
from federation.account.trade_in import TRADE_IN_TOKENS, read_trade_in_token
from federation.account.writing.entries import open_account, write_entry
from federation.errors import ValidationError, show
from federation.identity import timestamp


def add_trade_in_token(
    path: str | os.PathLike[str],
    *,
    token: str,
    role_arn: str,
    session_name: str,
    expires_at: datetime,
    duration: timedelta = timedelta(seconds=limits.ROLE_SESSION_DEFAULT_SECONDS),
    policy_arns: Sequence[str] = (),
) -> str:
    """Register what *token* may be traded in for and return the name it is kept under: its SHA-256, never the token itself.

    Args:
        path: The account directory.
        token: The trade-in token.
        role_arn: The role of the session.
        session_name: RoleSessionName of the session.
        expires_at: When the token ends, aware.
        duration: Length of the session, five minutes to twelve hours.
        policy_arns: Managed session policies.

    Raises:
        ValidationError: *token* is no text.
        AccountFault: The directory is at fault, has no such role or policy, knows the token already, or cannot be written.
    """
    root, _ = open_account(path)
    account = load_account(root)
    if not isinstance(token, str) or not token:
        raise ValidationError(check="trade-in-token", expected="text", found=show(type(token).__name__), remedy="pass the token")
    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    document = {
        "RoleArn": role_arn,
        "RoleSessionName": session_name,
        "DurationSeconds": int(duration.total_seconds()),
        "Expiration": timestamp(clock.resolve(expires_at).replace(microsecond=0)),
        "PolicyArns": list(policy_arns),
    }
    faults, file = Faults(), f"{TRADE_IN_TOKENS}/{digest}.json"
    if read_trade_in_token(document, file=file, roles=account.roles, policies=account.policies, faults=faults) is None:
        raise faults.error()
    write_entry(root, TRADE_IN_TOKENS, digest, document)
    return digest
