"""The check of a directory of many accounts."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from federation.account.many import AccountsDirectory
from federation.cli.rendering.refusals import print_refused
from federation.cli.rendering.results import GOOD, console
from federation.cli.support.exits import Exit
from federation.errors import FederationError
from federation.sts.callers.served import ServedAccount


def check_all(path: Path, *, quiet: bool) -> None:
    """Report the faults of every account in *path*, and end with `Exit.FAULT` where there are any.

    Raises:
        AccountFaults: The directory or its organization is at fault.
    """
    directory = AccountsDirectory(path, ServedAccount.of, held=1)
    ids, broken = directory.ids(), 0
    for account in ids:
        try:
            directory.find(account, directory.tree())
        except FederationError as refusal:
            broken += 1
            print_refused(refusal, None)
    bounded = "" if directory.tree() is None else ", and the organization has none"
    if not broken and not quiet:
        console().print(Text(f"✓ {len(ids)} accounts have no faults{bounded}", style=GOOD))
    if broken or not ids:
        click.echo(f"{broken} of {len(ids)} accounts have faults" if ids else "there is no account directory of twelve digits", err=True)
        click.get_current_context().exit(Exit.FAULT)
