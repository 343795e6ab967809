"""Which of an account's providers is meant to judge a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import click

from federation.account.issuers import by_issuer, find_oidc_provider
from federation.account.model import Account
from federation.cli.tokens import OAUTH, OIDC, kind_of
from federation.errors import IDPCommunicationError, InvalidIdentityToken, show
from federation.oauth.registry import token_key
from federation.oidc.decode import decode_token
from federation.saml.inspection import inspect_response
from federation.saml.messages import UNKNOWN_PROVIDER
from federation.saml.provider import SamlProvider
from federation.validators import Provider

if TYPE_CHECKING:  # key handling is loaded with an account that has such providers
    from federation.oauth.provider import OAuthProvider
    from federation.oidc.provider import OidcProvider

AccountProvider: TypeAlias = "SamlProvider | OidcProvider | OAuthProvider | Provider"


def provider_of(account: Account, token: bytes, wanted: str | None) -> AccountProvider:
    """Return the provider *wanted* by name or ARN, else the one that the token says it is of, by the kind it looks like.

    What a token says only chooses among registered providers; whether it is true is for that provider's keys or answers to say.
    """
    if wanted is not None:
        return _named({**account.saml_providers, **account.oidc_providers, **account.oauth_providers, **account.plugin_providers}, wanted)
    kind = kind_of(token)
    if kind == OIDC:
        return find_oidc_provider(decode_token(token), by_issuer(account.oidc_providers.values()))
    return _answering(account, token) if kind == OAUTH else _issuing(account.saml_providers, token)


def _named(providers: Mapping[str, AccountProvider], wanted: str) -> AccountProvider:
    found = [provider for arn, provider in providers.items() if wanted in {arn, _name(arn)}]
    if len(found) != 1:
        raise click.UsageError(f"the account has no provider of that name; it has: {', '.join(map(_name, providers)) or 'none'}")
    return found[0]


def _name(arn: str) -> str:
    """Return the name in *arn*, all of the resource after its type; built-in providers have no ARN."""
    return arn.partition("-provider/")[2] or arn


def _issuing(providers: Mapping[str, SamlProvider], token: bytes) -> SamlProvider:
    """Return the only SAML provider, else the one whose entity id the response claims as its issuer."""
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


def _answering(account: Account, token: bytes) -> OAuthProvider:
    """Return the OAuth server that has an answer about the token, else the only one there is."""
    key, providers = token_key(token), account.oauth_providers
    answering = [provider for provider in providers.values() if key in provider.answers] or list(providers.values())
    if len(answering) == 1:
        return answering[0]
    raise IDPCommunicationError(
        check="provider",
        expected="exactly one OAuth server with an answer about the token",
        found=f"{len(answering)} of {len(providers)}",
        remedy="name the server with --provider, or register its answer with `federation account add-token-information`",
    )


def _claimed_issuer(token: bytes) -> str | None:
    """Return the issuer that the response claims: the assertion's, or the Response's where the assertion is encrypted."""
    claims = inspect_response(token)
    bearers = [*claims.get("assertions", ()), claims.get("response", {})]
    return next((issuer for bearer in bearers if (issuer := bearer.get("Issuer")) is not None), None)
