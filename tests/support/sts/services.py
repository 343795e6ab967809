"""Services for operations that ask for more than users and roles: an organization, trade-in tokens, an issuer of tokens."""

import hashlib
from datetime import timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from federation.account.model import OutboundIssuer, TradeInToken
from federation.account.organization import Organization
from federation.state import MemoryReplayCache
from federation.sts.service import SecurityTokenService
from tests.support.sts import callers
from tests.support.sts.callers import AT, EVERYTHING, ROLE, account, service, user
from tests.support.world import OTHER, USER

TASK = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
AUDIT = {"Effect": "Deny", "NotAction": ["iam:GetAccountSummary", "iam:GetLoginProfile"], "Resource": "*"}
ALLOW_AUDIT = {"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}
ORGANIZATION = Organization(id="o-exampleorgid", root_access=frozenset({OTHER}))
TRADE_IN = "Tr4de-1n-s3cret"
URL = "https://0f7d2c2e-8f0e-4b86-9a6c-2f6d2a7b9c11.tokens.sts.global.api.aws"


def managing(*statements: Any, **more: Any) -> SecurityTokenService:
    people = (user(USER, *(statements or (EVERYTHING,))),)
    managed = {TASK: callers.identity(AUDIT, ALLOW_AUDIT)}
    return service(account(users=people, organization=ORGANIZATION, managed=managed, **more))


def delegating(**more: Any) -> SecurityTokenService:
    token = TradeInToken(role_arn=ROLE, session_name="product", duration=900, expires_at=AT + timedelta(minutes=5))
    return service(account(trade_in_tokens={hashlib.sha256(TRADE_IN.encode()).hexdigest(): token}), replay=MemoryReplayCache(), **more)


@cache
def issuer() -> OutboundIssuer:
    keys: dict[str, Any] = {f"RSA_{n}": rsa.generate_private_key(public_exponent=65537, key_size=2048) for n in range(2)}
    return OutboundIssuer(url=URL, keys={**keys, "EC384_0": ec.generate_private_key(ec.SECP384R1())})


def issuing(**more: Any) -> SecurityTokenService:
    return service(account(outbound=issuer(), **more))
