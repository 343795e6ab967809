"""`federation account`: the keyring, the account as an issuer, and trade-in tokens."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from federation import limits
from federation.cli.account.commands import say, verb
from federation.cli.support.completing import roles
from federation.cli.support.inputs import read_token
from federation.cli.support.options import Instant, moment_option
from federation.cli.support.roles import role_in
from federation.identity import timestamp

PRODUCT: Final = "--role-arn arn:aws:iam::123456789012:role/Product --role-session-name product --expires-at 2026-11-24T13:00:00Z"


@verb("rotate-keyring", "")
@moment_option("Rotate")
@click.option(
    "--seals-from",
    type=Instant(),
    help="When the new key begins to seal (ISO 8601), so that every server has it by then. Default: at once.",
)
def rotate_keyring(*, account_path: Path, at: datetime | None, seals_from: datetime | None, as_json: bool) -> None:
    """Add a new key that seals session tokens. Older keys still open the tokens they sealed, until these have expired."""
    from federation.account.writing.keyring import rotate_keyring as rotate

    sealing = rotate(account_path, at=at, seals_from=seals_from)
    begins = "now" if seals_from is None else f"from {timestamp(seals_from)} on"
    say(f"session tokens are {begins} sealed by the key {sealing}", {"sealing": sealing}, as_json=as_json)


@verb("enable-outbound", "")
def enable_outbound(*, account_path: Path, as_json: bool) -> None:
    """Make the account an issuer of web identity tokens."""
    from federation.account.writing.outbound import enable_outbound as enable

    issuer = enable(account_path)
    say(f"the account issues web identity tokens as {issuer}", {"issuer": issuer}, as_json=as_json)


@verb("disable-outbound", "")
def disable_outbound(*, account_path: Path, as_json: bool) -> None:
    """Stop issuing web identity tokens. The URL and the keys of the issuer are kept."""
    from federation.account.writing.outbound import disable_outbound as disable

    issuer = disable(account_path)
    say(f"the account no longer issues web identity tokens as {issuer}", {"issuer": issuer}, as_json=as_json)


@verb("add-trade-in-token", f"{PRODUCT} token")
@click.option("--role-arn", required=True, shell_complete=roles, help="The role that the session has, by ARN or name.")
@click.option("--role-session-name", required=True, help="Name of the session.")
@click.option("--expires-at", required=True, type=Instant(), help="When the token expires (ISO 8601).")
@click.argument("token")
def add_trade_in_token(
    token: str, *, account_path: Path, role_arn: str, role_session_name: str, expires_at: datetime, as_json: bool
) -> None:
    """Register TOKEN (a file, or - for standard input) by its SHA-256."""
    from federation.account.writing.trade_in import add_trade_in_token as add

    digest = add(
        account_path,
        token=trade_in_token(token),
        role_arn=role_in(account_path, role_arn),
        session_name=role_session_name,
        expires_at=expires_at,
    )
    say(f"added the trade-in token of SHA-256 {digest}", {"sha256": digest}, as_json=as_json)


@verb("delete-trade-in-token", "token")
@click.argument("token")
def delete_trade_in_token(token: str, *, account_path: Path, as_json: bool) -> None:
    """Delete the registration of TOKEN (a file, or - for standard input)."""
    from federation.account.writing.trade_in import delete_trade_in_token as delete

    digest = delete(account_path, token=trade_in_token(token))
    say(f"deleted the trade-in token of SHA-256 {digest}", {"sha256": digest}, as_json=as_json)


def trade_in_token(source: str) -> str:
    """Return the trade-in token in file *source*, or on standard input."""
    return read_token(source, longest=limits.WEB_IDENTITY_TOKEN_CHARS).decode("utf-8", "replace")


COMMANDS: Final = (rotate_keyring, enable_outbound, disable_outbound, add_trade_in_token, delete_trade_in_token)
"""Every command of this module."""
