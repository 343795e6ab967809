"""`federation account map`: who can assume which role, as text, data or a picture."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import click

from federation.account.access import AccessMap, map_access
from federation.account.reading.directory import load_account
from federation.cli.rendering.plain import print_json
from federation.cli.support.choices import Choice
from federation.cli.support.completing import roles as completed_roles
from federation.cli.support.options import account_option, json_option
from federation.cli.support.paths import PathType
from federation.cli.support.roles import role_arn_of

FORMATS: Final = ("text", "svg", "mermaid", "dot", "json")
_ROLE: Final = "Map this role alone, by its name or ARN; repeatable."
_BY_SUFFIX: Final = {".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot", ".json": "json"}


@click.command(name="map", epilog="Example:\n\n\b\n  federation account map --account account --output account.svg")
@account_option
@click.option("--format", "form", type=Choice(FORMATS), help="Default: by the name of --output, else text.")
@click.option("--output", type=PathType(path_type=Path, dir_okay=False), help="Write to this file, whole or not at all.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="NAME",
    shell_complete=completed_roles,
    help="Map this role alone, by its name or ARN; repeatable.",
)
@json_option
def command(*, account_path: Path, form: str | None, output: Path | None, roles: tuple[str, ...], as_json: bool) -> None:
    """Show who can assume which role, through which provider and on which conditions.

    Pictures show up to some dozens of boxes: identities are grouped by provider and by the beginning of their subject, roles by equal
    trust, each with its count. Text and JSON are complete.
    """
    account = load_account(account_path)
    found = map_access(account, roles=[role_arn_of(account, name) for name in roles] or None)
    chosen = "json" if as_json else form or _BY_SUFFIX.get("" if output is None else output.suffix.lower(), "text")
    if output is not None:
        from federation.account.writing.atomic import replace_file

        replace_file(output, _drawn(found, chosen).encode())
    elif chosen == "json":
        print_json(found.as_dict())
    else:
        click.echo(_drawn(found, chosen), nl=False)


def _drawn(found: AccessMap, form: str) -> str:
    match form:
        case "json":
            return json.dumps(found.as_dict(), indent=2) + "\n"
        case "text":
            from federation.cli.rendering.lines import screen_of
            from federation.drawing.map_text import map_as_text

            return map_as_text(found, columns=screen_of(sys.stdout).columns)
        case _:
            from federation.drawing import account_map

            draw = {"svg": account_map.map_as_svg, "mermaid": account_map.map_as_mermaid, "dot": account_map.map_as_dot}[form]
            return draw(found)


COMMANDS: Final = (command,)
