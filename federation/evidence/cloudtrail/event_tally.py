"""What became of many recorded logins, counted. It is bounded, however many there were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from federation.account import Account
from federation.evidence.cloudtrail.event_judgement import EventJudgement, EventOutcome
from federation.evidence.cloudtrail.found import PassedEvents, RecordFault
from federation.identity import timestamp
from federation.judging.chronicle import MOST_KEYS, SAMPLES, BoundedCounter, Spans
from federation.policy import Policy

TOLD: Final = (EventOutcome.LOST, EventOutcome.GAINED, EventOutcome.UNDECIDED)
"""Outcomes that are told by whom they befall."""
_LISTED: Final = 100
"""Most names of one kind that a summary lists."""
OTHERS: Final = "others"


class OutcomeCounter:
    """Counts granted and refused logins by a name, at most `MOST_KEYS` names; those that come later are counted together."""

    __slots__ = ("_counts", "_others")

    def __init__(self) -> None:
        self._counts: dict[str, list[int]] = {}
        self._others = [0, 0]

    def add(self, name: str, *, granted: bool) -> None:
        """Count one login."""
        self._of(name)[not granted] += 1

    def merge(self, later: OutcomeCounter) -> None:
        """Add the counts of what came after the names of this counter."""
        for name, counts in (*later._counts.items(), (None, later._others)):
            mine = self._others if name is None else self._of(name)
            for place, count in enumerate(counts):
                mine[place] += count

    def largest(self, most: int) -> list[tuple[str, int, int]]:
        """Return name, granted and refused of the *most* frequent names; the others come last, together."""
        ordered = sorted(self._counts.items(), key=lambda each: -sum(each[1]))
        left = [sum(each) for each in zip(self._others, *(counts for _, counts in ordered[most:]), strict=True)]
        rows = [(name, granted, refused) for name, (granted, refused) in ordered[:most]]
        return [*rows, (OTHERS, left[0], left[1])] if any(left) else rows

    def _of(self, name: str) -> list[int]:
        found = self._counts.get(name)
        if found is None:
            found = self._others if len(self._counts) >= MOST_KEYS else self._counts.setdefault(name, [0, 0])
        return found


class LoginGroup(NamedTuple):
    """Logins that are alike: what becomes of them, their role, provider and form of subject, and the check or the keys it depends on."""

    outcome: EventOutcome
    role_arn: str
    provider: str
    pattern: str
    depends_on: str


@dataclass(slots=True)
class GroupCounts:
    """How many logins of a group there were, when, and the first few of them.

    Attributes:
        count: How many.
        reason: Why they are refused, or what the answer waits for; that of the first.
        first: The earliest, aware UTC.
        last: The latest, aware UTC.
        samples: Event id or place, time and subject of the first `SAMPLES`.
    """

    count: int = 0
    reason: str = ""
    first: datetime | None = None
    last: datetime | None = None
    samples: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, judgement: EventJudgement) -> None:
        """Add one login."""
        record = judgement.record
        self.count += 1
        self.reason = self.reason or judgement.verdict.reason
        self._seen(record.time, record.time)
        if len(self.samples) < SAMPLES:
            self.samples.append((record.event_id or record.place, str(timestamp(record.time)), record.subject or ""))

    def merge(self, later: GroupCounts) -> None:
        """Add logins of the same group that came after these."""
        self.count += later.count
        self.reason = self.reason or later.reason
        if later.first is not None and later.last is not None:
            self._seen(later.first, later.last)
        self.samples += later.samples[: SAMPLES - len(self.samples)]

    def _seen(self, first: datetime, last: datetime) -> None:
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)


class EventTally:
    """What became of recorded logins.

    Attributes:
        outcomes: How many there were of each outcome.
        groups: Those that were lost, gained or not decided, by what is alike of them.
        roles: Logins that were granted or refused then, by role of this account.
        used: Roles to which a login was granted then: they exist or existed, so they are few.
        providers: Likewise to `roles` by provider.
        audiences: Likewise by audience.
        patterns: Likewise by form of subject.
        codes: Codes under which tokens were refused that proved nobody.
        spans: Logins over time, by outcome.
        passed: Events that are no federated logins.
        unread: Records and files that could not be read.
        faults: The first few of them.
    """

    __slots__ = (
        "audiences",
        "codes",
        "faults",
        "groups",
        "outcomes",
        "passed",
        "patterns",
        "providers",
        "roles",
        "spans",
        "unread",
        "used",
    )

    def __init__(self) -> None:
        self.outcomes: Counter[EventOutcome] = Counter()
        self.groups: dict[LoginGroup, GroupCounts] = {}
        self.roles: OutcomeCounter = OutcomeCounter()
        self.used: set[str] = set()
        self.providers: OutcomeCounter = OutcomeCounter()
        self.audiences: OutcomeCounter = OutcomeCounter()
        self.patterns: OutcomeCounter = OutcomeCounter()
        self.codes: BoundedCounter[str] = BoundedCounter()
        self.spans: Spans = Spans()
        self.passed: int = 0
        self.unread: int = 0
        self.faults: list[RecordFault] = []

    @property
    def logins(self) -> int:
        """How many logins there were."""
        return self.outcomes.total()

    @property
    def changes(self) -> int:
        """How many logins are lost or gained."""
        return self.outcomes[EventOutcome.LOST] + self.outcomes[EventOutcome.GAINED]

    def note(self, found: RecordFault | PassedEvents) -> None:
        """Count what is no login."""
        if isinstance(found, PassedEvents):
            self.passed += found.events
            return
        self.unread += 1
        if len(self.faults) < SAMPLES:
            self.faults.append(found)

    def count(self, judgement: EventJudgement) -> None:
        """Count one login."""
        record, outcome = judgement.record, judgement.outcome
        self.outcomes[outcome] += 1
        self.spans.add(record.time, outcome.value)
        if outcome is EventOutcome.ELSEWHERE:
            return
        if outcome is EventOutcome.UNPROVED:
            self.codes.add(record.error_code or "")
            return
        pattern = judgement.pattern
        self.roles.add(record.role_arn, granted=record.granted)
        self.providers.add(record.provider, granted=record.granted)
        self.audiences.add(record.audience or "not recorded", granted=record.granted)
        self.patterns.add(pattern, granted=record.granted)
        if record.granted:
            self.used.add(record.role_arn)
        if outcome in TOLD:
            depends = judgement.verdict.check or ", ".join(judgement.waits_for)
            self._group(LoginGroup(outcome, record.role_arn, record.provider, pattern, depends)).add(judgement)

    def merge(self, later: EventTally) -> None:
        """Add what became of logins that came after those of this tally."""
        self.outcomes.update(later.outcomes)
        for group, counts in later.groups.items():
            self._group(group).merge(counts)
        for ours, theirs in (
            (self.roles, later.roles),
            (self.providers, later.providers),
            (self.audiences, later.audiences),
            (self.patterns, later.patterns),
        ):
            ours.merge(theirs)
        self.used |= later.used
        self.codes.merge(later.codes)
        self.spans.merge(later.spans)
        self.passed += later.passed
        self.unread += later.unread
        self.faults += later.faults[: SAMPLES - len(self.faults)]

    def _group(self, group: LoginGroup) -> GroupCounts:
        if group not in self.groups and len(self.groups) >= MOST_KEYS:
            group = LoginGroup(group.outcome, OTHERS, OTHERS, OTHERS, "")
        return self.groups.setdefault(group, GroupCounts())

    def largest(self, outcome: EventOutcome) -> list[tuple[LoginGroup, GroupCounts]]:
        """Return the groups with *outcome*, the largest first."""
        return sorted(
            ((group, counts) for group, counts in self.groups.items() if group.outcome is outcome), key=lambda each: -each[1].count
        )

    def unused(self, roles: Iterable[str]) -> list[str]:
        """Return those of *roles*, ARNs such as `federated_roles` yields, to which no login was granted, sorted."""
        return sorted(set(roles) - self.used)

    def as_dict(self, roles: Iterable[str]) -> dict[str, Any]:
        """Return the counts as plain data: the documented summary. *roles* are the federated roles of the accounts that judged."""
        return {
            "logins": self.logins,
            "outcomes": {each.value: self.outcomes[each] for each in EventOutcome},
            "groups": [_told(group, counts) for outcome in TOLD for group, counts in self.largest(outcome)[:_LISTED]],
            "unused_roles": self.unused(roles),
            "roles": _counted(self.roles),
            "providers": _counted(self.providers),
            "audiences": _counted(self.audiences),
            "subjects": _counted(self.patterns),
            "token_errors": [{"code": code, "count": count} for code, count in self.codes.most_common(_LISTED)[0]],
            "other_events": self.passed,
            "unread": self.unread,
            "faults": [each.as_dict() for each in self.faults],
        }


def _counted(counter: OutcomeCounter) -> list[dict[str, Any]]:
    return [{"name": name, "granted": granted, "refused": refused} for name, granted, refused in counter.largest(_LISTED)]


def _told(group: LoginGroup, counts: GroupCounts) -> dict[str, Any]:
    return {
        "outcome": group.outcome.value,
        "role_arn": group.role_arn,
        "provider": group.provider,
        "subject": group.pattern,
        "depends_on": group.depends_on,
        "reason": counts.reason,
        "count": counts.count,
        "first": timestamp(counts.first),
        "last": timestamp(counts.last),
        "samples": [{"event_id": event, "time": time, "subject": subject} for event, time, subject in counts.samples],
    }


def federated_roles(account: Account) -> Iterator[str]:
    """Yield the ARNs of the roles of *account* that trust an identity provider."""
    return (role.arn for role in account.roles.values() if _is_federated(role.trust_policy))


def _is_federated(policy: Policy) -> bool:
    return any(
        each.effect == "Allow" and each.principal is not None and not each.principal.negated and each.principal.names.get("Federated")
        for each in policy.statements
    )
