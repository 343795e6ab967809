"""`federation explain --event`: a login that CloudTrail recorded, explained without its token."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click
from rich.text import Text

from federation.account.reading.directory import load_account
from federation.cli.rendering.explanations import MOST_ROWS, print_explanation
from federation.cli.rendering.plain import note, print_json, safe
from federation.cli.rendering.results import GOOD, Speaker, console, facts, refused_verdict
from federation.cli.rendering.working import working
from federation.cli.support.exits import Exit
from federation.cli.support.roles import role_arn_of
from federation.errors import MalformedPolicyDocument, ValidationError
from federation.evidence.cloudtrail.choosing import LoginChoice, choose_login
from federation.evidence.cloudtrail.explaining import EventExplanation, explain_event
from federation.evidence.cloudtrail.login_record import LoginRecord
from federation.evidence.cloudtrail.reading import read_logins
from federation.explaining.sources import PlacedPolicy, Sources
from federation.identity import timestamp

_MOST_WAITING = 5


def explain_recorded(
    source: str,
    *,
    event_id: str | None,
    account_path: Path | None,
    documents: Sequence[Path],
    given: Mapping[str, str],
    role: str | None,
    verbose: bool,
    quiet: bool,
    as_json: bool,
) -> Exit:
    """Explain the login that *source* records, print it, and return the exit status.

    Raises:
        click.UsageError: *source* has no such login, or the files do not say what is asked.
        FederationError: The account is at fault.
    """
    if source != "-" and not Path(source).exists():
        raise click.UsageError(f"cannot read {click.format_filename(source)}: there is no such file")
    account = None
    if account_path is not None:
        with working("reading the account"):
            account = load_account(account_path)
    with working("reading the records"):
        choice = choose_login(read_logins([source], standard_input=sys.stdin.buffer), event_id=event_id)
    record = _meant(choice, event_id)
    if role is not None and account is not None and not documents:
        role = role_arn_of(account, role)
    try:
        found = explain_event(record, account, role_arn=role, documents=documents, given=given)
    except (ValidationError, MalformedPolicyDocument) as refusal:
        if not documents:
            raise
        # The status of a refusal would say that the login is refused.
        raise click.UsageError(f"--with: {refusal}") from None
    for fault in found.faults:
        note(f"{fault.file}:{fault.line}: expected {fault.refusal.expected}, found {fault.refusal.found}")
    placed = {} if found.document is None else {found.document.file: PlacedPolicy(found.document.source.text, found.document.span)}
    sources = Sources(account_path, account, placed=placed)
    if as_json:
        lined = None if found.explanation is None else sources.with_lines(found.explanation)
        print_json(replace(found, explanation=lined).as_dict())
    elif quiet:
        click.echo(verdict_of(found))
    else:
        print_event(found, console(), sources, whole=verbose)
    return Exit.GRANTED if found.granted else Exit.REFUSED


def verdict_of(found: EventExplanation) -> str:
    """Return the verdict in one line."""
    refusal = None if found.verdict is None else found.verdict.refusal
    if refusal is not None:
        return refused_verdict(refusal)
    if found.granted is None:
        return "? not decided: the record does not say all that the policies demand"
    if found.granted:
        return f"✓ granted: {found.record.operation}"
    return f"✗ refused: {safe(found.check or '')} ({safe(found.record.error_code or '')})"


def print_event(found: EventExplanation, out: Speaker, sources: Sources, *, whole: bool) -> None:
    """Print whose login it was, what could not be judged, and why it is refused."""
    out.print(
        facts(
            [*_rows(found.record), *_waiting(found, whole=whole), *_suspects(found, sources), *(("note", each) for each in found.remarks)]
        )
    )
    if found.explanation is None:
        out.print(Text(verdict_of(found), style=GOOD if found.granted else ""))
        return
    print_explanation(
        found.explanation,
        verdict=verdict_of(found),
        out=out,
        sources=sources,
        next_step="make the edit, then run this again; federation audit --events tells what else it changes",
        most=None if whole else MOST_ROWS,
    )


def _meant(choice: LoginChoice, event_id: str | None) -> LoginRecord:
    for fault in choice.faults:
        note(f"{fault.place}: expected {fault.expected}, found {fault.found}")
    if choice.record is None:
        raise click.UsageError("RECORD has no federated login" + ("" if event_id is None else f" with the id {safe(event_id)}"))
    if choice.logins > 1 and event_id is None:
        which = "the last refused one" if choice.refused else "the last one"
        note(f"{choice.logins} logins, {choice.refused} of them refused; this is {which}, --event-id chooses another")
    return choice.record


def _rows(record: LoginRecord) -> Iterator[tuple[str, object]]:
    outcome = "granted" if record.granted else f"refused: {record.error_code}"
    yield "event", f"{record.event_id or record.place}"
    yield "then", f"{timestamp(record.time)}, {record.operation}, {outcome}"
    yield "role", record.role_arn
    yield "who", record.subject
    yield "by", record.provider
    yield "audience", record.audience


def _waiting(found: EventExplanation, *, whole: bool) -> Iterator[tuple[str, object]]:
    listed = found.waiting if whole else found.waiting[:_MOST_WAITING]
    for each in listed:
        condition = each.condition
        values = ", ".join(condition.expected[:_MOST_WAITING])
        yield "not judged", f"{condition.effect}: {condition.operator} {condition.key} = {values}"
        yield "would tell", "; ".join(each.tells)
    if len(found.waiting) > len(listed):
        yield "not judged", f"{len(found.waiting) - len(listed)} more; --verbose shows them"


def _suspects(found: EventExplanation, sources: Sources) -> Iterator[tuple[str, object]]:
    for each in found.suspects:
        yield "suspect", f"{sources.where(each.place)}: {each.finding.message}; {each.finding.remedy}"
