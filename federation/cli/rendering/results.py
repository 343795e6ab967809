"""How results look to people: lists in columns, and colours on a terminal.

Everything from outside passes `safe`, is wrapped by `federation.cli.rendering.lines` and no markup of it is interpreted: a token must not
be able to paint a verdict (attack row T08).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any, Final, TextIO

from rich.console import Console, ConsoleOptions
from rich.text import Text

from federation.cli.rendering.lines import Line, Screen, listed, screen_of
from federation.cli.rendering.plain import joined, safe, unverified
from federation.cli.support.exits import Exit, status_of
from federation.errors import AccountFaults, FederationError
from federation.identity import VerifiedIdentity, timestamp
from federation.judging.kinds import KINDS, SAML
from federation.policy.decision import Decision
from federation.policy.explain import ConditionResult, ElementResult, StatementResult
from federation.profiles import Profile
from federation.report import CheckResult, Report

GOOD: Final = "green"
BAD: Final = "bold red"
DIM: Final = "dim"


class Trimmed(StringIO):
    """A text stream that passes everything on without blanks at the ends of its lines."""

    def __init__(self, target: TextIO) -> None:
        super().__init__()
        self._target = target

    def write(self, text: str, /) -> int:
        """Pass *text* on; it comes in whole lines."""
        return self._target.write(re.sub(r" +$", "", text, flags=re.MULTILINE))

    def flush(self) -> None:
        """Pass on."""
        self._target.flush()


class Speaker(Console):
    """A console that wraps nothing by itself and leaves the process's exit status to `federation.cli.main`."""

    def __init__(self, target: TextIO) -> None:
        self.shows: Screen = screen_of(target)
        file = target if target.isatty() else Trimmed(target)
        super().__init__(file=file, width=self.shows.columns, highlight=False, markup=False, emoji=False)

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401 - rich's own
        """Print *objects* as rich does, texts wrapped as `Hanging`; with ``soft_wrap``, for what is there to be copied, as they are."""
        texts = bool(objects) and all(isinstance(each, Text) for each in objects) and not options.get("soft_wrap")
        super().print(*((Hanging(*objects),) if texts else objects), **options)

    def on_broken_pipe(self) -> None:
        """Say that the reader left; rich would end the process as if the token were refused."""
        raise BrokenPipeError


class Hanging:
    """Words in one line, as far as it goes; what follows is indented, for no line of it may begin where the tool's own words do."""

    def __init__(self, *parts: Text, column: int | None = None) -> None:
        """Show *parts*, a blank between them, and let further lines begin at *column*, by default deeper than the first."""
        self._text = Text(" ").join(parts)
        self._column = column

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        text = _shown(self._text, _screen(console, options))
        indent = len(text.plain) - len(text.plain.lstrip(" "))
        column = indent + 4 if self._column is None else self._column
        rest = " " * (column if column <= options.max_width // 2 else indent + 4)
        yield from _wrapped(text, Line(text.plain, indent if self._column is None else column, rest), options.max_width)


class Facts:
    """A list of names and values in two columns."""

    def __init__(self, rows: Iterable[tuple[str, object]], indent: int) -> None:
        """Show *rows*, indented by *indent* columns."""
        self._rows = [(safe(name), safe(value)) for name, value in rows if value not in (None, "", (), [])]
        self._indent = " " * indent

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        screen = _screen(console, options)
        rows = [(screen.shown(name), screen.shown(value)) for name, value in self._rows]
        for line in listed(rows, screen.columns, mark=self._indent):
            text = Text(line.text)
            text.stylize(DIM, 0, line.name)
            yield from _wrapped(text, line, screen.columns)


def _screen(console: Console, options: ConsoleOptions) -> Screen:
    return Screen(options.max_width, console.shows.encoding if isinstance(console, Speaker) else options.encoding)


def _shown(text: Text, screen: Screen) -> Text:
    plain = screen.shown(text.plain)
    return text if plain == text.plain else Text(plain, style=text.style)


def _wrapped(text: Text, line: Line, columns: int) -> Iterator[Text]:
    """Yield *text*, whose characters are those of *line*, in lines that fit, each whole as it is."""
    for number, part in enumerate(text.divide(line.breaks(columns))):
        part.rstrip()
        whole = Text(line.rest) + part if number else part
        whole.no_wrap, whole.overflow = True, "ignore"
        yield whole


def console(file: TextIO | None = None) -> Speaker:
    """Return a console on *file*, standard output by default; colours only on a terminal, and not where NO_COLOR is set."""
    return Speaker(sys.stdout if file is None else file)


def stderr_console() -> Speaker:
    """Return a console on standard error."""
    return console(sys.stderr)


def facts(rows: Iterable[tuple[str, object]], *, indent: int = 2) -> Facts:
    """Return a two-column list of names and values; values that are None or empty are left out."""
    return Facts(rows, indent)


def refused_verdict(refusal: FederationError) -> str:
    """Return the verdict of *refusal* in one line: the check, and the code and status under which AWS sends it."""
    headline = {Exit.BUG: "this is a bug of ours", Exit.FAULT: "at fault"}.get(status_of(refusal), "refused")
    return f"✗ {headline}: {safe(refusal.check)} {_coded(refusal).plain}"


def print_refusal(refusal: FederationError) -> None:
    """Print *refusal* on standard error: what was expected, what was found, what to do. An account's faults come one by one."""
    out = stderr_console()
    out.print(Text(refused_verdict(refusal), style=BAD))
    for number, each in enumerate(refusal.faults if isinstance(refusal, AccountFaults) else (refusal,)):
        if number:
            out.print()
        out.print(facts(refusal_facts(each)))


def _coded(refusal: FederationError) -> Text:
    """Return the code of *refusal*, with the status under which AWS sends it where it is about a request and not about our own files."""
    status = f", HTTP {refusal.http_status}" if status_of(refusal) is Exit.REFUSED else ""
    return Text(f"({refusal.code}{status})", style=DIM)


def refusal_facts(refusal: FederationError, *, speaker: str = "AWS says") -> list[tuple[str, object]]:
    """Return the rows that explain *refusal*; *speaker* introduces the text that AWS has for it."""
    where = [str(part) for part in (getattr(refusal, "file", ""), getattr(refusal, "path", "")) if part]
    return [
        ("at", ": ".join(where)),
        ("expected", refusal.expected),
        ("found", refusal.found),
        ("remedy", refusal.remedy),
        (speaker, refusal.aws_message),
    ]


def print_report(report: Report) -> None:
    """Print the verdicts, who was proved, every check as each profile sees it, and the first refusal of each in full."""
    out = console()
    print_verdicts(report, out)
    if report.identity is not None:
        print_identity(report.identity, out)
    elif report.claimed:
        for line in unverified(report.claimed, out.shows, indent=2):
            out.print(Text(line), soft_wrap=True)
    out.print()
    print_checks(report.results, out)
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
        out.print(Text(f"  {safe(refusal.check)}", style=BAD), _coded(refusal))
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


def print_checks(results: Sequence[CheckResult], out: Console) -> None:
    """Print every check with what it means under each profile."""
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
    for part in (*elements, *statement.conditions):
        if part is None:
            continue
        mark = Text("    ✓", style=GOOD) if part.matched else Text("    ✗", style=BAD)
        out.print(Hanging(mark, Text(safe(part.reason)), column=6))
