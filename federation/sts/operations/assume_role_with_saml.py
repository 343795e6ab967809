"""AssumeRoleWithSAML. Its steps have the observed order of AWS (docs/observed.md 1.2, 2.11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from federation import aws_texts
from federation.account import Account
from federation.arn import Arn
from federation.calls.record import Call, call_record, check_parameters, parameter
from federation.errors import InvalidIdentityToken, show
from federation.identity import VerifiedIdentity
from federation.profiles import Profile
from federation.report import enforce
from federation.saml.reading.times import shift
from federation.saml.registration.provider import SamlProvider
from federation.sts import constraints
from federation.sts.login.context import LoginContext, LoginFacts
from federation.sts.login.federated import issue
from federation.sts.login.saml_attributes import CHECKS, read_session_request
from federation.sts.login.verified_login import VerifiedLogin
from federation.sts.results import AssumedRoleSession
from federation.validators import validate


@call_record
class AssumeRoleWithSaml(Call):
    """The parameters of AssumeRoleWithSAML."""

    operation: ClassVar[str] = "AssumeRoleWithSAML"
    signed: ClassVar[bool] = False

    role_arn: str = parameter(constraints.ARN, audit="included")
    principal_arn: str = parameter(constraints.ARN, audit="included")
    saml_assertion: str | bytes = parameter(constraints.SAML_ASSERTION, audit="withheld", wire="SAMLAssertion")
    policy_arns: Sequence[object] = parameter(constraints.POLICY_ARNS, audit="included", default=())
    policy: str | None = parameter(constraints.POLICY, audit="included", default=None)
    duration_seconds: int | None = parameter(constraints.ROLE_DURATION, audit="included", default=None)
    minimum_session_token_size: int | None = parameter(constraints.SESSION_TOKEN_SIZE, audit="included", default=None)


def assume_role_with_saml(call: AssumeRoleWithSaml, context: LoginContext, facts: LoginFacts) -> AssumedRoleSession:
    """Exchange a SAML response for a role session.

    Args:
        call: The parameters.
        context: The account and the time.
        facts: Receives the facts for the audit event.

    Raises:
        FederationError: The first step that refuses.
    """
    facts.provider_arn = call.principal_arn
    # 1. The parameters satisfy the service model.
    check_parameters(call)
    # 2. The provider named by the call, never by the token, is registered in this account.
    provider = _find_provider(context.account, call.principal_arn)
    # 3. One of its keys verifies the response, and every check of its profile passes.
    facts.identity = identity = validate(call.saml_assertion, provider, at=context.at)
    # 4. The attributes contain this role with this provider, and the properties of the session are valid.
    verified = VerifiedLogin(identity, call.role_arn, call.principal_arn)
    enforce(CHECKS, verified)
    facts.request = request = read_session_request(verified)
    # 5. The trust policy allows the login, and the session is sealed. AWS accepts an assertion until it expires, strict accepts it once.
    single_use = provider.profile is Profile.STRICT
    issued = issue(call, identity, request, context, single_use=single_use, redeemable_until=_redeemable_until(identity, provider))
    return AssumedRoleSession(
        subject=identity.subject,
        subject_type=identity.subject_type,
        issuer=identity.issuer,
        audience=identity.recipient,
        name_qualifier=identity.name_qualifier,
        source_identity=request.source_identity,
        **issued,
    )


def _redeemable_until(identity: VerifiedIdentity, provider: SamlProvider) -> datetime | None:
    """Return the time after which the assertion exceeds the provider's ``max_age``; None where there is no such limit."""
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
        message=aws_texts.saml.UNKNOWN_PROVIDER,
    )
