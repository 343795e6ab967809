"""`federation explain --fix`: the trust policy with the edit made, printed or written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from federation.account.writing.rewriting import rewrite_file
from federation.cli.rendering.explanations import edit_rows, print_rows
from federation.cli.rendering.plain import print_json, tell
from federation.cli.rendering.results import Speaker, stderr_console
from federation.cli.rendering.rows import ScreenRow, field_rows
from federation.errors import ValidationError, show
from federation.explaining.edited import applicable, edited, holds, policy_in
from federation.explaining.sources import Sources
from federation.explanation import Edit, Explanation
from federation.judging.findings import Findings
from federation.policy.document import read_document


def fix(findings: Findings, sources: Sources, *, write: bool, as_json: bool, quiet: bool) -> bool:
    """Print the trust policy of the role with the edits made, or write it; return whether there was an edit to make.

    Unless *quiet*, the edits, who else they let in, and the edits to make by hand are printed on standard error.

    Raises:
        ValidationError: Check ``edit``: the file of the role has changed since the call was judged.
        FederationError: The changed account would have faults, or cannot be written.
    """
    role, refusal = findings.account.roles.get(findings.role_arn), findings.refusal
    if refusal is None:
        return False
    explanation = refusal.explanation
    edits = tuple(applicable(explanation))
    if role is None or not edits:
        if not quiet:
            tell(lambda: _say_nothing(explanation, stderr_console()))
        return False
    known = sources.text(role.file)
    if known is None or not holds(known, role):
        raise ValidationError(
            check="edit",
            expected=f"the trust policy that was judged in {show(role.file)}",
            found="a policy that has changed since",
            remedy="explain the refusal again with the current policy",
        )
    text = edited(known, role, edits)
    if not quiet:
        tell(lambda: _say(edits, explanation, sources, stderr_console(), written=write))
    if write:
        rewrite_file(sources.root or "", file=role.file, known=known, text=text)
    elif as_json:
        policy = read_document(policy_in(text, role))[1]
        print_json({"role_arn": role.arn, "file": role.file, "edits": [edit.as_dict() for edit in edits], "policy": policy})
    else:
        click.echo(policy_in(text, role))
    return True


def _say(edits: Sequence[Edit], explanation: Explanation, sources: Sources, out: Speaker, *, written: bool) -> None:
    rows: list[ScreenRow] = []
    for edit in edits:
        rows += edit_rows(edit, sources, out.shows, label="written" if written else "edit")
        if not edit.lets_in:
            rows += field_rows("lets in", "nobody else", out.shows)
    for left in _left(explanation):
        rows += edit_rows(left, sources, out.shows, label="by hand")
    print_rows(rows, out)


def _say_nothing(explanation: Explanation, out: Speaker) -> None:
    words = "no edit of the trust policy makes this login succeed: " + explanation.cause
    print_rows(field_rows("fix", words, out.shows), out)


def _left(explanation: Explanation) -> Iterator[Edit]:
    """Yield the needed edits that no program can make: the first one of each obstacle that no change of the policy removes."""
    for obstacle in (explanation.first, *explanation.later):
        if not any(edit.applicable for edit in obstacle.edits):
            yield from obstacle.edits[:1] if obstacle.alternatives else obstacle.edits
        elif not obstacle.alternatives:
            yield from (edit for edit in obstacle.edits if not edit.applicable)
