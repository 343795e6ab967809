"""The input of a federated login beside its parameters, and the facts that it finds out for the audit event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from federation.account import Account
from federation.identity import VerifiedIdentity
from federation.state import ReplayCache
from federation.sts.login.verified_login import SessionRequest
from federation.sts.sessions.sealing import Sealer

if TYPE_CHECKING:  # key handling is imported with the first provider, not with the service
    from federation.oidc.provider import OidcProvider


class LoginContext(NamedTuple):
    """The account and the time of one login.

    Attributes:
        account: The account with providers and roles.
        issuers: Its OpenID Connect providers by issuer, from `federation.account.issuers.by_issuer`.
        sealer: Seals the session token.
        replay: Record of used tokens; None where a token may be used repeatedly.
        at: The time to judge at, aware UTC.
    """

    account: Account
    issuers: Mapping[str, OidcProvider]
    sealer: Sealer
    replay: ReplayCache | None
    at: datetime


@dataclass(slots=True)
class LoginFacts:
    """The facts of a login for its audit event. A refused login is recorded with the facts that were known at the refusal.

    The operation sets the attributes as it finds them out. An object is used by one call and one thread.

    Attributes:
        provider_arn: ARN of the provider, from the call or from the token's issuer.
        identity: The verified identity.
        request: The requested properties of the session.
    """

    provider_arn: str | None = None
    identity: VerifiedIdentity | None = None
    request: SessionRequest | None = None
