"""The checks of the token information of an opaque access token, in order, in one list for both profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from federation.check_names import OAuthCheck
from federation.errors import ExpiredTokenException, FederationError, IDPRejectedClaim, InvalidIdentityToken, show
from federation.oauth.introspection import TokenInformation
from federation.oauth.provider import OAuthProvider
from federation.profiles import Profile
from federation.report import BOTH, STRICT, Check


@dataclass(frozen=True, slots=True)
class PresentedAccessToken:
    """The subject of the checks: the token information, its server, the time (seconds since 1970), and the clock skew (seconds)."""

    information: TokenInformation
    provider: OAuthProvider
    profile: Profile
    now: float
    leeway: int


def check_active(presentation: PresentedAccessToken) -> None:
    """Require that the server stands by the token (RFC 7662 section 2.2)."""
    if not presentation.information.active:
        raise _refusal(IDPRejectedClaim, "active", "an active token", "the server's answer that it is not", "get a new access token")


def check_issuer(presentation: PresentedAccessToken) -> None:
    """Require an answer that names an issuer to name this very server (attack row J55)."""
    issuer, name = presentation.information.issuer, presentation.provider.name
    if issuer is not None and issuer not in {name, f"https://{name}"}:
        raise _refusal(InvalidIdentityToken, "issuer", f"an answer of https://{name}", show(issuer), "register the answer with its server")


def check_subject(presentation: PresentedAccessToken) -> None:
    """Require the answer to say whom the token stands for."""
    if presentation.information.subject is None:
        raise _refusal(InvalidIdentityToken, "subject", "a subject in the answer", "none", "have the server name sub or client_id")


def check_expiry_known(presentation: PresentedAccessToken) -> None:
    """Refuse a token that never ends: a registered answer would stand for it for ever (attack row J28)."""
    if presentation.information.active and presentation.information.expires_at is None:
        raise _refusal(InvalidIdentityToken, "expiry-known", "an answer that says when the token ends", "none", "register a fuller answer")


def check_exp(presentation: PresentedAccessToken) -> None:
    """Refuse a token at and after its end."""
    expiry = presentation.information.expires_at
    if expiry is not None and presentation.now - presentation.leeway >= expiry:
        found = f"{int(presentation.now)}, {int(presentation.now) - expiry} s later"
        raise _refusal(ExpiredTokenException, "exp", f"an instant before {expiry}", found, "get a new access token")


def check_nbf(presentation: PresentedAccessToken) -> None:
    """Refuse a token before its beginning, ``nbf`` or the instant of issue."""
    information = presentation.information
    begins = max(information.not_before or 0, information.issued_at or 0)
    if presentation.now + presentation.leeway < begins:
        found = f"{int(presentation.now)}, {begins - int(presentation.now)} s earlier"
        raise _refusal(InvalidIdentityToken, "nbf", f"an instant from {begins}", found, "compare the clocks of the server and this host")


def check_audience(presentation: PresentedAccessToken) -> None:
    """Require a registered client id where the server was registered with any."""
    registered, audiences = presentation.provider.client_ids, presentation.information.audiences
    if registered is not None and registered.isdisjoint(audiences):
        found = show(audiences[0]) if audiences else "no audience"
        raise _refusal(InvalidIdentityToken, "audience", "a registered client id", found, "add the client id to the provider")


CHECKS: Final[tuple[Check[PresentedAccessToken], ...]] = (
    Check("active", "RFC 7662 section 2.2", BOTH, check_active),
    Check("issuer", "RFC 7662 section 2.2", BOTH, check_issuer),
    Check("subject", "RFC 7662 section 2.2", BOTH, check_subject),
    Check("expiry-known", "strict: every token ends", STRICT, check_expiry_known),
    Check("exp", "RFC 7662 section 2.2", BOTH, check_exp),
    Check("nbf", "RFC 7662 section 2.2", BOTH, check_nbf),
    Check("audience", "RFC 7662 section 2.2", BOTH, check_audience),
)

CHECKS_OF: Final = {profile: tuple(check for check in CHECKS if profile in check.profiles) for profile in Profile}
"""The checks of each profile."""


def _refusal(error: type[FederationError], check: OAuthCheck, expected: str, found: str, remedy: str) -> FederationError:
    return error(check=check, expected=expected, found=found, remedy=remedy)
