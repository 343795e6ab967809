"""How results look to people: tables, and colours on a terminal.

Everything from outside passes `safe`, and no markup is interpreted: a token must not be able to paint a verdict (attack row T08).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import IO, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from federation.cli.exits import Exit, status_of
from federation.cli.plain import joined, print_json, safe, unverified
from federation.errors import AccountFaults, FederationError
from federation.identity import VerifiedIdentity, timestamp
from federation.judging.kinds import KINDS, SAML
from federation.policy.decision import Decision
from federation.policy.explain import ConditionResult, ElementResult, StatementResult
from federation.profiles import Profile
from federation.report import CheckResult, Report

PLAIN_WIDTH: Final = 120
"""Columns where no terminal says otherwise."""
GOOD: Final = "green"
BAD: Final = "bold red"
DIM: Final = "dim"


class Trimmed(StringIO):
    """A text stream that passes everything on without the blanks with which tables fill their lines."""

    def __init__(self, target: IO[str]) -> None:
        super().__init__()
        self._target = target

    def write(self, text: str, /) -> int:
        """Pass *text* on; tables come in whole lines."""
        return self._target.write(re.sub(r" +$", "", text, flags=re.MULTILINE))

    def flush(self) -> None:
        """Pass on."""
        self._target.flush()


class Speaker(Console):
    """A console that leaves the process's exit status to `federation.cli.main`."""

    def on_broken_pipe(self) -> None:
        """Say that the reader left; rich would end the process as if the token were refused."""
        raise BrokenPipeError


def console(file: IO[str] | None = None) -> Console:
    """Return a console on *file*, standard output by default; colours only on a terminal, and not where NO_COLOR is set."""
    target = sys.stdout if file is None else file
    if target.isatty():
        return Speaker(file=target, highlight=False, markup=False, emoji=False)
    width = None if "COLUMNS" in os.environ else PLAIN_WIDTH
    return Speaker(file=Trimmed(target), width=width, highlight=False, markup=False, emoji=False)


def facts(rows: Iterable[tuple[str, object]], *, indent: int = 2) -> Table:
    """Return a two-column list of names and values; values that are None or empty are left out."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style=DIM, no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        if value not in (None, "", (), []):
            table.add_row(" " * indent + safe(name), safe(value))
    return table


def print_refusal(refusal: FederationError) -> None:
    """Print *refusal* on standard error: what was expected, what was found, what to do. An account's faults come one by one."""
    out = console(sys.stderr)
    headline = {Exit.BUG: "this is a bug of ours", Exit.FAULT: "at fault"}.get(status_of(refusal), "refused")
    out.print(Text(f"✗ {headline}: {safe(refusal.check)}", style=BAD), Text(f"({refusal.code}, HTTP {refusal.http_status})", style=DIM))
    for number, each in enumerate(refusal.faults if isinstance(refusal, AccountFaults) else (refusal,)):
        if number:
            out.print()
        out.print(facts(refusal_facts(each)))


def refusal_facts(refusal: FederationError, *, speaker: str = "AWS says") -> list[tuple[str, object]]:
    """Return the rows that explain *refusal*; *speaker* introduces the text that AWS has for it."""
    where = [str(part) for part in (getattr(refusal, "file", ""), getattr(refusal, "path", "")) if part]
    said = refusal.message if not refusal.message.startswith(f"{refusal.check}: expected ") else None
    return [
        ("at", ": ".join(where)),
        ("expected", refusal.expected),
        ("found", refusal.found),
        ("remedy", refusal.remedy),
        (speaker, said),
    ]


def print_made(made: Mapping[str, str], *, as_json: bool) -> None:
    """Print the names of what was made."""
    if as_json:
        print_json(made)
    else:
        console().print(Text("✓", style=GOOD), *(Text(safe(value)) for value in made.values()))


def print_report(report: Report) -> None:
    """Print the verdicts, who was proved, every check as each profile sees it, and the first refusal of each in full."""
    out = console()
    print_verdicts(report, out)
    if report.identity is not None:
        print_identity(report.identity, out)
    elif report.claimed:
        for line in unverified(report.claimed):
            out.print(Text(f"  {line}"), soft_wrap=True)
    out.print()
    out.print(checks_table(report.results))
    out.print(Text("  ✓ met  ✗ not met  - not asked by this profile", style=DIM))
    if report.notes:
        out.print()
        out.print(facts(("note", note) for note in report.notes))


def print_verdicts(report: Report, out: Console) -> None:
    """Print the verdicts of both profiles in one line, the deciding one first, then the first refusal of each in full."""
    out.print(headline(report))
    out.print(facts([("taken for", KINDS.get(report.kind, report.kind))]))
    refusals = {refusal.check: refusal for profile in (report.profile, *Profile) if (refusal := report.refusal(profile)) is not None}
    enforced = [result.refusal for result in report.results if Profile.AWS in result.profiles]
    for refusal in refusals.values():
        out.print(Text(f"  {safe(refusal.check)}", style=BAD), Text(f"({refusal.code}, HTTP {refusal.http_status})", style=DIM))
        speaker = "AWS says" if refusal in enforced else "console"  # a text for what the API accepts is that of the sign-in page
        out.print(facts(refusal_facts(refusal, speaker=speaker), indent=4))


def headline(report: Report) -> Text:
    """Return the verdicts of both profiles in one line, the deciding one first."""
    line = Text()
    ordered = [report.profile, *(p for p in Profile if p is not report.profile)]
    for profile in ordered:
        refusal = report.refusal(profile)
        if line:
            line.append(" · ")
        if profile is report.profile:
            line.append("✓ " if refusal is None else "✗ ", style=GOOD if refusal is None else BAD)
        verdict = "accepts" if refusal is None else f"refuses: {safe(refusal.check)}"
        line.append(f"{profile.value} {verdict}", style=GOOD if refusal is None else BAD)
    return line


def print_identity(identity: VerifiedIdentity, out: Console) -> None:
    """Print the proved identity."""
    kind = f" ({identity.subject_type})" if identity.subject_type else ""
    out.print(
        facts(
            [
                ("subject", identity.subject + kind),
                ("issuer", identity.issuer),
                ("provider", identity.provider_arn),
                ("audience", identity.audience),
                ("recipient", identity.recipient),
                ("name qualifier", identity.name_qualifier),
                ("token id", identity.token_id),
                ("issued", timestamp(identity.issued_at)),
                ("ends", timestamp(identity.not_on_or_after)),
                ("session ends", timestamp(identity.session_not_on_or_after)),
            ]
        )
    )
    attributes = [(name, joined(values)) for name, values in identity.attributes.items()]
    if attributes:
        out.print(Text("  attributes" if identity.kind == SAML else "  claims", style=DIM))
        out.print(facts(attributes, indent=4))


def checks_table(results: Iterable[CheckResult]) -> Table:
    """Return every check with what it means under each profile."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=DIM)
    table.add_column("  check", no_wrap=True)
    for profile in (Profile.STRICT, Profile.AWS):
        table.add_column(profile.value, no_wrap=True)
    table.add_column("clause", style=DIM, overflow="fold")
    for result in results:
        verdicts = [_verdict(result, profile) for profile in (Profile.STRICT, Profile.AWS)]
        table.add_row(f"  {result.name}", *verdicts, safe(result.clause + (f" ({result.note})" if result.note else "")))
    return table


def _verdict(result: CheckResult, profile: Profile) -> Text:
    if profile not in result.profiles:
        return Text("-", style=DIM)
    style = {"passed": GOOD, "refused": BAD, "skipped": DIM}[result.outcome]
    return Text({"passed": "✓", "refused": "✗", "skipped": "skipped"}[result.outcome], style=style)


def print_exchange(results: Iterable[CheckResult]) -> None:
    """Print what AWS demands of the attributes of a proved identity, where it is not met."""
    out = console()
    for result in results:
        if result.refusal is not None:
            out.print(Text(f"✗ {safe(result.name)}", style=BAD))
            out.print(facts(refusal_facts(result.refusal)))


def print_decision(decision: Decision, *, about: str, message: str | None = None) -> None:
    """Print what the policy decided: every statement, every condition, and the nearest miss where nothing allowed."""
    out = console()
    words = {"Allow": ("✓ allowed", GOOD), "Deny": ("✗ denied explicitly", BAD), "ImplicitDeny": ("✗ not allowed by any statement", BAD)}
    text, style = words[decision.effect]
    deciding = f" by {safe(decision.statement.label)}" if decision.statement is not None else ""
    out.print(Text(f"{text}{deciding}", style=style), Text(safe(about), style=DIM))
    for statement in decision.statements:
        print_statement(statement, out)
    nearest = decision.nearest
    rows = [("nearest miss", nearest.sentence if nearest is not None else None), ("AWS says", message)]
    if any(value is not None for _, value in rows):
        out.print()
        out.print(facts(rows))


def print_statement(statement: StatementResult, out: Console) -> None:
    """Print one statement: whether it matched, and each part that decided so."""
    verdict = "applies" if statement.matched else "does not apply"
    out.print(Text(f"  {safe(statement.label)}, {statement.effect}: {verdict}", style=GOOD if statement.matched else ""))
    elements: list[ElementResult | ConditionResult | None] = [statement.principal, statement.action, statement.resource]
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for part in (*elements, *statement.conditions):
        if part is None:
            continue
        mark = Text("    ✓", style=GOOD) if part.matched else Text("    ✗", style=BAD)
        table.add_row(mark, safe(part.reason))
    out.print(table)
