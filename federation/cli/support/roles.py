"""Roles of an account by their short names."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from federation.account.model import Account
from federation.account.reading.directory import load_account
from federation.cli.support.choices import meant

_PREFIX: Final = "role/"


def role_arn_of(account: Account, wanted: str) -> str:
    """Return the ARN of the role *wanted*: its name, with or without its path, after ``role/`` or not. All else comes back as it is.

    An unknown name is for the operation to refuse, and for the explanation of the refusal to name the role that was meant.
    """
    name = wanted.removeprefix(_PREFIX)
    found = [arn for arn, role in account.roles.items() if name in {role.name, arn.partition(f":{_PREFIX}")[2]}]
    return found[0] if len(found) == 1 else wanted


def role_in(directory: Path, wanted: str) -> str:
    """Return the ARN of the role *wanted* of the account in *directory*, which is read only where *wanted* is no ARN.

    Raises:
        click.UsageError: The account has no role of that name.
    """
    if wanted.startswith("arn:"):
        return wanted
    account = load_account(directory)
    arn = role_arn_of(account, wanted)
    if not arn.startswith("arn:"):
        names = [role.name for role in account.roles.values()]
        raise click.UsageError(f"the account has no role {wanted!r}.{meant(wanted.removeprefix(_PREFIX), names)}")
    return arn
