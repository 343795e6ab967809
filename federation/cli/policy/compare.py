"""`federation policy compare`: whether a change of a trust policy lets somebody new in, proved."""

from __future__ import annotations

from pathlib import Path

import click

from federation import limits
from federation.cli.rendering.admissions import comparison_as_markdown, print_comparison
from federation.cli.rendering.plain import print_json
from federation.cli.rendering.results import console
from federation.cli.support.exits import Exit
from federation.cli.support.inputs import read_text
from federation.cli.support.options import json_option, one_output, quiet_option
from federation.cli.support.paths import PathType
from federation.policy import Policy


@click.command(epilog="Example:\n\n\b\n  federation policy compare trust.before.json trust.json")
@click.argument("old", type=PathType(path_type=Path))
@click.argument("new", type=PathType(path_type=Path))
@click.option("--markdown", is_flag=True, help="Print Markdown, for a comment on the change.")
@quiet_option
@json_option
def command(old: Path, new: Path, *, markdown: bool, quiet: bool, as_json: bool) -> None:
    """Say whether the trust policy NEW is equal to OLD, narrower, wider or both, with a login for each difference.

    Exit status 0 where it is proved that nobody new gets in, 1 where somebody does or where it is not decided within the bound.
    """
    one_output(quiet=quiet, as_json=as_json)
    if markdown and (as_json or quiet):
        raise click.UsageError("give one of --markdown, --quiet and --json")
    before, after = (Policy.stored(read_text(each, longest=limits.POLICY_CHARS)) for each in (old, new))
    # The analysis is loaded where it is asked for.
    from federation.policy.analysis import compare  # noqa: PLC0415

    found = compare(before, after)
    if as_json:
        print_json(found.as_dict())
    elif markdown:
        click.echo(comparison_as_markdown(found))
    else:
        print_comparison(found, console(), whole=not quiet)
    click.get_current_context().exit(Exit.GRANTED if found.lets_nobody_new_in else Exit.REFUSED)
