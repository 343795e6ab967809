"""Selection of the provider of an account that judges a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import click

from federation.account.model import Account
from federation.cli.support.choices import meant
from federation.judging.finder import Finder
from federation.judging.unverified_token import UnverifiedToken
from federation.protocols import Provider

if TYPE_CHECKING:  # key handling is loaded with an account that has such providers
    from federation.oauth.provider import OAuthProvider
    from federation.oidc.provider import OidcProvider
    from federation.saml.registration.provider import SamlProvider

AccountProvider: TypeAlias = "SamlProvider | OidcProvider | OAuthProvider | Provider"


def provider_of(account: Account, token: bytes, wanted: str | None) -> AccountProvider:
    """Return the provider with the name or ARN *wanted*; without it, the one of the issuer that the token claims."""
    if wanted is not None:
        return _named({**account.saml_providers, **account.oidc_providers, **account.oauth_providers, **account.plugin_providers}, wanted)
    return Finder(account).find(UnverifiedToken(token))


def _named(providers: Mapping[str, AccountProvider], wanted: str) -> AccountProvider:
    found = [provider for arn, provider in providers.items() if wanted in {arn, _name(arn)}]
    if len(found) != 1:
        names = [_name(arn) for arn in providers]
        hint = meant(wanted, providers if wanted.startswith("arn:") else names)
        raise click.UsageError(f"the account has no provider {wanted!r}; it has: {', '.join(names) or 'none'}.{hint}")
    return found[0]


def _name(arn: str) -> str:
    """Return the name in *arn*, the resource after its type; the name itself for built-in providers, which have no ARN."""
    return arn.partition("-provider/")[2] or arn
