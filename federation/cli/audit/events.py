"""`federation audit --events`: recorded logins, judged again by the policies of an account."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from federation.account.reading.directory import load_account
from federation.cli.rendering.events import print_events
from federation.cli.rendering.plain import safe
from federation.cli.support.exits import Exit
from federation.errors import MalformedPolicyDocument, ValidationError
from federation.evidence.cloudtrail.event_audit import EventBench, audit_events
from federation.evidence.cloudtrail.event_tally import EventTally
from federation.evidence.cloudtrail.reading import read_raw


def audit_recorded(paths: tuple[str, ...], bench: EventBench, *, workers: int, report: Path | None, no_lines: bool, as_json: bool) -> Exit:
    """Judge the logins that *paths* record by *bench*, print a line for each and the summary, and return the exit status.

    Raises:
        click.UsageError: *paths* have no login, or the change cannot be applied.
        FederationError: An account is at fault.
    """
    tally, roles = EventTally(), bench.federated_roles()  # an account at fault is told before anything is judged
    raw = read_raw(paths, standard_input=sys.stdin.buffer)
    try:
        for batch in audit_events(raw, bench, tally, lines=not no_lines, workers=workers):
            sys.stdout.write(batch.lines)
    except (ValidationError, MalformedPolicyDocument) as refusal:
        if not bench.change:
            raise
        # The status of a refusal would say that somebody loses access. Records at fault are counted, so it is a file of the change.
        raise click.UsageError(f"--with: {refusal}") from None
    sys.stdout.flush()
    if not tally.logins and not tally.unread:
        raise click.UsageError("PATH has no federated login")  # an empty input must not look like one in which nobody loses access
    if report is not None:
        from federation.account.writing.atomic import replace_file  # noqa: PLC0415 - loaded where it is used
        from federation.drawing.events_report import events_report  # noqa: PLC0415 - likewise

        replace_file(
            report, events_report(tally, roles, whose=_whose(bench), against=bench.against is not None or bool(bench.change)).encode()
        )
    if as_json:
        click.echo(json.dumps(tally.as_dict(roles)), err=True)
    else:
        print_events(tally, tally.unused(roles))
    return Exit.REFUSED if tally.changes or tally.unread else Exit.GRANTED


def _whose(bench: EventBench) -> str:
    return f"the accounts in {safe(bench.account.resolve().name)}" if bench.many else f"account {load_account(bench.account).id}"
