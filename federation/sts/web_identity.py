"""AssumeRoleWithWebIdentity, step by step in the order the service was observed to take them (sts.md 1.3, 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from federation.account import Account
from federation.account.issuers import find_oidc_provider
from federation.errors import IDPCommunicationError, show
from federation.oauth.registry import check_provider_id
from federation.oidc.decode import RawToken, decode_token
from federation.sts import parameters
from federation.sts.exchange import Exchange
from federation.sts.federated import Circumstances, check_parameters, issue, prove
from federation.sts.results import WebIdentityRoleSession
from federation.sts.web_identity_claims import session_request
from federation.validators import Provider

if TYPE_CHECKING:  # key handling is loaded with the first provider, not with the service
    from federation.oidc.provider import OidcProvider

OPERATION: Final = "AssumeRoleWithWebIdentity"


class AssumeRoleWithWebIdentity(NamedTuple):
    """The parameters of one call, as they came."""

    role_arn: str
    role_session_name: str
    web_identity_token: str | bytes
    provider_id: str | None = None
    policy_arns: Sequence[object] = ()
    policy: str | None = None
    duration_seconds: int | None = None
    minimum_session_token_size: int | None = None

    def __repr__(self) -> str:
        return f"<{OPERATION} {show(self.role_arn)}>"


def assume_role_with_web_identity(
    call: AssumeRoleWithWebIdentity, there: Circumstances, *, issuers: Mapping[str, OidcProvider]
) -> WebIdentityRoleSession:
    """Exchange an OpenID Connect ID token or an OAuth 2.0 access token for a role session.

    Args:
        call: The parameters.
        there: Where and when.
        issuers: The account's OpenID Connect providers, `federation.account.issuers.by_issuer`.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameters satisfy the service model.
    check_parameters(
        call,
        (parameters.ROLE_SESSION_NAME, call.role_session_name),
        (parameters.WEB_IDENTITY_TOKEN, call.web_identity_token),
        (parameters.PROVIDER_ID, call.provider_id),
    )
    # 2. A provider is registered: the one ProviderId names, an OAuth server or a plug-in's; for an ID token the one of its issuer.
    token: str | bytes | RawToken
    provider: Provider
    single_use = False
    if call.provider_id is None:
        token = decode_token(call.web_identity_token)
        provider = find_oidc_provider(token, issuers)
        single_use = provider.reuse == "refused"
    else:
        token, provider = call.web_identity_token, _find_named_provider(call.provider_id, call.web_identity_token, there.account)
    there.attempt.provider_arn = provider.arn
    # 3. Its keys, or its answer, prove the token, and every check of its profile is content.
    identity = prove(token, provider, there)
    # 4. The claims let this role be assumed and say what the session is to be.
    request = session_request(Exchange(identity, call.role_arn, provider.arn, call.role_session_name))
    # 5. The role trusts them, and the session is sealed. Jobs exchange one token several times: it serves until it ends, unless the
    # provider is registered otherwise (attack row J41).
    issued = issue(call, identity, request, there, single_use=single_use)
    return WebIdentityRoleSession(
        credentials=issued.credentials,
        assumed_role_user=issued.assumed_role_user,
        subject=identity.subject,
        audience=identity.audience,
        provider=identity.provider_arn,
        source_identity=request.source_identity,
        session_token_size=issued.token_size,
        session_token_utilization=issued.token_utilization,
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
