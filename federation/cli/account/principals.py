"""`federation account`: users, access keys, MFA devices, the issuer, trade-in tokens, the keyring, and taking all of it over from AWS."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Final

import click
from rich.text import Text

from federation import limits
from federation.account.saml_providers import PRIVATE_KEY_OCTETS
from federation.cli.inputs import read_document, read_text, read_token
from federation.cli.options import Instant, account_option, json_option, moment_option
from federation.cli.plain import print_json
from federation.cli.rendering import GOOD, console, facts, print_made

WRITERS: Final = "federation.account.writing"
DUMP_OCTETS: Final = 268_435_456
"""Longest answer of IAM that is read: ten thousand roles take a tenth of it."""

user_option = click.option("--user-name", help="The user. Default: the root of the account.")


@click.command("add-user")
@account_option
@click.option("--name", required=True, help="Name of the user.")
@click.option("--path", "user_path", default="/", show_default=True, help="Path of the user.")
@click.option("--policy", type=click.Path(path_type=Path), help="An inline identity policy, JSON.")
@json_option
def add_user_command(*, account_path: Path, name: str, user_path: str, policy: Path | None, as_json: bool) -> None:
    """Add a user."""
    text = None if policy is None else read_text(policy, longest=limits.POLICY_CHARS)
    arn = import_module(f"{WRITERS}.users").add_user(account_path, name=name, user_path=user_path, policy=text)
    print_made({"arn": arn}, as_json=as_json)


@click.command("create-access-key")
@account_option
@user_option
@json_option
def create_access_key_command(*, account_path: Path, user_name: str | None, as_json: bool) -> None:
    """Make an access key and print it, secret included, once."""
    key = import_module(f"{WRITERS}.credentials").create_access_key(account_path, user=user_name)
    print_made({"access_key_id": key.id, "secret_access_key": key.secret}, as_json=as_json)


@click.command("enable-mfa-device")
@account_option
@user_option
@click.option("--device-name", help="Name of the device. Default: the user's.")
@click.option(
    "--secret-file", type=click.Path(path_type=Path), help="File with the base32 secret of an existing device. Default: a new one."
)
@json_option
def enable_mfa_device_command(
    *, account_path: Path, user_name: str | None, device_name: str | None, secret_file: Path | None, as_json: bool
) -> None:
    """Register a TOTP device and print its serial number and, of a new one, the secret for the authenticator."""
    secret = None if secret_file is None else read_token(str(secret_file)).decode("ascii", "replace")
    device = import_module(f"{WRITERS}.credentials").enable_mfa_device(account_path, user=user_name, name=device_name, secret=secret)
    made = {"serial_number": device.serial_number}
    print_made(made if secret is not None else {**made, "secret": device.secret}, as_json=as_json)


@click.command("rotate-keyring")
@account_option
@moment_option("Rotate")
@json_option
def rotate_keyring_command(*, account_path: Path, at: datetime | None, as_json: bool) -> None:
    """Let a fresh key seal sessions; old ones open theirs until these have ended."""
    print_made({"sealing": import_module(f"{WRITERS}.keyring").rotate_keyring(account_path, at=at)}, as_json=as_json)


@click.command("enable-outbound")
@account_option
@json_option
def enable_outbound_command(*, account_path: Path, as_json: bool) -> None:
    """Make the account an issuer of web identity tokens."""
    print_made({"issuer": import_module(f"{WRITERS}.outbound").enable_outbound(account_path)}, as_json=as_json)


@click.command("add-trade-in-token")
@account_option
@click.option("--role-arn", required=True, help="The role it is exchanged for.")
@click.option("--role-session-name", required=True, help="Name of the session.")
@click.option("--expires-at", required=True, type=Instant(), help="When the token ends (ISO 8601).")
@click.argument("token")
@json_option
def add_trade_in_token_command(
    token: str, *, account_path: Path, role_arn: str, role_session_name: str, expires_at: datetime, as_json: bool
) -> None:
    """Register TOKEN (a file, or - for standard input) by its SHA-256."""
    text = read_token(token, longest=limits.WEB_IDENTITY_TOKEN_CHARS).decode("utf-8", "replace")
    digest = import_module(f"{WRITERS}.trade_in").add_trade_in_token(
        account_path, token=text, role_arn=role_arn, session_name=role_session_name, expires_at=expires_at
    )
    print_made({"sha256": digest}, as_json=as_json)


@click.command("import")
@account_option
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--saml-provider-name", help="Name of the SAML provider, which get-saml-provider does not print.")
@click.option(
    "--decryption-key", "decryption_keys", multiple=True, type=click.Path(path_type=Path), help="Its private key, which IAM never prints."
)
@click.option("--prune", is_flag=True, help="Remove policies, groups, users and roles that the answers have no more.")
@json_option
def import_command(
    files: tuple[Path, ...],
    *,
    account_path: Path,
    saml_provider_name: str | None,
    decryption_keys: tuple[Path, ...],
    prune: bool,
    as_json: bool,
) -> None:
    r"""Take over what IAM printed: get-account-authorization-details, list-roles, get-saml-provider, get-open-id-connect-provider.

    A second import brings the account up to date. Beside get-open-id-connect-provider the issuer's key set is wanted.

    \b
    Example: aws iam get-account-authorization-details > details.json
             federation account import --account account details.json
    """
    made = import_module("federation.account.importing").import_account(
        account_path,
        {str(file): read_document(file, longest=DUMP_OCTETS) for file in files},
        saml_provider_name=saml_provider_name,
        decryption_keys=[read_document(key, longest=PRIVATE_KEY_OCTETS) for key in decryption_keys] or None,
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


COMMANDS: Final = (
    add_user_command,
    create_access_key_command,
    enable_mfa_device_command,
    rotate_keyring_command,
    enable_outbound_command,
    add_trade_in_token_command,
    import_command,
)
"""Every command of this module."""
