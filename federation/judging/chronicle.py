"""The story of many judgements: what refused, when, whose tokens, and what to change. It is bounded, however many tokens there were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar

from federation.judging.judge import Judgement
from federation.judging.tally import Tally

K = TypeVar("K", bound=Hashable)

MOST_KEYS: Final = 2_000
"""Different names that are counted one by one, such as issuers, which strangers choose; further ones are counted together."""
MOST_SPANS: Final = 120
"""Spans of time that are counted one by one; more make each span longer."""
SPANS: Final = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 360)) + tuple(
    timedelta(days=each) for each in (1, 7, 28, 364, 3_640, 36_400)
)
"""Lengths of a span, each a multiple of the one before; from the year 1 to the year 9999 there are fewer than `MOST_SPANS` of the last."""
SAMPLES: Final = 3
"""Tokens of each check that are shown."""
_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)


class BoundedCounter(Generic[K]):
    """Counts of at most `MOST_KEYS` different keys; keys that come later are counted together."""

    __slots__ = ("_counts", "others")

    def __init__(self) -> None:
        self._counts: Counter[K] = Counter()
        self.others: int = 0

    def add(self, key: K, times: int = 1) -> None:
        """Count *key*, *times* times."""
        if key in self._counts or len(self._counts) < MOST_KEYS:
            self._counts[key] += times
        else:
            self.others += times

    def merge(self, later: BoundedCounter[K]) -> None:
        """Add the counts of what came after the keys of this counter."""
        for key, times in later._counts.items():
            self.add(key, times)
        self.others += later.others

    def __getitem__(self, key: K) -> int:
        return self._counts[key]

    def most_common(self, most: int) -> tuple[list[tuple[K, int]], int]:
        """Return the *most* frequent keys with their counts, ties in the order of their first occurrence, and the count of all others."""
        listed = self._counts.most_common(most)
        return listed, self._counts.total() + self.others - sum(count for _, count in listed)


class JudgedSpan(NamedTuple):
    """What was judged in one span of time: its start, aware UTC, how many were accepted, and refused by each check."""

    start: datetime
    accepted: int
    refused: Mapping[str, int]


class Spans:
    """Judgements over time. The spans grow so that there are never more than `MOST_SPANS`."""

    __slots__ = ("_counts", "_length")

    def __init__(self) -> None:
        self._length = 0
        self._counts: dict[int, Counter[str]] = {}

    @property
    def length(self) -> timedelta:
        """How long each span is."""
        return SPANS[self._length]

    def add(self, at: datetime, what: str) -> None:
        """Count *what*, a check or `ACCEPTED`, at the instant *at*, aware UTC."""
        place = (at - _BEGINNING) // self.length
        counts = self._counts.get(place)
        if counts is not None:
            counts[what] += 1
            return
        self._counts[place] = Counter({what: 1})
        self._fit()

    def merge(self, others: Spans) -> None:
        """Add the judgements of *others*."""
        while self._length < others._length:
            self._lengthen()
        for place, counts in others._counts.items():
            self._counts.setdefault(place * others.length // self.length, Counter()).update(counts)
        self._fit()

    def _fit(self) -> None:
        while self._counts and max(self._counts) - min(self._counts) >= MOST_SPANS and self._length < len(SPANS) - 1:
            self._lengthen()

    def _lengthen(self) -> None:
        before = self.length
        self._length += 1
        merged: dict[int, Counter[str]] = {}
        for place, counts in self._counts.items():
            merged.setdefault(place * before // self.length, Counter()).update(counts)
        self._counts = merged

    def __iter__(self) -> Iterator[JudgedSpan]:
        """Yield every span from the first to the last, those without a token among them."""
        for place in range(min(self._counts), max(self._counts) + 1) if self._counts else ():
            counts = self._counts.get(place, Counter())
            refused = {check: count for check, count in counts.items() if check != ACCEPTED}
            yield JudgedSpan(_BEGINNING + place * self.length, counts[ACCEPTED], refused)


ACCEPTED: Final = ""
"""In the place of a check: none refused."""


class Sample(NamedTuple):
    """A refused token: its id, the instant, its provider, and what was expected and found. Issuer and subject are claims, not proved."""

    id: str
    at: str | None
    provider: str | None
    issuer: str | None
    subject: str | None
    expected: str
    found: str


@dataclass(slots=True)
class Refusals:
    """The refusals by one check under one code.

    Attributes:
        count: How many.
        first: The earliest instant that was judged, aware UTC; None where none had one.
        last: The latest one.
        samples: The first few tokens.
    """

    count: int = 0
    first: datetime | None = None
    last: datetime | None = None
    samples: list[Sample] = field(default_factory=list)

    def add(self, at: datetime | None, judgement: Judgement, refusal: Mapping[str, Any]) -> None:
        """Add one refusal."""
        self.count += 1
        if at is not None:
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)
        if len(self.samples) < SAMPLES:
            claims = judgement.claimed or {"issuer": judgement.issuer, "subject": judgement.subject}
            told = (str(refusal["expected"]), str(refusal["found"]))
            self.samples.append(Sample(judgement.id, judgement.at, judgement.provider, claims["issuer"], claims["subject"], *told))

    def merge(self, later: Refusals) -> None:
        """Add refusals by the same check that came after these."""
        self.count += later.count
        self.first = min(filter(None, (self.first, later.first)), default=None)
        self.last = max(filter(None, (self.last, later.last)), default=None)
        self.samples += later.samples[: SAMPLES - len(self.samples)]


class Chronicle:
    """What became of many tokens.

    Attributes:
        tally: The counts by kind and check.
        spans: The judgements over time; those without an instant are not among them.
        refusals: Check and code to its refusals. The names of checks are few; `MOST_KEYS` bounds those of plug-ins.
        providers: Provider, and whether it was accepted, to the count; None stands for tokens that no provider was found for.
        issuers: Issuers that tokens without a provider claim, unverified.
        profiles: Profile, and whether it accepts the token, to the count.
        lenient: Checks by which ``strict`` refuses a token that ``aws`` accepts.
        roles: Role, and the effect of its trust policy, to the count; empty where no role was asked.
        remedies: Check and remedy to the count of refusals that it would answer.
    """

    __slots__ = ("issuers", "lenient", "profiles", "providers", "refusals", "remedies", "roles", "spans", "tally")

    def __init__(self) -> None:
        self.tally = Tally()
        self.spans = Spans()
        self.refusals: dict[tuple[str, str], Refusals] = {}
        self.providers: BoundedCounter[tuple[str | None, bool]] = BoundedCounter()
        self.issuers: BoundedCounter[str | None] = BoundedCounter()
        self.profiles: Counter[tuple[str, bool]] = Counter()
        self.lenient: BoundedCounter[str] = BoundedCounter()
        self.roles: BoundedCounter[tuple[str, str]] = BoundedCounter()
        self.remedies: BoundedCounter[tuple[str, str]] = BoundedCounter()

    def count(self, judgement: Judgement) -> None:
        """Count one judgement."""
        self.tally.count(judgement)
        at = None if judgement.at is None else datetime.fromisoformat(judgement.at)
        refusal = judgement.refusal
        if at is not None:
            self.spans.add(at, ACCEPTED if refusal is None else str(refusal["check"]))
        self.providers.add((judgement.provider, judgement.accepted))
        if judgement.provider is None:
            self.issuers.add((judgement.claimed or {}).get("issuer"))
        for profile, verdict in judgement.verdicts.items():
            self.profiles[profile, verdict.accepted] += 1
        strict, aws = judgement.verdicts.get("strict"), judgement.verdicts.get("aws")
        if strict is not None and aws is not None and aws.accepted and not strict.accepted:
            self.lenient.add(str(strict.check))
        if judgement.role is not None:
            self.roles.add((str(judgement.role["arn"]), judgement.role["effect"] or "not evaluated"))
        if refusal is not None:
            self._refused(at, judgement, refusal)

    def merge(self, later: Chronicle) -> None:
        """Add what became of tokens that came after those of this chronicle."""
        self.tally.merge(later.tally)
        self.spans.merge(later.spans)
        for key, refusals in later.refusals.items():
            self._refusals_of(key).merge(refusals)
        self.profiles.update(later.profiles)
        self.providers.merge(later.providers)
        self.issuers.merge(later.issuers)
        self.lenient.merge(later.lenient)
        self.roles.merge(later.roles)
        self.remedies.merge(later.remedies)

    def _refused(self, at: datetime | None, judgement: Judgement, refusal: Mapping[str, Any]) -> None:
        check = str(refusal["check"])
        self._refusals_of((check, str(refusal["code"]))).add(at, judgement, refusal)
        self.remedies.add((check, str(refusal["remedy"])))

    def _refusals_of(self, key: tuple[str, str]) -> Refusals:
        if key not in self.refusals and len(self.refusals) >= MOST_KEYS:
            key = ("others", "")
        return self.refusals.setdefault(key, Refusals())
