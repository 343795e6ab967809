"""Reading of ``trade-in-tokens/<SHA-256 of the token>.json``: the session for a trade-in token. The token is not stored.

AWS sends such tokens to product providers when a customer approves a delegation request. Offline, the owner of the account registers them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Final

from federation import limits
from federation.account.model import TradeInToken
from federation.account.reading.entities import json_files
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.errors import show

TRADE_IN_TOKENS: Final = "trade-in-tokens"

_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SESSION_NAME: Final = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def read_trade_in_tokens(tree: Tree, *, roles: Collection[str], policies: Collection[str], faults: Faults) -> dict[str, TradeInToken]:
    """Return every registered trade-in token by the SHA-256 of the token in hex."""
    found = {}
    for file, digest in json_files(tree, TRADE_IN_TOKENS, faults):
        if _DIGEST.fullmatch(digest) is None:
            faults.add(file, "", "a name of 64 lower-case hexadecimal digits", show(digest), "name the file by the SHA-256 of the token")
            continue
        document = tree.json(file)
        token = None if document is None else read_trade_in_token(document, file=file, roles=roles, policies=policies, faults=faults)
        if token is not None:
            found[digest] = token
    return found


def read_trade_in_token(
    document: object, *, file: str, roles: Collection[str], policies: Collection[str], faults: Faults
) -> TradeInToken | None:
    """Return one registration; None after recording faults. *roles* and *policies* are the ARNs that it may refer to."""
    before = len(faults)
    fields = Fields(document, file=file, faults=faults)
    role, name = fields.text("RoleArn", required=True), fields.text("RoleSessionName", required=True, pattern=_SESSION_NAME)
    duration = fields.integer("DurationSeconds", low=limits.DELEGATED_SESSION_MIN_SECONDS, high=limits.ROLE_SESSION_MAX_SECONDS)
    expires_at = _instant(fields)
    arns = fields.texts("PolicyArns") or ()
    fields.finish()
    check_trade_in_references(role, arns, roles=roles, policies=policies, file=file, faults=faults)
    if role is None or name is None or expires_at is None or len(faults) > before:
        return None
    return TradeInToken(
        role_arn=role,
        session_name=name,
        duration=duration or limits.ROLE_SESSION_DEFAULT_SECONDS,
        expires_at=expires_at,
        policy_arns=arns,
    )


def check_trade_in_references(
    role: str | None, policy_arns: Iterable[str], *, roles: Collection[str], policies: Collection[str], file: str, faults: Faults
) -> None:
    """Require that the ARN *role*, where it is known, and *policy_arns* are in the account. Policies of AWS may be missing."""
    if role is not None and role not in roles:
        faults.add(file, "$.RoleArn", "the ARN of a role in roles/", show(role), "add the role's file or correct the ARN")
    for arn in policy_arns:
        if arn not in policies and ":iam::aws:policy/" not in arn:
            faults.add(file, "$.PolicyArns", "ARNs of policies in policies/", show(arn), "add the policy's file or correct the ARN")


def _instant(fields: Fields) -> datetime | None:
    text = fields.text("Expiration", required=True, pattern=_INSTANT)
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        fields.fault("Expiration", "an instant of the calendar", show(text), "correct the value")
        return None
