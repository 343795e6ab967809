"""`federation policy lint`: effects of a policy that its author probably did not intend, and what to write instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from rich.text import Text

from federation.cli.policy.evidence import lint_files
from federation.cli.policy.fixing import is_document, print_mended, write_mended, write_mended_account
from federation.cli.policy.linted import LintedFile, read_account
from federation.cli.policy.sarif import sarif_log
from federation.cli.rendering.evidence import print_fault, print_unknown, print_workload
from federation.cli.rendering.explanations import print_rows
from federation.cli.rendering.findings import print_finding, print_obstacle
from federation.cli.rendering.plain import print_json, safe
from federation.cli.rendering.results import BAD, DIM, GOOD, Speaker, console
from federation.cli.rendering.rows import labelled_rows
from federation.cli.rendering.working import working
from federation.cli.support.choices import Choice
from federation.cli.support.exits import Exit
from federation.cli.support.given import given_option, read_given
from federation.cli.support.options import (
    Instant,
    account_or_variable,
    complete_files,
    json_option,
    one_output,
    other_account_option,
    quiet_option,
)
from federation.clock import resolve
from federation.policy import Kind
from federation.policy.lint import SEVERITIES, Severity


@click.command()
@click.argument("documents", nargs=-1, metavar="[FILE|DIRECTORY]...", shell_complete=complete_files)
@other_account_option("Every policy of an account directory, instead of files.")
@given_option
@click.option(
    "--kind",
    type=Choice([each.value for each in Kind]),
    help="What the policies are attached to. A policy alone: trust. Others: all of them.",
)
@click.option("--sarif", is_flag=True, help="Print SARIF 2.1.0, for code scanning.")
@click.option(
    "--fail-on", type=Choice(SEVERITIES), default="error", show_default=True, help="The mildest severity that gives exit status 1."
)
@click.option("--fix", "fixing", is_flag=True, help="Print FILE with every machine-applicable edit made.")
@click.option("--write", is_flag=True, help="With --fix: write every FILE, or --account, and report on the result.")
@click.option("--at", type=Instant(), help="Lint for this instant instead of now (ISO 8601): conditions on the time may have ended.")
@quiet_option
@json_option
def command(
    documents: tuple[str, ...],
    *,
    account_path: Path | None,
    given: tuple[str, ...],
    kind: str | None,
    at: datetime | None,
    sarif: bool,
    fail_on: Severity,
    fixing: bool,
    write: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Report what each policy in FILE, or of --account, probably allows against its author's intention; also whether IAM would store it.

    FILE is a policy, a Terraform plan or state as JSON, a Terraform file, a CloudFormation, SAM or CDK template, or an answer of IAM. Of
    GitHub workflows and ServiceAccounts beside them: whether the roles let them in.

    Exit status 1 where IAM would not, or where a finding is at least as severe as --fail-on.
    """
    account_path = account_or_variable(account_path, unless=bool(documents))
    if bool(documents) is (account_path is not None):
        raise click.UsageError("pass either policy files or --account")
    one_output(quiet=quiet, as_json=as_json or sarif)
    _check_usage(documents, sarif=sarif, as_json=as_json, fixing=fixing, write=write)
    at = resolve(at)
    with working("linting the account" if account_path is not None else f"linting {len(documents)} documents"):
        files = _read(documents, account_path, kind, given, at)
    if fixing and any(each.linted or each.workload or each.fault for each in files):
        raise click.UsageError("--fix changes files that are a policy alone: edit the others by hand, at the lines that are told")
    if write:
        _write(files, account_path, kind)
        files = _read(documents, account_path, kind, given, at)
    counts = Counter(each.finding.severity for file in files for each in file.findings)
    if fixing and not write and is_document(files[0]):
        print_mended(files[0], kind or Kind.TRUST, as_json=as_json)
    elif sarif:
        print_json(sarif_log(files))
    elif as_json:
        print_json({"files": [each.as_dict() for each in files], "counts": {severity: counts[severity] for severity in SEVERITIES}})
    else:
        _print(files, counts, whole=not quiet)
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    refused = any(each.refusal or each.fault for each in files) or any(counts[severity] for severity in failing)
    click.get_current_context().exit(Exit.REFUSED if refused else Exit.GRANTED)


def _check_usage(documents: Sequence[str], *, sarif: bool, as_json: bool, fixing: bool, write: bool) -> None:
    if sarif and as_json:
        raise click.UsageError("--sarif already prints JSON: leave out --json")
    if write and not fixing:
        raise click.UsageError("--write requires --fix")
    if fixing and not write and (len(documents) != 1 or sarif):
        raise click.UsageError("--fix prints the changed text of one FILE: pass one, or --write")
    if write and "-" in documents:
        raise click.UsageError("standard input cannot be written: leave out --write")


def _read(
    documents: Sequence[str], account_path: Path | None, kind: str | None, given: Sequence[str], at: datetime
) -> tuple[LintedFile, ...]:
    if account_path is None:
        return lint_files(documents, kind, read_given(given), at)
    # Modules of accounts and keys are imported only where --account is given.
    from federation.account.reading.directory import load_account  # noqa: PLC0415 - loaded where it is used

    return tuple(read_account(load_account(account_path), account_path, kinds=_kinds(kind), at=at))


def _print_refused(file: LintedFile, out: Speaker) -> None:
    """Print why IAM would not store *file*, and what to write instead."""
    if file.refusal is not None and file.obstacle is not None:
        print_obstacle(file.obstacle, file, out)
        print_rows(labelled_rows("AWS says (API)", file.refusal.message, out.shows), out)


def _write(files: Sequence[LintedFile], account_path: Path | None, kind: str | None) -> None:
    if account_path is None:
        write_mended(files, kind or Kind.TRUST)
    else:
        write_mended_account(account_path, _kinds(kind))


def _kinds(kind: str | None) -> frozenset[Kind]:
    return frozenset({Kind(kind)} if kind else Kind)


def _print(files: Sequence[LintedFile], counts: Counter[Severity], *, whole: bool) -> None:
    out = console()
    for each in files if whole else ():
        _print_file(each, out)
        for finding in each.findings:
            print_finding(finding, each, out)
    unread = sum(each.fault is not None for each in files)
    if unread:
        out.print(Text(f"files or resources that cannot be read: {unread}", style=BAD))
    unstorable = sum(each.refusal is not None for each in files)
    if unstorable:
        out.print(Text(f"documents that IAM would not store: {unstorable}", style=BAD))
    made = sum(any(edit.applicable for edit in finding.edits) for each in files for finding in each.findings)
    if made and whole:
        out.print(Text(f"findings that --fix mends: {made}", style=DIM))
    out.print(Text("findings: " + ", ".join(f"{severity} {counts[severity]}" for severity in SEVERITIES), style=DIM))


def _print_file(file: LintedFile, out: Speaker) -> None:
    """Print what is known of *file* besides its findings."""
    name = safe(f"{file.file}: {file.address}" if file.address else file.file)
    if file.fault is not None:
        print_fault(name, file.fault, out)
    elif file.workload is not None:
        print_workload(name, file.workload, out)
    elif file.linted is not None and file.accepted is None:
        print_unknown(name, file.linted, out)
    elif file.refusal is not None:
        out.print(Text(f"✗ {name}: IAM would not store this document", style=BAD))
        _print_refused(file, out)
    elif file.policy is not None:
        size = f"(statements: {len(file.policy.statements)}, characters: {file.policy.size})"
        out.print(Text(f"✓ {name}: IAM would store this document", style=GOOD), Text(size, style=DIM))
