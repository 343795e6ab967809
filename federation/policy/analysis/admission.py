"""What is known of whom a trust policy lets in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from federation.policy.analysis.sides import AdmittedLogin
from federation.policy.reach import Reach
from federation.policy.ways_in import Demand


@dataclass(frozen=True, slots=True)
class Admission:
    """Identities that a trust policy lets in.

    Attributes:
        principals: The entries of the Principal element; `EVERYBODY` for those whom none names.
        type: The member of the Principal element that names them: ``Federated``, ``AWS`` or ``Service``.
        whom: Who they are, in words, one for each of ``principals``.
        operation: The action by which they assume the role.
        demands: What is demanded of each, values and conditions that change nothing left out.
        unless: Sets of demands; whoever meets all of one is kept out by a Deny.
        spared: Entries of other principals who are kept out although the words would include them.
        companions: Actions that may accompany the operation, such as ``sts:TagSession``.
        statements: Indexes of the Allow statements.
        reach: ``everybody`` or ``strangers`` where it is open to them, else empty.
        warnings: What lint says about that.
        login: One login that is let in, confirmed by the evaluator. None where none was found within the bound: there may be none.
    """

    principals: tuple[str, ...]
    type: str
    whom: tuple[str, ...]
    operation: str
    demands: tuple[Demand, ...]
    unless: tuple[tuple[Demand, ...], ...]
    spared: tuple[str, ...]
    companions: tuple[str, ...]
    statements: tuple[int, ...]
    reach: Reach
    warnings: tuple[str, ...]
    login: AdmittedLogin | None

    def as_dict(self) -> dict[str, Any]:
        """Return the admission as plain data."""
        return {
            "principals": list(self.principals),
            "type": self.type,
            "whom": list(self.whom),
            "operation": self.operation,
            "conditions": [demand.as_dict() for demand in self.demands],
            "unless": [[demand.as_dict() for demand in each] for each in self.unless],
            "not_principal": list(self.spared),
            "companions": list(self.companions),
            "statements": list(self.statements),
            "reach": self.reach,
            "warnings": list(self.warnings),
            "login": None if self.login is None else self.login.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class WhoCan:
    """Whom a trust policy lets in.

    Attributes:
        admissions: The ways in, those that are open to everybody first.
        nobody: What the policy allows without letting anybody in, in words.
        decided: Whether all of it was decided within the bound.
    """

    admissions: tuple[Admission, ...]
    nobody: tuple[str, ...]
    decided: bool

    @property
    def everybody(self) -> bool:
        """Whether a way in is open to everybody."""
        return any(each.reach == "everybody" for each in self.admissions)

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain data: the documented JSON of ``federation policy who-can``."""
        return {
            "decided": self.decided,
            "everybody": self.everybody,
            "admissions": [each.as_dict() for each in self.admissions],
            "nobody": list(self.nobody),
        }
