"""Text of results: lists in columns, and colours on a terminal.

Text from outside is passed through `safe` and wrapped by `federation.cli.rendering.lines`, and no markup in it is interpreted, so that a
token cannot imitate a verdict (attack row T08).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any, Final, TextIO

from rich.console import Console, ConsoleOptions
from rich.text import Text

from federation.cli.rendering.lines import Screen, listed, screen_of
from federation.cli.rendering.plain import safe
from federation.cli.support.exits import Exit, status_of
from federation.errors import AccountFaults, FederationError
from federation.policy.decision import Decision
from federation.policy.explain import ConditionResult, ElementResult, StatementResult
from federation.wrapping import Line

GOOD: Final = "green"
BAD: Final = "bold red"
DIM: Final = "dim"


class Trimmed(StringIO):
    """A text stream that writes to another one without blanks at the ends of lines."""

    def __init__(self, target: TextIO) -> None:
        super().__init__()
        self._target = target

    def write(self, text: str, /) -> int:
        """Write *text*, which consists of whole lines."""
        return self._target.write(re.sub(r" +$", "", text, flags=re.MULTILINE))

    def flush(self) -> None:
        """Flush the other stream."""
        self._target.flush()


class Speaker(Console):
    """A console that does not wrap text itself, and leaves the exit status to `federation.cli.main`."""

    def __init__(self, target: TextIO) -> None:
        self.shows: Screen = screen_of(target)
        file = target if target.isatty() else Trimmed(target)
        super().__init__(file=file, width=self.shows.columns, highlight=False, markup=False, emoji=False)

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401 - rich's own
        """Print *objects* as rich does, and texts wrapped as `Hanging`; with ``soft_wrap``, for text to copy, unwrapped."""
        texts = bool(objects) and all(isinstance(each, Text) for each in objects) and not options.get("soft_wrap")
        super().print(*((Hanging(*objects),) if texts else objects), **options)

    def on_broken_pipe(self) -> None:
        """Raise the error: rich would end the process with the status of a refused token."""
        raise BrokenPipeError


class Hanging:
    """Text in one line where it fits; further lines are indented, so that none begins in the column of verdicts."""

    def __init__(self, *parts: Text, column: int | None = None) -> None:
        """Show *parts* with a blank between them. Further lines begin at *column*, by default four columns deeper than the first."""
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
    """Yield *text*, which has the characters of *line*, in lines that fit and are not wrapped again."""
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
    headline = {Exit.BUG: "internal error, a bug in this program", Exit.FAULT: "fault"}.get(status_of(refusal), "refused")
    return f"✗ {headline}: {safe(refusal.check)} {coded(refusal).plain}"


def print_refusal(refusal: FederationError) -> None:
    """Print *refusal* on standard error: what was expected, what was found, what to do. The faults of an account are listed one by one."""
    out = stderr_console()
    out.print(Text(refused_verdict(refusal), style=BAD))
    for number, each in enumerate(refusal.faults if isinstance(refusal, AccountFaults) else (refusal,)):
        if number:
            out.print()
        out.print(facts(refusal_facts(each)))


def coded(refusal: FederationError) -> Text:
    """Return the code of *refusal*; for the refusal of a request, not of local files, with the HTTP status under which AWS sends it."""
    status = f", HTTP {refusal.http_status}" if status_of(refusal) is Exit.REFUSED else ""
    return Text(f"({refusal.code}{status})", style=DIM)


def refusal_facts(refusal: FederationError, *, speaker: str = "AWS says") -> list[tuple[str, object]]:
    """Return the rows that describe *refusal*; *speaker* is the label of AWS's text."""
    where = [str(part) for part in (getattr(refusal, "file", ""), getattr(refusal, "path", "")) if part]
    return [
        ("at", ": ".join(where)),
        ("expected", refusal.expected),
        ("found", refusal.found),
        ("remedy", refusal.remedy),
        (speaker, refusal.aws_message),
    ]


def print_decision(decision: Decision, *, about: str, message: str | None = None, whole: bool = True) -> None:
    """Print the decision of a policy: every statement, every condition, and the nearest miss where no statement allowed.

    Without *whole*, the verdict alone.
    """
    out = console()
    words = {"Allow": ("✓ allowed", GOOD), "Deny": ("✗ denied explicitly", BAD), "ImplicitDeny": ("✗ not allowed by any statement", BAD)}
    text, style = words[decision.effect]
    deciding = f" by {safe(decision.statement.label)}" if decision.statement is not None else ""
    out.print(Text(f"{text}{deciding}", style=style), Text(safe(about), style=DIM))
    if not whole:
        return
    for statement in decision.statements:
        print_statement(statement, out)
    nearest = decision.nearest
    rows = [("nearest miss", nearest.sentence if nearest is not None else None), ("AWS says", message)]
    if any(value is not None for _, value in rows):
        out.print()
        out.print(facts(rows))


def print_statement(statement: StatementResult, out: Console) -> None:
    """Print one statement: whether it applies, and the result of each part."""
    verdict = "applies" if statement.matched else "does not apply"
    out.print(Text(f"  {safe(statement.label)}, {statement.effect}: {verdict}", style=GOOD if statement.matched else ""))
    elements: list[ElementResult | ConditionResult | None] = [statement.principal, statement.action, statement.resource]
    for part in (*elements, *statement.conditions):
        if part is None:
            continue
        mark = Text("    ✓", style=GOOD) if part.matched else Text("    ✗", style=BAD)
        out.print(Hanging(mark, Text(safe(part.reason)), column=6))
