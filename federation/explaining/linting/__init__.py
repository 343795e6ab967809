"""Why lint finds something in a policy, and the edit that narrows or repairs it: causes and edits as those of a refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from federation.errors import FederationError
from federation.explaining.fixing import changed
from federation.explaining.linting import callers, conditions, elements, issuers, keys, placeholders, saml, statements, subjects
from federation.explaining.linting.case import ExplainFinding, LintCase
from federation.explaining.widening import lets_in
from federation.explanation import Edit, Obstacle, Place
from federation.policy import Policy
from federation.policy.lint import MAX_FINDINGS, SEVERITIES, Finding, examine
from federation.policy.lint.linted_statement import LintedStatement

if TYPE_CHECKING:  # accounts, and the key handling behind them, are loaded by who has one
    from federation.account import Account

__all__ = ["TABLE", "ExplainedFinding", "explain_policy", "placed"]

TABLE: Final = MappingProxyType[str, ExplainFinding](
    {
        **placeholders.TABLE,
        **issuers.TABLE,
        **subjects.TABLE,
        **saml.TABLE,
        **elements.TABLE,
        **callers.TABLE,
        **conditions.TABLE,
        **keys.TABLE,
        **statements.TABLE,
    }
)
"""How the findings of each rule are explained."""
_MOST_TRIED: Final = 1_000_000
"""Characters of policies that are compiled to try the edits of one policy: beyond that no edit is offered to a program."""


@dataclass(frozen=True, slots=True)
class ExplainedFinding:
    """A finding of lint with its cause and what to write instead.

    Attributes:
        finding: The finding, with the first edit as its remedy.
        obstacle: Its cause and its edits.
    """

    finding: Finding
    obstacle: Obstacle

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits, of which each is enough."""
        return self.obstacle.edits

    def placed(self, *, file: str, line_of: Callable[[str], int | None], at: str = "$") -> ExplainedFinding:
        """Return it with the places in *file*, where the policy stands at the JSON path *at*; *line_of* tells the line of a path."""
        obstacle = placed(self.obstacle, file=file, line_of=line_of, at=at)
        return ExplainedFinding(replace(self.finding, path=at + self.finding.path.removeprefix("$")), obstacle)

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain data with its ``cause`` and ``edits``: the documented schema of ``--json``."""
        [cause] = self.obstacle.causes
        return {**self.finding.as_dict(), "cause": cause.as_dict(), "edits": [edit.as_dict() for edit in self.edits]}


def placed(obstacle: Obstacle, *, file: str, line_of: Callable[[str], int | None], at: str = "$") -> Obstacle:
    """Return *obstacle* of a policy with its places and changes in *file*, as `ExplainedFinding.placed` does."""

    def path(old: str) -> str:
        return at + old.removeprefix("$")

    def found(place: Place) -> Place:
        return replace(place, file=file, path=path(place.path), line=line_of(path(place.path)))

    def moved(edit: Edit) -> Edit:
        if edit.place.owner != "policy":
            return edit
        changes = tuple(replace(change, path=path(change.path)) for change in edit.changes)
        return replace(edit, place=found(edit.place), changes=changes)

    causes = tuple(each if each.place is None else replace(each, place=found(each.place)) for each in obstacle.causes)
    return replace(obstacle, causes=causes, edits=tuple(map(moved, obstacle.edits)))


def explain_policy(
    policy: Policy, *, account: Account | None = None, providers: Collection[str] | None = None, at: datetime | None = None
) -> Iterator[ExplainedFinding]:
    """Yield the findings of lint on *policy*, explained. An edit is offered to a program only after it has been tried.

    Args:
        policy: The policy.
        account: The account that holds it; None where it is not known.
        providers: Every provider of that account, as `federation.policy.lint.lint` takes them.
        at: When the policy is looked at, likewise.
    """
    found = tuple(examine(policy, providers=providers, at=at))
    trials = _Trials(policy, providers, tuple(finding for _, finding in found))
    for linted, finding in found:
        obstacle = TABLE[finding.id](LintCase(policy=policy, linted=linted, finding=finding, account=account))
        edits = tuple(trials.tried(linted, finding, edit) for edit in obstacle.edits)
        yield ExplainedFinding(replace(finding, remedy=edits[0].instruction), replace(obstacle, edits=edits))


class _Trials:
    """Edits of one policy, each made to a copy of it that lint looks at again."""

    def __init__(self, policy: Policy, providers: Collection[str] | None, findings: tuple[Finding, ...]) -> None:
        self._policy, self._providers = policy, providers
        self._before = Counter(map(_kind, findings))
        whole = len(findings) < MAX_FINDINGS  # of more than these nobody knows whether an edit adds some
        self._left = _MOST_TRIED if whole else 0

    def tried(self, linted: LintedStatement, finding: Finding, edit: Edit) -> Edit:
        """Return *edit* as it can be offered: without its changes where they do not mend the finding, or let in more than is meant."""
        if not edit.changes:
            return edit
        self._left -= len(self._policy.source_text)
        after = self._after(edit) if self._left >= 0 else None
        if after is None or not self._mends(linted, finding, after, opens=bool(edit.lets_in)):
            return replace(edit, changes=(), lets_in="")
        return replace(edit, lets_in=lets_in(self._policy, after) or edit.lets_in) if edit.lets_in else edit

    def _after(self, edit: Edit) -> Policy | None:
        try:
            return Policy.stored(changed(self._policy.document, edit.changes), kind=self._policy.kind)
        except FederationError:
            return None

    def _mends(self, linted: LintedStatement, finding: Finding, after: Policy, *, opens: bool) -> bool:
        """Whether *after* has the finding no more and no other as bad. A statement that now applies must say whom it means."""
        found = tuple(examine(after, providers=self._providers))
        counts = Counter(_kind(each) for _, each in found)
        as_bad = SEVERITIES[: SEVERITIES.index(finding.severity) + 1]
        added = any(key[1] in as_bad and counts[key] > self._before[key] for key in counts)
        gone = _of_rule(finding.id, counts) < _of_rule(finding.id, self._before)
        open_ = opens and any(_opens(each) for at, each in found if at.statement.index == linted.statement.index)
        return gone and not added and not open_


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.id, finding.severity


def _of_rule(rule: str, counts: Counter[tuple[str, str]]) -> int:
    return sum(count for (name, _), count in counts.items() if name == rule)


def _opens(finding: Finding) -> bool:
    """Whether the finding says that a statement lets in more than its author can mean."""
    return finding.severity == "error" or (finding.severity == "warning" and finding.id in {**issuers.TABLE, **subjects.TABLE})
