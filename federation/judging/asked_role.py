"""The roles that are asked about everybody whom a captured token proves. Loaded only where one is named: they bring the whole service."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from federation.account.model import Account
from federation.errors import FederationError
from federation.identity import VerifiedIdentity
from federation.sts.login import trust
from federation.sts.login.trial import login_kind
from federation.sts.service import SecurityTokenService


class RoleAnswer(NamedTuple):
    """What a role says: its ARN, the effect of its trust policy, None where it was not evaluated, and the refusal where it refuses."""

    arn: str
    effect: str | None
    refusal: FederationError | None


class AskedRoles:
    """The roles of an account, asked about one identity after another."""

    __slots__ = ("_service", "_session_name")

    def __init__(self, account: Account, role_session_name: str | None) -> None:
        """Ask the roles of *account*, with *role_session_name* for web identities, which bring none."""
        self._service = SecurityTokenService(account)
        self._session_name = role_session_name

    def ask(self, arn: str, identity: VerifiedIdentity, *, at: datetime) -> RoleAnswer:
        """Return what the role *arn* says to *identity*. The exchange's own demands of its attributes come first."""
        try:
            demands = self._service.check_exchange(identity, role_arn=arn)
            decision = self._service.explain_role(identity, role_arn=arn, role_session_name=self._session_name, at=at)
        except FederationError as refusal:
            return RoleAnswer(arn, None, refusal)
        unmet = next((result.refusal for result in demands if result.refusal is not None), None)
        if unmet is None and not decision.allowed:
            unmet = trust.denied(decision, operation=login_kind(identity.kind).operation, role_arn=arn)
        return RoleAnswer(arn, decision.effect, unmet)
