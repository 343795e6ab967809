"""`federation account add-oidc-provider`, `add-oauth-provider` and `add-token-information`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

import click

from federation import limits
from federation.cli.inputs import read_document, read_token
from federation.cli.options import account_option, json_option
from federation.cli.rendering import print_made

WRITERS: Final = "federation.account"


@click.command("add-oidc-provider")
@account_option
@click.option("--url", required=True, help="The issuer, exactly as its tokens spell iss.")
@click.option("--client-id", "client_ids", multiple=True, required=True, help="An audience that tokens may have; repeatable.")
@click.option("--jwks", required=True, type=click.Path(path_type=Path), help="The issuer's key set.")
@click.option("--discovery", type=click.Path(path_type=Path), help="The issuer's discovery document.")
@click.option("--algorithm", "algorithms", multiple=True, help="An algorithm to accept; repeatable. Default: every sound one.")
@json_option
def add_oidc_provider_command(
    *,
    account_path: Path,
    url: str,
    client_ids: tuple[str, ...],
    jwks: Path,
    discovery: Path | None,
    algorithms: tuple[str, ...],
    as_json: bool,
) -> None:
    """Register an OpenID Connect provider."""
    arn = import_module(WRITERS).add_oidc_provider(
        account_path,
        url=url,
        client_ids=client_ids,
        jwks=read_document(jwks, longest=limits.JWKS_OCTETS),
        discovery=None if discovery is None else read_document(discovery, longest=limits.JWKS_OCTETS),
        algorithms=algorithms or None,
    )
    print_made({"arn": arn}, as_json=as_json)


@click.command("add-oauth-provider")
@account_option
@click.option("--name", required=True, help="Host of the server, as in ProviderId: www.amazon.com, graph.facebook.com or another.")
@click.option(
    "--client-id", "client_ids", multiple=True, help="A client whose tokens are accepted; repeatable. Default: the trust policy's matter."
)
@click.option("--jwks", type=click.Path(path_type=Path), help="The server's key set, where its answers are signed (RFC 9701).")
@click.option("--resource-server", "resource_servers", multiple=True, help="With --jwks: a name by which answers address us; repeatable.")
@json_option
def add_oauth_provider_command(
    *, account_path: Path, name: str, client_ids: tuple[str, ...], jwks: Path | None, resource_servers: tuple[str, ...], as_json: bool
) -> None:
    """Register an OAuth 2.0 server."""
    made = import_module(WRITERS).add_oauth_provider(
        account_path,
        name=name,
        client_ids=client_ids or None,
        jwks=None if jwks is None else read_document(jwks, longest=limits.JWKS_OCTETS),
        resource_servers=resource_servers,
    )
    print_made({"name": made}, as_json=as_json)


@click.command("add-token-information")
@account_option
@click.option("--provider", required=True, help="Name of the registered server.")
@click.option("--answer", required=True, type=click.Path(path_type=Path), help="What the server said: JSON, or a signed answer.")
@click.argument("token")
@json_option
def add_token_information_command(token: str, *, account_path: Path, provider: str, answer: Path, as_json: bool) -> None:
    """Keep a server's answer about the access token in TOKEN (a file, or - for standard input), under its SHA-256, never the token."""
    octets = read_token(token, longest=limits.WEB_IDENTITY_TOKEN_CHARS)
    document = read_document(answer, longest=limits.JWKS_OCTETS)
    file = import_module(WRITERS).add_token_information(account_path, provider=provider, token=octets, answer=document)
    print_made({"file": file}, as_json=as_json)
