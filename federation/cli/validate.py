"""`federation validate`: verification of a token, check by check."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from federation import limits
from federation.cli.rendering.plain import print_json
from federation.cli.support.choices import Choice
from federation.cli.support.completing import providers
from federation.cli.support.exits import Exit
from federation.cli.support.instants import judged_at_option
from federation.cli.support.options import (
    account_or_variable,
    engine_option,
    json_option,
    one_output,
    other_account_option,
    pick_option,
    quiet_option,
    token_argument,
    verbose_option,
)
from federation.cli.support.paths import PathType
from federation.cli.support.registration import MaxAge
from federation.profiles import Profile
from federation.saml.registration.permits import PERMITS


@click.command()
@token_argument
@click.option("--metadata", type=PathType(path_type=Path), help="SAML metadata of the identity provider.")
@click.option("--jwks", type=PathType(path_type=Path), help="Key set of the OpenID Connect issuer, with --issuer and --client-id.")
@other_account_option("An account directory, instead of --metadata or --jwks.")
@click.option(
    "--provider",
    shell_complete=providers,
    help="Name or ARN of the provider in the account; needed where the token claims no registered issuer.",
)
@click.option("--profile", type=Choice([p.value for p in Profile]), help="The profile whose verdict decides. Default: strict.")
@click.option("--clock-skew", type=click.IntRange(0, limits.MAX_CLOCK_SKEW_SECONDS), help="Seconds of leeway. Default: none.")
@click.option("--issuer", help="With --jwks: the issuer, exactly as in the iss of its tokens.")
@click.option("--client-id", "client_ids", multiple=True, help="With --jwks: an audience that tokens may have; repeatable.")
@click.option("--algorithm", "algorithms", multiple=True, help="With --jwks: an algorithm to accept; repeatable. Default: all.")
@click.option("--discovery", type=PathType(path_type=Path), help="With --jwks: the issuer's discovery document.")
@click.option("--audience", "audiences", multiple=True, help="SAML: an audience of the service provider; repeatable. Default: AWS's.")
@click.option("--recipient", "recipients", multiple=True, help="SAML: a URL at which it receives responses; repeatable. Default: AWS's.")
@click.option("--signed", type=Choice(["assertion", "response", "either"]), help="SAML: which part must carry a signature.")
@click.option(
    "--permit",
    multiple=True,
    type=Choice(sorted(PERMITS)),
    help="SAML: permit one weak algorithm by name, e.g. rsa-sha1; repeatable.",
)
@click.option("--max-age", type=MaxAge(), help="SAML: seconds a token may be old, or none for no limit. Default: 300.")
@click.option(
    "--decryption-key",
    "decryption_keys",
    multiple=True,
    type=PathType(path_type=Path),
    help="SAML: RSA key of the service provider, PEM; repeatable.",
)
@click.option("--verifier", type=Choice(["strict", "signxml"]), help="SAML: which implementation checks XML signatures.")
@pick_option
@judged_at_option
@engine_option
@verbose_option
@quiet_option
@json_option
def command(
    token: str,
    *,
    pick: int | None,
    metadata: Path | None,
    jwks: Path | None,
    account_path: Path | None,
    provider: str | None,
    at: datetime | str | None,
    verbose: bool,
    quiet: bool,
    as_json: bool,
    **options: object,
) -> None:
    """Verify TOKEN (a file, or - for standard input) under both profiles; where it is refused, show why and what to change.

    The provider comes from --metadata (SAML), from --jwks (OpenID Connect) or from --account. TOKEN may also be what holds a token: a HAR
    file, an HTTP message, a form, JSON, a page or raw XML.
    """
    account_path = account_or_variable(account_path, unless=metadata is not None or jwks is not None)
    if sum(source is not None for source in (metadata, jwks, account_path)) != 1:
        raise click.UsageError("pass one of --metadata, --jwks and --account")
    if provider is not None and account_path is None:
        raise click.UsageError("--provider names a provider of --account")
    one_output(verbose=verbose, quiet=quiet, as_json=as_json)
    from federation.cli.support.validating import judge  # noqa: PLC0415 - help imports neither key handling nor the account

    given = {name: value for name, value in options.items() if value not in (None, ())}
    verdict = judge(token, pick, metadata=metadata, jwks=jwks, account=account_path, provider=provider, at=at, options=given)
    if as_json:
        print_json(verdict.as_dict())
    else:
        verdict.print(verbose=verbose, quiet=quiet)
    click.get_current_context().exit(Exit.GRANTED if verdict.report.accepted else Exit.REFUSED)
