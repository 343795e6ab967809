"""Judges tickets: one list of checks, run to the first refusal or to the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from federation import Identity, PluginCheck, Provider
from federation.errors import ExpiredTokenException, FederationError, RegistrationError, show
from federation.profiles import Profile
from federation.report import BOTH, Check, CheckResult, Report, collect, enforce

from acme_ticket.provider import KIND, TicketProvider
from acme_ticket.ticket import SignedClaims, decode_ticket, refuse, verify_ticket


@dataclass(frozen=True, slots=True)
class Presentation:
    """What the checks look at."""

    claims: SignedClaims
    provider: TicketProvider
    at: datetime


def check_issuer(presented: Presentation) -> None:
    """Require that the ticket names the provider whose key signed it."""
    if presented.claims.issuer != presented.provider.arn:
        raise refuse("issuer", show(presented.provider.arn), show(presented.claims.issuer))


def check_audience(presented: Presentation) -> None:
    """Require that the ticket is for us."""
    if presented.claims.audience != presented.provider.audience:
        raise refuse("audience", show(presented.provider.audience), show(presented.claims.audience))


def check_issued(presented: Presentation) -> None:
    """Require that the ticket was issued before now."""
    if presented.claims.issued_at > presented.at:
        raise refuse("issued", f"at {presented.at.isoformat()} at the latest", presented.claims.issued_at.isoformat())


def check_expiry(presented: Presentation) -> None:
    """Require that the ticket has not ended."""
    if presented.claims.expires_at <= presented.at:
        raise ExpiredTokenException(
            check=PluginCheck("expiry"),
            expected=f"an end after {presented.at.isoformat()}",
            found=presented.claims.expires_at.isoformat(),
            remedy="get a new ticket",
        )


CHECKS: Final = (
    Check(PluginCheck("issuer"), "Acme ticket 1", BOTH, check_issuer),
    Check(PluginCheck("audience"), "Acme ticket 1", BOTH, check_audience),
    Check(PluginCheck("issued"), "Acme ticket 1", BOTH, check_issued),
    Check(PluginCheck("expiry"), "Acme ticket 1", BOTH, check_expiry),
)
STAGES: Final = tuple(map(PluginCheck, ("type", "size", "form", "base64url", "signature", "claims")))
"""What a ticket must pass before the checks have anything to look at."""


class TicketValidator:
    """The entry point: stateless, offline, the same answer for the same arguments."""

    kind = KIND

    def recognises(self, token: object) -> bool:
        """Tell by shape alone whether *token* could be a ticket."""
        try:
            decode_ticket(token)
        except FederationError:
            return False
        return True

    def validate(self, token: object, provider: Provider, *, at: datetime) -> Identity:
        """Prove *token*, or raise the first refusal."""
        registered = _registered(provider)
        presented = Presentation(verify_ticket(decode_ticket(token), registered.keys), registered, at)
        enforce(CHECKS, presented)
        return _identity(presented)

    def diagnose(self, token: object, provider: Provider, *, at: datetime) -> Report:
        """Run the same stages and checks, all of them."""
        registered = _registered(provider)
        presented, refusal = None, None
        try:
            presented = Presentation(verify_ticket(decode_ticket(token), registered.keys), registered, at)
        except FederationError as error:
            refusal = error
        examined = tuple(CheckResult(check.name, check.clause, check.profiles, "skipped") for check in CHECKS)
        if presented is not None:
            examined = collect(CHECKS, presented)
        return Report(kind=KIND, profile=registered.profile, results=(*_stages(refusal), *examined))

    def register(self, name: str, *, settings: Mapping[str, object], files: Mapping[str, bytes], profile: Profile) -> Provider:
        """Register the provider of an account directory."""
        return TicketProvider.of_files(name, settings=settings, files=files, profile=profile)


def _stages(refusal: FederationError | None) -> tuple[CheckResult, ...]:
    """Return the stages as far as they were passed; the one that refused is the last to be examined."""
    if refusal is None:
        return tuple(CheckResult(name, "Acme ticket 1", BOTH, "passed") for name in STAGES)
    reached = STAGES.index(PluginCheck(refusal.check))
    passed = [CheckResult(name, "Acme ticket 1", BOTH, "passed") for name in STAGES[:reached]]
    skipped = [CheckResult(name, "Acme ticket 1", BOTH, "skipped") for name in STAGES[reached + 1 :]]
    return (*passed, CheckResult(refusal.check, "Acme ticket 1", BOTH, "refused", refusal), *skipped)


def _identity(presented: Presentation) -> Identity:
    claims, provider = presented.claims, presented.provider
    return Identity(
        kind=KIND,
        provider_arn=provider.arn,
        issuer=claims.issuer,
        subject=claims.subject,
        audience=claims.audience,
        audiences=(claims.audience,),
        token_id=claims.ticket_id,
        issued_at=claims.issued_at,
        not_on_or_after=claims.expires_at,
        context_keys={f"{provider.arn}:sub": claims.subject, f"{provider.arn}:aud": claims.audience},
    )


def _registered(provider: Provider) -> TicketProvider:
    if not isinstance(provider, TicketProvider):
        raise RegistrationError(
            check="provider", expected="a TicketProvider", found=type(provider).__name__, remedy="register the issuer as one"
        )
    return provider
