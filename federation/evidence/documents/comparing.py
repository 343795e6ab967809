"""Role by role: whom the trust policies of one set of files let in that those of another do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from federation.errors import FederationError
from federation.evidence.documents.model import FoundDocument, FoundEvidence, FoundRole
from federation.policy.analysis import compare
from federation.policy.analysis.comparing import TrustComparison

RoleFate = Literal["added", "removed", "changed", "unchanged", "undecided"]
"""What becomes of a role. ``unchanged`` is said of a policy that is the same as written; ``undecided`` where a part of it is not known, or
IAM would not store it."""
_OF_ACCOUNT: Final = re.compile(
    r"AWS::(?:AccountId|Partition|Region|URLSuffix)|data\.aws_(?:caller_identity|partition|region)\.[\w-]+\.[\w-]+", re.ASCII
)
"""Expressions that one account and region have one value of, whatever a change of the files changes."""


@dataclass(frozen=True, slots=True)
class RoleChange:
    """What a change of files makes of one role.

    Attributes:
        address: The role as its owners call it.
        fate: What becomes of it.
        comparison: Who is newly let in and who no longer is; None where there is nothing to compare with, or it is not decided.
        refusal: Why it is not decided.
    """

    address: str
    fate: RoleFate
    comparison: TrustComparison | None = None
    refusal: FederationError | None = None

    @property
    def lets_nobody_new_in(self) -> bool:
        """Whether it is proved that nobody is newly let in. Whoever an added role lets in is new."""
        if self.comparison is not None:
            return self.comparison.lets_nobody_new_in
        return self.fate in ("removed", "unchanged")

    def as_dict(self) -> dict[str, Any]:
        """Return the change as plain data, stable names."""
        return {
            "address": self.address,
            "fate": self.fate,
            "nobody_new": self.lets_nobody_new_in,
            "comparison": None if self.comparison is None else self.comparison.as_dict(),
            "refusal": None if self.refusal is None else self.refusal.as_dict(),
        }


def compare_roles(old: FoundEvidence, new: FoundEvidence) -> tuple[RoleChange, ...]:
    """Compare the roles of *old* and *new*, matched by address, and where only one of the two has that, by name."""
    before, after = _trusted(old.roles), _trusted(new.roles)
    renamed = _by_name(before, after)
    changes = [_change(address, before.get(address) or before.get(renamed.get(address, "")), role.trust) for address, role in after.items()]
    known = {*after, *renamed.values()}
    return (*changes, *(RoleChange(address, "removed") for address in before if address not in known))


def compare_plan(plan: FoundEvidence) -> tuple[RoleChange, ...]:
    """Compare the roles of a plan of Terraform as they are with what the plan makes of them."""
    return tuple(_planned(plan.roles))


def _planned(roles: tuple[FoundRole, ...]) -> Iterator[RoleChange]:
    for role in roles:
        if role.trust is None:
            yield RoleChange(role.address, "removed")
        else:
            yield _compared(role.address, role.earlier, role.trust)


def _trusted(roles: tuple[FoundRole, ...]) -> dict[str, FoundRole]:
    return {role.address: role for role in roles if role.trust is not None}


def _by_name(before: Mapping[str, FoundRole], after: Mapping[str, FoundRole]) -> dict[str, str]:
    """Return the former addresses of the roles that have another one, by their own: those that alone have a name on either side."""
    gone = [role for address, role in before.items() if address not in after and role.name is not None]
    come = [role for address, role in after.items() if address not in before and role.name is not None]
    pairs = {}
    for role in come:
        same = [each for each in gone if each.name == role.name]
        if len(same) == 1 and sum(each.name == role.name for each in come) == 1:
            pairs[role.address] = same[0].address
    return pairs


def _change(address: str, before: FoundRole | None, trust: FoundDocument | None) -> RoleChange:
    if trust is None:
        return RoleChange(address, "removed")
    return _compared(address, None if before is None else before.trust, trust)


def _compared(address: str, before: FoundDocument | None, after: FoundDocument) -> RoleChange:
    if before is None:
        return RoleChange(address, "added")
    if _same(before, after):
        return RoleChange(address, "unchanged")
    try:
        found = compare(before.policy(), after.policy())
    except FederationError as refusal:
        return RoleChange(address, "undecided", refusal=refusal)
    return RoleChange(address, "unchanged" if found.relation == "equal" else "changed", found)


def _same(before: FoundDocument, after: FoundDocument) -> bool:
    """Whether both are the same as written, and no part is unknown whose value the change of the files may change."""
    words = [[each.expression for each in found.unknowns] for found in (before, after)]
    return before.text == after.text and words[0] == words[1] and all(_OF_ACCOUNT.fullmatch(each) for each in words[0])
