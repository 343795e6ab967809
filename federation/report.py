"""Checks and what became of them.

A validator is an ordered list of `Check`. `enforce` runs those of one profile and lets the first refusal out; `collect` runs them all and
keeps what each said. There is one list, so the explaining path cannot be laxer than the deciding one (attack row O06).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from federation.errors import FederationError
from federation.identity import VerifiedIdentity
from federation.profiles import Profile

S = TypeVar("S")

BOTH: frozenset[Profile] = frozenset(Profile)
STRICT: frozenset[Profile] = frozenset({Profile.STRICT})
AWS: frozenset[Profile] = frozenset({Profile.AWS})


@dataclass(frozen=True, slots=True)
class Check(Generic[S]):
    """One rule of a validator.

    Attributes:
        name: Stable name, the ``check`` of its errors.
        clause: Where the rule comes from: a clause of SAML, an RFC section, or "AWS, observed".
        profiles: The profiles that enforce it.
        run: Examines the subject; returns nothing when content, raises a `FederationError` when not.
    """

    name: str
    clause: str
    profiles: frozenset[Profile]
    run: Callable[[S], None]


def kept(refusal: FederationError) -> FederationError:
    """Return *refusal* without its traceback and those of what led to it, for whoever keeps it.

    The frames hold the token, its tree and the keeper itself: all of it would stay until somebody collects garbage.
    """
    refusal.__traceback__ = refusal.__context__ = refusal.__cause__ = None
    return refusal


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check said: ``refusal`` is None when it was content, ``skipped`` means that an earlier stage left nothing to examine."""

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
        """Return the result as plain data, stable names."""
        return {
            "check": self.name,
            "clause": self.clause,
            "profiles": sorted(self.profiles),
            "outcome": self.outcome,
            "refusal": self.refusal.as_dict() if self.refusal else None,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a validator found out about one token, for one provider at one instant.

    Attributes:
        kind: What the token was taken for, e.g. ``saml2-response``.
        profile: The profile of the provider, whose verdict counts.
        results: Every check in order.
        identity: The proved identity where the token's own signature and structure allowed to read one *and* the deciding profile accepts,
            otherwise None.
        claimed: What an unproved or refused token says of itself, for display only; empty when nothing could be read.
        notes: Remarks that decide nothing: weak algorithms used, certificate dates, ignored key hints.
    """

    kind: str
    profile: Profile
    results: tuple[CheckResult, ...]
    identity: VerifiedIdentity | None = None
    claimed: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def refusal(self, profile: Profile | None = None) -> FederationError | None:
        """Return the first refusal of *profile* (default: the report's own), or None where that profile accepts."""
        wanted = self.profile if profile is None else profile
        return next((r.refusal for r in self.results if r.refusal is not None and wanted in r.profiles), None)

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
        }


def verdict(refusal: FederationError | None) -> dict[str, Any]:
    """Return one profile's verdict as plain data."""
    return {"accepted": refusal is None, "check": refusal.check if refusal else None, "refusal": refusal.as_dict() if refusal else None}


def enforce(checks: Sequence[Check[S]], subject: S) -> None:
    """Run *checks* in order on *subject*; the first refusal is raised. The caller passes the checks of its profile only."""
    for check in checks:
        check.run(subject)


def collect(checks: Sequence[Check[S]], subject: S) -> tuple[CheckResult, ...]:
    """Run every check on *subject* and keep what each said."""
    results = []
    for check in checks:
        try:
            check.run(subject)
        except FederationError as refusal:
            results.append(CheckResult(check.name, check.clause, check.profiles, "refused", refusal))
        else:
            results.append(CheckResult(check.name, check.clause, check.profiles, "passed"))
    return tuple(results)
