"""Federated AWS logins, proved offline.

The engine does what AWS STS does with a federated login: it proves the SAML response or web identity token against registered provider
material, evaluates the role's trust policy and issues STS-shaped credentials. No network, no clock but the one passed in, one error class.

    from federation import SecurityTokenService, FederationError

Nothing heavy is imported until a name below is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from federation.errors import AccountFault, AccountFaults, FederationError, RegistrationError
    from federation.identity import SessionTag, VerifiedIdentity
    from federation.oauth.provider import OAuthProvider
    from federation.oidc.provider import OidcProvider
    from federation.policy.decision import Decision
    from federation.profiles import Profile, Replay
    from federation.report import Check, CheckResult, Report
    from federation.saml.provider import SamlProvider
    from federation.state.audit import AuditSink
    from federation.state.event import AuditEvent
    from federation.state.replay import ReplayCache
    from federation.sts.results import AssumedRoleSession, AssumedRoleUser, Credentials, WebIdentityRoleSession
    from federation.sts.service import SecurityTokenService
    from federation.validators import Plugin, Provider, Validator, diagnose, validate

__version__: Final = "0.1.0"

__all__ = [
    "AccountFault",
    "AccountFaults",
    "AssumedRoleSession",
    "AssumedRoleUser",
    "AuditEvent",
    "AuditSink",
    "Check",
    "CheckResult",
    "Credentials",
    "Decision",
    "FederationError",
    "OAuthProvider",
    "OidcProvider",
    "Plugin",
    "Profile",
    "Provider",
    "RegistrationError",
    "Replay",
    "ReplayCache",
    "Report",
    "SamlProvider",
    "SecurityTokenService",
    "SessionTag",
    "Validator",
    "VerifiedIdentity",
    "WebIdentityRoleSession",
    "__version__",
    "diagnose",
    "validate",
]

_HOMES: Final = {
    "AccountFault": "federation.errors",
    "AccountFaults": "federation.errors",
    "AssumedRoleSession": "federation.sts.results",
    "AssumedRoleUser": "federation.sts.results",
    "AuditEvent": "federation.state.event",
    "AuditSink": "federation.state.audit",
    "Check": "federation.report",
    "CheckResult": "federation.report",
    "Credentials": "federation.sts.results",
    "Decision": "federation.policy.decision",
    "FederationError": "federation.errors",
    "OAuthProvider": "federation.oauth.provider",
    "OidcProvider": "federation.oidc.provider",
    "Plugin": "federation.validators",
    "Profile": "federation.profiles",
    "Provider": "federation.validators",
    "RegistrationError": "federation.errors",
    "Replay": "federation.profiles",
    "ReplayCache": "federation.state.replay",
    "Report": "federation.report",
    "SamlProvider": "federation.saml.provider",
    "SecurityTokenService": "federation.sts.service",
    "SessionTag": "federation.identity",
    "Validator": "federation.validators",
    "VerifiedIdentity": "federation.identity",
    "WebIdentityRoleSession": "federation.sts.results",
    "diagnose": "federation.validators",
    "validate": "federation.validators",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
