"""The caller of a signed operation: named by ``--caller``, or by credentials in environment variables, as for the AWS CLI."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from federation.cli.support.completing import arns
from federation.cli.support.options import Command, account_option, moment_option, neighbour_option, state_option

if TYPE_CHECKING:
    from federation.sts.callers.caller import Caller
    from federation.sts.service import SecurityTokenService

ACCESS_KEY_ID: Final = "AWS_ACCESS_KEY_ID"
SECRET_ACCESS_KEY: Final = "AWS_SECRET_ACCESS_KEY"  # noqa: S105 - the name of a variable
SESSION_TOKEN: Final = "AWS_SESSION_TOKEN"  # noqa: S105 - the name of a variable


caller_option: Final = click.option(
    "--caller",
    shell_complete=arns("user"),
    help=f"ARN of the caller: a user, the root user or a role session. Default: the owner of {ACCESS_KEY_ID}, {SECRET_ACCESS_KEY} and "
    f"{SESSION_TOKEN}.",
)


def caller_options(command: Command) -> Command:
    """Give *command* the flags for accounts, state, caller and instant."""
    for option in (
        moment_option("Call"),
        state_option,
        caller_option,
        neighbour_option,
        account_option,
    ):
        command = option(command)
    return command


def open_service(account_path: Path, neighbours: tuple[Path, ...], *, state: str | None = None) -> SecurityTokenService:
    """Open the service of the account and its neighbours; *state* is a URL, or None for a state that ends with this process."""
    from federation.sts.service import SecurityTokenService

    return SecurityTokenService.open(account_path, neighbours=neighbours, state=state)


def resolve_caller(sts: SecurityTokenService, caller: str | None, *, at: datetime | None) -> Caller:
    """Return the caller of this process.

    Raises:
        FederationError: There is no such principal, or the credentials in the environment are not valid.
    """
    if caller is not None:
        return sts.caller_for_arn(caller)
    key_id, secret, token = (os.environ.get(name) for name in (ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN))
    if not key_id or not secret:
        raise click.UsageError(f"pass --caller, or set {ACCESS_KEY_ID} and {SECRET_ACCESS_KEY}")
    return sts.caller_for_credentials(key_id, secret, token or None, at=at)
