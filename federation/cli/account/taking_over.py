"""`federation account import`: what IAM printed, taken over."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from rich.text import Text

from federation.cli.account.commands import verb
from federation.cli.account.saml import private_keys
from federation.cli.rendering.plain import print_json
from federation.cli.rendering.results import GOOD, console, facts
from federation.cli.support.inputs import read_document

DUMP_OCTETS: Final = 268_435_456
"""Longest answer of IAM that is read: ten thousand roles take a tenth of it."""


@verb("import", "details.json roles.json")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--saml-provider-name", help="Name of the SAML provider, which get-saml-provider does not print.")
@click.option(
    "--decryption-key", "decryption_keys", multiple=True, type=click.Path(path_type=Path), help="Its private key, which IAM never prints."
)
@click.option("--prune", is_flag=True, help="Remove policies, groups, users and roles that the answers have no more.")
def import_answers(
    files: tuple[Path, ...],
    *,
    account_path: Path,
    saml_provider_name: str | None,
    decryption_keys: tuple[Path, ...],
    prune: bool,
    as_json: bool,
) -> None:
    """Take over what IAM printed: get-account-authorization-details, list-roles, get-saml-provider, get-open-id-connect-provider.

    A second import brings the account up to date. Beside get-open-id-connect-provider the issuer's key set is wanted.
    """
    from federation.account.importing import import_account

    made = import_account(
        account_path,
        {str(file): read_document(file, longest=DUMP_OCTETS) for file in files},
        saml_provider_name=saml_provider_name,
        decryption_keys=private_keys(decryption_keys) or None,
        prune=prune,
    )
    if as_json:
        print_json(made.as_dict())
        return
    counted = ", ".join(f"{name}: {getattr(made, name)}" for name in ("policies", "groups", "users", "roles"))
    out = console()
    out.print(Text("✓", style=GOOD), Text(f"taken over ({counted}; {len(made.added)} new, {len(made.updated)} changed)"))
    rows = [("provider", arn) for arn in made.providers] + [("removed", arn) for arn in made.removed]
    out.print(facts([*rows, *(("not in the answers, left as it is", arn) for arn in made.absent)]))


COMMANDS: Final = (import_answers,)
"""Every command of this module."""
