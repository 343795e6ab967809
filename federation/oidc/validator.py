"""The validator of OpenID Connect ID tokens and other JWTs of registered issuers: decode, verify, read and check.

`validate` stops at the first refusal. `diagnose` runs the same stages and checks under both profiles and reports all results.
"""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from federation.errors import FederationError, show
from federation.identity import VerifiedIdentity, _verified
from federation.jose.decode import decode_token
from federation.jose.signature import SELECTION, SignedToken, verify_token
from federation.oidc.checks import CHECKS, CHECKS_OF, PresentedToken
from federation.oidc.claims import moment, read_claims
from federation.oidc.conditions import condition_keys
from federation.oidc.inspection import inspect_token, looks_like_jwt, unaccounted_note
from federation.oidc.provider import OidcProvider
from federation.oidc.readings import Stage, read_twice, rows
from federation.profiles import Profile
from federation.protocols import Provider, registered
from federation.report import Check, Report, enforce

STAGES: Final = (
    Stage("type", "a token is text"),
    Stage("size", "service model 2011-06-15: WebIdentityToken"),
    Stage("form", "RFC 7515 section 7.1"),
    Stage("base64url", "RFC 7515 section 2"),
    Stage("json", "RFC 8259; RFC 7493"),
    Stage("crit", "RFC 7515 section 4.1.11"),
    Stage("b64", "RFC 7797 section 3"),
    Stage("zip", "RFC 7516 section 4.1.3"),
    Stage("cty", "RFC 7519 section 5.2"),
    Stage("header", "RFC 7515 section 4.1"),
    *map(Stage.of, SELECTION),
    Stage("signature", "RFC 7515 section 5.2"),
    Stage("claims", "RFC 7519 section 7.2 (10)"),
)
"""The stages before `CHECKS`, in order."""
RULES: Final[tuple[Stage | Check[PresentedToken], ...]] = (*STAGES, *CHECKS)


class OidcTokenValidator:
    """The validator of the kind ``oidc-id-token``. It has no state and is thread-safe."""

    kind: str = "oidc-id-token"

    def recognises(self, token: object) -> bool:
        """Return whether *token* has the form of a compact JWS. Nothing is raised."""
        return looks_like_jwt(token)

    def validate(self, token: object, provider: Provider, *, at: datetime) -> VerifiedIdentity:
        """Return the identity that *token* proves under the provider's profile at the time *at*, aware UTC.

        Raises:
            FederationError: The first stage or check that refuses.
        """
        registration = registered(provider, OidcProvider)
        presentation = prove_token(token, registration, profile=registration.profile, at=at)
        enforce(CHECKS_OF[registration.profile], presentation)
        return _identity(presentation)

    def diagnose(self, token: object, provider: Provider, *, at: datetime) -> Report:
        """Return a report of every stage and check under both profiles at the time *at*, aware UTC. Refusals are in the report."""
        registration = registered(provider, OidcProvider)
        proved: SignedToken | None = None

        def prove(*, profile: Profile) -> PresentedToken:
            nonlocal proved
            proved = _verify(token, registration, profile, proved=proved)
            return _present(proved, registration, profile, at)

        readings = read_twice(prove, CHECKS_OF)
        own = readings[registration.profile]
        identity = None if own.accepted is None else _identity(own.accepted)
        return Report(
            kind=self.kind,
            profile=registration.profile,
            results=rows(RULES, readings),
            identity=identity,
            claimed={} if identity else _claimed(token),
            notes=_notes(own.presentation) if own.presentation else (),
        )


def prove_token(token: object, provider: OidcProvider, *, profile: Profile, at: datetime) -> PresentedToken:
    """Run the `STAGES`: decode *token*, verify its signature with the provider's keys, and read the claims.

    Raises:
        InvalidIdentityToken: A stage refuses; its name is the check.
    """
    return _present(_verify(token, provider, profile), provider, profile, at)


def _verify(token: object, provider: OidcProvider, profile: Profile, *, proved: SignedToken | None = None) -> SignedToken:
    return verify_token(decode_token(token), provider.keys, algorithms=provider.algorithms, profile=profile, proved=proved)


def _present(signed: SignedToken, provider: OidcProvider, profile: Profile, at: datetime) -> PresentedToken:
    return PresentedToken(read_claims(signed), provider, profile, at.timestamp(), provider.leeway(profile))


def _identity(presentation: PresentedToken) -> VerifiedIdentity:
    """Return the identity of a token. The caller has run the checks of the profile."""
    claims, provider = presentation.claims, presentation.provider
    members = claims.members
    subject, audiences, audience = claims.subject(), claims.audiences(), claims.addressed_to()[0]
    token_id, issuer = members.get("jti"), members["iss"]
    return _verified(
        kind=provider.kind,
        provider_arn=provider.arn,
        issuer=issuer,
        subject=subject,
        audience=audience,
        audiences=audiences,
        token_id=token_id if isinstance(token_id, str) else None,
        issued_at=moment(claims.seconds("iat")),
        not_on_or_after=moment(claims.seconds("exp")),
        attributes=MappingProxyType(members),
        context_keys=MappingProxyType(condition_keys(provider.key_names, members, subject=subject, audience=audience, audiences=audiences)),
        notes=_notes(presentation),
    )


def _notes(presentation: PresentedToken) -> tuple[str, ...]:
    claims = presentation.claims
    notes: list[str] = []
    typ = claims.header.typ
    if typ is not None and typ != "JWT":
        notes += _told_type(typ)
    if claims.header.key_hints:
        notes.append(f"header parameters {', '.join(claims.header.key_hints)} were ignored: only registered keys are used")
    if claims.members.get("iss") != presentation.provider.url:
        notes.append("iss is the issuer without https://, which only this issuer documents")
    told = unaccounted_note(presentation.provider.known_claims, claims.members)
    return (*notes, told) if told else tuple(notes)


def _told_type(typ: str) -> tuple[str, ...]:
    """Return a remark for a token whose ``typ`` is not that of an ID token. ADR 7 explains why it may be accepted."""
    plain = typ.lower().removeprefix("application/")
    if plain == "jwt":
        return ()
    said = "an OAuth access token (RFC 9068)" if plain == "at+jwt" else "another type of token"
    return (f'the header has typ {show(typ)}, {said}, not an ID token; token_types ["JWT"] of the provider would refuse it',)


def _claimed(token: object) -> dict[str, Any]:
    try:
        return inspect_token(token)
    except FederationError:
        return {}
