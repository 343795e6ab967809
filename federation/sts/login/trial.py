"""Explanation of an exchange: its checks on a verified login, and the decision of the role's trust policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from federation.account import Account
from federation.errors import ValidationError, show
from federation.identity import VerifiedIdentity
from federation.policy import Decision
from federation.report import Check, CheckResult, Report, collect
from federation.sts.login import saml_attributes, trust, web_identity_claims
from federation.sts.login.verified_login import SessionRequest, VerifiedLogin
from federation.sts.operations import assume_role_with_saml as saml
from federation.sts.operations import assume_role_with_web_identity as web_identity
from federation.validators import installed


@dataclass(frozen=True, slots=True)
class LoginKind:
    """A kind of login: its operation, its checks, and the reading of a session request from an identity that may fail some checks."""

    operation: str
    checks: Sequence[Check[VerifiedLogin]]
    read_what_holds: Callable[[VerifiedLogin], SessionRequest]


_WEB_IDENTITY: Final = LoginKind(
    web_identity.AssumeRoleWithWebIdentity.operation, web_identity_claims.CHECKS, web_identity_claims.read_what_holds
)
LOGIN_KINDS: Final = {
    "saml2-response": LoginKind(saml.AssumeRoleWithSaml.operation, saml_attributes.CHECKS, saml_attributes.read_what_holds),
    "oidc-id-token": _WEB_IDENTITY,
    "oauth-access-token": _WEB_IDENTITY,
}
"""Login kind by kind of identity. Identities of plug-ins are web identities."""


def explain_role(account: Account, identity_or_report: object, *, role_arn: str, session_name: str | None, at: datetime) -> Decision:
    """Return the decision of a role's trust policy; see `SecurityTokenService.explain_role`."""
    identity = _proved(identity_or_report)
    kind = login_kind(identity.kind)
    role = account.roles.get(role_arn) if isinstance(role_arn, str) else None
    if role is None:
        raise trust.no_such_role(operation=kind.operation, role_arn=role_arn)
    request = kind.read_what_holds(VerifiedLogin(identity, role.arn, identity.provider_arn, session_name))
    return trust.decide(role, identity, request, operation=kind.operation, account=account, at=at)


def check_exchange(identity_or_report: object, *, role_arn: str) -> tuple[CheckResult, ...]:
    """Return the result of every check of the exchange before the trust policy; see `SecurityTokenService.check_exchange`."""
    identity = _proved(identity_or_report)
    return collect(login_kind(identity.kind).checks, VerifiedLogin(identity, role_arn, identity.provider_arn))


def login_kind(kind: str) -> LoginKind:
    """Return the login kind of identities of *kind*.

    Raises:
        ValidationError: No operation accepts such identities.
    """
    found = LOGIN_KINDS.get(kind) or (_WEB_IDENTITY if kind in installed() else None)
    if found is None:
        raise ValidationError(
            check="identity",
            expected=f"an identity of kind {', '.join(LOGIN_KINDS)}",
            found=show(kind),
            remedy="pass the identity of a SAML response or of a web identity token",
        )
    return found


def _proved(identity_or_report: object) -> VerifiedIdentity:
    identity = identity_or_report.identity if isinstance(identity_or_report, Report) else identity_or_report
    if isinstance(identity, VerifiedIdentity):
        return identity
    if isinstance(identity_or_report, Report):
        refusal = identity_or_report.refusal()
        if refusal is not None:
            raise refusal
    raise ValidationError(
        check="identity",
        expected="a VerifiedIdentity, or a Report that holds one",
        found=show(identity_or_report) if isinstance(identity_or_report, str) else type(identity_or_report).__name__,
        remedy="pass what validate() or diagnose() returned",
    )
