"""Diagnosis of a token under both profiles. Rules with the same result in both have one row in the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, Literal, TypeVar

from federation.check_names import CheckName
from federation.errors import FederationError
from federation.profiles import Profile
from federation.report import BOTH, Check, CheckResult, kept

S = TypeVar("S")
CheckOutcome = Literal["passed", "refused", "skipped"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A step before the checks. The refusals of a stage have its name as their check."""

    name: CheckName
    clause: str
    profiles: frozenset[Profile] = BOTH
    passed: CheckResult = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "passed", CheckResult(self.name, self.clause, self.profiles, "passed"))

    @classmethod
    def of(cls, rule: Check[Any]) -> Stage:
        """Return *rule*, which runs before the checks, as a stage."""
        name, clause, profiles = rule.name, rule.clause, rule.profiles
        return cls(name, clause, profiles)


@dataclass(frozen=True, slots=True)
class Reading(Generic[S]):
    """The result of one profile for a token.

    Attributes:
        refusals: The refusal of each stage and check that refused, by its name.
        stopped: Name of the stage after which nothing was left to examine; None where every check ran.
        presentation: The subject of the checks; None where a stage refused.
    """

    refusals: Mapping[str, FederationError]
    stopped: str | None
    presentation: S | None

    @property
    def accepted(self) -> S | None:
        """The subject of the checks; None where a stage or a check refused."""
        return None if self.refusals else self.presentation

    @classmethod
    def of(cls, prove: Callable[[], S], checks: Sequence[Check[S]]) -> Reading[S]:
        """Run *prove* and then every check, and return the result with every refusal."""
        try:
            presentation = prove()
        except FederationError as refusal:
            return cls({refusal.check: kept(refusal)}, refusal.check, None)
        refusals: dict[str, FederationError] = {}
        for check in checks:
            try:
                check.run(presentation)
            except FederationError as refusal:
                refusals[check.name] = kept(refusal)
        return cls(refusals, None, presentation)


def read_twice(prove: Callable[..., S], checks_of: Mapping[Profile, Sequence[Check[S]]]) -> dict[Profile, Reading[S]]:
    """Return the result of each profile. *prove* has a keyword argument ``profile``."""
    return {profile: Reading.of(partial(prove, profile=profile), checks_of[profile]) for profile in Profile}


def rows(rules: Sequence[Stage | Check[S]], readings: Mapping[Profile, Reading[S]]) -> tuple[CheckResult, ...]:
    """Return the result of each stage and check: one row, or one for each profile where the results differ."""
    if not any(reading.refusals for reading in readings.values()):
        return tuple(rule.passed for rule in rules)
    return tuple(_told(rules, readings))


def _told(rules: Sequence[Stage | Check[S]], readings: Mapping[Profile, Reading[S]]) -> Iterator[CheckResult]:
    reached = dict.fromkeys(readings, True)
    for rule in rules:
        said: dict[tuple[CheckOutcome, str], list[Profile]] = {}
        for profile in sorted(rule.profiles):
            refusal = readings[profile].refusals.get(rule.name)
            said.setdefault((_outcome(refusal, reached=reached[profile]), str(refusal)), []).append(profile)
            reached[profile] = reached[profile] and readings[profile].stopped != rule.name
        for (outcome, _), agreeing in said.items():
            yield CheckResult(rule.name, rule.clause, frozenset(agreeing), outcome, readings[agreeing[0]].refusals.get(rule.name))
    listed = {rule.name for rule in rules}
    for profile, reading in readings.items():
        if reading.stopped is not None and reading.stopped not in listed:
            # A refusal whose check is no stage is reported too.
            yield CheckResult(reading.stopped, "not listed", frozenset({profile}), "refused", reading.refusals[reading.stopped])


def _outcome(refusal: FederationError | None, *, reached: bool) -> CheckOutcome:
    if not reached:
        return "skipped"
    return "passed" if refusal is None else "refused"
