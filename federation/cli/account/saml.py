"""`federation account`: SAML providers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from federation import limits
from federation.account.reading.saml_providers import PRIVATE_KEY_OCTETS
from federation.cli.account.commands import say, verb
from federation.cli.support.inputs import read_document
from federation.cli.support.paths import PathType
from federation.cli.support.registration import rules_of, saml_rules, unset_option

name_option = click.option("--name", required=True, help="Name of the provider, as in its ARN.")
keys_option = click.option(
    "--decryption-key",
    "decryption_keys",
    multiple=True,
    type=PathType(path_type=Path),
    help="RSA key of the service provider, PEM; at most two.",
)


@verb("add-saml-provider", "--name Example --max-age none --clock-skew 60 metadata.xml")
@name_option
@click.argument("metadata", type=PathType(path_type=Path))
@keys_option
@saml_rules
def add_saml_provider(
    metadata: Path, *, account_path: Path, name: str, decryption_keys: tuple[Path, ...], as_json: bool, **rules: object
) -> None:
    """Register the identity provider that METADATA describes. Rules that are not given follow account.toml."""
    from federation.account.writing.saml_providers import add_saml_provider as add

    document = read_document(metadata, longest=limits.METADATA_OCTETS)
    arn = add(account_path, name=name, metadata=document, decryption_keys=private_keys(decryption_keys), **rules_of(rules))
    say(f"added the SAML provider {arn}", {"arn": arn}, as_json=as_json)


@verb("update-saml-provider", "--name Example --metadata metadata.xml --unset max_age")
@name_option
@click.option("--metadata", type=PathType(path_type=Path), help="Its current metadata.")
@keys_option
@saml_rules
@unset_option
def update_saml_provider(
    *,
    account_path: Path,
    name: str,
    metadata: Path | None,
    decryption_keys: tuple[Path, ...],
    unset: tuple[str, ...],
    as_json: bool,
    **rules: object,
) -> None:
    """Change the given settings of a SAML provider. Given keys replace all keys that it has."""
    from federation.account.writing.saml_providers import update_saml_provider as update

    document = None if metadata is None else read_document(metadata, longest=limits.METADATA_OCTETS)
    keys = private_keys(decryption_keys) or None
    arn = update(account_path, name=name, metadata=document, decryption_keys=keys, unset=unset, **rules_of(rules))
    say(f"updated the SAML provider {arn}", {"arn": arn}, as_json=as_json)


@verb("delete-saml-provider", "--name Example")
@name_option
def delete_saml_provider(*, account_path: Path, name: str, as_json: bool) -> None:
    """Delete a SAML provider. Roles that trust it are kept."""
    from federation.account.writing.saml_providers import delete_saml_provider as delete

    arn = delete(account_path, name=name)
    say(f"deleted the SAML provider {arn}", {"arn": arn}, as_json=as_json)


def private_keys(paths: tuple[Path, ...]) -> list[bytes]:
    """Return the content of private key files."""
    return [read_document(path, longest=PRIVATE_KEY_OCTETS) for path in paths]


COMMANDS: Final = (add_saml_provider, update_saml_provider, delete_saml_provider)
"""Every command of this module."""
