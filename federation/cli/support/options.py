"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from federation import limits
from federation.cli.support.paths import PathType

_JSON: Final = "federation.cli.json"
_ACCOUNT: Final = "federation.cli.account"
_NEIGHBOURS: Final = "federation.cli.neighbours"


class Instant(click.ParamType[datetime]):
    """An aware instant in ISO 8601, such as ``2026-11-24T12:00:30Z``."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return *value* as an aware `datetime`, or end with a usage error."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("expected ISO 8601 with a zone, such as 2026-11-24T12:00:30Z", param, ctx)
        if moment.utcoffset() is None:
            self.fail("the time has no zone; append Z for UTC", param, ctx)
        return moment


def note_json(ctx: click.Context, args: Sequence[str]) -> None:
    """Record whether ``--json`` is among *args*, the words of the command line."""
    options = args[: args.index("--")] if "--" in args else args
    ctx.meta[_JSON] = "--json" in options


def wants_json(ctx: click.Context) -> bool:
    """Tell whether ``--json`` was given."""
    return bool(ctx.meta.get(_JSON))


Command = Callable[..., None]
"""The function behind a verb."""

Decorator = Callable[[Command], Command]
"""A function that adds options to a `Command`."""


def moment_option(does: str) -> Decorator:
    """Return the option ``--at``; *does* is the verb of its help text."""
    return click.option("--at", type=Instant(), help=f"{does} at this instant instead of now (ISO 8601).")


at_option: Final = moment_option("Judge")
json_option: Final[Decorator] = click.option("--json", "as_json", is_flag=True, help="Print the documented JSON instead of text.")


def _note_account(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    del param
    ctx.meta[_ACCOUNT] = value
    return value


def noted_account(ctx: click.Context) -> Path | None:
    """Return the account directory in ``--account``; None where it was not given."""
    noted: Path | None = ctx.meta.get(_ACCOUNT)
    return noted


def _note_neighbours(ctx: click.Context, param: click.Parameter, value: tuple[Path, ...]) -> tuple[Path, ...]:
    del param
    ctx.meta[_NEIGHBOURS] = value
    return value


def noted_neighbours(ctx: click.Context) -> tuple[Path, ...]:
    """Return the directories of other accounts that the command was given."""
    noted: tuple[Path, ...] = ctx.meta.get(_NEIGHBOURS, ())
    return noted


account_option: Final[Decorator] = click.option(
    "--account",
    "account_path",
    type=PathType(path_type=Path),
    required=True,
    callback=_note_account,
    help="The account directory.",
)
verbose_option: Final[Decorator] = click.option(
    "--verbose", is_flag=True, help="Show everything: every check, every statement and condition, every refusal in full."
)
quiet_option: Final[Decorator] = click.option("--quiet", is_flag=True, help="Print only the verdict, in one line.")
neighbour_option: Final[Decorator] = click.option(
    "--neighbour",
    "neighbours",
    multiple=True,
    type=PathType(path_type=Path),
    callback=_note_neighbours,
    help="Directory of another account, whose principals may call and whose roles may be assumed; repeatable.",
)
state_option: Final[Decorator] = click.option(
    "--state", metavar="URL", help="Where used tokens are recorded: sqlite:///PATH. Default: nowhere beyond this call."
)
token_argument: Final[Decorator] = click.argument("token")
pick_option: Final[Decorator] = click.option(
    "--pick", type=click.IntRange(1, limits.PASTED_TOKENS), metavar="N", help="Which one, where TOKEN holds several different tokens."
)
