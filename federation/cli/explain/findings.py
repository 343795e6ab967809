"""What `federation explain` shows of the outcome of a call."""

from __future__ import annotations

from rich.text import Text

from federation.cli.rendering.explanations import MOST_ROWS, print_explanation
from federation.cli.rendering.plain import safe, unverified
from federation.cli.rendering.reports import print_checks
from federation.cli.rendering.results import GOOD, Speaker, facts, print_decision, refused_verdict
from federation.cli.support.exits import Exit, status_of
from federation.explaining.sources import Sources
from federation.identity import timestamp
from federation.judging.findings import Findings


def verdict_of(findings: Findings) -> str:
    """Return the verdict in one line."""
    return f"✓ granted: {findings.call.operation}" if findings.refusal is None else refused_verdict(findings.refusal)


def exit_of(findings: Findings) -> Exit:
    """Return the exit status, which is that of `federation sts` for the same call."""
    return Exit.GRANTED if findings.refusal is None else status_of(findings.refusal)


def print_findings(findings: Findings, out: Speaker, sources: Sources, *, whole: bool) -> None:
    """Print *findings*; with *whole*, every check, statement and condition before it."""
    if whole:
        _print_all(findings, out)
    if findings.refusal is None:
        _print_session(findings, out, sources)
        return
    explanation = findings.refusal.explanation
    applicable = any(edit.applicable for edit in explanation.edits)
    step = "--fix shows the edited policy, --fix --write writes it" if applicable else ""
    print_explanation(
        explanation,
        verdict=verdict_of(findings),
        out=out,
        sources=sources,
        next_step=step or "make the edit, then run this again; --verbose shows every check",
        most=None if whole else MOST_ROWS,
    )


def _print_session(findings: Findings, out: Speaker, sources: Sources) -> None:
    session, decision = findings.session, findings.decision
    out.print(Text(verdict_of(findings), style=GOOD))
    if session is not None:
        statement = None if decision is None else decision.statement
        role = findings.account.roles.get(findings.role_arn)
        place = None if role is None or statement is None else sources.place_of(role.file, f"$.Statement[{statement.index}]")
        allowed = None if statement is None else statement.label + (f", {place}" if place else "")
        rows = [
            ("who", session.subject),
            ("role", findings.role_arn),
            ("allowed by", allowed),
            ("session", session.assumed_role_user.arn),
            ("ends", timestamp(session.credentials.expiration)),
        ]
        out.print(facts(rows))
    out.print(Text(verdict_of(findings), style=GOOD))


def _print_all(findings: Findings, out: Speaker) -> None:
    if findings.report is not None:
        if findings.report.identity is None:
            for line in unverified(findings.report.claimed, out.shows, indent=2):
                out.print(Text(line), soft_wrap=True)
            out.print()
        print_checks((*findings.report.results, *findings.exchange), out)
        out.print()
    if findings.decision is not None:
        print_decision(findings.decision, about=safe(findings.role_arn))
        out.print()
