"""One token read under both profiles: what each rule said to each, and one row for every rule on which they agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Literal, TypeVar

from federation.errors import FederationError
from federation.profiles import Profile
from federation.report import BOTH, Check, CheckResult, kept

S = TypeVar("S")
Outcome = Literal["passed", "refused", "skipped"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A step before there is anything to check; every refusal of the step bears the stage's name as its check."""

    name: str
    clause: str
    profiles: frozenset[Profile] = BOTH

    @classmethod
    def of(cls, rule: Check[Any]) -> Stage:
        """Return *rule*, which is run before there is a presentation, as a stage."""
        name, clause, profiles = rule.name, rule.clause, rule.profiles
        return cls(name, clause, profiles)


@dataclass(frozen=True, slots=True)
class Reading(Generic[S]):
    """What one profile makes of a token.

    Attributes:
        refusals: The refusal of each stage and check that refused, by its name.
        stopped: Name of the stage beyond which nothing was left to examine, None where every check was asked.
        presentation: What the checks looked at, None where a stage refused.
    """

    refusals: Mapping[str, FederationError]
    stopped: str | None
    presentation: S | None

    @property
    def accepted(self) -> S | None:
        """What the checks looked at, None where a stage or a check refused."""
        return None if self.refusals else self.presentation

    @classmethod
    def of(cls, prove: Callable[[], S], checks: Sequence[Check[S]]) -> Reading[S]:
        """Run *prove*, then every one of *checks*, and keep each refusal."""
        try:
            presentation = prove()
        except FederationError as refusal:
            return cls({refusal.check: kept(refusal)}, refusal.check, None)
        refusals = {}
        for check in checks:
            try:
                check.run(presentation)
            except FederationError as refusal:
                refusals[check.name] = kept(refusal)
        return cls(refusals, None, presentation)


def read_twice(prove: Callable[..., S], checks_of: Mapping[Profile, Sequence[Check[S]]]) -> dict[Profile, Reading[S]]:
    """Read one token under every profile; *prove* takes the profile by its name."""
    return {profile: Reading.of(partial(prove, profile=profile), checks_of[profile]) for profile in Profile}


def rows(stages: Sequence[Stage], checks: Sequence[Check[S]], readings: Mapping[Profile, Reading[S]]) -> Iterator[CheckResult]:
    """Return what each stage and check said: one row, or one for each profile where the profiles come to different results."""
    rules: list[Stage | Check[S]] = [*stages, *checks]
    reached = dict.fromkeys(readings, True)
    for rule in rules:
        said: dict[tuple[Outcome, str], list[Profile]] = {}
        for profile in sorted(rule.profiles):
            refusal = readings[profile].refusals.get(rule.name)
            said.setdefault((_outcome(refusal, reached=reached[profile]), str(refusal)), []).append(profile)
            reached[profile] = reached[profile] and readings[profile].stopped != rule.name
        for (outcome, _), agreeing in said.items():
            yield CheckResult(rule.name, rule.clause, frozenset(agreeing), outcome, readings[agreeing[0]].refusals.get(rule.name))
    listed = {rule.name for rule in rules}
    for profile, reading in readings.items():
        if reading.stopped is not None and reading.stopped not in listed:
            # A refusal that no stage owns up to is still a refusal.
            yield CheckResult(reading.stopped, "not listed", frozenset({profile}), "refused", reading.refusals[reading.stopped])


def _outcome(refusal: FederationError | None, *, reached: bool) -> Outcome:
    if not reached:
        return "skipped"
    return "passed" if refusal is None else "refused"
