"""What `federation explain` shows: the session or the refusal of the operation, and the results that led to it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from rich.text import Text

from federation.account.model import Account
from federation.cli.explain.call import ExplainedCall
from federation.cli.rendering.explanations import MOST_ROWS, print_explanation
from federation.cli.rendering.plain import safe, unverified
from federation.cli.rendering.reports import print_checks
from federation.cli.rendering.results import GOOD, Speaker, facts, print_decision, refused_verdict
from federation.cli.rendering.sources import Sources
from federation.cli.support.exits import Exit, status_of
from federation.errors import FederationError
from federation.identity import VerifiedIdentity, timestamp
from federation.policy import Decision
from federation.report import CheckResult, Report
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
            return cls(account=account, call=call, at=at, session=None, refusal=refusal)
        return cls(account=account, call=call, at=at, session=session, refusal=None)

    @property
    def role_arn(self) -> str:
        """The role of the call."""
        return str(self.call.parameters["role_arn"])

    @property
    def verdict(self) -> str:
        """The verdict in one line."""
        return f"✓ granted: {self.call.operation}" if self.refusal is None else refused_verdict(self.refusal)

    @property
    def status(self) -> Exit:
        """The exit status, which is that of `federation sts` for the same call."""
        return Exit.GRANTED if self.refusal is None else status_of(self.refusal)

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

    def show(self, out: Speaker, sources: Sources, *, whole: bool) -> None:
        """Print the outcome of the call; with *whole*, every check, statement and condition before it."""
        if whole:
            self._show_all(out)
        if self.refusal is None:
            self._show_session(out, sources)
            return
        explanation = self.refusal.explanation
        applicable = any(edit.applicable for edit in explanation.edits)
        step = "--fix shows the edited policy, --fix --write writes it" if applicable else ""
        print_explanation(
            explanation,
            verdict=self.verdict,
            out=out,
            sources=sources,
            next_step=step or "make the edit, then run this again; --verbose shows every check",
            most=None if whole else MOST_ROWS,
        )

    def _show_session(self, out: Speaker, sources: Sources) -> None:
        session, decision = self.session, self.decision
        out.print(Text(self.verdict, style=GOOD))
        if session is not None:
            statement = None if decision is None else decision.statement
            role = self.account.roles.get(self.role_arn)
            place = None if role is None or statement is None else sources.place_of(role.file, f"$.Statement[{statement.index}]")
            allowed = None if statement is None else statement.label + (f", {place}" if place else "")
            rows = [
                ("who", session.subject),
                ("role", self.role_arn),
                ("allowed by", allowed),
                ("session", session.assumed_role_user.arn),
                ("ends", timestamp(session.credentials.expiration)),
            ]
            out.print(facts(rows))
        out.print(Text(self.verdict, style=GOOD))

    def _show_all(self, out: Speaker) -> None:
        if self.report is not None:
            if self.report.identity is None:
                for line in unverified(self.report.claimed, out.shows, indent=2):
                    out.print(Text(line), soft_wrap=True)
                out.print()
            print_checks((*self.report.results, *self.exchange), out)
            out.print()
        if self.decision is not None:
            print_decision(self.decision, about=safe(self.role_arn))
            out.print()
