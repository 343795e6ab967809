"""Plain data in the forms of ``--output`` of the AWS CLI."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import click

from federation.cli.rendering.lines import screen_of
from federation.cli.rendering.plain import aws_json, safe

OUTPUTS: Final = ("json", "yaml", "text", "table")
"""JSON; YAML; tab-separated lines for shells; a table."""


def print_output(document: object, output: str, *, title: str) -> None:
    """Print plain data as one of `OUTPUTS`; *title* is that of a table. Deceptive characters are escaped in each."""
    if output == "json":
        click.echo(aws_json(document))
    elif output == "yaml":
        click.echo(_yaml(document), nl=False)
    elif output == "text":
        from federation.cli.rendering.aws_text import text_lines  # noqa: PLC0415 - one form needs it

        for cells in text_lines(document):
            click.echo("\t".join(map(safe, cells)))
    else:
        from federation.cli.rendering.aws_table import table_lines  # noqa: PLC0415 - one form needs it

        screen = screen_of(sys.stdout)
        for line in table_lines(title, _shown(document), columns=screen.columns, narrow=sys.stdout.isatty()):
            click.echo(line)


def plain(value: object) -> object:
    """Return *value* with instants as text, as the AWS CLI writes them and a query expects them."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _yaml(document: object) -> str:
    import yaml  # noqa: PLC0415 - one form needs it

    def dumped(*, whole: bool) -> str:
        text: str = yaml.safe_dump(
            document, sort_keys=False, allow_unicode=whole, width=sys.maxsize, default_flow_style=False
        )  # no line is folded
        return text.removesuffix("...\n")

    text = dumped(whole=True)
    return text if all(each == "\n" or safe(each) == each for each in set(text)) else dumped(whole=False)


def _shown(value: object) -> object:
    """Return *value* with texts that are safe on a terminal."""
    if isinstance(value, Mapping):
        return {safe(name): _shown(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shown(inner) for inner in value]
    return safe(value) if isinstance(value, str) else value
