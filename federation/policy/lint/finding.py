"""The types of a rule and of its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from federation.policy.lint.linted_statement import LintedStatement

Severity = Literal["error", "warning", "note"]
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "note")
"""Worst first. ``error``: grants, or fails to deny, more than an author can mean; ``warning``: probably not what is meant; ``note``: worth
knowing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        id: Stable name of the rule.
        severity: One of `SEVERITIES`.
        path: JSON path of the place.
        message: What is there and what it does.
        remedy: What to write instead.
        about: What there is wrong: a provider, a principal, or a value; empty where the path says it all.
        new: What belongs in its place, such as an operator, a key or an action; empty where the rule does not know it.
    """

    id: str
    severity: Severity
    path: str
    message: str
    remedy: str
    about: str = ""
    new: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the finding as plain data: the documented schema of ``--json``."""
        return {"id": self.id, "severity": self.severity, "path": self.path, "message": self.message, "remedy": self.remedy}


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a rule applies; ``severity`` where it differs from the rule's own, the rest as of a `Finding`."""

    path: str
    message: str
    remedy: str
    severity: Severity | None = None
    about: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: Stable name.
        severity: That of its findings unless one says otherwise.
        finds: What it finds, one sentence.
        because: Why that matters, one sentence.
        check: Looks at one statement and yields the places.
        source: URL of the documentation of what it says.
    """

    id: str
    severity: Severity
    finds: str
    because: str
    check: Callable[[LintedStatement], Iterator[Hit]]
    source: str

    def findings(self, linted: LintedStatement) -> Iterator[Finding]:
        """Yield what the rule finds in *linted*."""
        for hit in self.check(linted):
            yield Finding(self.id, hit.severity or self.severity, hit.path, hit.message, hit.remedy, hit.about, hit.new)


def worst(findings: Iterable[Finding]) -> Severity | None:
    """Return the worst severity among *findings*, None where there are none."""
    return min((each.severity for each in findings), key=SEVERITIES.index, default=None)
