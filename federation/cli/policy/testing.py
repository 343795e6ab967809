"""`federation policy test`: who must get in by a trust policy, and who must not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from federation.cli.rendering.explanations import print_rows
from federation.cli.rendering.findings import print_obstacle
from federation.cli.rendering.plain import print_json, safe
from federation.cli.rendering.results import BAD, DIM, GOOD, Speaker, console
from federation.cli.rendering.rows import field_rows, plain_rows
from federation.cli.rendering.working import working
from federation.cli.support.exits import Exit
from federation.cli.support.options import complete_files, json_option, moment_option, one_output, quiet_option
from federation.cli.support.paths import PathType
from federation.errors import MalformedPolicyDocument, ValidationError
from federation.explaining.sources import Sources

if TYPE_CHECKING:  # the forge is loaded where a test is run
    from federation.policy_tests import PolicyTestReport, PolicyTestResult


@click.command(epilog="Example:\n\n\b\n  federation policy test trust.test.yaml --junit trust.xml")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=complete_files)
@click.option("--junit", type=PathType(path_type=Path), help="Write the results as JUnit XML to this file, whole or not at all.")
@click.option("--only", multiple=True, metavar="NAME", help="Run the test of this name only; repeatable.")
@moment_option("Judge")
@quiet_option
@json_option
def command(files: tuple[str, ...], *, junit: Path | None, only: tuple[str, ...], at: datetime | None, quiet: bool, as_json: bool) -> None:
    """Log in as the tests of each FILE say, and compare the verdicts with those that they expect.

    Exit status 0 where all are as expected, 1 where one is not, 2 where a file is no file of tests, 3 where an account is at fault.
    """
    one_output(quiet=quiet, as_json=as_json)
    with working("logging in"):
        reports = tuple(_of_file(name, at, only) for name in files)
    if junit is not None:
        from federation.policy_tests import write_junit  # noqa: PLC0415 - as in `_of_file`

        try:
            write_junit(junit, reports)
        except OSError as cause:
            raise click.UsageError(f"--junit {safe(str(junit))} cannot be written: {cause.strerror}") from cause
    if as_json:
        print_json({"files": [each.as_dict() for each in reports]})
    else:
        for report in reports:
            _print(report, console(), whole=not quiet)
    click.get_current_context().exit(Exit.GRANTED if all(each.passed for each in reports) else Exit.REFUSED)


def _of_file(name: str, at: datetime | None, only: tuple[str, ...]) -> PolicyTestReport:
    """Run the tests of the file *name*; what is wrong with the file itself is wrong usage."""
    from federation.policy_tests import run_policy_tests  # noqa: PLC0415 - the forge is loaded where a test is run

    try:
        return run_policy_tests(name, at=at, only=only or None)
    except (ValidationError, MalformedPolicyDocument) as refusal:
        raise click.UsageError(f"{safe(name)}: expected {refusal.expected}, found {refusal.found}; {refusal.remedy}") from refusal


def _print(report: PolicyTestReport, out: Speaker, *, whole: bool) -> None:
    for result in report.results if whole else report.failures:
        mark, style = ("✓", GOOD) if result.passed else ("✗", BAD)
        print_rows(plain_rows(f"{mark} {safe(result.test.name)}", out.shows, style), out)
        if not result.passed:
            _print_failed(result, report.file, out)
    failed = len(report.failures)
    words = f"{safe(report.file)}: as expected {len(report.results) - failed}, not as expected {failed}"
    print_rows(plain_rows(words, out.shows, DIM), out)


def _print_failed(result: PolicyTestResult, file: str, out: Speaker) -> None:
    """Print what differs, and where the engine refused, why and what to write."""
    print_rows(field_rows("test", f"{file}:{result.test.line}", out.shows), out)
    if result.verdict == result.test.expect or result.refusal is None:
        print_rows(field_rows("but", result.mismatch, out.shows), out)
        return
    print_rows(field_rows("but", "refused, and expected to be granted", out.shows), out)
    print_obstacle(result.refusal.explanation.first, Sources(result.test.account), out)
