"""What a federated login is answered with, and what becomes known of it while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from federation.account import Account
from federation.identity import VerifiedIdentity
from federation.state import ReplayCache
from federation.sts.exchange import SessionRequest
from federation.sts.sealing import Sealer

if TYPE_CHECKING:  # key handling is loaded with the first provider, not with the service
    from federation.oidc.provider import OidcProvider


class LoginContext(NamedTuple):
    """The account and the instant of one login.

    Attributes:
        account: Providers and roles.
        issuers: Its OpenID Connect providers by issuer, `federation.account.issuers.by_issuer`.
        sealer: Seals the session token.
        replay: Where used tokens are remembered; None where they are not.
        at: The instant to judge at, aware UTC.
    """

    account: Account
    issuers: Mapping[str, OidcProvider]
    sealer: Sealer
    replay: ReplayCache | None
    at: datetime


@dataclass(slots=True)
class LoginFacts:
    """What a login has made known so far, for its audit event: a refused one is recorded with what was known when it was refused.

    The operation fills it in as it goes. It belongs to one call and one thread.

    Attributes:
        provider_arn: The provider the call names, or was found to be of.
        identity: Whom the token proved.
        request: What the login asks its session to be.
    """

    provider_arn: str | None = None
    identity: VerifiedIdentity | None = None
    request: SessionRequest | None = None
