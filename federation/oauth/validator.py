"""The validator of opaque OAuth 2.0 access tokens by registered token information."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from federation.errors import IDPCommunicationError, IDPRejectedClaim, InvalidIdentityToken
from federation.identity import ContextValue, VerifiedIdentity, _verified
from federation.oauth.checks import CHECKS, CHECKS_OF, PresentedAccessToken
from federation.oauth.introspection import TokenInformation
from federation.oauth.provider import OAuthProvider
from federation.oauth.registry import check_provider_id, decode_access_token, token_key
from federation.oidc.claims import moment
from federation.oidc.inspection import looks_like_jwt
from federation.oidc.readings import Stage, read_twice, rows
from federation.profiles import Profile
from federation.protocols import Provider, registered
from federation.report import Check, Report, enforce
from federation.vendors import BUILT_IN_OAUTH

STAGES: Final = (
    Stage("type", "a token is text"),
    Stage("size", "service model 2011-06-15: WebIdentityToken"),
    Stage("form", "RFC 6750 section 2.1"),
    Stage("provider-id", "AWS, observed"),
    Stage("token-information", "RFC 7662 section 2.2"),
)
"""The stages before `CHECKS`, in order."""
RULES: Final[tuple[Stage | Check[PresentedAccessToken], ...]] = (*STAGES, *CHECKS)


class OAuthTokenValidator:
    """The validator of the kind ``oauth-access-token``. It has no state and is thread-safe."""

    kind: str = "oauth-access-token"

    def recognises(self, token: object) -> bool:
        """Return whether *token* has the form of an opaque access token. Nothing is raised."""
        try:
            text = decode_access_token(token)
        except InvalidIdentityToken:
            return False
        return not looks_like_jwt(text)

    def validate(self, token: object, provider: Provider, *, at: datetime) -> VerifiedIdentity:
        """Return the identity that *token* proves under the provider's profile at the time *at*, aware UTC.

        Raises:
            FederationError: The first stage or check that refuses.
        """
        registration = registered(provider, OAuthProvider)
        presentation = look_up(token, registration, profile=registration.profile, at=at)
        enforce(CHECKS_OF[registration.profile], presentation)
        return _identity(presentation)

    def diagnose(self, token: object, provider: Provider, *, at: datetime) -> Report:
        """Return a report of every stage and check at the time *at*, aware UTC. Refusals are in the report."""
        registration = registered(provider, OAuthProvider)
        readings = read_twice(partial(look_up, token, registration, at=at), CHECKS_OF)
        own = readings[registration.profile]
        identity = None if own.accepted is None else _identity(own.accepted)
        return Report(
            kind=self.kind,
            profile=registration.profile,
            results=rows(RULES, readings),
            identity=identity,
            claimed=dict(own.presentation.information.members) if own.presentation is not None and identity is None else {},
        )


def look_up(token: object, provider: OAuthProvider, *, profile: Profile, at: datetime) -> PresentedAccessToken:
    """Return the registered token information of *token* as the subject of the checks.

    Raises:
        InvalidIdentityToken: checks ``type``, ``size``, ``form``, ``provider-id``.
        IDPRejectedClaim: check ``provider-id``.
        IDPCommunicationError: check ``token-information``, no answer is registered.
    """
    text = decode_access_token(token)
    check_provider_id(provider.name, text, registered=(provider.name,))
    information = provider.answers.get(token_key(text))
    if information is None:
        raise IDPCommunicationError(
            check="token-information",
            expected=f"a registered answer of {provider.name} about this token",
            found="none",
            remedy="register the server's answer, keyed by SHA-256 of the token",
        )
    return PresentedAccessToken(information, provider, profile, at.timestamp(), provider.leeway(profile))


def _identity(presentation: PresentedAccessToken) -> VerifiedIdentity:
    """Return the identity of a token. The caller has run the checks of the profile.

    Raises:
        IDPRejectedClaim: The answer names no subject; the checks have refused that already.
    """
    information, name = presentation.information, presentation.provider.name
    if information.subject is None:
        raise IDPRejectedClaim(check="subject", expected="a subject in the answer", found="none", remedy="have the server name one")
    return _verified(
        kind=presentation.provider.kind,
        provider_arn=name,
        issuer=information.issuer or f"https://{name}",
        subject=information.subject,
        audience=information.audiences[0] if information.audiences else None,
        audiences=information.audiences,
        token_id=information.token_id,
        issued_at=None if information.issued_at is None else moment(information.issued_at),
        not_on_or_after=None if information.expires_at is None else moment(information.expires_at),
        attributes=MappingProxyType(dict(information.members)),
        context_keys=MappingProxyType(condition_keys(name, information.subject, information)),
        notes=() if information.signed else ("the registered answer about the token is not signed by the server",),
    )


def condition_keys(name: str, subject: str, information: TokenInformation) -> dict[str, ContextValue]:
    """Return the IAM condition keys of a verified access token (docs/observed.md 3.6). For RFC 7662 servers they are named as for OIDC."""
    if name in BUILT_IN_OAUTH:
        application, user = BUILT_IN_OAUTH[name]
        keys: dict[str, ContextValue] = {f"{name}:{user}": subject}
        if information.app_id is not None:
            keys[f"{name}:{application}"] = information.app_id
        return keys
    keys = {f"{name}:sub": subject}
    if information.audiences:
        keys[f"{name}:aud"] = information.audiences[0]
    return keys
