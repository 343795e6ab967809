"""An audit of recorded logins: a line for each, and all of them counted. The processes that judge decode, render and count."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from federation.account import Account
from federation.account.many import AccountsDirectory
from federation.account.reading.directory import load_account
from federation.evidence.cloudtrail.event_judgement import AccountsLoginsJudge, EventJudgement, EventsJudge, LoginsJudge
from federation.evidence.cloudtrail.event_tally import EventTally, federated_roles
from federation.evidence.cloudtrail.found import PassedEvents, RawRecord, RecordFault
from federation.evidence.cloudtrail.login_record import LoginRecord
from federation.evidence.cloudtrail.reading import login_in
from federation.judging.bulk import in_batches

_RECORDS: Final = 512
"""Records that travel to another process at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBench:
    """What is needed to set up a judge of recorded logins, here or in another process.

    Attributes:
        account: The account directory; a directory of accounts where `many`.
        against: That of the account to compare with; None compares with the records.
        change: Files whose roles the account gets before it judges, as `with_roles_of` reads them. Without `against` it is compared with
            the account as it is.
        given: The values of expressions that these files leave open.
        many: Whether each record is judged by the account of its role; then there is nothing to compare with but the records.
    """

    account: Path
    against: Path | None = None
    change: tuple[Path, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    many: bool = False

    def federated_roles(self) -> tuple[str, ...]:
        """Return the ARNs of the roles of the accounts that trust an identity provider. All accounts are read, one after another.

        Raises:
            FederationError: An account is at fault.
        """
        if not self.many:
            return tuple(federated_roles(load_account(self.account)))
        directory = AccountsDirectory(self.account, lambda account: tuple(federated_roles(account)), held=1)
        found = (directory.find(each, directory.tree()) for each in directory.ids())
        return tuple(chain.from_iterable(each or () for each in found))

    def judge(self) -> EventsJudge:
        """Load the account, or the organization of the accounts, and return their judge.

        Raises:
            FederationError: An account is at fault.
        """
        if self.many:
            return AccountsLoginsJudge(self.account)
        account = load_account(self.account)
        against = None if self.against is None else load_account(self.against)
        if not self.change:
            return LoginsJudge(account, against)
        from federation.evidence.documents.applying import with_roles_of  # noqa: PLC0415 - loaded where it is used

        return LoginsJudge(with_roles_of(account, self.change, given=self.given), account if against is None else against)


class EventBatch(NamedTuple):
    """Records that were judged: a line of JSON for each login, and the octets that were read for them."""

    lines: str
    records: int
    octets: int


def audit_events(
    raw: Iterable[RawRecord | RecordFault | PassedEvents], bench: EventBench, tally: EventTally, *, lines: bool = True, workers: int = 1
) -> Iterator[EventBatch]:
    """Judge the logins among *raw*, count them in *tally*, and yield their lines in order.

    Args:
        raw: What `read_raw` yields.
        bench: By which account they are judged.
        tally: Where they are counted.
        lines: Whether lines are wanted.
        workers: Processes that judge; 1 for this one.

    Raises:
        FederationError: An account is at fault; `InternalFailure` where a process died.
    """
    work = partial(_audit, lines=lines)
    for batch, (text, theirs) in in_batches(raw, bench, work, workers=workers, at_once=False, most=_RECORDS, octets_of=_octets_of):
        tally.merge(theirs)
        yield EventBatch(text, len(batch), sum(0 if isinstance(each, RecordFault) else each.taken for each in batch))


def judge_events(
    found: Iterable[LoginRecord | RecordFault | PassedEvents],
    account: Account | AccountsLoginsJudge,
    *,
    against: Account | None = None,
    tally: EventTally | None = None,
) -> Iterator[EventJudgement]:
    """Yield what becomes of each login of *found* by the policies of *account*.

    Args:
        found: What `read_logins` yields.
        account: The account that judges, or the judge by a directory of accounts.
        against: The account to compare with: who would lose or gain access if its policies became those of *account*. None compares with
            what the records say, as a directory of accounts always does.
        tally: Where everything is counted, also what is no login.
    """
    judge: EventsJudge = LoginsJudge(account, against) if isinstance(account, Account) else account
    for each in found:
        if not isinstance(each, LoginRecord):
            if tally is not None:
                tally.note(each)
            continue
        judgement = judge.judge(each)
        if tally is not None:
            tally.count(judgement)
        yield judgement


def _octets_of(found: RawRecord | RecordFault | PassedEvents) -> int:
    return len(found.octets) if isinstance(found, RawRecord) else 0


def _audit(judge: EventsJudge, batch: list[RawRecord | RecordFault | PassedEvents], *, lines: bool) -> tuple[str, EventTally]:
    tally, written = EventTally(), []
    for raw in batch:
        found = login_in(raw) if isinstance(raw, RawRecord) else raw
        if not isinstance(found, LoginRecord):
            tally.note(found)
            continue
        judgement = judge.judge(found)
        tally.count(judgement)
        if lines:
            written.append(json.dumps(judgement.as_dict()) + "\n")
    return "".join(written), tally
