"""The judgement behind an answer of the page. It is the one of `federation explain`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from federation.account.model import Role
from federation.errors import FederationError, ValidationError, show
from federation.explanation import Explanation
from federation.identity import VerifiedIdentity
from federation.judging.call import LONGEST, bare_token, call_of
from federation.judging.finder import Finder
from federation.judging.findings import Findings
from federation.judging.likely import likely_role
from federation.judging.pasted import FoundToken
from federation.judging.unverified_token import UnverifiedToken
from federation.page.accounts import PageAccount
from federation.page.asked import ISSUED, NOW, PageQuestion, read_at
from federation.page.dropped import DOCUMENTS, dropped_account
from federation.protocols import Provider
from federation.report import Report, kept
from federation.validators import diagnose

_MOST_CHARS: Final = max(LONGEST.values())


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What came of a question.

    Attributes:
        asked: The question.
        held: The account that judged.
        token: The token that was judged, and what it claims.
        at: The instant it was judged at, aware UTC.
        provider: The provider that judged the token, that of the call where there is one; None where the account has none for it.
        report: The result of every check of the token; None where no provider judged it.
        role_arn: ARN of the role that was asked; None where none was.
        proposed: Whether the role was chosen here, not in the form.
        findings: The outcome of the operation; None where no role was asked, or where the token is longer than the operation takes.
        unfound: Why no provider judged the token; None where one did.
        notes: What was assumed, for the reader.
    """

    asked: PageQuestion
    held: PageAccount
    token: UnverifiedToken
    at: datetime
    provider: Provider | None
    report: Report | None
    role_arn: str | None
    proposed: bool
    findings: Findings | None
    unfound: FederationError | None
    notes: tuple[str, ...]

    @property
    def role(self) -> Role | None:
        """The role that was asked; None where none was, or where the account has none of that ARN."""
        return None if self.role_arn is None else self.held.account.roles.get(self.role_arn)

    @property
    def identity(self) -> VerifiedIdentity | None:
        """What the token proves; None where it proves nothing."""
        return None if self.report is None else self.report.identity

    @property
    def refusal(self) -> FederationError | None:
        """What refused: the operation, else the provider's profile, else that there is no provider; None where nothing did."""
        if self.findings is not None:
            return self.findings.refusal
        return self.unfound if self.report is None else self.report.refusal()

    @property
    def too_long(self) -> bool:
        """Whether the token is longer than STS takes. An explanation would judge it several times, so no cause is sought (row C05)."""
        return len(self.token.token) > _MOST_CHARS

    @property
    def explanation(self) -> Explanation | None:
        """Why it is refused, and what to change; None where nothing refuses, or where no cause is sought."""
        refusal = self.refusal
        return None if refusal is None or self.too_long else refusal.explanation


def judge(asked: PageQuestion, accounts: Sequence[PageAccount], found: FoundToken, *, now: datetime) -> Judged:
    """Judge the token *found* as *asked*, by one of *accounts*, at the instant that is asked for; *now* is the present, aware UTC.

    Raises:
        FederationError: The question cannot be answered: no account, provider or role of that name, or no such instant. A fault of the
            token is part of the answer.
    """
    text = found.token.decode("utf-8", "replace")
    token = UnverifiedToken(bare_token(text))
    held = _account(asked, accounts, token)
    notes = [*held.notes, *_about(found)]
    at = _instant(asked, token, now, notes)
    provider, unfound = _provider(asked, held, token)
    report = None if provider is None else diagnose(token.token, provider, at=at)
    identity = None if report is None else report.identity
    role_arn = _role_arn(asked, held, found, likely_role(held.account, token, provider, identity=identity))
    findings = None
    if role_arn is not None and len(token.token) <= _MOST_CHARS:
        call = call_of(
            held.account,
            text,
            role_arn=role_arn,
            principal_arn=None if asked.provider else found.principal_arn,
            provider=provider if asked.provider else None,
            provider_id=None if asked.provider else found.provider_id,
            role_session_name=found.role_session_name,
            at=at,
        )
        findings = Findings.of(held.account, call, at=at)
        provider = call.provider(held.account) or provider
        report = findings.report or report
    return Judged(
        asked=asked,
        held=held,
        token=token,
        at=at,
        provider=provider,
        report=report,
        role_arn=role_arn,
        proposed=not asked.role and role_arn is not None,
        findings=findings,
        unfound=unfound,
        notes=tuple(notes),
    )


def _account(asked: PageQuestion, accounts: Sequence[PageAccount], token: UnverifiedToken) -> PageAccount:
    if asked.account == DOCUMENTS or (not asked.account and not accounts):
        return dropped_account(asked, token)
    held = next((each for each in accounts if asked.account in ("", each.account.id)), None)
    if held is None:
        raise ValidationError(
            check="account", expected="an account of this server", found=show(asked.account), remedy="choose one of the list"
        )
    if not asked.has_documents:
        return held
    return replace(held, notes=("The dropped documents were not used: choose them as the account to judge by them.",))


def _instant(asked: PageQuestion, token: UnverifiedToken, now: datetime, notes: list[str]) -> datetime:
    if asked.instant == NOW:
        return now
    if asked.instant == ISSUED:
        try:
            return token.issued_at
        except FederationError:
            notes.append("The token does not say when it was issued, so it was judged now.")
            return now
    at = read_at(asked.at)
    if at is None:
        raise ValidationError(
            check="instant",
            expected="ISO 8601 with a zone, such as 2026-11-24T12:00:30Z",
            found=show(asked.at) if asked.at else "none",
            remedy="correct the time",
        )
    return at


def _provider(asked: PageQuestion, held: PageAccount, token: UnverifiedToken) -> tuple[Provider | None, FederationError | None]:
    """Return the provider that judges the token, or why there is none."""
    if not asked.provider:
        try:
            return Finder(held.account).find(token), None
        except FederationError as refusal:
            return None, kept(refusal)
    named = held.provider(asked.provider)
    if named is None:
        raise ValidationError(
            check="provider", expected="one provider of the account", found=show(asked.provider), remedy="choose one of the list"
        )
    return named, None


def _role_arn(asked: PageQuestion, held: PageAccount, found: FoundToken, likely: Role | None) -> str | None:
    """Return the ARN of the role that is asked; one that the account does not have goes to the operation, which refuses it."""
    if not asked.role:
        return found.role_arn or (None if likely is None else likely.arn)
    role = held.role(asked.role)
    if role is not None:
        return role.arn
    account = held.account
    return asked.role if asked.role.startswith("arn:") else f"arn:{account.partition}:iam::{account.id}:role/{asked.role}"


def _about(found: FoundToken) -> Iterator[str]:
    """Yield what the reader should know of the place that the token was found in."""
    if found.encoded:
        yield "The XML was encoded as base64, as every client does."
    if found.left_out:
        yield f"Left out around the token: {', '.join(found.left_out)}. Sent unchanged, it would be refused."
    if found.role_arn is not None:
        yield "Role and further parameters are those of the request in which the token stands."
