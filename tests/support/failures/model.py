"""A set-up of the gallery: a login that AWS refuses, and what its explanation must contain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support.failures.logins import SamlLogin, WebLogin

NO_WEB: Final = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
NO_SAML: Final = "Not authorized to perform sts:AssumeRoleWithSAML"
_BY_DISCOVERY: Final = (
    "(Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlInvalidSamlResponseException; "
    "Request ID: 00000000-0000-0000-0000-000000000000; Proxy: null)"
)
INVALID_SAML: Final = f"Invalid base64 SAMLResponse {_BY_DISCOVERY}"
"""AWS's text for most faults of a response."""
UNSIGNED: Final = f"Response (with optional signature) must contain an assertion with a mandatory signature {_BY_DISCOVERY}"

Login = WebLogin | SamlLogin


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A login that is refused for one reason.

    Attributes:
        name: Its name in the tests.
        title: What people say of it.
        login: The login.
        seen: The text that AWS shows; None where AWS accepts the login, or shows none of its own.
        check: The check that refuses.
        code: The code on the wire.
        cause: Words that the causes hold: the values that differ.
        old: What the first edit takes the place of holds this text; None where it replaces nothing, or where nothing is demanded of it.
        new: What the first edit writes holds this text; None likewise.
        owner: Whose the first edit is.
        chosen: Changes of the login that the reader chooses where the edit leaves the choice to the reader.
        foreign: Changes of the login that make it one of somebody else, who stays refused after the edit.
    """

    name: str
    title: str
    login: Login
    seen: str | None
    check: str = "trust-policy"
    code: str = "AccessDenied"
    cause: tuple[str, ...]
    old: str | None = None
    new: str | None = None
    owner: str = "policy"
    chosen: Mapping[str, Any] = field(default_factory=dict)
    foreign: tuple[Mapping[str, Any], ...] = field(default=())


def web(name: str, title: str, login: WebLogin, **says: Any) -> Failure:
    """A failure of AssumeRoleWithWebIdentity."""
    return Failure(**{"name": name, "title": title, "login": login, "seen": NO_WEB, **says})


def saml(name: str, title: str, login: SamlLogin, **says: Any) -> Failure:
    """A failure of AssumeRoleWithSAML."""
    return Failure(**{"name": name, "title": title, "login": login, "seen": NO_SAML, **says})
