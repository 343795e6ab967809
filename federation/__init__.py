"""Offline verification of federated AWS logins.

The engine does what AWS STS does with a federated login. It proves the SAML response or web identity token against the registered
provider's keys, evaluates the role's trust policy, and issues credentials in the form of STS. It uses no network. Every call takes the time
to judge at. Every refusal is a `FederationError`.

    from federation import SecurityTokenService, FederationError

The module of a name is imported when the name is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

from federation.explanation import install
from federation.lazy import lazily

if TYPE_CHECKING:
    from federation.check_names import CheckName, PluginCheck
    from federation.errors import AccountFault, AccountFaults, FederationError, RegistrationError
    from federation.explaining.engine import explain
    from federation.explanation import Edit, Explanation
    from federation.identity import Identity, SessionTag, VerifiedIdentity
    from federation.oauth.provider import OAuthProvider
    from federation.oidc.provider import OidcProvider
    from federation.policy.decision import Decision
    from federation.profiles import Profile, Replay
    from federation.protocols import Plugin, Provider, Validator
    from federation.report import Check, CheckResult, Report
    from federation.saml.registration.provider import SamlProvider
    from federation.state.audit import AuditSink
    from federation.state.event import AuditEvent
    from federation.state.replay import ReplayCache
    from federation.sts.results import AssumedRoleSession, AssumedRoleUser, Credentials, WebIdentityRoleSession
    from federation.sts.service import SecurityTokenService
    from federation.validators import diagnose, validate

__version__: Final = "0.1.0"

__all__ = [
    "AccountFault",
    "AccountFaults",
    "AssumedRoleSession",
    "AssumedRoleUser",
    "AuditEvent",
    "AuditSink",
    "Check",
    "CheckName",
    "CheckResult",
    "Credentials",
    "Decision",
    "Edit",
    "Explanation",
    "FederationError",
    "Identity",
    "OAuthProvider",
    "OidcProvider",
    "Plugin",
    "PluginCheck",
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
    "explain",
    "validate",
]

_HOMES: Final = {
    "AccountFault": "errors",
    "AccountFaults": "errors",
    "AssumedRoleSession": "sts.results",
    "AssumedRoleUser": "sts.results",
    "AuditEvent": "state.event",
    "AuditSink": "state.audit",
    "Check": "report",
    "CheckName": "check_names",
    "CheckResult": "report",
    "Credentials": "sts.results",
    "Decision": "policy.decision",
    "Edit": "explanation",
    "Explanation": "explanation",
    "FederationError": "errors",
    "Identity": "identity",
    "OAuthProvider": "oauth.provider",
    "OidcProvider": "oidc.provider",
    "Plugin": "protocols",
    "PluginCheck": "check_names",
    "Profile": "profiles",
    "Provider": "protocols",
    "RegistrationError": "errors",
    "Replay": "profiles",
    "ReplayCache": "state.replay",
    "Report": "report",
    "SamlProvider": "saml.registration.provider",
    "SecurityTokenService": "sts.service",
    "SessionTag": "identity",
    "Validator": "protocols",
    "VerifiedIdentity": "identity",
    "WebIdentityRoleSession": "sts.results",
    "diagnose": "validators",
    "explain": "explaining.engine",
    "validate": "validators",
}

_find = lazily(__name__, _HOMES)


def _explain(refusal: object) -> Explanation:
    # The engine stands above the refusals that it explains. It is imported when the first of them is asked for its cause.
    return cast("Callable[[object], Explanation]", _find("explain"))(refusal)


install(_explain)
if not TYPE_CHECKING:  # a checker would take any name from it
    __getattr__ = _find


def __dir__() -> list[str]:
    return sorted(__all__)
