"""The manual pages, written from the help texts of the command line: `make man` writes man/*.1."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from federation import __version__
from federation.cli.doctor import RELEASED
from federation.cli.main import VERBS, cli
from federation.cli.support.options import ACCOUNT_VARIABLE

PROGRAM: Final = "federation"
VARIABLES: Final = {
    ACCOUNT_VARIABLE: "The account directory where --account is not given.",
    "NO_COLOR": "Where it is set, output has no colours on a terminal either.",
    "COLUMNS": "The width at which text is wrapped, at most that of the terminal.",
}
_BLOCK: Final = "\b"
"""click's mark of a paragraph that keeps its lines."""


def pages() -> dict[str, str]:
    """Return the manual pages by file name: one of the program, one of each verb with all its commands."""
    context = click.Context(cli, info_name=PROGRAM)
    found = {f"{PROGRAM}.1": _program(context)}
    for verb, about in VERBS.items():
        command = _inner(cli, context, verb)
        found[f"{PROGRAM}-{verb}.1"] = _verb(command, click.Context(command, info_name=verb, parent=context), about)
    return found


def _inner(group: click.Group, context: click.Context, name: str) -> click.Command:
    command = group.get_command(context, name)
    if command is None:
        raise LookupError(name)
    return command


def _program(context: click.Context) -> str:
    lines = [*_head(PROGRAM, "prove federated AWS logins offline"), *_synopsis(context), ".SH DESCRIPTION", *_paragraphs(cli.help)]
    lines += [".SH OPTIONS", *_options(context), ".SH COMMANDS"]
    for verb, about in VERBS.items():
        lines += [".TP", f".BR {_escaped(f'{PROGRAM}-{verb}')} (1)", _escaped(about)]
    return _finished(lines, [f"{PROGRAM}-{verb}" for verb in VERBS])


def _verb(command: click.Command, context: click.Context, about: str) -> str:
    name = f"{PROGRAM}-{context.info_name}"
    lines = [*_head(name, f"{about[0].lower()}{about[1:].removesuffix('.')}"), *_synopsis(context), ".SH DESCRIPTION"]
    lines += [*_paragraphs(command.help), ".SH OPTIONS", *_options(context), *_paragraphs(command.epilog)]
    if isinstance(command, click.Group):
        lines.append(".SH COMMANDS")
        for inner in command.list_commands(context):
            made = _inner(command, context, inner)
            below = click.Context(made, info_name=inner, parent=context)
            lines += [f".SS {_escaped(inner)}", *_usage(below), ".PP", *_paragraphs(made.help), *_options(below), *_paragraphs(made.epilog)]
    return _finished(lines, [PROGRAM])


def _head(name: str, about: str) -> list[str]:
    date = datetime.fromisoformat(RELEASED).date().isoformat()
    title = f'.TH {_escaped(name.upper())} 1 {date} "{PROGRAM} {__version__}" "{PROGRAM}"'
    return [title, ".SH NAME", f"{_escaped(name)} \\- {_escaped(about)}"]


def _synopsis(context: click.Context) -> list[str]:
    return [".SH SYNOPSIS", *_usage(context)]


def _usage(context: click.Context) -> list[str]:
    pieces = " ".join(context.command.collect_usage_pieces(context))
    return [f".B {_escaped(context.command_path)}", _escaped(pieces)]


def _options(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            names, text = record
            yield from (".TP", f".B {_escaped(names)}", _escaped(text) or "\\&")


def _paragraphs(text: str | None) -> Iterator[str]:
    """Yield *text* as paragraphs: filled, or line by line where click keeps the lines."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text or "")):
        lines = paragraph.splitlines()
        if lines and lines[0].strip() == _BLOCK:
            yield from (".PP", ".nf", *map(_escaped, lines[1:]), ".fi")
        elif paragraph.strip(_BLOCK).strip():
            yield from (".PP", _escaped(" ".join(paragraph.split())))


def _finished(lines: list[str], others: list[str]) -> str:
    status = next(part for part in re.split(r"\n\s*\n", inspect.cleandoc(cli.help or "")) if part.startswith("Exit status"))
    lines += [".SH EXIT STATUS", _escaped(" ".join(status.removeprefix("Exit status: ").split())), ".SH ENVIRONMENT"]
    for name, about in VARIABLES.items():
        lines += [".TP", f".B {_escaped(name)}", _escaped(about)]
    lines += [".SH SEE ALSO", ",\n".join(f".BR {_escaped(each)} (1)" for each in others)]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """Return *text* as roff that shows exactly it: no backslash, dash, dot or quotation mark at the beginning of a line has a meaning."""
    marked = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("^", "\\(ha").replace("~", "\\(ti")
    ascii_alone = "".join(each if each.isascii() else f"\\[u{ord(each):04X}]" for each in marked)
    return f"\\&{ascii_alone}" if ascii_alone.startswith((".", "'")) else ascii_alone


def main(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (directory / name).write_text(text, encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
