"""The check of a directory of many accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.text import Text

from federation.account.many import AccountsDirectory
from federation.cli.rendering.plain import print_json
from federation.cli.rendering.refusals import print_refused
from federation.cli.rendering.results import GOOD, console
from federation.cli.support.exits import Exit
from federation.errors import FederationError
from federation.sts.callers.served import ServedAccount


def check_all(path: Path, *, quiet: bool, as_json: bool) -> None:
    """Report the faults of every account in *path*, and end with `Exit.FAULT` where there are any, or no account.

    Raises:
        AccountFaults: The directory or its organization is at fault.
    """
    directory = AccountsDirectory(path, ServedAccount.of, held=1)
    ids, faults = directory.ids(), dict[str, FederationError]()
    for account in ids:
        try:
            directory.find(account, directory.tree())
        except FederationError as refusal:
            faults[account] = refusal
            if not as_json:
                print_refused(refusal, None)
    if as_json:
        _print(ids, faults, organization=directory.tree() is not None)
    elif ids and not faults and not quiet:
        bounded = "" if directory.tree() is None else ", and the organization has none"
        console().print(Text(f"✓ {len(ids)} accounts have no faults{bounded}", style=GOOD))
    if faults or not ids:
        if not as_json:
            told = f"{len(faults)} of {len(ids)} accounts have faults" if ids else "there is no account directory of twelve digits"
            click.echo(told, err=True)
        click.get_current_context().exit(Exit.FAULT)


def _print(ids: Sequence[str], faults: Mapping[str, FederationError], *, organization: bool) -> None:
    errors = {account: refusal.as_dict() for account, refusal in faults.items()}
    accounts = [{"account_id": each, "sound": each not in errors, "error": errors.get(each)} for each in ids]
    print_json({"sound": bool(ids) and not errors, "organization": organization, "accounts": accounts})
