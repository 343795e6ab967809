"""`federation account import`: import of the JSON that IAM returns."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from rich.text import Text

from federation.cli.account.commands import verb
from federation.cli.account.findings import TakenOver
from federation.cli.account.saml import private_keys
from federation.cli.rendering.plain import print_json
from federation.cli.rendering.results import GOOD, console, facts
from federation.cli.rendering.working import working
from federation.cli.support.inputs import read_document
from federation.cli.support.paths import PathType

DUMP_OCTETS: Final = 268_435_456
"""Longest answer of IAM that is read, in octets: ten thousand roles take a tenth of it."""


@verb("import", "details.json roles.json")
@click.argument("files", nargs=-1, required=True, type=PathType(path_type=Path))
@click.option("--saml-provider-name", help="Name of the SAML provider, which get-saml-provider does not return.")
@click.option(
    "--decryption-key", "decryption_keys", multiple=True, type=PathType(path_type=Path), help="Its private key, which IAM never returns."
)
@click.option("--prune", is_flag=True, help="Delete policies, groups, users and roles that are not in the answers.")
def import_answers(
    files: tuple[Path, ...],
    *,
    account_path: Path,
    saml_provider_name: str | None,
    decryption_keys: tuple[Path, ...],
    prune: bool,
    as_json: bool,
) -> None:
    """Import JSON of IAM: get-account-authorization-details, list-roles, get-saml-provider, get-open-id-connect-provider.

    A later import updates the account. With get-open-id-connect-provider, pass the issuer's key set too.
    """
    from federation.account.importing import import_account

    with working("importing what IAM answered"):
        made = import_account(
            account_path,
            {str(file): read_document(file, longest=DUMP_OCTETS) for file in files},
            saml_provider_name=saml_provider_name,
            decryption_keys=private_keys(decryption_keys) or None,
            prune=prune,
        )
        taken = TakenOver(account_path, (*made.added, *made.updated))
    if as_json:
        print_json(taken.added_to(made.as_dict()))
        return
    counted = ", ".join(f"{name}: {getattr(made, name)}" for name in ("policies", "groups", "users", "roles"))
    out = console()
    out.print(Text("✓", style=GOOD), Text(f"imported ({counted}; {len(made.added)} new, {len(made.updated)} changed)"))
    rows = [("provider", arn) for arn in made.providers] + [("removed", arn) for arn in made.removed]
    out.print(facts([*rows, *(("not in the answers, kept", arn) for arn in made.absent)]))
    taken.show()


COMMANDS: Final = (import_answers,)
"""Every command of this module."""
