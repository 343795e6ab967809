"""What to write in place of what a script or a template should have filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from federation.explaining.linting.case import APPLIES, ExplainFinding, LintCase
from federation.explaining.rewriting import shown, with_key
from federation.explanation import Obstacle


def explain_placeholder(case: LintCase) -> Obstacle:
    """Explain a placeholder: the key of the statement's only provider is known, everything else is the author's to fill in."""
    condition, left, new = case.condition, case.finding.about, case.finding.new
    if condition is None:
        return case.explained(case.edit(old=shown(left), new=shown("<ARN of the principal that is meant>")))
    if left in condition.expected:
        return case.explained(case.edit(old=shown(left), new=shown("<value that is meant>")))
    if not new:
        return case.explained(case.edit(old=condition.key, new="<key that these requests have>"))
    changes = with_key(case.statement, condition, new)
    return case.explained(case.edit(changes, old=condition.key, new=new, lets_in=APPLIES if case.opens else ""))


TABLE: Final[Mapping[str, ExplainFinding]] = {"placeholder-left": explain_placeholder}
