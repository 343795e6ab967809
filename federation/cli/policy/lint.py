"""`federation policy lint`: effects of a policy that its author probably did not intend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.text import Text

from federation import limits
from federation.cli.rendering.places import line_numbers, line_of
from federation.cli.rendering.plain import print_json, safe
from federation.cli.rendering.results import BAD, DIM, GOOD, console, facts
from federation.cli.rendering.sarif import REFUSED, sarif_log
from federation.cli.support.exits import Exit
from federation.cli.support.inputs import read_text
from federation.cli.support.options import json_option
from federation.errors import MalformedPolicyDocument
from federation.policy import Kind, Policy
from federation.policy.lint import SEVERITIES, Finding, Severity, lint

STYLES: Final[dict[Severity, str]] = {"error": BAD, "warning": "yellow", "note": DIM}
MARKS: Final[dict[Severity, str]] = {"error": "✗", "warning": "!", "note": "·"}


@dataclass(frozen=True, slots=True)
class Linted:
    """One file: the refusal of IAM to store it, if any, and every finding with its line."""

    file: str
    refusal: MalformedPolicyDocument | None = None
    findings: tuple[tuple[int, Finding], ...] = ()
    policy: Policy | None = field(default=None, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the documented schema of ``--json``."""
        return {
            "file": self.file,
            "accepted": self.refusal is None,
            "refusal": self.refusal.as_dict() if self.refusal else None,
            "findings": [{**finding.as_dict(), "line": line} for line, finding in self.findings],
        }

    def results(self) -> Iterator[tuple[str, int, Finding]]:
        """Yield the results for code scanning: the refusal, as a finding, then the findings."""
        if self.refusal is not None:
            refusal = self.refusal
            message = f"IAM would not store the document: {refusal.message}: expected {refusal.expected}, found {refusal.found}"
            yield self.file, 1, Finding(REFUSED, "error", refusal.path, message, refusal.remedy)
        yield from ((self.file, line, finding) for line, finding in self.findings)


@click.command()
@click.argument("documents", nargs=-1, metavar="[FILE]...")
@click.option("--account", "account_path", type=click.Path(path_type=Path), help="Every policy of an account directory, instead of files.")
@click.option(
    "--kind",
    type=click.Choice([each.value for each in Kind]),
    help="What the policies are attached to. Files: trust. --account: all of them.",
)
@click.option("--sarif", is_flag=True, help="Print SARIF 2.1.0, for code scanning.")
@click.option(
    "--fail-on", type=click.Choice(SEVERITIES), default="error", show_default=True, help="The mildest severity that gives exit status 1."
)
@json_option
def command(
    documents: tuple[str, ...], *, account_path: Path | None, kind: str | None, sarif: bool, fail_on: Severity, as_json: bool
) -> None:
    """Report what each FILE, or --account, probably allows against its author's intention; also whether IAM would store the file.

    Exit status 1 where IAM would not, or where a finding is at least as severe as --fail-on.
    """
    if bool(documents) is (account_path is not None):
        raise click.UsageError("pass either policy files or --account")
    if sarif and as_json:
        raise click.UsageError("--sarif already prints JSON: leave out --json")
    if account_path is not None:
        files = tuple(_of_account(account_path, frozenset({Kind(kind)} if kind else Kind)))
    else:
        files = tuple(_of_file(name, kind or Kind.TRUST) for name in documents)
    counts = Counter(finding.severity for each in files for _, finding in each.findings)
    if sarif:
        print_json(sarif_log([result for each in files for result in each.results()]))
    elif as_json:
        print_json({"files": [each.as_dict() for each in files], "counts": {severity: counts[severity] for severity in SEVERITIES}})
    else:
        _print(files, counts)
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    refused = any(each.refusal for each in files) or any(counts[severity] for severity in failing)
    click.get_current_context().exit(Exit.REFUSED if refused else Exit.GRANTED)


def _of_file(name: str, kind: str) -> Linted:
    text = read_text(Path(name), longest=limits.POLICY_CHARS)
    try:
        stored = Policy.stored(text, kind=kind)
    except MalformedPolicyDocument as refusal:
        return Linted(name, refusal)
    lines = line_numbers(text)
    findings = tuple((line_of(lines, finding.path), finding) for finding in lint(stored))
    try:
        Policy.parse(text, kind=kind)
    except MalformedPolicyDocument as refusal:
        return Linted(name, refusal, findings, stored)
    return Linted(name, None, findings, stored)


def _of_account(root: Path, kinds: frozenset[Kind]) -> Iterator[Linted]:
    """Yield the files of the account that have findings. Whether IAM would store a policy is not checked, since the account stores it."""
    by_file: dict[str, list[Finding]] = {}
    # Modules of accounts and keys are imported only where --account is given.
    from federation.account.lint import lint_account  # noqa: PLC0415 - loaded where it is used
    from federation.account.reading.directory import load_account  # noqa: PLC0415 - loaded where it is used

    for placed in lint_account(load_account(root), kinds=kinds):
        by_file.setdefault(placed.file, []).append(placed.finding)
    for name, findings in by_file.items():
        path = root / name
        lines = line_numbers(path.read_text(encoding="utf-8-sig"))
        if "$.Role" in lines:  # the output of get-role; the paths of findings begin at the role
            lines |= {f"${place.removeprefix('$.Role')}": line for place, line in lines.items() if place.startswith("$.Role.")}
        yield Linted(str(path), None, tuple((line_of(lines, finding.path), finding) for finding in findings))


def _print(files: Sequence[Linted], counts: Counter[Severity]) -> None:
    out = console()
    for each in files:
        name, refusal = safe(each.file), each.refusal
        if refusal is not None:
            out.print(Text(f"✗ {name}: IAM would not store this document", style=BAD))
            out.print(
                facts([("at", refusal.path), ("expected", refusal.expected), ("found", refusal.found), ("AWS says", refusal.message)])
            )
        elif each.policy is not None:
            size = f"(statements: {len(each.policy.statements)}, characters: {each.policy.size})"
            out.print(Text(f"✓ {name}: IAM would store this document", style=GOOD), Text(size, style=DIM))
        for line, finding in each.findings:
            print_finding(finding, f"{name}:{line}", out)
    unstorable = sum(each.refusal is not None for each in files)
    if unstorable:
        out.print(Text(f"documents that IAM would not store: {unstorable}", style=BAD))
    out.print(Text("findings: " + ", ".join(f"{severity} {counts[severity]}" for severity in SEVERITIES), style=DIM))


def print_finding(finding: Finding, place: str, out: Console) -> None:
    """Print one finding at *place*."""
    out.print(Text(f"{MARKS[finding.severity]} {finding.severity}: {finding.id}", style=STYLES[finding.severity]), Text(place, style=DIM))
    out.print(facts([("at", finding.path), ("found", finding.message), ("remedy", finding.remedy)]))
