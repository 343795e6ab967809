"""Checks and their results.

A validator is an ordered list of `Check`. `enforce` runs the checks of one profile and raises the first refusal. `collect` runs all of them
and returns every result. Both use the same list, so a diagnosis cannot be laxer than the verdict (attack row O06).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from federation.check_names import CheckName
from federation.errors import FederationError
from federation.explanation import Edit, Explanation
from federation.identity import VerifiedIdentity
from federation.profiles import Profile

S = TypeVar("S")

BOTH: frozenset[Profile] = frozenset(Profile)
STRICT: frozenset[Profile] = frozenset({Profile.STRICT})
AWS: frozenset[Profile] = frozenset({Profile.AWS})


def kept(refusal: FederationError) -> FederationError:
    """Return *refusal* without traceback, context and cause, so that it can be stored.

    The frames of a traceback refer to the token, its tree and the object that stores the refusal. This cycle would stay in memory until the
    garbage collector runs.
    """
    refusal.__traceback__ = refusal.__context__ = refusal.__cause__ = None
    return refusal


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check.

    Attributes:
        name: Name of the check.
        clause: Source of the rule, as in `Check`.
        profiles: The profiles that enforce the check.
        outcome: ``passed``, ``refused``, or ``skipped`` where an earlier check left nothing to examine.
        refusal: The refusal; None unless the outcome is ``refused``.
        note: A remark on the result, or empty.
    """

    name: str
    clause: str
    profiles: frozenset[Profile]
    outcome: Literal["passed", "refused", "skipped"]
    refusal: FederationError | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.refusal is not None:
            kept(self.refusal)

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain data with stable names."""
        return {
            "check": self.name,
            "clause": self.clause,
            "profiles": sorted(self.profiles),
            "outcome": self.outcome,
            "refusal": self.refusal.as_dict() if self.refusal else None,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Check(Generic[S]):
    """One rule of a validator.

    Attributes:
        name: Stable name, the ``check`` of its errors.
        clause: Source of the rule: a clause of SAML, a section of an RFC, or "AWS, observed".
        profiles: The profiles that enforce it.
        run: Examines the subject. It returns None when the check passes and raises a `FederationError` when it refuses.
        passed: The result of the check where it passes. It is the same for every subject, so it is made once.
    """

    name: CheckName
    clause: str
    profiles: frozenset[Profile]
    run: Callable[[S], None]
    passed: CheckResult = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "passed", CheckResult(self.name, self.clause, self.profiles, "passed"))


@dataclass(frozen=True, slots=True)
class Report:
    """The results of every check on one token, for one provider at one instant.

    Attributes:
        kind: Kind by which the token was judged, e.g. ``saml2-response``.
        profile: The provider's profile, which decides.
        results: The result of every check, in order.
        identity: The proved identity; None where the deciding profile refuses the token.
        claimed: Unverified claims of the token, for display only; empty where nothing could be read.
        notes: Remarks that do not affect the verdict: weak algorithms, certificate dates, ignored key hints.
        engine: The engine that read the token: ``fast`` where the extension did, ``python`` where not. The verdict is the same.
        refused: Those of *results* that refuse, in order.
    """

    kind: str
    profile: Profile
    results: tuple[CheckResult, ...]
    identity: VerifiedIdentity | None = None
    claimed: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    engine: Literal["fast", "python"] = "python"
    refused: tuple[CheckResult, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "refused", tuple([result for result in self.results if result.refusal is not None]))

    def refusal(self, profile: Profile | None = None) -> FederationError | None:
        """Return the first refusal of *profile* (the report's own when None), or None where that profile accepts the token."""
        wanted = self.profile if profile is None else profile
        return next((result.refusal for result in self.refused if wanted in result.profiles), None)

    @property
    def explanation(self) -> Explanation | None:
        """Why the report's own profile refuses and what to change; None where it accepts. Computed when it is asked for."""
        refusal = self.refusal()
        return None if refusal is None else refusal.explanation

    @property
    def cause(self) -> str | None:
        """What is true here, in one sentence; None where the report's own profile accepts."""
        explanation = self.explanation
        return None if explanation is None else explanation.cause

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What to change so that the token is accepted; of alternatives the one that lets in least comes first."""
        explanation = self.explanation
        return () if explanation is None else explanation.edits

    @property
    def accepted(self) -> bool:
        """Whether the report's own profile accepts the token."""
        return self.refusal() is None

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data: the documented schema of ``--json``."""
        return {
            "kind": self.kind,
            "profile": self.profile.value,
            "accepted": self.accepted,
            "verdicts": {p.value: verdict(self.refusal(p)) for p in Profile},
            "checks": [r.as_dict() for r in self.results],
            "identity": self.identity.as_dict() if self.identity else None,
            "claimed": self.claimed,
            "notes": list(self.notes),
            "engine": self.engine,
        }


def verdict(refusal: FederationError | None) -> dict[str, Any]:
    """Return one profile's verdict as plain data."""
    return {"accepted": refusal is None, "check": refusal.check if refusal else None, "refusal": refusal.as_dict() if refusal else None}


def enforce(checks: Sequence[Check[S]], subject: S) -> None:
    """Run *checks* in order on *subject*. The caller passes only the checks of the deciding profile.

    Raises:
        FederationError: The first check that refuses.
    """
    for check in checks:
        check.run(subject)


def collect(checks: Sequence[Check[S]], subject: S) -> tuple[CheckResult, ...]:
    """Run every check on *subject* and return the result of each."""
    results = []
    for check in checks:
        try:
            check.run(subject)
        except FederationError as refusal:
            results.append(CheckResult(check.name, check.clause, check.profiles, "refused", refusal))
        else:
            results.append(check.passed)
    return tuple(results)
