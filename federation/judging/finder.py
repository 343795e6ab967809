"""Which of an account's providers is meant to judge a token."""

from __future__ import annotations

from collections import defaultdict
from typing import Final, TypeAlias

from federation import aws_texts
from federation.account.issuers import by_issuer, find_oidc_provider
from federation.account.model import Account
from federation.errors import FederationError, IDPCommunicationError, InvalidIdentityToken, show
from federation.judging.kinds import OAUTH, OIDC
from federation.judging.unverified_token import UnverifiedToken
from federation.oauth.registry import token_key
from federation.protocols import Provider
from federation.saml.registration.provider import SamlProvider
from federation.validators import validator

Providers: TypeAlias = "tuple[Provider, ...]"

_REMEDY: Final = "name the provider with --provider, or register it with `federation account add-saml-provider`"


class Finder:
    """Finds providers by what a token claims. Made once for an account: looking one up costs the same however many there are.

    What a token says only chooses among registered providers; whether it is true is for that provider's keys or answers to say.
    """

    __slots__ = ("_account", "_entities", "_issuers")

    def __init__(self, account: Account) -> None:
        """Index the providers of *account*.

        Raises:
            RegistrationError: Two OpenID Connect providers answer to one issuer.
        """
        self._account = account
        self._issuers = by_issuer(account.oidc_providers.values())
        entities: defaultdict[str, list[SamlProvider]] = defaultdict(list)
        for provider in account.saml_providers.values():
            for entity in provider.entity_ids:
                entities[entity].append(provider)
        self._entities = dict(entities)

    def find(self, unverified: UnverifiedToken) -> Provider:
        """Return the one provider that the token can be of.

        Raises:
            FederationError: check ``provider``, it can be of none, or of several; a token that cannot even be decoded.
        """
        found = self.candidates(unverified)
        if len(found) == 1:
            return found[0]
        expected = "the issuer of exactly one registered provider"
        raise _nobody(
            expected, f"issuer {show(unverified.issuer)}, which {len(found)} of {len(self._account.saml_providers)} providers have"
        )

    def candidates(self, unverified: UnverifiedToken) -> Providers:
        """Return every provider that the token can be of: several where identity providers were registered more than once.

        Raises:
            FederationError: check ``provider``, it can be of none; a token that cannot even be decoded.
        """
        try:
            return self._built_in(unverified)
        except FederationError:
            recognising = self._recognising(unverified.token)
            if recognising:
                return recognising
            raise

    def _built_in(self, unverified: UnverifiedToken) -> Providers:
        if unverified.kind == OIDC:
            return (find_oidc_provider(unverified.jwt, self._issuers),)
        return self._answering(unverified.token) if unverified.kind == OAUTH else self._issuing(unverified)

    def _recognising(self, token: bytes) -> Providers:
        """Return the providers of plug-ins that know a token of their kind when they see one."""
        return tuple(each for each in self._account.plugin_providers.values() if validator(each.kind).recognises(token))

    def _issuing(self, unverified: UnverifiedToken) -> Providers:
        """Return the only SAML provider, else those whose entity id the response claims as its issuer."""
        providers = self._account.saml_providers
        if len(providers) == 1:
            return tuple(providers.values())
        found = self._entities.get(unverified.issuer or "", ())
        if found:
            return tuple(found)
        raise _nobody(
            "the issuer of a registered provider", f"issuer {show(unverified.issuer)}, which none of {len(providers)} providers has"
        )

    def _answering(self, token: bytes) -> Providers:
        """Return the OAuth server that has an answer about the token, else the only one there is."""
        key, providers = token_key(token), self._account.oauth_providers
        answering = [provider for provider in providers.values() if key in provider.answers] or list(providers.values())
        if len(answering) == 1:
            return (answering[0],)
        raise IDPCommunicationError(
            check="provider",
            expected="exactly one OAuth server with an answer about the token",
            found=f"{len(answering)} of {len(providers)}",
            remedy="name the server with --provider, or register its answer with `federation account add-token-information`",
        )


def _nobody(expected: str, found: str) -> InvalidIdentityToken:
    return InvalidIdentityToken(check="provider", expected=expected, found=found, remedy=_REMEDY, message=aws_texts.saml.UNKNOWN_PROVIDER)
