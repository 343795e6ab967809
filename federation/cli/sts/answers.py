"""Output of an operation's answer: as the AWS CLI prints it (``--output``, ``--query``), or the credentials alone (``--format``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import click

from federation.cli.rendering.plain import aws_json, safe
from federation.cli.sts.credentials import FORMS, formatted
from federation.cli.support.options import Command
from federation.wrapping import Line
from federation.wrapping import cells as width_of

OUTPUTS: Final = ("json", "text", "table")
"""JSON; tab-separated lines for shells; a table."""
_OF_NAMES: Final = 3
"""Names take at most a third of a table."""
_RULES: Final = len("|  |  | ")
"""Columns of a table outside its cells."""


def output_options(command: Command) -> Command:
    """Give *command* the flags ``--output`` and ``--query``."""
    for option in (
        click.option("--query", help="A JMESPath query of the answer."),
        click.option("--output", type=click.Choice(OUTPUTS), default="json", show_default=True, help="How to print the answer."),
    ):
        command = option(command)
    return command


def credentials_options(command: Command) -> Command:
    """Give *command*, which issues credentials, the flags of `output_options` and ``--format``."""
    form = click.option(
        "--format", "form", type=click.Choice(FORMS), default="json", show_default=True, help="How to print the credentials."
    )
    return form(output_options(command))


@dataclass(frozen=True, slots=True)
class Printing:
    """How to print an answer. It is made before the call, so that contradictory flags do not use up a token.

    Attributes:
        output: One of `OUTPUTS`.
        query: A JMESPath query of the answer, or None.
        form: One of `federation.cli.sts.credentials.FORMS`; all except ``json`` print the credentials alone.
    """

    output: str
    query: str | None
    form: str = "json"

    def __post_init__(self) -> None:
        """Refuse a form of credentials together with another output or a query."""
        if self.form != "json" and (self.output != "json" or self.query is not None):
            raise click.UsageError(f"--format {self.form} prints the credentials alone; leave out --output and --query")

    def show(self, operation: str, answer: Mapping[str, Any]) -> None:
        """Print *answer*, or the result of the query on it."""
        if self.form != "json":
            click.echo(formatted(answer, self.form))
            return
        found = _plain(answer) if self.query is None else _queried(_plain(answer), self.query)
        if self.output == "json":
            click.echo(aws_json(found))
        elif self.output == "text":
            for line in _text_lines(found):
                click.echo("\t".join(safe(cell) for cell in line))
        else:
            _print_table(operation, found)


def _queried(answer: object, query: str) -> object:
    import jmespath  # type: ignore[import-untyped]  # noqa: PLC0415 - most calls have no query
    from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        found: object = jmespath.search(query, answer)
    except (JMESPathError, ValueError, TypeError, RecursionError) as cause:
        raise click.BadParameter(
            f"not a JMESPath query for this answer: {safe(str(cause).splitlines()[0])}", param_hint="--query"
        ) from cause
    return found


def _plain(value: object) -> object:
    """Return *value* with instants as text, as the AWS CLI writes them and a query expects them."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _text_lines(value: object, name: str | None = None) -> Iterator[list[object]]:
    """Yield the cells of each line: the scalars of an object sorted by name, then its inner objects, each after its name in capitals."""
    mark: list[object] = [] if name is None else [name.upper()]
    if isinstance(value, Mapping):
        own = [_scalar(value[key]) for key in sorted(value) if not isinstance(value[key], Mapping | list)]
        if own:
            yield [*mark, *own]
        for key in sorted(value):
            if isinstance(value[key], Mapping | list):
                yield from _text_lines(value[key], key)
    elif isinstance(value, list):
        scalars = [_scalar(item) for item in value if not isinstance(item, Mapping | list)]
        if scalars:
            yield [*mark, *scalars]
        for item in value:
            if isinstance(item, Mapping | list):
                yield from _text_lines(item, name)
    else:
        yield [*mark, _scalar(value)]


def _scalar(value: object) -> str:
    return {None: "None", True: "True", False: "False"}.get(value, str(value)) if isinstance(value, bool | None) else str(value)


def _print_table(operation: str, found: object) -> None:
    from rich import box  # noqa: PLC0415 - tables are rare
    from rich.table import Table  # noqa: PLC0415

    from federation.cli.rendering.results import console  # noqa: PLC0415

    out = console()
    for title, rows in _tables(operation, found):
        table = Table(title=safe(title), box=box.ASCII, show_header=False)
        cells = [[out.shows.shown(safe(cell)) for cell in row] for row in rows]
        names = min(max(width_of(row[0]) for row in cells), out.shows.columns // _OF_NAMES) if cells and len(cells[0]) > 1 else 0
        for row in cells:
            # Wrapped here, not by rich: a terminal may use more cells than rich counts.
            rooms = (names, out.shows.columns - names - _RULES)[-len(row) :]
            table.add_row(*("\n".join(Line(cell, 0, "").wrapped(room)) for cell, room in zip(row, rooms, strict=True)))
        out.print(table)


def _tables(title: str, found: object) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Yield a table for each object, with its scalars; then the tables of its inner objects, each with its name as the title."""
    if isinstance(found, Mapping):
        own: list[tuple[object, ...]] = [
            (key, _scalar(value)) for key, value in sorted(found.items()) if not isinstance(value, Mapping | list)
        ]
        if own:
            yield title, own
        for key, value in sorted(found.items()):
            if isinstance(value, Mapping | list):
                yield from _tables(key, value)
    elif isinstance(found, list):
        yield title, [(_scalar(item),) for item in found]
    else:
        yield title, [(_scalar(found),)]
