"""AssumeRoleWithWebIdentity. Its steps have the observed order of AWS (docs/observed.md 1.3, 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from federation.account import Account
from federation.account.issuers import find_oidc_provider
from federation.calls.record import Call, call_record, check_parameters, parameter
from federation.errors import IDPCommunicationError, show
from federation.jose.decode import RawToken, decode_token
from federation.oauth.registry import check_provider_id
from federation.protocols import Provider
from federation.sts import constraints
from federation.sts.login.context import LoginContext, LoginFacts
from federation.sts.login.federated import issue
from federation.sts.login.verified_login import VerifiedLogin
from federation.sts.login.web_identity_claims import session_request
from federation.sts.results import WebIdentityRoleSession
from federation.validators import validate


@call_record
class AssumeRoleWithWebIdentity(Call):
    """The parameters of AssumeRoleWithWebIdentity."""

    operation: ClassVar[str] = "AssumeRoleWithWebIdentity"
    signed: ClassVar[bool] = False

    role_arn: str = parameter(constraints.ARN, audit="included")
    role_session_name: str = parameter(constraints.SESSION_NAME, audit="included")
    web_identity_token: str | bytes = parameter(constraints.WEB_IDENTITY_TOKEN, audit="withheld")
    provider_id: str | None = parameter(constraints.PROVIDER_ID, audit="included", default=None)
    policy_arns: Sequence[object] = parameter(constraints.POLICY_ARNS, audit="included", default=())
    policy: str | None = parameter(constraints.POLICY, audit="included", default=None)
    duration_seconds: int | None = parameter(constraints.ROLE_DURATION, audit="included", default=None)
    minimum_session_token_size: int | None = parameter(constraints.SESSION_TOKEN_SIZE, audit="included", default=None)


def assume_role_with_web_identity(call: AssumeRoleWithWebIdentity, context: LoginContext, facts: LoginFacts) -> WebIdentityRoleSession:
    """Exchange an OpenID Connect ID token or an OAuth 2.0 access token for a role session.

    Args:
        call: The parameters.
        context: The account and the time.
        facts: Receives the facts for the audit event.

    Raises:
        FederationError: The first step that refuses.
    """
    facts.provider_arn = call.provider_id
    # 1. The parameters satisfy the service model.
    check_parameters(call)
    # 2. The provider is registered: that of ProviderId (an OAuth server or one of a plug-in), or for an ID token that of its issuer.
    token: str | bytes | RawToken
    provider: Provider
    single_use = False
    if call.provider_id is None:
        token = decode_token(call.web_identity_token)
        provider = find_oidc_provider(token, context.issuers)
        single_use = provider.reuse == "refused"
    else:
        token, provider = call.web_identity_token, _find_named_provider(call.provider_id, call.web_identity_token, context.account)
    facts.provider_arn = provider.arn
    # 3. Its keys or its token information verify the token, and every check of its profile passes.
    facts.identity = identity = validate(token, provider, at=context.at)
    # 4. The claims allow this role, and the properties of the session are valid.
    facts.request = request = session_request(VerifiedLogin(identity, call.role_arn, provider.arn, call.role_session_name))
    # 5. The trust policy allows the login, and the session is sealed. CI jobs exchange one token several times, so it is accepted until it
    # expires unless the provider has reuse="refused" (attack row J41).
    issued = issue(call, identity, request, context, single_use=single_use)
    return WebIdentityRoleSession(
        subject=identity.subject,
        audience=identity.audience,
        provider=identity.provider_arn,
        source_identity=request.source_identity,
        **issued,
    )


def _find_named_provider(provider_id: str, token: object, account: Account) -> Provider:
    registered: dict[str, Provider] = {**account.oauth_providers, **account.plugin_providers}
    check_provider_id(provider_id, token, registered=registered)
    provider = registered.get(provider_id)
    if provider is None:
        raise IDPCommunicationError(
            check="provider",
            expected="token information of the server, registered",
            found=f"none of {show(provider_id)}",
            remedy="register the server with `federation account add-oauth-provider`, then its answer about the token",
        )
    return provider


def default_session_name(at: datetime) -> str:
    """Return the RoleSessionName for a call at the instant *at* by a program that was given none."""
    return f"federation-session-{int(at.timestamp())}"
