"""Values of expressions that files leave open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

given_option: Final = click.option(
    "--given",
    multiple=True,
    metavar="EXPRESSION=VALUE",
    help="The value of an expression that a file leaves open, e.g. AWS::AccountId=123456789012; repeatable.",
)


def read_given(words: Sequence[str]) -> dict[str, str]:
    """Return the values of ``--given``."""
    given: dict[str, str] = {}
    for each in words:
        expression, found, value = each.partition("=")
        if not found or not expression or expression in given:
            raise click.BadParameter("expected EXPRESSION=VALUE, each expression once", param_hint="--given")
        given[expression] = value
    return given
