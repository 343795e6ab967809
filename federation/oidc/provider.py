"""A registered OpenID Connect provider. Everything that decides about a token is checked at registration."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal, TypedDict, Unpack

from federation import clock, limits
from federation.arn import Arn
from federation.check_names import OAuthCheck, OidcCheck
from federation.clock import Span
from federation.errors import RegistrationError, ValidationError, show
from federation.jose.algorithms import SOUND
from federation.jose.jwks import UNREGISTERED, KeySet
from federation.oidc.conditions import KeyNames
from federation.oidc.discovery import Discovery, read_discovery
from federation.oidc.issuer_url import read_url
from federation.profiles import Profile
from federation.provider_details import OidcDetails
from federation.vendors import GOOGLE, KnownClaims, find_vendor

_CLIENT_ID_CHARS: Final = 255
NO_CLIENT_IDS: Final = "none"
"""In place of client ids: the provider has none, so that every token is refused. IAM allows it, and an empty list would be ambiguous."""
_LISTS: Final = (list, tuple, set, frozenset)


_CLIENT_IDS: Final = "at least one client id of 1 to 255 characters, in a list"

Document = str | bytes | Mapping[str, Any]
"""A JSON document: its text, UTF-8 octets, or the decoded object."""
ProfileName = Profile | Literal["strict", "aws"]
Reuse = Literal["allowed", "refused"]


class Options(TypedDict, total=False):
    """The optional arguments of `OidcProvider`, with their meaning there; ``clock_skew`` is a timedelta or whole seconds."""

    arn: str
    algorithms: Collection[str] | None
    clock_skew: Span
    profile: ProfileName
    token_types: Collection[str]
    reuse: Reuse


@dataclass(frozen=True, slots=True, init=False)
class OidcProvider:
    """A registered OpenID Connect provider with its key set, which AWS fetches over the network. It is immutable and thread-safe.

    Attributes:
        url: Issuer URL: ``https://``, host and path, without query or fragment. Case and a trailing slash are significant; ``:443`` is
            removed.
        name: The URL without ``https://``: the name of the provider in ARNs and condition keys.
        arn: ARN of the provider. It is the name for providers built into AWS, and where no ARN was passed.
        client_ids: Accepted client ids ("audiences"), each once.
        algorithms: The accepted JWS algorithms (RFC 7518, RFC 8037). Profile ``aws`` accepts only those of the families RS and ES.
        clock_skew: Tolerance on ``exp``, ``nbf`` and ``iat`` in profile ``strict``, 0 to 600 seconds. Profile ``aws`` has five minutes
            (observed).
        profile: The profile whose verdict decides.
        token_types: Values of the header parameter ``typ`` that profile ``strict`` accepts, in lower case. An absent ``typ`` is accepted
            too.
        reuse: ``allowed`` accepts a token until it expires, as AWS does. ``refused`` accepts it once, by its ``jti``. The exchange enforces
            it; `validate` keeps no state.
        keys: The issuer's parsed keys.
        issuers: Accepted values of ``iss``: the URL; for Google also the name.
        registered: The client ids, as a set.
        key_names: Names of the condition keys of the provider's identities.
        known_claims: The claims that its vendor is known to issue; None where they are not known.
        jwks: The key set as passed.
        discovery: The discovery document as passed; None where there is none. It does not affect the verdict.
        details: What IAM keeps of the provider beside what judges its tokens.
    """

    url: str
    name: str
    arn: str
    client_ids: tuple[str, ...]
    algorithms: frozenset[str]
    clock_skew: timedelta
    profile: Profile
    token_types: frozenset[str]
    reuse: Reuse
    keys: KeySet
    issuers: frozenset[str]
    registered: frozenset[str]
    key_names: KeyNames
    known_claims: KnownClaims | None
    jwks: Document | None
    discovery: Discovery | None
    details: OidcDetails = field(compare=False, repr=False)

    def __init__(  # noqa: PLR0913 - the public face: every word of a registration, keyword-only
        self,
        *,
        url: str,
        client_ids: Collection[str],
        jwks: Document | None,
        arn: str = "",
        algorithms: Collection[str] | None = None,
        clock_skew: Span = 0,
        profile: ProfileName = Profile.STRICT,
        discovery: Document | None = None,
        token_types: Collection[str] = ("JWT", "at+jwt"),
        reuse: Reuse = "allowed",
    ) -> None:
        """Register an issuer.

        Args:
            url: Issuer URL, as for the attribute.
            client_ids: 1 to 100 client ids of 1 to 255 characters (IAM quota). An empty list is refused; the text ``none`` stands for a
                provider without client ids, whose tokens are all refused.
            jwks: The issuer's JSON Web Key Set (RFC 7517), at most `limits.JWKS_OCTETS` octets; None where its keys are not known, so
                that every token is refused.
            arn: ARN of the provider; empty for the name of the provider.
            algorithms: Accepted algorithms; when None all of `federation.jose.algorithms.SOUND`.
            clock_skew: Tolerance in profile ``strict``, a timedelta or whole seconds; at most `limits.MAX_CLOCK_SKEW_SECONDS`.
            profile: ``strict`` or ``aws``.
            discovery: The issuer's discovery document (OpenID Connect Discovery 1.0); its ``issuer`` must be *url*.
            token_types: Accepted values of ``typ``, with or without ``application/``.
            reuse: ``allowed`` or ``refused``.

        Raises:
            RegistrationError: An argument is invalid; ``check`` names it.
        """
        issuer, wanted = read_url(url), read_profile(profile)
        name = issuer.removeprefix("https://")
        registered = () if type(client_ids) is str and client_ids == NO_CLIENT_IDS else read_strings(client_ids, "client-ids", _CLIENT_IDS)
        values = {
            "url": issuer,
            "name": name,
            "arn": _arn(arn, name),
            "client_ids": registered,
            "algorithms": read_algorithms(algorithms),
            "clock_skew": clock.skew(clock_skew),
            "profile": wanted,
            "token_types": _token_types(token_types),
            "reuse": _reuse(reuse),
            "keys": UNREGISTERED if jwks is None else KeySet.parse(jwks, profile=wanted),
            # Google documents that iss of its tokens may lack the scheme; no other issuer does.
            "issuers": frozenset({issuer, GOOGLE} if name == GOOGLE else {issuer}),
            "registered": frozenset(registered),
            "key_names": KeyNames.of(name),
            "known_claims": find_vendor(name).known_claims,
            "jwks": jwks,
            "discovery": None if discovery is None else read_discovery(discovery, issuer=issuer),
            "details": OidcDetails(),
        }
        for attribute, value in values.items():
            object.__setattr__(self, attribute, value)

    @classmethod
    def from_documents(
        cls,
        *,
        discovery: Document,
        jwks: Document,
        client_ids: Collection[str],
        **options: Unpack[Options],
    ) -> OidcProvider:
        """Register the issuer of a discovery document with its key set.

        Args:
            discovery: The discovery document; its ``issuer`` is the URL of the provider.
            jwks: The issuer's JSON Web Key Set.
            client_ids: Accepted client ids.
            options: The other arguments of the constructor, by name.

        Raises:
            RegistrationError: An argument is invalid; ``check`` names it.
        """
        return cls(url=read_discovery(discovery).issuer, client_ids=client_ids, jwks=jwks, discovery=discovery, **options)

    @property
    def kind(self) -> Literal["oidc-id-token"]:
        """Name of the validator for this provider's tokens."""
        return "oidc-id-token"

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks on the registration that are not faults."""
        return () if self.keys.registered else ("no key set is registered, so every token of the issuer is refused",)

    def leeway(self, profile: Profile) -> int:
        """Return the tolerance on the times of a token under *profile*, in seconds."""
        return limits.AWS_LEEWAY_SECONDS if profile is Profile.AWS else self.clock_skew.seconds  # `clock.skew` allows no day

    def reprofiled(self, profile: ProfileName) -> OidcProvider:
        """Return a copy of the provider with another profile. The key set is parsed again by the rules of that profile.

        Raises:
            RegistrationError: *profile* is unknown, or it does not accept the key set.
        """
        return OidcProvider(
            url=self.url,
            client_ids=self.client_ids or NO_CLIENT_IDS,
            jwks=self.jwks,
            arn=self.arn,
            algorithms=self.algorithms,
            clock_skew=self.clock_skew,
            profile=profile,
            discovery=None if self.discovery is None else self.discovery.document,
            token_types=self.token_types,
            reuse=self.reuse,
        ).detailed(self.details)

    def detailed(self, details: OidcDetails) -> OidcProvider:
        """Return a copy of the provider with other *details*."""
        twin = copy.copy(self)
        object.__setattr__(twin, "details", details)
        return twin

    def __repr__(self) -> str:
        return f"<OidcProvider {self.arn} {self.profile}>"


def read_profile(profile: object) -> Profile:
    """Return *profile* as a `Profile`.

    Raises:
        RegistrationError: Check ``profile``: it is neither ``strict`` nor ``aws``.
    """
    if isinstance(profile, str) and profile in Profile.__members__.values():
        return Profile(profile)
    raise RegistrationError(check="profile", expected="strict or aws", found=show(profile), remedy="choose one of the two")


def read_algorithms(names: object) -> frozenset[str]:
    """Return the accepted algorithms, all of `SOUND` where *names* is None.

    Raises:
        RegistrationError: Check ``algorithms``: the list is empty or has an unknown name. ``none`` and HS256 are unknown.
    """
    if names is None:
        return SOUND
    chosen = frozenset(names) if isinstance(names, _LISTS) and all(isinstance(n, str) for n in names) else frozenset()
    if not chosen or not chosen <= SOUND:
        raise RegistrationError(
            check="algorithms",
            expected=f"a list from {', '.join(sorted(SOUND))}",
            found=show(", ".join(sorted(chosen - SOUND))) if chosen else "none",
            remedy="name asymmetric algorithms only",
        )
    return chosen


def read_strings(values: object, check: OidcCheck | OAuthCheck, expected: str) -> tuple[str, ...]:
    """Return a list of 1 to 100 strings of 1 to 255 characters without duplicates, in order.

    Raises:
        RegistrationError: Check *check*: *values* is not such a list.
    """
    items = tuple(values) if isinstance(values, _LISTS) else ()
    bad = [item for item in items if not isinstance(item, str) or not 0 < len(item) <= _CLIENT_ID_CHARS]
    if not items or bad:
        raise RegistrationError(
            check=check,
            expected=expected,
            found=show(bad[0]) if bad else "an empty list" if isinstance(values, _LISTS) else show(values),
            remedy="list each name as a string",
        )
    unique = tuple(dict.fromkeys(items))
    if len(unique) > limits.CLIENT_IDS_PER_PROVIDER:
        raise RegistrationError(
            check=check, expected=f"at most {limits.CLIENT_IDS_PER_PROVIDER}", found=f"{len(unique)}", remedy="register another provider"
        )
    return unique


def _token_types(types: object) -> frozenset[str]:
    names = read_strings(types, "token-types", "at least one type such as JWT, in a list")
    return frozenset(name.lower().removeprefix("application/") for name in names)


def _reuse(reuse: object) -> object:
    if not isinstance(reuse, str) or reuse not in {"allowed", "refused"}:
        raise RegistrationError(check="reuse", expected="allowed or refused", found=show(reuse), remedy="choose one of the two")
    return reuse


def _arn(arn: object, name: str) -> str:
    if not arn or arn == name:
        return name
    try:
        return str(Arn.parse(arn))
    except ValidationError as fault:
        raise RegistrationError(check="arn", expected=fault.expected, found=fault.found, remedy=fault.remedy) from None
