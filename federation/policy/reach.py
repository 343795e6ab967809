"""How far a way into a role is open, by the findings of lint on its statement: to everybody, to strangers, or to neither."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from federation.policy.lint import Finding, examine
from federation.policy.policy import Policy
from federation.policy.ways_in import EVERYBODY, WayIn
from federation.policy.wildcard import fold
from federation.vendors import COGNITO

Reach = Literal["everybody", "strangers", ""]

_OPEN: Final = {"shared-issuer-unscoped", "issuer-unscoped", "everyone-trusted", "allow-notprincipal"}
"""Rules of lint whose finding of severity error says that everybody can come in."""
_WIDE: Final = {"subject-too-wide", "cognito-guests"}
"""Rules whose finding of severity error says that strangers can."""
_OF_EVERYBODY: Final = {"everyone-trusted", "allow-notprincipal"}


@dataclass(frozen=True, slots=True)
class Openness:
    """How far ways in are open.

    Attributes:
        reach: ``everybody`` or ``strangers`` where lint finds it open to them (severity error), else empty.
        warnings: What lint says about that, errors and lesser findings.
    """

    reach: Reach
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Openness:
        """Sum up *findings*."""
        found = list(findings)
        errors = {finding.id for finding in found if finding.severity == "error"}
        reach: Reach = "everybody" if errors & _OPEN else "strangers" if errors & _WIDE else ""
        return cls(reach, tuple(dict.fromkeys(finding.message for finding in found)))


class Reaches:
    """The findings on one policy that say how far its ways in are open."""

    __slots__ = ("_found",)

    def __init__(self, policy: Policy, providers: Collection[str] | None = None) -> None:
        """Examine *policy*; *providers* as for `federation.policy.lint.lint`."""
        self._found = list(examine(policy, providers=providers, rules=_OPEN | _WIDE))

    def about(self, way: WayIn) -> list[Finding]:
        """Return the findings that concern *way*."""
        return [found for linted, found in self._found if linted.statement.index == way.statement and _concerns(found, way)]


def issuer_of(principal: str) -> str:
    """Return the URL of an OIDC provider without ``https://``, or the built-in name."""
    return principal.partition(":oidc-provider/")[2] or principal


def _concerns(finding: Finding, way: WayIn) -> bool:
    """Whether *finding*, on the statement of *way*, says that the way is open to more than a few."""
    if finding.id in _OF_EVERYBODY:
        return way.principal == EVERYBODY
    if way.type != "Federated":
        return False
    issuer = issuer_of(way.principal)
    if finding.id == "cognito-guests":
        return issuer == COGNITO
    if finding.id == "subject-too-wide":
        return any(finding.about in demand.values and demand.key.startswith((fold(issuer), "sts:")) for demand in way.demands)
    return finding.about == issuer
