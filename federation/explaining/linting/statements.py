"""What to write where a statement is without effect, or is read by another version than is meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.explaining.fixing import plain
from federation.explaining.linting.case import ExplainFinding, LintCase, about, pair
from federation.explaining.rewriting import raw, shown
from federation.explanation import ABSENT, Change, Obstacle
from federation.policy.grammar import CURRENT

_VARIABLES: Final = "whoever meets the statement once ${…} stands for the value of the request"


def explain_duplicate(case: LintCase) -> Obstacle:
    """Explain a statement that says the same as an earlier one: the later one can go."""
    source = plain(case.statement.source)
    change = Change(path=case.statement.path, old=source, new=ABSENT)
    return case.explained(case.edit([change], old=shown(source)))


def explain_unreachable(case: LintCase) -> Obstacle:
    """Explain an Allow that a Deny covers: which of the two is meant is the author's to say."""
    return case.explained(case.edit(old=shown(plain(case.statement.source))))


def explain_variables(case: LintCase) -> Obstacle:
    """Explain variables in a document whose version has none."""
    old = case.policy.document.get("Version", ABSENT)
    change = Change(path="$.Version", old=plain(old), new=CURRENT)
    before = None if old is ABSENT else shown({"Version": old})[1:-1]
    return case.explained(case.edit([change], old=before, new=shown({"Version": CURRENT})[1:-1], path="$.Version", lets_in=_VARIABLES))


def explain_version(case: LintCase) -> Obstacle:
    """Explain an old version: without variables the document means the same by the current one."""
    old = case.policy.document.get("Version", ABSENT)
    change = Change(path="$.Version", old=plain(old), new=CURRENT)
    before = None if old is ABSENT else shown({"Version": old})[1:-1]
    return case.explained(case.edit([change], old=before, new=shown({"Version": CURRENT})[1:-1], path="$.Version"))


def explain_time(case: LintCase) -> Obstacle:
    """Explain a statement that its time has ended: whether it is to begin again is the author's to say."""
    condition = about(case, case.condition)
    return case.explained(case.edit(old=pair(condition, raw(case.statement, condition)), new=pair(condition, "<later time>")))


TABLE: Final[Mapping[str, ExplainFinding]] = {
    "duplicate-statement": explain_duplicate,
    "unreachable-statement": explain_unreachable,
    "variables-need-2012": explain_variables,
    "version-old": explain_version,
    "time-passed": explain_time,
}
