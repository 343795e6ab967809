"""A federated login that is to be explained: the operation of STS that judges it, with its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from federation import limits
from federation.account.model import Account
from federation.errors import FederationError
from federation.explaining.nearest import most_alike
from federation.explaining.presented.recognising import decoded
from federation.judging.finder import Finder
from federation.judging.kinds import SAML
from federation.judging.unverified_token import UnverifiedToken
from federation.protocols import Provider
from federation.saml.reading.inspection import inspect_response
from federation.saml.registration.provider import SamlProvider
from federation.sts.operations.assume_role_with_web_identity import default_session_name
from federation.sts.results import FederatedRoleSession
from federation.sts.service import SecurityTokenService

WITH_SAML: Final = "AssumeRoleWithSAML"
WITH_WEB_IDENTITY: Final = "AssumeRoleWithWebIdentity"
LONGEST: Final = {WITH_SAML: limits.SAML_ASSERTION_PARAMETER_CHARS, WITH_WEB_IDENTITY: limits.WEB_IDENTITY_TOKEN_CHARS}
"""The longest token of each operation, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCall:
    """A federated login: the operation, and its parameters by their Python names."""

    operation: str
    parameters: Mapping[str, Any]

    @property
    def token(self) -> str:
        """The token as it is sent. Never shown."""
        token: str = self.parameters["saml_assertion" if self.operation == WITH_SAML else "web_identity_token"]
        return token

    def answer(self, account: Account, *, at: datetime) -> FederatedRoleSession:
        """Return the session that the operation grants. Neither an event nor the use of the token is recorded.

        Raises:
            FederationError: The operation refuses.
        """
        sts = SecurityTokenService(account, replay=None)
        login = sts.assume_role_with_saml if self.operation == WITH_SAML else sts.assume_role_with_web_identity
        return login(**self.parameters, at=at)

    def provider(self, account: Account) -> Provider | None:
        """Return the provider by which the token is judged; None where the account has none for it."""
        named = self.parameters.get("principal_arn") or self.parameters.get("provider_id")
        tables = (account.saml_providers, account.oauth_providers, account.plugin_providers)
        if named is not None:
            return next((table[named] for table in tables if named in table), None)
        return _found(account, UnverifiedToken(self.token.encode("utf-8", "surrogatepass")))


def call_of(
    account: Account,
    text: str,
    *,
    role_arn: str,
    principal_arn: str | None = None,
    provider: Provider | None = None,
    provider_id: str | None = None,
    role_session_name: str | None = None,
    at: datetime,
    **session: object,
) -> ExplainedCall:
    """Return the call that sends the token *text* for the role. Parameters that are missing are read from the token, unverified.

    Args:
        account: The account that is asked.
        text: The token as it would be sent.
        role_arn: ARN of the role.
        principal_arn: SAML: ARN of the provider.
        provider: The provider, where it is known.
        provider_id: ProviderId, only for access tokens.
        role_session_name: Name of the session of a web identity; made from *at* where it is None.
        at: The instant that the call is judged at, aware UTC.
        session: Further parameters of the operation, by their Python names.
    """
    unverified = UnverifiedToken(bare_token(text))
    found = _found(account, unverified) if provider is None else provider
    likely_saml = unverified.kind == SAML if found is None else isinstance(found, SamlProvider)
    of_saml = principal_arn is not None or (provider_id is None and role_session_name is None and likely_saml)
    operation = WITH_SAML if of_saml else WITH_WEB_IDENTITY
    sent = text[: LONGEST[operation] + 1].strip()
    common = {"role_arn": role_arn, **session}
    if of_saml:
        principal = principal_arn or (
            found.arn if provider is not None and found is not None else _principal(account, unverified, role_arn)
        )
        return ExplainedCall(operation=operation, parameters={**common, "principal_arn": principal, "saml_assertion": sent})
    return ExplainedCall(
        operation=operation,
        parameters={
            **common,
            "web_identity_token": sent,
            "role_session_name": default_session_name(at) if role_session_name is None else role_session_name,
            "provider_id": provider_id or _provider_id(account, found),
        },
    )


def bare_token(text: str) -> bytes:
    """Return the token in *text* as far as its form shows it, to find out what it is; it is sent as *text* has it."""
    return decoded(text)[0].strip().encode("utf-8", "surrogatepass")


def _principal(account: Account, unverified: UnverifiedToken, role_arn: str) -> str:
    """Return the ARN of the SAML provider that the response is for: the one paired with the role in an attribute, else that of its issuer.

    Where neither exists, return the provider with the most similar issuer: it refuses the response, and its refusal names the fault. Where
    the account has no SAML provider, return an ARN that it does not have.
    """
    beside = _beside(inspect_response(unverified.token), role_arn)
    if beside is not None:
        return beside
    found = _found(account, unverified)
    if found is not None:
        return found.arn
    issuers = {entity: arn for arn, each in account.saml_providers.items() for entity in each.entity_ids}
    alike = most_alike(unverified.issuer or "", issuers, limit=1)
    return issuers[alike[0]] if alike else f"arn:{account.partition}:iam::{account.id}:saml-provider/none"


def _beside(claims: Mapping[str, Any], role_arn: str) -> str | None:
    """Return the ARN of the SAML provider that an attribute value names together with *role_arn*; None where none does."""
    for assertion in claims.get("assertions", ()):
        for attribute in assertion.get("Attributes", ()):
            for value in attribute.get("Values", ()):
                parts = [part.strip() for part in str(value).split(",")]
                if role_arn in parts:
                    return next((part for part in parts if ":saml-provider/" in part), None)
    return None


def _found(account: Account, unverified: UnverifiedToken) -> Provider | None:
    """Return the provider of the issuer that the token claims; None where it claims none, or the account has none."""
    try:
        return Finder(account).find(unverified)
    except FederationError:
        return None


def _provider_id(account: Account, found: Provider | None) -> str | None:
    """Return the ProviderId of the provider *found*; None for an OpenID Connect provider, which the issuer of the token names."""
    return next((name for name, each in {**account.oauth_providers, **account.plugin_providers}.items() if each is found), None)
