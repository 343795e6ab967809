"""Text of the report on one token: the verdicts of both profiles, the proved identity, or the refusal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from federation.cli.rendering.explanations import MOST_ROWS, print_explanation
from federation.cli.rendering.plain import joined, safe, unverified
from federation.cli.rendering.results import BAD, DIM, GOOD, Hanging, Speaker, coded, facts, refusal_facts
from federation.explaining.sources import Sources
from federation.identity import VerifiedIdentity, timestamp
from federation.judging.kinds import KINDS, SAML
from federation.profiles import Profile
from federation.report import CheckResult, Report

_ATTRIBUTES: Final = 6
"""Number of attributes or claims that are shown unless everything is wanted."""
_NOTES: Final = 2


def print_report(report: Report, out: Speaker, sources: Sources, *, whole: bool) -> None:
    """Print the proved identity or the explanation; with *whole*, also every check under each profile, and all claims."""
    refusal = report.refusal()
    if whole:
        _print_all(report, out)
    elif refusal is None:
        print_verdicts(report, out)
    if refusal is not None:
        print_explanation(
            refusal.explanation,
            verdict=headline(report).plain,
            heading=f"{headline(report).plain} {coded(refusal).plain}",
            out=out,
            sources=sources,
            next_step="" if whole else "make the edit, then run this again; --verbose shows every check",
            most=None if whole else MOST_ROWS,
        )
        return
    if report.identity is not None and not whole:
        print_identity(report.identity, out, most=_ATTRIBUTES)
        out.print(facts(("note", note) for note in report.notes[:_NOTES]))
    out.print(headline(report))


def _print_all(report: Report, out: Speaker) -> None:
    print_verdicts(report, out)
    if report.identity is not None:
        print_identity(report.identity, out)
    elif report.claimed:
        for line in unverified(report.claimed, out.shows, indent=2):
            out.print(Text(line), soft_wrap=True)
    out.print()
    print_checks(report.results, out)
    out.print(Text("  ✓ passed  ✗ refused  - not part of this profile", style=DIM))
    if report.notes:
        out.print()
        out.print(facts(("note", note) for note in report.notes))
    out.print()


def print_verdicts(report: Report, out: Console) -> None:
    """Print the verdicts of both profiles in one line, the deciding one first, then the first refusal of each in full."""
    out.print(headline(report))
    out.print(facts([("read as", KINDS.get(report.kind, report.kind))]))
    refusals = {refusal.check: refusal for profile in (report.profile, *Profile) if (refusal := report.refusal(profile)) is not None}
    enforced = [result.refusal for result in report.results if Profile.AWS in result.profiles]
    for refusal in refusals.values():
        out.print(Text(f"  {safe(refusal.check)}", style=BAD), coded(refusal))
        speaker = "AWS says" if refusal in enforced else "console"  # where the API accepts, the text is that of the sign-in page
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


def print_identity(identity: VerifiedIdentity, out: Console, *, most: int | None = None) -> None:
    """Print the proved identity, with at most *most* of its attributes or claims; None for all."""
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
        out.print(facts(attributes[:most], indent=4))
        if most is not None and len(attributes) > most:
            out.print(Text(f"    and {len(attributes) - most} more: --verbose", style=DIM))


def print_checks(results: Sequence[CheckResult], out: Console) -> None:
    """Print every check with its result under each profile."""
    profiles = (Profile.STRICT, Profile.AWS)
    verdicts = [[_verdict(result, profile) for profile in profiles] for result in results]
    longest = max((len(result.name) for result in results), default=0)
    widths = [max(len(profile.value), *(len(row[n]) for row in verdicts), 0) for n, profile in enumerate(profiles)]
    heads = [profile.value.ljust(width) for profile, width in zip(profiles, widths, strict=True)]
    out.print(Text("  ".join(("  " + "check".ljust(longest), *heads, "clause")), style=DIM))
    for result, row in zip(results, verdicts, strict=True):
        line = Text("  " + safe(result.name).ljust(longest) + "  ")
        for verdict, width in zip(row, widths, strict=True):
            line = line + verdict + " " * (width - len(verdict) + 2)
        column = len(line)
        clause = safe(result.clause + (f" ({result.note})" if result.note else ""))
        out.print(Hanging(line + Text(clause, style=DIM), column=column))


def _verdict(result: CheckResult, profile: Profile) -> Text:
    if profile not in result.profiles:
        return Text("-", style=DIM)
    style = {"passed": GOOD, "refused": BAD, "skipped": DIM}[result.outcome]
    return Text({"passed": "✓", "refused": "✗", "skipped": "skipped"}[result.outcome], style=style)
