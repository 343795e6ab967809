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
    from federation.errors import FederationError
    from federation.identity import SessionTag, VerifiedIdentity
    from federation.oauth.provider import OAuthProvider
    from federation.oidc.provider import OidcProvider
    from federation.profiles import Profile
    from federation.report import CheckResult, Report
    from federation.saml.provider import SamlProvider
    from federation.sts.service import SecurityTokenService
    from federation.validators import Validator, diagnose, validate

__version__: Final = "0.1.0"

__all__ = [
    "CheckResult",
    "FederationError",
    "OAuthProvider",
    "OidcProvider",
    "Profile",
    "Report",
    "SamlProvider",
    "SecurityTokenService",
    "SessionTag",
    "Validator",
    "VerifiedIdentity",
    "__version__",
    "diagnose",
    "validate",
]

_HOMES: Final = {
    "CheckResult": "federation.report",
    "FederationError": "federation.errors",
    "OAuthProvider": "federation.oauth.provider",
    "OidcProvider": "federation.oidc.provider",
    "Profile": "federation.profiles",
    "Report": "federation.report",
    "SamlProvider": "federation.saml.provider",
    "SecurityTokenService": "federation.sts.service",
    "SessionTag": "federation.identity",
    "Validator": "federation.validators",
    "VerifiedIdentity": "federation.identity",
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
