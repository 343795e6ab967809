"""Options that several verbs share."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from federation import clock, limits
from federation.cli.support.choices import Choice
from federation.cli.support.paths import PathType
from federation.engines import ENGINES, VARIABLE, chosen
from federation.state.opening import PLACES

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

ACCOUNT_VARIABLE: Final = "FEDERATION_ACCOUNT"
"""Names the account directory where ``--account`` is not given."""
COMPLETION_VARIABLE: Final = "_FEDERATION_COMPLETE"
"""Set by the script of ``federation completion``; it makes the program print completions instead of running."""
_NOW: Final = "now"
_JSON: Final = "federation.cli.json"
_ACCOUNT: Final = "federation.cli.account"
_NEIGHBOURS: Final = "federation.cli.neighbours"


class Instant(click.ParamType[datetime]):
    """An aware instant in ISO 8601, such as ``2026-11-24T12:00:30Z``, or ``now``."""

    name = "time"
    words = ", or now"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return *value* as an aware `datetime`, or end with a usage error."""
        if isinstance(value, datetime):
            return value
        if value == _NOW:
            return clock.resolve(None)
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"expected ISO 8601 with a zone, such as 2026-11-24T12:00:30Z{self.words}", param, ctx)
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


json_option: Final[Decorator] = click.option("--json", "as_json", is_flag=True, help="Print the documented JSON instead of text.")


def complete_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a file."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - shells alone need it

    del ctx, param
    return [CompletionItem(incomplete, type="file")]


def _note_account(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    del param
    ctx.meta[_ACCOUNT] = value
    return value


def noted_account(ctx: click.Context) -> Path | None:
    """Return the account directory in ``--account``; None where it was not given."""
    noted: Path | None = ctx.meta.get(_ACCOUNT)
    return noted


def account_or_variable(given: Path | None, *, unless: bool) -> Path | None:
    """Return the account directory in ``--account``, else the one in `ACCOUNT_VARIABLE`.

    Args:
        given: The value of ``--account``, which is optional beside other sources.
        unless: Whether another source is given, which wins over the variable.
    """
    named = os.environ.get(ACCOUNT_VARIABLE)
    return given if given is not None or unless or not named else Path(named)


def _note_neighbours(ctx: click.Context, param: click.Parameter, value: tuple[Path, ...]) -> tuple[Path, ...]:
    del param
    ctx.meta[_NEIGHBOURS] = value
    return value


def noted_neighbours(ctx: click.Context) -> tuple[Path, ...]:
    """Return the directories of other accounts that the command was given."""
    noted: tuple[Path, ...] = ctx.meta.get(_NEIGHBOURS, ())
    return noted


def _account_option(*, required: bool) -> Decorator:
    return click.option(
        "--account",
        "account_path",
        type=PathType(path_type=Path),
        required=required,
        envvar=ACCOUNT_VARIABLE,
        show_envvar=True,
        callback=_note_account,
        help="The account directory.",
    )


account_option: Final = _account_option(required=True)
served_account_option: Final = _account_option(required=False)
accounts_option: Final[Decorator] = click.option(
    "--accounts", "accounts_path", type=PathType(path_type=Path), help="A directory of many accounts and of their organization, instead."
)


def said_beside(names: Container[str]) -> list[str]:
    """Return the options and arguments on the command line whose parameters are not among *names*, as a user would name them."""
    context = click.get_current_context()
    params = (each for each in context.command.params if each.name not in names)
    said = (each for each in params if context.get_parameter_source(each.name or "") is ParameterSource.COMMANDLINE)
    return [each.opts[0] if each.opts[0].startswith("-") else each.opts[0].upper() for each in said]


def require_beside(option: str, others: Mapping[str, object]) -> None:
    """Refuse those of *others* that are given, which mean nothing without *option*."""
    for name, value in others.items():
        if value:
            raise click.UsageError(f"{name} requires {option}")


def no_account() -> click.UsageError:
    """Return the error of a call that needs an account and names none: the one of a required option."""
    context = click.get_current_context()
    return click.MissingParameter(ctx=context, param=next(each for each in context.command.params if each.name == "account_path"))


def account_or_accounts(account: Path | None, accounts: Path | None) -> Path:
    """Return the directory in ``--account`` or ``--accounts``. The variable of ``--account`` does not count beside ``--accounts``.

    Raises:
        click.UsageError: Both are given, or none.
    """
    context = click.get_current_context()
    given = context.get_parameter_source("account_path") is ParameterSource.COMMANDLINE
    if accounts is not None and not given:
        context.meta[_ACCOUNT] = None
        return accounts
    if accounts is not None:
        raise click.UsageError("give one of --account and --accounts")
    if account is None:
        raise click.UsageError(f"give --account or --accounts, or set {ACCOUNT_VARIABLE}")
    return account


def other_account_option(text: str) -> Decorator:
    """Return the option ``--account`` of a verb that also takes another source; its value is that of `account_or_variable`."""
    words = f"{text} Default: {ACCOUNT_VARIABLE}, where no other source is given."
    return click.option("--account", "account_path", type=PathType(path_type=Path), help=words)


def one_output(*, verbose: bool = False, quiet: bool, as_json: bool) -> None:
    """Refuse more than one of ``--verbose``, ``--quiet`` and ``--json``.

    Raises:
        click.UsageError: There is more than one.
    """
    if verbose + quiet + as_json > 1:
        raise click.UsageError("give one of --verbose, --quiet and --json")


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


def _choose_engine(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    del param
    if value is not None:
        ctx.with_resource(chosen(value))


engine_option: Final[Decorator] = click.option(
    "--engine",
    type=Choice(ENGINES),
    expose_value=False,
    callback=_choose_engine,
    help=f"SAML: what reads responses: python, fast, or auto: fast where it is installed. Default: {VARIABLE}, or auto.",
)
state_option: Final[Decorator] = click.option(
    "--state", metavar="URL", help=f"Where used tokens are recorded: {PLACES}. Default: nowhere beyond this call."
)
token_argument: Final[Decorator] = click.argument("token", shell_complete=complete_files)
pick_option: Final[Decorator] = click.option(
    "--pick", type=click.IntRange(1, limits.PASTED_TOKENS), metavar="N", help="Which one, where TOKEN holds several different tokens."
)
