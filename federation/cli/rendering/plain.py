"""Plain output: text without tables or colours, and JSON. A verb that needs only this module starts faster."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import click

from federation.cli.rendering.lines import Screen, listed, narrowest
from federation.errors import printable
from federation.wrapping import Line

UNVERIFIED: Final = "UNVERIFIED  "
"""The beginning of every line with claims of a token that are not verified."""


def safe(value: object) -> str:
    """Return *value* as text that is safe on a terminal (attack row T08)."""
    return printable(str(value))


def print_json(document: object) -> None:
    """Print *document*, indented by two spaces, in ASCII, so that a terminal shows exactly what a program reads."""
    click.echo(json.dumps(document, indent=2, default=_plain))


def aws_json(document: object) -> str:
    """Return *document* as the AWS CLI prints it: four spaces, Unicode, instants in ISO 8601. Deceptive characters are escaped."""
    text = json.dumps(document, indent=4, ensure_ascii=False, default=_plain)
    return "".join(c if c == "\n" or safe(c) == c else json.dumps(c)[1:-1] for c in text)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def tell(speak: Callable[[], object]) -> None:
    """Run *speak*, which writes to standard error. Where that is closed or full, only the exit status remains."""
    try:
        speak()
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # else the interpreter's last flush would fail


def note(words: str) -> None:
    """Print *words* on standard error, wrapped only for a terminal: a name in it may come from an attacker (attack row T08)."""
    columns = narrowest(sys.stderr) or sys.maxsize
    tell(lambda: click.echo("\n".join(Line(f"note: {safe(words)}", 0, "    ").wrapped(columns)), err=True))


def joined(values: object) -> str:
    """Return the values of a list in one line; any other value as text."""
    return ", ".join(str(value) for value in values) if isinstance(values, tuple | list) else str(values)


def flatten(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield the leaves of nested plain data with their dotted path; None and empty values are left out."""
    for name, value in document.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from flatten(value, f"{path}.")
        elif isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
            for index, item in enumerate(value):
                yield from flatten(item if isinstance(item, Mapping) else {"": item}, f"{path}[{index}].")
        elif value not in (None, "", [], ()):
            yield path, joined(value)


def unverified(claims: Mapping[str, Any], screen: Screen, *, indent: int = 0) -> Iterator[str]:
    """Yield the lines that show *claims* on *screen*, each with the warning, since a line may be quoted alone."""
    rows = [(screen.shown(safe(path)), screen.shown(safe(value))) for path, value in flatten(claims)]
    for line in listed(rows, screen.columns, mark=" " * indent + UNVERIFIED):
        yield from line.wrapped(screen.columns)
