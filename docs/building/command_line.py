"""The reference of the command line, a page for each verb, from what `--help` shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final

import click

from federation.cli.main import VERBS, cli

_EXAMPLE: Final = "\b\n"
"""What click takes as the beginning of a paragraph that must not be wrapped."""


def command_pages() -> dict[str, str]:
    """Verb to its page."""
    root = click.Context(cli, info_name="federation")
    return {verb: "\n".join(_page(verb, root)) for verb in VERBS}


def _page(verb: str, root: click.Context) -> Iterator[str]:
    command = cli.get_command(root, verb)
    if command is None:
        raise SystemExit(f"VERBS names {verb}, which is no command")
    yield f"# federation {verb}"
    yield ""
    context = click.Context(command, info_name=verb, parent=root)
    yield from _described(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield f"## {name}"
                yield ""
                yield from _described(inner, click.Context(inner, info_name=name, parent=context))


def _described(command: click.Command, context: click.Context) -> Iterator[str]:
    yield from _prose(command.help or "")
    yield "```text"
    yield " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield "```"
    yield ""
    options = (each for each in command.get_params(context) if each.name != "help")
    records = [record for each in options if (record := each.get_help_record(context)) and record[1]]
    if records:
        yield "| option | meaning |"
        yield "|---|---|"
        yield from (f"| `{_cell(names)}` | {_cell(escape(meaning, quote=False))} |" for names, meaning in records)
        yield ""
    yield from _prose(command.epilog or "")


def _prose(text: str) -> Iterator[str]:
    """The paragraphs of a help text; those that are not wrapped are examples."""
    for paragraph in re.split(r"\n\s*\n", text.strip()) if text.strip() else ():
        if paragraph.lstrip().startswith(_EXAMPLE):
            yield from ("```text", *(line.strip() for line in paragraph.lstrip().removeprefix(_EXAMPLE).split("\n")), "```", "")
        else:
            yield from (escape(" ".join(paragraph.split()), quote=False), "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
