"""AssumeRoleWithSAML, step by step in the order the service was observed to take them (sts.md 1.2, 2.11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from federation.account import Account
from federation.arn import Arn
from federation.errors import InvalidIdentityToken, show
from federation.identity import VerifiedIdentity
from federation.profiles import Profile
from federation.report import enforce
from federation.saml.messages import UNKNOWN_PROVIDER
from federation.saml.provider import SamlProvider
from federation.saml.times import shift
from federation.sts import parameters
from federation.sts.exchange import Exchange
from federation.sts.federated import Circumstances, check_parameters, issue, prove
from federation.sts.results import AssumedRoleSession
from federation.sts.saml_attributes import CHECKS, read_session_request

OPERATION: Final = "AssumeRoleWithSAML"


class AssumeRoleWithSaml(NamedTuple):
    """The parameters of one call, as they came."""

    role_arn: str
    principal_arn: str
    saml_assertion: str | bytes
    policy_arns: Sequence[object] = ()
    policy: str | None = None
    duration_seconds: int | None = None
    minimum_session_token_size: int | None = None

    def __repr__(self) -> str:
        return f"<{OPERATION} {show(self.role_arn)}>"


def assume_role_with_saml(call: AssumeRoleWithSaml, there: Circumstances) -> AssumedRoleSession:
    """Exchange a SAML response for a role session.

    Args:
        call: The parameters.
        there: Where and when.

    Raises:
        FederationError: The first step that refuses.
    """
    # 1. The parameters satisfy the service model.
    check_parameters(call, (parameters.PRINCIPAL_ARN, call.principal_arn), (parameters.SAML_ASSERTION, call.saml_assertion))
    # 2. The provider named by the call, never by the token, is registered in this account.
    provider = _find_provider(there.account, call.principal_arn)
    # 3. One of its keys proves the response, and every check of its profile is content.
    identity = prove(call.saml_assertion, provider, there)
    # 4. The attributes offer this role through this provider and say what the session is to be.
    exchange = Exchange(identity, call.role_arn, call.principal_arn)
    enforce(CHECKS, exchange)
    request = read_session_request(exchange)
    # 5. The role trusts them, and the session is sealed. AWS takes an assertion until it ends, strict takes it once.
    single_use = provider.profile is Profile.STRICT
    issued = issue(call, identity, request, there, single_use=single_use, redeemable_until=_redeemable_until(identity, provider))
    return AssumedRoleSession(
        credentials=issued.credentials,
        assumed_role_user=issued.assumed_role_user,
        subject=identity.subject,
        subject_type=identity.subject_type,
        issuer=identity.issuer,
        audience=identity.recipient,
        name_qualifier=identity.name_qualifier,
        source_identity=request.source_identity,
        session_token_size=issued.token_size,
        session_token_utilization=issued.token_utilization,
    )


def _redeemable_until(identity: VerifiedIdentity, provider: SamlProvider) -> datetime | None:
    """Return when the assertion is too old for *provider*; None where it may be of any age."""
    issued = identity.issued_at
    return None if issued is None or provider.max_age is None else shift(issued, provider.max_age)


def _find_provider(account: Account, principal_arn: str) -> SamlProvider:
    provider = account.saml_providers.get(principal_arn)
    if provider is not None:
        return provider
    Arn.parse(principal_arn, check="principal-arn")
    raise InvalidIdentityToken(
        check="provider",
        expected="the ARN of a SAML provider of the account",
        found=show(principal_arn),
        remedy="register the identity provider's metadata, or correct the ARN",
        message=UNKNOWN_PROVIDER,
    )
