"""What becomes of a recorded login by the policies of an account, beside what became of it then, or by those of another account."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from federation.account import Account
from federation.account.many import AccountsDirectory
from federation.evidence.cloudtrail.login_record import LoginRecord
from federation.evidence.cloudtrail.subjects import subject_pattern
from federation.evidence.cloudtrail.verdict import EventJudge, LoginVerdict
from federation.identity import timestamp


class EventOutcome(StrEnum):
    """What becomes of a recorded login."""

    KEPT = "kept"
    """It was granted, and is."""
    REFUSED = "refused"
    """It was refused, and is."""
    LOST = "lost"
    """It was granted, and is refused."""
    GAINED = "gained"
    """It was refused, and is granted."""
    UNDECIDED = "undecided"
    """The record does not say what decides."""
    UNPROVED = "unproved"
    """The token proved nobody, so no policy was asked."""
    ELSEWHERE = "elsewhere"
    """The role is one of another account."""


_OUTCOMES: Final = {
    (True, True): EventOutcome.KEPT,
    (False, False): EventOutcome.REFUSED,
    (True, False): EventOutcome.LOST,
    (False, True): EventOutcome.GAINED,
}
_NOT_ASKED: Final = LoginVerdict(allowed=None)
_WORDS: Final = {True: "granted", False: "refused", None: "undecided"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventJudgement:
    """A recorded login, judged again.

    Attributes:
        record: The login.
        outcome: What becomes of it.
        before: Whether it was granted: by the record, or by the account that is compared with; None where that is not decided.
        verdict: What the account says of it.
    """

    record: LoginRecord
    outcome: EventOutcome
    before: bool | None
    verdict: LoginVerdict = field(repr=False)

    @property
    def pattern(self) -> str:
        """The subject, without what differs from login to login."""
        return subject_pattern(self.record)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The condition keys that the record does not say and that would decide."""
        return tuple(dict.fromkeys(key for each in self.verdict.undecided for key in each.unknown))

    def as_dict(self) -> dict[str, Any]:
        """Return the judgement as plain data: the documented schema of a line of ``federation audit --events``."""
        record, verdict = self.record, self.verdict
        return {
            "event_id": record.event_id,
            "place": record.place,
            "time": timestamp(record.time),
            "operation": record.operation,
            "role_arn": record.role_arn,
            "provider": record.provider,
            "audience": record.audience,
            "subject": record.subject,
            "error_code": record.error_code,
            "before": _WORDS[self.before],
            "now": _WORDS[verdict.allowed],
            "outcome": self.outcome.value,
            "check": verdict.check,
            "reason": None if self.outcome is EventOutcome.REFUSED else verdict.reason or None,  # as before: explain tells it
            "waits_for": list(self.waits_for),
        }


class EventsJudge(Protocol):
    """Says what becomes of recorded logins."""

    def judge(self, record: LoginRecord) -> EventJudgement:
        """Return what becomes of *record*."""


class AccountsLoginsJudge:
    """Judges each recorded login by the account of its role, and compares with the records.

    The accounts are those of a directory (``docs/organizations.md``). One is loaded when a record is of a role of it; a bounded number is
    held.
    """

    __slots__ = ("_accounts",)

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        """Judge by the accounts in *directory*.

        Raises:
            AccountFaults: It is no directory, or its organization is at fault.
        """
        self._accounts = AccountsDirectory(directory, LoginsJudge)

    def judge(self, record: LoginRecord) -> EventJudgement:
        """Return what becomes of *record*; elsewhere where the directory does not have the account of its role.

        Raises:
            AccountFaults: That account is at fault.
        """
        judge = self._accounts.find(account_of_role(record.role_arn), self._accounts.tree())
        return _elsewhere(record) if judge is None else judge.judge(record)


class LoginsJudge:
    """Judges recorded logins by an account, and compares with what the records say or with what another account says."""

    __slots__ = ("_against", "_judge", "_same")

    def __init__(self, account: Account, against: Account | None = None) -> None:
        """Judge by *account*; compare with *against* where it is given, else with the records."""
        self._judge = EventJudge(account)
        self._against = None if against is None else EventJudge(against)
        self._same: dict[str, bool] = {}

    @property
    def account(self) -> Account:
        """The account that judges."""
        return self._judge.account

    def judge(self, record: LoginRecord) -> EventJudgement:
        """Return what becomes of *record*."""
        if account_of_role(record.role_arn) != self.account.id:
            return _elsewhere(record)
        if not record.granted and not record.refused_by_policy:
            return EventJudgement(record=record, outcome=EventOutcome.UNPROVED, before=False, verdict=_NOT_ASKED)
        verdict = self._judge.judge(record)
        before = record.granted if self._against is None else self._against.judge(record).allowed
        if verdict.allowed is None and before is None and self._is_same(record.role_arn):
            # Whatever the keys are that nobody knows, both accounts ask the same about them.
            outcome = EventOutcome.KEPT if record.granted else EventOutcome.REFUSED
        elif verdict.allowed is None or before is None:
            outcome = EventOutcome.UNDECIDED
        else:
            outcome = _OUTCOMES[before, verdict.allowed]
        return EventJudgement(record=record, outcome=outcome, before=before, verdict=verdict)

    def _is_same(self, role_arn: str) -> bool:
        """Whether both accounts ask a login to this role the same."""
        found = self._same.get(role_arn)
        if found is None and self._against is not None:
            ours, theirs = (each.account.roles.get(role_arn) for each in (self._judge, self._against))
            found = ours is not None and theirs is not None and ours.trust_policy == theirs.trust_policy
            found = found and self._judge.account.organization == self._against.account.organization
            self._same[role_arn] = found
        return bool(found)


def account_of_role(role_arn: str) -> str:
    """Return the account of the role with that ARN; empty where a record has another text in its place."""
    return (role_arn.split(":", 5) + [""] * 5)[4]


def _elsewhere(record: LoginRecord) -> EventJudgement:
    return EventJudgement(record=record, outcome=EventOutcome.ELSEWHERE, before=record.granted, verdict=_NOT_ASKED)
