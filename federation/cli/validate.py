"""`federation validate`: who a token names, proved, check by check."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from federation import limits
from federation.account.directory import load_account
from federation.account.saml_providers import PRIVATE_KEY_OCTETS
from federation.cli.exits import Exit
from federation.cli.inputs import read_document, read_token
from federation.cli.options import at_option, json_option, token_argument
from federation.cli.plain import print_json
from federation.cli.providers import provider_of
from federation.cli.rendering import print_report
from federation.profiles import Profile
from federation.saml.provider import SamlProvider
from federation.validators import Provider, diagnose

PROVIDER_ARN: Final = "arn:aws:iam::123456789012:saml-provider/metadata"
"""Stands for the provider where metadata alone is given; its account and name enter only NameQualifier and saml:doc."""


class MaxAge(click.ParamType["timedelta | str"]):
    """Seconds, or ``none`` for no limit."""

    name = "seconds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta | str:
        """Return *value* as a duration; ``none`` stays itself, since None means that the option was not given."""
        if value == "none" or isinstance(value, timedelta):
            return "none" if value == "none" else value
        if re.fullmatch(r"[1-9][0-9]{0,8}", str(value)) is None:
            self.fail("expected a positive number of seconds, or none", param, ctx)
        return timedelta(seconds=int(str(value)))


@click.command()
@token_argument
@click.option("--metadata", type=click.Path(path_type=Path), help="SAML metadata of the identity provider.")
@click.option("--account", "account_path", type=click.Path(path_type=Path), help="An account directory, instead of --metadata.")
@click.option("--provider", help="Name or ARN of the provider in the account; needed where the issuer does not tell.")
@click.option("--audience", "audiences", multiple=True, help="Audience by which tokens address us; repeatable. Default: AWS's.")
@click.option("--recipient", "recipients", multiple=True, help="Address at which we receive; repeatable. Default: AWS's.")
@click.option("--profile", type=click.Choice([p.value for p in Profile]), help="Whose reading of the rules decides. Default: strict.")
@click.option("--signed", type=click.Choice(["assertion", "response", "either"]), help="Which part must carry a signature.")
@click.option("--permit", multiple=True, help="Permit one weak algorithm by name, e.g. rsa-sha1; repeatable.")
@click.option("--max-age", type=MaxAge(), help="Seconds a token may be old, or none for no limit. Default: 300.")
@click.option("--clock-skew", type=click.IntRange(0, limits.MAX_CLOCK_SKEW_SECONDS), help="Seconds of leeway. Default: none.")
@click.option("--decryption-key", "decryption_keys", multiple=True, type=click.Path(path_type=Path), help="Our RSA key, PEM; repeatable.")
@click.option("--verifier", type=click.Choice(["strict", "signxml"]), help="Which implementation checks XML signatures.")
@at_option
@json_option
def command(
    token: str,
    *,
    metadata: Path | None,
    account_path: Path | None,
    provider: str | None,
    at: datetime | None,
    as_json: bool,
    **options: object,
) -> None:
    """Prove TOKEN (a file, or - for standard input) and show every check with the verdict of both profiles.

    The provider comes from --metadata or from --account.
    """
    octets = read_token(token)
    if metadata is not None and account_path is None:
        if provider is not None:
            raise click.UsageError("--provider names a provider of --account")
        registered: Provider = _registered(metadata, options)
    elif account_path is not None and metadata is None:
        registered = _of_account(account_path, octets, provider, options)
    else:
        raise click.UsageError("pass either --metadata or --account")
    report = diagnose(octets, registered, at=at)
    if as_json:
        print_json(report.as_dict())
    else:
        print_report(report)
    click.get_current_context().exit(Exit.GRANTED if report.accepted else Exit.REFUSED)


def _of_account(account: Path, token: bytes, wanted: str | None, options: dict[str, Any]) -> SamlProvider:
    """Return the account's provider; of the options only the profile may differ from what the account registers."""
    profile = options.pop("profile")
    given = [name for name, value in options.items() if value not in (None, ())]
    if given:
        raise click.UsageError(f"with --account the registration decides; leave out {', '.join(given)}, or set it in the account")
    provider = provider_of(load_account(account), token, wanted)
    return provider if profile is None else provider.reprofiled(profile)


def _registered(metadata: Path, options: dict[str, Any]) -> SamlProvider:
    """Register the provider of *metadata* with the options that were given; the rest is left to the provider's own defaults."""
    given = {name: value for name, value in options.items() if value not in (None, ())}
    if "max_age" in given:
        given["max_age"] = None if given["max_age"] == "none" else given["max_age"]
    if "clock_skew" in given:
        given["clock_skew"] = timedelta(seconds=given["clock_skew"])
    if "decryption_keys" in given:
        keys = given["decryption_keys"]
        given["decryption_keys"] = tuple(read_document(path, longest=PRIVATE_KEY_OCTETS) for path in keys)
    return SamlProvider.from_metadata(read_document(metadata, longest=limits.METADATA_OCTETS), arn=PROVIDER_ARN, **given)
