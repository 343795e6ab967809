"""How results look to people: lists in columns, and colours on a terminal.

Everything from outside passes `safe`, is wrapped by `federation.cli.rendering.lines` and no markup of it is interpreted: a token must not
be able to paint a verdict (attack row T08).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any, Final, TextIO

from rich.console import Console, ConsoleOptions
from rich.text import Text

from federation.cli.rendering.lines import Line, Screen, listed, screen_of
from federation.cli.rendering.plain import safe
from federation.cli.support.exits import Exit, status_of
from federation.errors import AccountFaults, FederationError
from federation.policy.decision import Decision
from federation.policy.explain import ConditionResult, ElementResult, StatementResult

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
    return f"✗ {headline}: {safe(refusal.check)} {coded(refusal).plain}"


def print_refusal(refusal: FederationError) -> None:
    """Print *refusal* on standard error: what was expected, what was found, what to do. An account's faults come one by one."""
    out = stderr_console()
    out.print(Text(refused_verdict(refusal), style=BAD))
    for number, each in enumerate(refusal.faults if isinstance(refusal, AccountFaults) else (refusal,)):
        if number:
            out.print()
        out.print(facts(refusal_facts(each)))


def coded(refusal: FederationError) -> Text:
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
