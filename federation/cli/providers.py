"""Which of an account's providers is meant to judge a token."""

from __future__ import annotations

from collections.abc import Mapping

import click

from federation.account.model import Account
from federation.errors import InvalidIdentityToken, show
from federation.saml.inspection import inspect_response
from federation.saml.messages import UNKNOWN_PROVIDER
from federation.saml.provider import SamlProvider


def provider_of(account: Account, token: bytes, wanted: str | None) -> SamlProvider:
    """Return the provider *wanted* by name or ARN, else the only one, else the one whose entity id the token claims as its issuer.

    The claim only chooses among registered providers; whether it is true is for that provider's keys to say.
    """
    providers = account.saml_providers
    if wanted is not None:
        return _named(providers, wanted)
    if len(providers) == 1:
        return next(iter(providers.values()))
    issuer = _claimed_issuer(token)
    matching = [provider for provider in providers.values() if issuer in provider.entity_ids]
    if len(matching) == 1:
        return matching[0]
    raise InvalidIdentityToken(
        check="provider",
        expected="the issuer of exactly one registered provider",
        found=f"issuer {show(issuer)}, which {len(matching)} of {len(providers)} providers have",
        remedy="name the provider with --provider, or register it with `federation account add-saml-provider`",
        message=UNKNOWN_PROVIDER,
    )


def _named(providers: Mapping[str, SamlProvider], wanted: str) -> SamlProvider:
    found = [provider for arn, provider in providers.items() if wanted in {arn, arn.rpartition("/")[2]}]
    if len(found) != 1:
        names = ", ".join(arn.rpartition("/")[2] for arn in providers) or "none"
        raise click.UsageError(f"the account has no provider of that name; it has: {names}")
    return found[0]


def _claimed_issuer(token: bytes) -> str | None:
    """Return the issuer that the token claims: the assertion's, or the Response's where the assertion is encrypted."""
    claims = inspect_response(token)
    bearers = [*claims.get("assertions", ()), claims.get("response", {})]
    return next((issuer for bearer in bearers if (issuer := bearer.get("Issuer")) is not None), None)
