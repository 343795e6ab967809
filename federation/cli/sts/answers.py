"""Output of an operation's answer: as the AWS CLI prints it (``--output``, ``--query``), or the credentials alone (``--format``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from federation.cli.rendering.outputs import OUTPUTS, plain, print_output
from federation.cli.rendering.plain import safe
from federation.cli.sts.credentials import FORMS, formatted
from federation.cli.support.choices import Choice
from federation.cli.support.options import Command, wants_json


def output_options(command: Command) -> Command:
    """Give *command* the flags ``--output``, ``--query`` and ``--json``."""
    for option in (
        click.option("--json", is_flag=True, expose_value=False, help="Print refusals as JSON too, on standard output."),
        click.option("--query", help="A JMESPath query of the answer."),
        click.option("--output", type=Choice(OUTPUTS), default="json", show_default=True, help="How to print the answer."),
    ):
        command = option(command)
    return command


def credentials_options(command: Command) -> Command:
    """Give *command*, which issues credentials, the flags of `output_options` and ``--format``."""
    form = click.option("--format", "form", type=Choice(FORMS), default="json", show_default=True, help="How to print the credentials.")
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
        """Refuse a form of credentials together with another output or a query, and ``--json`` together with what is none."""
        if wants_json(click.get_current_context()) and (self.output != "json" or self.form == "env"):
            raise click.UsageError("--json prints JSON; leave out --output and --format")
        if self.form != "json" and (self.output != "json" or self.query is not None):
            raise click.UsageError(f"--format {self.form} prints the credentials alone; leave out --output and --query")

    def show(self, operation: str, answer: Mapping[str, Any]) -> None:
        """Print *answer*, or the result of the query on it."""
        if self.form != "json":
            click.echo(formatted(answer, self.form))
            return
        found = plain(answer) if self.query is None else _queried(plain(answer), self.query)
        print_output(found, self.output, title=operation)


def _queried(answer: object, query: str) -> object:
    import jmespath  # type: ignore[import-untyped]
    from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]

    try:
        found: object = jmespath.search(query, answer)
    except (JMESPathError, ValueError, TypeError, RecursionError) as cause:
        raise click.BadParameter(
            f"not a JMESPath query for this answer: {safe(str(cause).splitlines()[0])}", param_hint="--query"
        ) from cause
    return found
