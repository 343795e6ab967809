"""Registration and deletion of trade-in tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from federation import clock, limits
from federation.account.reading.entities import JSON
from federation.account.reading.faults import Faults
from federation.account.reading.trade_in import TRADE_IN_TOKENS, read_trade_in_token
from federation.account.writing.documents import document_octets
from federation.account.writing.draft import Target, drafting
from federation.account.writing.entities import no_such_entity, require_new
from federation.errors import ValidationError, show
from federation.identity import timestamp


def add_trade_in_token(
    account: Target,
    *,
    token: str,
    role_arn: str,
    session_name: str,
    expires_at: datetime,
    duration: timedelta = timedelta(seconds=limits.ROLE_SESSION_DEFAULT_SECONDS),
    policy_arns: Sequence[str] = (),
) -> str:
    """Register the session for a trade-in token and return the name of its file, the SHA-256 of the token. The token is not stored.

    Args:
        account: The account directory, or a draft of it.
        token: The trade-in token.
        role_arn: ARN of the role of the session.
        session_name: RoleSessionName of the session.
        expires_at: Expiration of the token, an aware datetime.
        duration: Length of the session as a timedelta, 300 to 43200 seconds.
        policy_arns: ARNs of the managed session policies.

    Raises:
        ValidationError: *token* is not a str.
        AccountFault: The account has no such role or policy, the token is registered already, the account directory is at fault, or it
            cannot be written.
    """
    digest = _digest(token)
    document = {
        "RoleArn": role_arn,
        "RoleSessionName": session_name,
        "DurationSeconds": int(duration.total_seconds()),
        "Expiration": timestamp(clock.resolve(expires_at).replace(microsecond=0)),
        "PolicyArns": list(policy_arns),
    }
    with drafting(account) as draft:
        faults, file, present = Faults(), f"{TRADE_IN_TOKENS}/{digest}{JSON}", draft.account()
        if read_trade_in_token(document, file=file, roles=present.roles, policies=present.policies, faults=faults) is None:
            raise faults.error()
        require_new(draft, TRADE_IN_TOKENS, digest, noun="trade-in token")
        draft.write(file, document_octets(document))
        return digest


def delete_trade_in_token(account: Target, *, token: str) -> str:
    """Delete the registration of a trade-in token and return the name of its file.

    Raises:
        ValidationError: *token* is not a str.
        NoSuchEntity: The token is not registered.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    digest = _digest(token)
    with drafting(account) as draft:
        if f"{digest}{JSON}" not in draft.entries(TRADE_IN_TOKENS):
            raise no_such_entity(f"{TRADE_IN_TOKENS}/{digest}{JSON}", "a registered token", "another")
        draft.remove(f"{TRADE_IN_TOKENS}/{digest}{JSON}")
        return digest


def _digest(token: object) -> str:
    if not isinstance(token, str) or not token:
        raise ValidationError(check="trade-in-token", expected="text", found=show(type(token).__name__), remedy="pass the token")
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
