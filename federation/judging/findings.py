"""The outcome of a federated login: the session or the refusal of the operation, and the results that led to it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from federation.account.model import Account
from federation.errors import FederationError
from federation.explaining.sources import Sources
from federation.identity import VerifiedIdentity
from federation.judging.call import ExplainedCall
from federation.policy import Decision
from federation.report import CheckResult, Report, kept
from federation.sts.results import FederatedRoleSession
from federation.sts.service import SecurityTokenService
from federation.validators import diagnose


@dataclass(frozen=True, kw_only=True)
class Findings:
    """The outcome of a call.

    Attributes:
        account: The account that judged the call.
        call: The call.
        at: The instant it was judged at, aware UTC.
        session: The session that would be issued; None where the call is refused.
        refusal: The refusal; None where the call is granted.
    """

    account: Account
    call: ExplainedCall
    at: datetime
    session: FederatedRoleSession | None
    refusal: FederationError | None

    @classmethod
    def of(cls, account: Account, call: ExplainedCall, *, at: datetime) -> Findings:
        """Judge *call* with the operation itself."""
        try:
            session = call.answer(account, at=at)
        except FederationError as refusal:
            return cls(account=account, call=call, at=at, session=None, refusal=kept(refusal))
        return cls(account=account, call=call, at=at, session=session, refusal=None)

    @property
    def role_arn(self) -> str:
        """The role of the call."""
        return str(self.call.parameters["role_arn"])

    @cached_property
    def report(self) -> Report | None:
        """The result of every check of the token; None where the account has no provider for it."""
        provider = self.call.provider(self.account)
        return None if provider is None else diagnose(self.call.token, provider, at=self.at)

    @property
    def identity(self) -> VerifiedIdentity | None:
        """The identity that the token proves; None where it proves none."""
        return None if self.report is None else self.report.identity

    @cached_property
    def exchange(self) -> tuple[CheckResult, ...]:
        """The results of the operation's checks of the attributes or claims of a proved identity."""
        identity = self.identity
        return () if identity is None else SecurityTokenService(self.account).check_exchange(identity, role_arn=self.role_arn)

    @cached_property
    def decision(self) -> Decision | None:
        """The decision of the role's trust policy on a proved identity; None where none is proved, or the account has no such role."""
        if self.report is None or self.identity is None:
            return None
        name = self.call.parameters.get("role_session_name")
        with suppress(FederationError):
            return SecurityTokenService(self.account).explain_role(self.report, role_arn=self.role_arn, role_session_name=name, at=self.at)
        return None

    def as_dict(self, sources: Sources) -> dict[str, Any]:
        """Return the documented schema of ``--json``."""
        return {
            "role_arn": self.role_arn,
            "granted": self.refusal is None,
            "message": None if self.refusal is None else self.refusal.message,
            "report": None if self.report is None else self.report.as_dict(),
            "exchange": [result.as_dict() for result in self.exchange],
            "decision": None if self.decision is None else self.decision.as_dict(),
            "explanation": None if self.refusal is None else sources.with_lines(self.refusal.explanation).as_dict(),
        }
