"""`federation explain --fix`: the trust policy with the edit made, printed or written."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import click

from federation.account.model import Role
from federation.account.writing.roles import rewrite_role
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

    Unless *quiet*, what the edits are, who else they let in, and what no program can do is said on standard error.

    Raises:
        ValidationError: Check ``edit``: the file of the role is not what was judged any more.
        FederationError: The changed account would be at fault, or cannot be written.
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
            found="another",
            remedy="have the refusal explained again with the policy as it is now",
        )
    text = apply(known, [change for edit in edits for change in edit.changes], place=role.place)
    if not quiet:
        tell(lambda: _say(edits, explanation, sources, stderr_console(), written=write))
    if write:
        rewrite_role(sources.root or "", file=role.file, known=known, text=text)
    elif as_json:
        policy = read_document(policy_in(text, role))[1]
        print_json({"role_arn": role.arn, "file": role.file, "edits": [edit.as_dict() for edit in edits], "policy": policy})
    else:
        click.echo(policy_in(text, role))
    return True


def applicable(explanation: Explanation) -> Iterator[Edit]:
    """Yield the edits that a program makes: of alternatives the first. What an unproved token says of itself is no reason for one."""
    for obstacle in (explanation.first, *explanation.later):
        edits = [edit for edit in obstacle.edits if edit.applicable]
        if not any(cause.unverified for cause in obstacle.causes):
            yield from edits[:1] if obstacle.alternatives else edits


def policy_in(text: str, role: Role) -> str:
    """Return the trust policy in *text*, the content of the role's file, as it is written there but for the indentation."""
    node = locate(text, role.place)
    if node is None:
        return text
    begin = text.rfind("\n", 0, node.start) + 1
    indent = text[begin : node.start]
    margin = indent[: len(indent) - len(indent.lstrip())]
    return textwrap.dedent(margin + text[node.start : node.end])


def _holds(text: str, role: Role) -> bool:
    """Whether *text* holds the trust policy of *role* as it was judged."""
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
    """Yield what no program can do and is needed besides: the first edit of an obstacle that no change of the policy clears."""
    for obstacle in (explanation.first, *explanation.later):
        if not any(edit.applicable for edit in obstacle.edits):
            yield from obstacle.edits[:1] if obstacle.alternatives else obstacle.edits
        elif not obstacle.alternatives:
            yield from (edit for edit in obstacle.edits if not edit.applicable)
