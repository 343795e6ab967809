"""`federation validate`: verification of a token, check by check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from federation import limits
from federation.account.reading.directory import load_account
from federation.account.reading.saml_providers import PRIVATE_KEY_OCTETS
from federation.cli.rendering.plain import print_json
from federation.cli.rendering.reports import headline, print_report
from federation.cli.rendering.results import console
from federation.cli.support.choices import Choice
from federation.cli.support.completing import providers
from federation.cli.support.exits import Exit
from federation.cli.support.inputs import read_document, read_pasted
from federation.cli.support.instants import instant_for, judged_at_option
from federation.cli.support.options import (
    account_or_variable,
    json_option,
    one_output,
    other_account_option,
    pick_option,
    quiet_option,
    token_argument,
    verbose_option,
)
from federation.cli.support.paths import PathType
from federation.cli.support.providers import provider_of
from federation.cli.support.registration import MaxAge
from federation.explaining.sources import Sources
from federation.profiles import Profile
from federation.protocols import Provider
from federation.saml.registration.keys import PERMITS
from federation.saml.registration.provider import SamlProvider
from federation.validators import diagnose

PROVIDER_ARN: Final = "arn:aws:iam::123456789012:saml-provider/metadata"
"""ARN of the provider where only metadata is given; its account and name affect only NameQualifier and saml:doc."""

OF_SAML: Final = frozenset({"audiences", "recipients", "signed", "permit", "max_age", "decryption_keys", "verifier"})
OF_OIDC: Final = frozenset({"issuer", "client_ids", "algorithms", "discovery"})
"""Options that apply to one kind of provider only."""


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
    octets = read_pasted(token, pick).token[: limits.SAML_RESPONSE_CHARS + 1]
    given = {name: value for name, value in options.items() if value not in (None, ())}
    if metadata is not None:
        registered = _saml_provider(metadata, given)
    elif jwks is not None:
        registered = _oidc_provider(jwks, given)
    else:
        registered = _of_account(Path(str(account_path)), octets, provider, given)
    report = diagnose(octets, registered, at=instant_for(at, octets))
    sources = Sources(account_path)
    if as_json:
        refusal = report.refusal()
        explanation = None if refusal is None else sources.with_lines(refusal.explanation).as_dict()
        print_json({**report.as_dict(), "explanation": explanation})
    elif quiet:
        console().print(headline(report))
    else:
        print_report(report, console(), sources, whole=verbose)
    click.get_current_context().exit(Exit.GRANTED if report.accepted else Exit.REFUSED)


def _of_account(account: Path, token: bytes, wanted: str | None, options: dict[str, Any]) -> Provider:
    """Return the account's provider; of its settings only the profile can be replaced by an option."""
    profile = options.pop("profile", None)
    if options:
        raise click.UsageError(f"with --account the registration decides; leave out {', '.join(options)}, or set it in the account")
    provider = provider_of(load_account(account), token, wanted)
    if profile is None:
        return provider
    reprofiled = getattr(provider, "reprofiled", None)
    if reprofiled is None:
        raise click.UsageError("the profile of a plug-in's provider is set in the account")
    judged: Provider = reprofiled(profile)
    return judged


def _saml_provider(metadata: Path, options: dict[str, Any]) -> Provider:
    """Register the provider of *metadata* with the given options, and with defaults for the others."""
    _refuse(options, OF_OIDC, "--metadata")
    if options.get("max_age") == "none":
        options["max_age"] = None
    if "decryption_keys" in options:
        options["decryption_keys"] = tuple(read_document(path, longest=PRIVATE_KEY_OCTETS) for path in options["decryption_keys"])
    document = read_document(metadata, longest=limits.METADATA_OCTETS)
    return SamlProvider.from_metadata(document, arn=PROVIDER_ARN, **_skewed(options))


def _oidc_provider(jwks: Path, options: dict[str, Any]) -> Provider:
    """Register the issuer of *jwks*; its URL is that of ``--issuer``, else that of its discovery document."""
    _refuse(options, OF_SAML, "--jwks")
    options["jwks"] = read_document(jwks, longest=limits.JWKS_OCTETS)
    if "discovery" in options:
        options["discovery"] = read_document(options["discovery"], longest=limits.JWKS_OCTETS)
    issuer = options.pop("issuer", None)
    if "client_ids" not in options or (issuer is None and "discovery" not in options):
        raise click.UsageError("--jwks needs --client-id, and --issuer or --discovery")
    # Imported here, so that validation of SAML does not load it.
    from federation.oidc.provider import OidcProvider  # noqa: PLC0415 - loaded where it is used

    return OidcProvider.from_documents(**_skewed(options)) if issuer is None else OidcProvider(url=issuer, **_skewed(options))


def _refuse(options: Mapping[str, object], names: frozenset[str], source: str) -> None:
    wrong = [name for name in options if name in names]
    if wrong:
        raise click.UsageError(f"{', '.join(wrong)} has no meaning with {source}")


def _skewed(options: dict[str, Any]) -> dict[str, Any]:
    return options | ({"clock_skew": timedelta(seconds=options["clock_skew"])} if "clock_skew" in options else {})
