"""Whether a change of a trust policy lets somebody new in, or somebody no longer: proved, with a login for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from federation import limits
from federation.errors import ValidationError
from federation.policy.analysis.budget import UNDECIDED, Budget
from federation.policy.analysis.callers import CallerGroup, callers_of
from federation.policy.analysis.questions import Questions
from federation.policy.analysis.sides import AdmittedLogin, Side, Standing, companions_that_matter
from federation.policy.grammar import Kind
from federation.policy.policy import Policy

Relation = Literal["equal", "narrower", "wider", "both", "undecided"]
_STANDINGS: Final[tuple[Standing, ...]] = ("any", "named", "itself")


@dataclass(frozen=True, slots=True)
class TrustChange:
    """A login that one of two policies lets in and the other does not.

    Attributes:
        login: The login. The evaluator has confirmed both verdicts.
        standing: ``any`` where the other policy refuses it. ``named``: the other lets it in only with a permission of its own account.
            ``itself``: the other names its role, so that boundary and session policy limit it.
        statement: Index of the Allow statement that lets the operation in, in its policy.
    """

    login: AdmittedLogin
    standing: Standing
    statement: int

    def as_dict(self) -> dict[str, Any]:
        """Return the change as plain data."""
        return {
            **self.login.as_dict(),
            "whom": [each.words for each in self.login.caller.everyone],
            "standing": self.standing,
            "statement": self.statement,
        }


@dataclass(frozen=True, slots=True)
class TrustDifference:
    """The logins that one policy lets in and the other does not.

    Attributes:
        changes: One login for each kind of caller and statement that differs.
        decided: Whether there are no others. If not, some may have been missed.
    """

    changes: tuple[TrustChange, ...]
    decided: bool

    @property
    def exists(self) -> bool | None:
        """Whether there is such a login; None where that is not decided."""
        return True if self.changes else False if self.decided else None


@dataclass(frozen=True, slots=True)
class TrustComparison:
    """What a new policy changes.

    Attributes:
        gained: Logins that are newly let in.
        lost: Logins that no longer are.
    """

    gained: TrustDifference
    lost: TrustDifference

    @property
    def relation(self) -> Relation:
        """How the new policy relates to the old one. ``undecided`` where the bound ended the search before it was known."""
        wider, narrower = self.gained.exists, self.lost.exists
        if wider is None or narrower is None:
            return "undecided"
        if wider:
            return "both" if narrower else "wider"
        return "narrower" if narrower else "equal"

    @property
    def lets_nobody_new_in(self) -> bool:
        """Whether it is proved that nobody is newly let in."""
        return self.gained.exists is False

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data: the documented JSON of ``federation policy compare``."""
        return {
            "relation": self.relation,
            "nobody_new": self.lets_nobody_new_in,
            "gained": {"decided": self.gained.decided, "logins": [each.as_dict() for each in self.gained.changes]},
            "lost": {"decided": self.lost.decided, "logins": [each.as_dict() for each in self.lost.changes]},
        }


def compare(old: Policy, new: Policy) -> TrustComparison:
    """Say whom the trust policy *new* lets in that *old* does not, and the other way round.

    The answer is about all requests that callers can send (docs/policy.md), not about a sample. Work is bounded by
    `limits.ANALYSIS_STEPS`; beyond it the answer is "undecided", never a guess.

    Raises:
        ValidationError: Check ``policy-kind``: a policy is no trust policy.
    """
    for policy in (old, new):
        require_trust(policy)
    callers = callers_of(old, new)
    return TrustComparison(gained=_difference(new, old, callers), lost=_difference(old, new, callers))


def require_trust(policy: Policy) -> None:
    """Check that *policy* is a trust policy.

    Raises:
        ValidationError: Check ``policy-kind``.
    """
    if policy.kind is not Kind.TRUST:
        raise ValidationError(
            check="policy-kind",
            expected="a trust policy, which says who can assume a role",
            found=f"a policy of kind {policy.kind}",
            remedy="pass the trust policy of the role",
        )


def _difference(by: Policy, without: Policy, callers: tuple[CallerGroup, ...]) -> TrustDifference:
    budget, changes, decided = Budget(limits.ANALYSIS_STEPS), list[TrustChange](), True
    for caller in callers:
        before = len(changes)
        for companions in companions_that_matter(caller, (by, without)):
            questions = Questions(caller, frozenset(companions), budget)
            for standing in _STANDINGS if caller.kind == "AWS" else _STANDINGS[:1]:
                if len(changes) > before:
                    break
                sides = [Side.of(policy, caller, (caller.operation, *companions), standing) for policy in (by, without)]
                for found in _changes(questions, *sides):
                    if found is None:
                        decided = False
                    else:
                        changes.append(found)
    return TrustDifference(tuple(changes), decided)


def _changes(questions: Questions, by: Side, without: Side) -> Iterator[TrustChange | None]:
    """Yield a login for each Allow that lets one in, None where that is not decided."""
    if all(by.allows) and not _same(by, without):
        for first in {each.atoms: each for each in reversed(by.allows[0])}.values():
            found = questions.admitted(by, first, without=without)
            if isinstance(found, AdmittedLogin):
                yield TrustChange(found, by.standing, first.statement.index)
            elif found is UNDECIDED:
                yield None


def _same(by: Side, without: Side) -> bool:
    """Whether both say the same in the same words."""
    return all(
        frozenset(frozenset(each.atoms) for each in one) == frozenset(frozenset(each.atoms) for each in other)
        for one, other in zip((*by.allows, *by.denies), (*without.allows, *without.denies), strict=True)
    )
