"""What `federation validate` does: it registers the provider of the options, judges the token, and shows the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from federation import limits
from federation.account.reading.directory import load_account
from federation.account.reading.saml_providers import PRIVATE_KEY_OCTETS
from federation.cli.rendering.reports import headline, print_report
from federation.cli.rendering.results import console
from federation.cli.support.inputs import read_document, read_pasted
from federation.cli.support.instants import instant_for
from federation.cli.support.providers import provider_of
from federation.explaining.sources import Sources
from federation.protocols import Provider
from federation.report import Report
from federation.saml.registration.provider import SamlProvider
from federation.validators import diagnose

PROVIDER_ARN: Final = "arn:aws:iam::123456789012:saml-provider/metadata"
"""ARN of the provider where only metadata is given; its account and name affect only NameQualifier and saml:doc."""

OF_SAML: Final = frozenset({"audiences", "recipients", "signed", "permit", "max_age", "decryption_keys", "verifier"})
OF_OIDC: Final = frozenset({"issuer", "client_ids", "algorithms", "discovery"})
"""Options that apply to one kind of provider only."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The report on the token, and the files that its explanation shows."""

    report: Report
    sources: Sources

    def as_dict(self) -> dict[str, Any]:
        """Return the documented JSON of ``federation validate``."""
        refusal = self.report.refusal()
        explanation = None if refusal is None else self.sources.with_lines(refusal.explanation).as_dict()
        return {**self.report.as_dict(), "explanation": explanation}

    def print(self, *, verbose: bool, quiet: bool) -> None:
        """Print the report; with *quiet* its first line alone."""
        if quiet:
            console().print(headline(self.report))
        else:
            print_report(self.report, console(), self.sources, whole=verbose)


def judge(
    token: str,
    pick: int | None,
    *,
    metadata: Path | None,
    jwks: Path | None,
    account: Path | None,
    provider: str | None,
    at: datetime | str | None,
    options: dict[str, Any],
) -> Verdict:
    """Judge *token* by the provider of *metadata*, *jwks* or *account*, of which one is given. *options* are those that the user passed."""
    octets = read_pasted(token, pick).token[: limits.SAML_RESPONSE_CHARS + 1]
    if metadata is not None:
        registered = _saml_provider(metadata, options)
    elif jwks is not None:
        registered = _oidc_provider(jwks, options)
    else:
        registered = _of_account(Path(str(account)), octets, provider, options)
    return Verdict(diagnose(octets, registered, at=instant_for(at, octets)), Sources(account))


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
