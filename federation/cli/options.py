"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import click

_JSON: Final = "federation.cli.json"


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


def wants_json(ctx: click.Context) -> bool:
    """Whether ``--json`` was given to the verb that *ctx* runs."""
    return bool(ctx.meta.get(_JSON))


def _remember(ctx: click.Context, param: click.Parameter, value: bool) -> bool:  # noqa: FBT001 - click's signature
    del param
    ctx.meta[_JSON] = value
    return value


Decorator = Callable[[Callable[..., None]], Callable[..., None]]

at_option: Final[Decorator] = click.option("--at", type=Instant(), help="Judge at this instant instead of now (ISO 8601).")
# Eager, so that even an error in another option is reported in the form asked for.
json_option: Final[Decorator] = click.option(
    "--json", "as_json", is_flag=True, is_eager=True, callback=_remember, help="Print the documented JSON instead of text."
)
account_option: Final[Decorator] = click.option(
    "--account", "account_path", type=click.Path(path_type=Path), required=True, help="The account directory."
)
neighbour_option: Final[Decorator] = click.option(
    "--neighbour",
    "neighbours",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Directory of another account, whose principals may call and whose roles may be assumed; repeatable.",
)
state_option: Final[Decorator] = click.option(
    "--state", metavar="URL", help="Remember what was used here, sqlite:///PATH. Default: nothing is remembered beyond this call."
)
token_argument: Final[Decorator] = click.argument("token")
