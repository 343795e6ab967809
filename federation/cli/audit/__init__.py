"""`federation audit`: captured tokens, judged in bulk against an account."""

from __future__ import annotations

import json
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

import click

from federation import clock
from federation.account.reading.directory import load_account
from federation.cli.rendering.plain import safe
from federation.cli.support.choices import Choice
from federation.cli.support.completing import roles
from federation.cli.support.exits import Exit
from federation.cli.support.given import given_option, read_given
from federation.cli.support.instants import InstantOrIssued
from federation.cli.support.options import (
    account_or_accounts,
    accounts_option,
    engine_option,
    json_option,
    require_beside,
    said_beside,
    served_account_option,
)
from federation.cli.support.paths import PathType
from federation.cli.support.roles import role_in
from federation.engines import proposer
from federation.identity import timestamp
from federation.judging.auditing import audit_all
from federation.judging.bulk import Bench
from federation.judging.captures import Form, fingerprint, octets_in, read_captures
from federation.judging.chronicle import Chronicle
from federation.judging.judge import JudgingInstant
from federation.judging.records import ISSUED
from federation.judging.results import FileResults, PartedResults, ResultForm, Results, StreamResults, settings_at
from federation.judging.tally import Tally

if TYPE_CHECKING:  # loaded where it is used
    from federation.evidence.cloudtrail.event_audit import EventBench

_MOST_WORKERS: Final = 64


class Progress(Protocol):
    """Shows how many tokens were judged."""

    def advance(self, tokens: int, octets: int) -> None:
        """Record that *tokens* more were judged, which took *octets* of their sources."""
        ...


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PathType(exists=True, allow_dash=True), metavar="PATH…")
@served_account_option
@accounts_option
@click.option("--at", type=InstantOrIssued(), help="Judge captures that have no instant at this one (ISO 8601), or when issued.")
@click.option("--format", "form", type=Choice([f.value for f in Form]), default=Form.AUTO.value, help="Format of the files.")
@click.option(
    "--role-arn",
    shell_complete=roles,
    help="Also evaluate the trust policy of this role, by ARN or name, for every accepted token whose record names none.",
)
@click.option("--role-session-name", help="RoleSessionName for web identities, where a role is asked about.")
@click.option("--workers", type=click.IntRange(1, _MOST_WORKERS), default=1, show_default=True, help="Number of processes.")
@click.option(
    "--output",
    type=PathType(path_type=Path),
    help="Write the lines here: a file by its ending, .jsonl, .jsonl.gz, .jsonl.zst or .parquet; any other path is a directory of parts.",
)
@click.option(
    "--output-format",
    "output_form",
    type=Choice([form.value for form in ResultForm]),
    default=ResultForm.GZIP.value,
    show_default=True,
    help="Format of the parts of a directory.",
)
@click.option("--resume", is_flag=True, help="Go on where an audit into the directory of --output was interrupted.")
@click.option("--report", type=PathType(path_type=Path, dir_okay=False), help="Write an HTML report with charts to this file.")
@click.option("--no-lines", is_flag=True, help="Print no line for each token, only the summary.")
@click.option("--events", is_flag=True, help="PATH… are CloudTrail records: judge the logins in them again, by the account's policies.")
@click.option(
    "--against",
    type=PathType(exists=True, file_okay=False, path_type=Path),
    help="With --events: compare with what the account in this directory says, and not with what the records say.",
)
@click.option(
    "--with",
    "change",
    multiple=True,
    type=PathType(exists=True, path_type=Path),
    help="With --events: judge by the account with the roles of this plan or template, and compare with the account as it is; repeatable.",
)
@given_option
@engine_option
@json_option
def command(
    paths: tuple[str, ...],
    *,
    account_path: Path | None,
    accounts_path: Path | None,
    at: datetime | str | None,
    form: str,
    role_arn: str | None,
    role_session_name: str | None,
    workers: int,
    output: Path | None,
    output_form: str,
    resume: bool,
    report: Path | None,
    no_lines: bool,
    events: bool,
    against: Path | None,
    change: tuple[Path, ...],
    given: tuple[str, ...],
    as_json: bool,
) -> None:
    """Judge every token captured in PATH…: files, directories, or - for standard input.

    Standard output receives one line of JSON for each token, in order; standard error a summary, as JSON with --json. A file holds one
    token, one token per line, one JSON object per line with "token" and optionally "at" (an instant, or "issued"), "id" and "role_arn",
    or the same as columns of Parquet. Files may be compressed by gzip or zstd. The role in a record is asked about its token.

    With --accounts each token is judged by the account of the role in its record, of --role-arn, or of the roles that a SAML response
    names.

    With --output the lines go to a file, which appears when it is whole, or to a directory of parts. After an interruption --resume goes on
    behind the last part. Parquet and zstd need the extra arrow.

    --report writes one HTML file: what was refused over time, by check and by provider, and what to change. It is written at the end, whole
    or not at all, and needs neither script nor network.

    With --events the logins of CloudTrail records are judged again by the policies of the account, with --accounts of that of the role: who
    would lose access, who would gain it, and which roles nobody used. Exit status 0: nobody would, and everything was read.
    """
    if events:
        recorded = _events_bench(account_path, accounts_path, against, change, given, report)
        _audit_events(paths, recorded, workers=workers, report=report, no_lines=no_lines, as_json=as_json)
    require_beside("--events", {"--against": against, "--with": change, "--given": given})
    proposer()  # a choice that cannot be met is refused here, not once for each token
    if resume and (output is None or ResultForm.of(output) is not None):
        raise click.UsageError("--resume needs --output with a directory")
    if output is not None and no_lines:
        raise click.UsageError("--no-lines leaves nothing for --output")
    instant = _instant(_at_of(at, output))
    many = accounts_path is not None
    directory = account_or_accounts(account_path, accounts_path)
    role = role_arn if role_arn is None or many else role_in(directory, role_arn)
    bench = Bench(account=directory, instant=instant, role_arn=role, role_session_name=role_session_name, many=many)
    captures = read_captures(paths, standard_input=sys.stdin.buffer, form=Form(form))
    counts = Tally() if report is None else Chronicle()
    whose = "" if report is None else _check_report(report, bench)
    with _results(paths, bench, output, ResultForm(output_form), no_lines=no_lines, resume=resume) as results, _progress(paths) as progress:
        done = 0
        for judgement in results.judged():
            counts.count(judgement)
            done += 1
        rest = islice(captures, done, None)
        for batch in audit_all(rest, bench, counts, rendering=results.rendering, workers=workers, at_once=results.at_once):
            results.write(batch)
            if progress is not None:
                progress.advance(batch.tokens, batch.octets)
    tally = counts.tally if isinstance(counts, Chronicle) else counts
    if not tally.accepted and not tally.refused:
        raise click.UsageError("PATH contains no token")  # an empty input must not look like one in which every token is accepted
    if report is not None and isinstance(counts, Chronicle):
        _write_report(counts, report, whose)
    _summarise(tally, as_json=as_json)
    click.get_current_context().exit(Exit.BUG if tally.bugs else Exit.REFUSED if tally.refused else Exit.GRANTED)


_OF_EVENTS: Final = frozenset(
    {"paths", "events", "account_path", "accounts_path", "against", "change", "given", "workers", "report", "no_lines", "as_json"}
)


def _events_bench(
    account: Path | None, accounts: Path | None, against: Path | None, change: tuple[Path, ...], given: tuple[str, ...], report: Path | None
) -> EventBench:
    """Return by what recorded logins are judged. A record has its own instant, role and form."""
    from federation.evidence.cloudtrail.event_audit import EventBench  # noqa: PLC0415 - loaded where it is used

    others = said_beside(_OF_EVENTS)
    if others:
        raise click.UsageError(f"--events takes no {', '.join(others)}")
    if not change:
        require_beside("--with", {"--given": given})
    if accounts is not None and (against is not None or change):
        raise click.UsageError("--accounts goes without --against and --with: it compares with what the records say")
    if report is not None:
        _require_report(report)
    directory = account_or_accounts(account, accounts)
    return EventBench(account=directory, against=against, change=change, given=read_given(given), many=accounts is not None)


def _audit_events(
    paths: tuple[str, ...], bench: EventBench, *, workers: int, report: Path | None, no_lines: bool, as_json: bool
) -> NoReturn:
    """Audit recorded logins and end."""
    from federation.cli.audit.events import audit_recorded  # noqa: PLC0415 - loaded where it is used

    click.get_current_context().exit(audit_recorded(paths, bench, workers=workers, report=report, no_lines=no_lines, as_json=as_json))


def _at_of(at: datetime | str | None, output: Path | None) -> datetime | str | None:
    """Return the instant that holds for all tokens. In a directory of parts, every run judges at that of the first."""
    if at is not None or output is None or ResultForm.of(output) is not None:
        return at
    before = settings_at(output)
    told = None if before is None else before.get("at")
    if not isinstance(told, str):
        return clock.resolve(None)
    return told if told == ISSUED else datetime.fromisoformat(told)


def _instant(at: datetime | str | None) -> JudgingInstant:
    return JudgingInstant(issued=True) if at == ISSUED else JudgingInstant(at=at if isinstance(at, datetime) else None)


def _results(paths: tuple[str, ...], bench: Bench, output: Path | None, form: ResultForm, *, no_lines: bool, resume: bool) -> Results:
    """Return where the lines go."""
    if output is None:
        return Results() if no_lines else StreamResults(sys.stdout)
    one = ResultForm.of(output)
    if one is not None:
        return FileResults(output, one)
    try:
        settings = {
            "tokens": fingerprint(paths),
            "account": fingerprint([bench.account]),
            "at": ISSUED if bench.instant.issued else timestamp(bench.instant.at),
            "role_arn": bench.role_arn,
            "role_session_name": bench.role_session_name,
        }
    except OSError as fault:
        raise click.UsageError(f"PATH: {fault.strerror}") from None
    return PartedResults(output, form, settings, resume=resume)


def _progress(paths: tuple[str, ...]) -> AbstractContextManager[Progress | None]:
    """Return a progress bar where only standard error is a terminal; otherwise nothing, and the library for it is not loaded."""
    if sys.stdout.isatty() or not sys.stderr.isatty():
        return nullcontext()
    from federation.cli.rendering.progress import ProgressBar  # noqa: PLC0415 - loaded where it is used

    return ProgressBar(octets_in(paths))


def _check_report(report: Path, bench: Bench) -> str:
    """Refuse before any token is judged what would only be noticed after the last; return whom they are judged for."""
    _require_report(report)
    return f"the accounts in {safe(bench.account.resolve().name)}" if bench.many else f"account {load_account(bench.account).id}"


def _require_report(report: Path) -> None:
    from federation.drawing.templating import require  # noqa: PLC0415 - loaded where it is used

    require("jinja2")
    require("pygal")
    if not os.access(report.parent, os.W_OK | os.X_OK):
        raise click.UsageError(f"--report: {report.parent} is no directory that can be written")


def _write_report(chronicle: Chronicle, report: Path, of: str) -> None:
    from federation.account.writing.atomic import replace_file  # noqa: PLC0415 - loaded where it is used
    from federation.drawing.audit_report import audit_report  # noqa: PLC0415 - likewise

    replace_file(report, audit_report(chronicle, of=of).encode())


def _summarise(tally: Tally, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(tally.as_dict()), err=True)
    else:
        from federation.cli.rendering.audit import print_tally  # noqa: PLC0415 - loaded where it is used

        print_tally(tally)
