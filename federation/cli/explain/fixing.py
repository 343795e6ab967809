"""`federation explain --fix`: the trust policy with the edit made, printed or written."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import click

from federation.account.model import Role
from federation.account.writing.rewriting import rewrite_file
from federation.cli.explain.findings import Findings
from federation.cli.rendering.explanations import edit_rows, print_rows
from federation.cli.rendering.plain import print_json, tell
from federation.cli.rendering.results import Speaker, stderr_console
from federation.cli.rendering.rows import ScreenRow, field_rows
from federation.cli.rendering.sources import Sources
from federation.errors import ValidationError, show
from federation.explaining.fixing import apply
from federation.explaining.positions import locate
from federation.explanation import Edit, Explanation
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
    if known is None or not _holds(known, role):
        raise ValidationError(
            check="edit",
            expected=f"the trust policy that was judged in {show(role.file)}",
            found="a policy that has changed since",
            remedy="explain the refusal again with the current policy",
        )
    text = apply(known, [change for edit in edits for change in edit.changes], place=role.place)
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


def applicable(explanation: Explanation) -> Iterator[Edit]:
    """Yield the edits that a program can make, of alternatives the first. A cause that rests on unverified claims is no reason for one."""
    for obstacle in (explanation.first, *explanation.later):
        edits = [edit for edit in obstacle.edits if edit.applicable]
        if not any(cause.unverified for cause in obstacle.causes):
            yield from edits[:1] if obstacle.alternatives else edits


def policy_in(text: str, role: Role) -> str:
    """Return the trust policy in *text*, the content of the role's file, as it is written there, without its indentation."""
    node = locate(text, role.place)
    if node is None:
        return text
    begin = text.rfind("\n", 0, node.start) + 1
    indent = text[begin : node.start]
    margin = indent[: len(indent) - len(indent.lstrip())]
    return textwrap.dedent(margin + text[node.start : node.end])


def _holds(text: str, role: Role) -> bool:
    """Tell whether *text* holds the trust policy of *role* that was judged."""
    node = locate(text, role.place)
    return node is not None and read_document(text[node.start : node.end])[1] == role.trust_policy.document


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
