"""`federation account`: OpenID Connect providers, OAuth 2.0 servers, and their answers about access tokens."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from federation import limits
from federation.cli.account.commands import say, verb
from federation.cli.support.inputs import read_document, read_token
from federation.cli.support.paths import PathType
from federation.cli.support.registration import oauth_rules, oidc_rules, rules_of, unset_option

GITHUB: Final = "--url https://token.actions.githubusercontent.com"

url_option = click.option("--url", required=True, help="The issuer, exactly as in the iss of its tokens.")
discovery_option = click.option("--discovery", type=PathType(path_type=Path), help="The issuer's discovery document.")
server_option = click.option(
    "--name", required=True, help="Host of the server, the ProviderId: www.amazon.com, graph.facebook.com or another."
)
keys_option = click.option("--jwks", type=PathType(path_type=Path), help="The server's key set, if its answers are signed (RFC 9701).")
provider_option = click.option("--provider", required=True, help="Name of the registered server.")


@verb("add-oidc-provider", f"{GITHUB} --client-id sts.amazonaws.com --jwks jwks.json --clock-skew 30")
@url_option
@click.option("--client-id", "client_ids", multiple=True, required=True, help="An audience that tokens may have; repeatable.")
@click.option("--jwks", type=PathType(path_type=Path), help="The issuer's key set; its tokens are refused until it is registered.")
@discovery_option
@oidc_rules
def add_oidc_provider(
    *, account_path: Path, url: str, client_ids: tuple[str, ...], jwks: Path | None, discovery: Path | None, as_json: bool, **rules: object
) -> None:
    """Register an OpenID Connect provider. Rules that are not given follow account.toml."""
    from federation.account.writing.oidc_providers import add_oidc_provider as add

    arn = add(account_path, url=url, client_ids=client_ids, jwks=key_set(jwks), discovery=key_set(discovery), **rules_of(rules))
    say(f"added the OpenID Connect provider {arn}", {"arn": arn}, as_json=as_json)


@verb("update-oidc-provider", f"{GITHUB} --jwks jwks.json")
@url_option
@click.option("--client-id", "client_ids", multiple=True, help="An audience that tokens may have; repeatable. Replaces all audiences.")
@click.option("--jwks", type=PathType(path_type=Path), help="The issuer's current key set.")
@discovery_option
@oidc_rules
@unset_option
def update_oidc_provider(
    *,
    account_path: Path,
    url: str,
    client_ids: tuple[str, ...],
    jwks: Path | None,
    discovery: Path | None,
    unset: tuple[str, ...],
    as_json: bool,
    **rules: object,
) -> None:
    """Change the given settings of an OpenID Connect provider, such as its key set after a rotation of keys."""
    from federation.account.writing.oidc_providers import update_oidc_provider as update

    arn = update(
        account_path,
        url=url,
        client_ids=client_ids or None,
        jwks=key_set(jwks),
        discovery=key_set(discovery),
        unset=unset,
        **rules_of(rules),
    )
    say(f"updated the OpenID Connect provider {arn}", {"arn": arn}, as_json=as_json)


@verb("delete-oidc-provider", GITHUB)
@url_option
def delete_oidc_provider(*, account_path: Path, url: str, as_json: bool) -> None:
    """Delete an OpenID Connect provider. Roles that trust it are kept."""
    from federation.account.writing.oidc_providers import delete_oidc_provider as delete

    arn = delete(account_path, url=url)
    say(f"deleted the OpenID Connect provider {arn}", {"arn": arn}, as_json=as_json)


@verb("add-oauth-provider", "--name www.amazon.com --client-id client-1")
@server_option
@keys_option
@oauth_rules
def add_oauth_provider(*, account_path: Path, name: str, jwks: Path | None, as_json: bool, **rules: object) -> None:
    """Register an OAuth 2.0 server. Without --client-id the trust policies alone decide which clients are accepted."""
    from federation.account.writing.oauth_providers import add_oauth_provider as add

    made = add(account_path, name=name, jwks=key_set(jwks), **rules_of(rules))
    say(f"added the OAuth 2.0 server {made}", {"name": made}, as_json=as_json)


@verb("update-oauth-provider", "--name www.amazon.com --client-id client-1 --client-id client-2")
@server_option
@keys_option
@oauth_rules
@unset_option
def update_oauth_provider(
    *, account_path: Path, name: str, jwks: Path | None, unset: tuple[str, ...], as_json: bool, **rules: object
) -> None:
    """Change the given settings of an OAuth 2.0 server."""
    from federation.account.writing.oauth_providers import update_oauth_provider as update

    update(account_path, name=name, jwks=key_set(jwks), unset=unset, **rules_of(rules))
    say(f"updated the OAuth 2.0 server {name}", {"name": name}, as_json=as_json)


@verb("delete-oauth-provider", "--name www.amazon.com")
@server_option
def delete_oauth_provider(*, account_path: Path, name: str, as_json: bool) -> None:
    """Delete an OAuth 2.0 server and all its registered answers."""
    from federation.account.writing.oauth_providers import delete_oauth_provider as delete

    delete(account_path, name=name)
    say(f"deleted the OAuth 2.0 server {name}", {"name": name}, as_json=as_json)


@verb("add-token-information", "--provider www.amazon.com --answer answer.json token")
@provider_option
@click.option("--answer", required=True, type=PathType(path_type=Path), help="The answer of the server: JSON, or a signed JWT.")
@click.argument("token")
def add_token_information(token: str, *, account_path: Path, provider: str, answer: Path, as_json: bool) -> None:
    """Register a server's answer about the access token TOKEN (a file, or - for standard input), under the token's SHA-256."""
    octets, document = access_token(token), read_document(answer, longest=limits.JWKS_OCTETS)
    from federation.account.writing.oauth_providers import add_token_information as add

    file = add(account_path, provider=provider, token=octets, answer=document)
    say(f"added the answer {file}", {"file": file}, as_json=as_json)


@verb("delete-token-information", "--provider www.amazon.com token")
@provider_option
@click.argument("token")
def delete_token_information(token: str, *, account_path: Path, provider: str, as_json: bool) -> None:
    """Delete a server's answer about the access token TOKEN (a file, or - for standard input)."""
    from federation.account.writing.oauth_providers import delete_token_information as delete

    file = delete(account_path, provider=provider, token=access_token(token))
    say(f"deleted the answer {file}", {"file": file}, as_json=as_json)


def access_token(source: str) -> bytes:
    """Return the access token in file *source*, or on standard input."""
    return read_token(source, longest=limits.WEB_IDENTITY_TOKEN_CHARS)


def key_set(path: Path | None) -> bytes | None:
    """Return the content of a key set or discovery document; None where none was given."""
    return None if path is None else read_document(path, longest=limits.JWKS_OCTETS)


COMMANDS: Final = (
    add_oidc_provider,
    update_oidc_provider,
    delete_oidc_provider,
    add_oauth_provider,
    update_oauth_provider,
    delete_oauth_provider,
    add_token_information,
    delete_token_information,
)
"""Every command of this module."""
