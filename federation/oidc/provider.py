"""A registered OpenID Connect provider: everything about it that decides, fixed and checked before a token is seen."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, Final, Literal, TypedDict, Unpack

from federation import limits
from federation.arn import Arn
from federation.errors import RegistrationError, ValidationError, show
from federation.oidc.algorithms import SOUND
from federation.oidc.conditions import GOOGLE, KeyNames
from federation.oidc.discovery import Discovery, read_discovery
from federation.oidc.jwks import KeySet
from federation.profiles import Profile

_URL: Final = re.compile(r'https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?P<port>:443)?(?:/[!-"$->@-~]*)?', re.ASCII)
_AWS_LEEWAY_SECONDS: Final = 300
_CLIENT_ID_CHARS: Final = 255


class Options(TypedDict, total=False):
    """The optional attributes of an `OidcProvider`."""

    arn: str
    algorithms: Collection[str] | None
    clock_skew: timedelta
    profile: Profile
    token_types: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcProvider:
    """An OpenID Connect provider as IAM registers it, with the key set that the service would fetch.

    Attributes:
        url: Issuer URL, ``https://`` with host and path; case and trailing slash count, ``:443`` is dropped, no query or fragment.
        client_ids: Client ids ("audiences") that tokens may be issued for; 1 to 100, each 1 to 255 characters.
        jwks: The issuer's JSON Web Key Set, as JSON text or decoded JSON.
        arn: ARN of the provider. Default: the URL without ``https://``, which for AWS's built-in providers is their principal.
        algorithms: The only algorithms accepted. Default: every sound one that fits the registered keys. Profile ``aws`` narrows them
            to RS and ES.
        clock_skew: Tolerance on ``exp``, ``nbf`` and ``iat`` in profile ``strict``, at most ten minutes; ``aws`` has five minutes, fixed.
        profile: ``strict`` or ``aws``: whose reading of the rules decides.
        discovery: The issuer's discovery document; it must be of this very URL. It decides nothing else.
        token_types: Values of the header parameter ``typ`` that strict accepts beside none at all.

    Raises:
        RegistrationError: The material cannot be registered; ``check`` says which part.
    """

    url: str
    client_ids: Collection[str]
    jwks: str | bytes | Mapping[str, Any] = field(repr=False)
    arn: str = ""
    algorithms: Collection[str] | None = None
    clock_skew: timedelta = timedelta(0)
    profile: Profile = Profile.STRICT
    discovery: str | bytes | Mapping[str, Any] | None = field(default=None, repr=False)
    token_types: Collection[str] = ("JWT", "at+jwt")

    name: str = field(init=False)
    issuers: frozenset[str] = field(init=False, repr=False)
    registered: frozenset[str] = field(init=False, repr=False)
    accepted_types: frozenset[str] = field(init=False, repr=False)
    keys: KeySet = field(init=False, repr=False)
    allowed: frozenset[str] = field(init=False, repr=False)
    key_names: KeyNames = field(init=False, repr=False)

    def __post_init__(self) -> None:
        url, profile = read_url(self.url), read_profile(self.profile)
        name = url.removeprefix("https://")
        if self.discovery is not None:
            read_discovery(self.discovery, issuer=url)
        read_skew(self.clock_skew)
        client_ids = _client_ids(self.client_ids)
        derived = {
            "url": url,
            "profile": profile,
            "name": name,
            "arn": _arn(self.arn, name),
            "client_ids": client_ids,
            "registered": frozenset(client_ids),
            # Google's older tokens name the issuer without its scheme; documented for this issuer alone (spec 3.2).
            "issuers": frozenset({url, GOOGLE} if name == GOOGLE else {url}),
            "accepted_types": _token_types(self.token_types),
            "keys": KeySet.parse(self.jwks, profile=profile),
            "allowed": read_algorithms(self.algorithms),
            "key_names": KeyNames.of(name),
        }
        for attribute, value in derived.items():
            object.__setattr__(self, attribute, value)

    @classmethod
    def from_documents(
        cls,
        *,
        discovery: str | bytes | Mapping[str, Any],
        jwks: str | bytes | Mapping[str, Any],
        client_ids: Collection[str],
        **options: Unpack[Options],
    ) -> OidcProvider:
        """Register the issuer that *discovery* names, with its key set; *options* are the other attributes by name.

        Raises:
            RegistrationError: As for the class.
        """
        return cls(url=read_discovery(discovery).issuer, client_ids=client_ids, jwks=jwks, discovery=discovery, **options)

    @property
    def kind(self) -> Literal["oidc-id-token"]:
        """Name of the validator of this provider's tokens."""
        return "oidc-id-token"

    @property
    def documents(self) -> Discovery | None:
        """The registered discovery document, for display."""
        return None if self.discovery is None else read_discovery(self.discovery, issuer=self.url)

    def leeway(self, profile: Profile) -> int:
        """Return the tolerance on times in seconds under *profile*."""
        return _AWS_LEEWAY_SECONDS if profile is Profile.AWS else int(self.clock_skew.total_seconds())

    def reprofiled(self, profile: Profile | str) -> OidcProvider:
        """Return the same provider under *profile*, its documents read again by that profile's rules.

        Raises:
            RegistrationError: *profile* is unknown, or does not accept the key set.
        """
        given: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self) if f.init}
        return type(self)(**{**given, "profile": read_profile(profile)})


def read_url(url: object) -> str:
    """Return an issuer URL as IAM stores it, with its scheme (spec 3.1).

    Raises:
        RegistrationError: check ``url``.
    """
    match = _URL.fullmatch(url) if isinstance(url, str) and len(url) <= _CLIENT_ID_CHARS else None
    if match is None:
        raise RegistrationError(
            check="url",
            expected="an https URL of at most 255 characters: host and path, no user, port, query or fragment",
            found=show(url),
            remedy="register the issuer exactly as its tokens spell iss",
        )
    return match[0].replace(":443", "", 1) if match["port"] else match[0]


def read_profile(profile: object) -> Profile:
    """Return *profile* as a `Profile`.

    Raises:
        RegistrationError: check ``profile``.
    """
    if isinstance(profile, str) and profile in Profile.__members__.values():
        return Profile(profile)
    raise RegistrationError(check="profile", expected="strict or aws", found=show(profile), remedy="choose one of the two")


def read_skew(skew: object) -> timedelta:
    """Return a tolerance on times, from none to `limits.MAX_CLOCK_SKEW_SECONDS`.

    Raises:
        RegistrationError: check ``clock-skew``.
    """
    if not isinstance(skew, timedelta) or not timedelta(0) <= skew <= timedelta(seconds=limits.MAX_CLOCK_SKEW_SECONDS):
        raise RegistrationError(
            check="clock-skew",
            expected=f"a timedelta from 0 to {limits.MAX_CLOCK_SKEW_SECONDS} s",
            found=show(str(skew)) if isinstance(skew, timedelta) else show(skew),
            remedy="keep the clocks right instead",
        )
    return skew


def read_algorithms(names: object) -> frozenset[str]:
    """Return the allow-list of algorithms, all of `SOUND` where *names* is None.

    Raises:
        RegistrationError: check ``algorithms``: an unknown name (``none`` and HS256 are unknown) or an empty list.
    """
    if names is None:
        return SOUND
    chosen = (
        frozenset(names) if isinstance(names, (list, tuple, set, frozenset)) and all(isinstance(n, str) for n in names) else frozenset()
    )
    if not chosen or not chosen <= SOUND:
        raise RegistrationError(
            check="algorithms",
            expected=f"a list from {', '.join(sorted(SOUND))}",
            found=show(", ".join(sorted(chosen - SOUND))) if chosen else "none",
            remedy="name asymmetric algorithms only",
        )
    return chosen


def read_strings(values: object, check: str, expected: str) -> tuple[str, ...]:
    """Return a list of 1 to 100 strings of 1 to 255 characters, each once, in order.

    Raises:
        RegistrationError: *check*.
    """
    items = tuple(values) if isinstance(values, (list, tuple, set, frozenset)) else ()
    if not items or not all(isinstance(item, str) and 0 < len(item) <= _CLIENT_ID_CHARS for item in items):
        raise RegistrationError(
            check=check,
            expected=expected,
            found="another type" if not items and values else show(str(items)),
            remedy="list each name as a string",
        )
    unique = tuple(dict.fromkeys(items))
    if len(unique) > limits.CLIENT_IDS_PER_PROVIDER:
        raise RegistrationError(
            check=check, expected=f"at most {limits.CLIENT_IDS_PER_PROVIDER}", found=f"{len(unique)}", remedy="register another provider"
        )
    return unique


def _client_ids(client_ids: object) -> tuple[str, ...]:
    # An empty list is a fault of configuration, never "any audience".
    return read_strings(client_ids, "client-ids", "at least one client id of 1 to 255 characters, in a list")


def _token_types(types: object) -> frozenset[str]:
    names = read_strings(types, "token-types", "at least one type such as JWT, in a list")
    return frozenset(name.lower().removeprefix("application/") for name in names)


def _arn(arn: object, name: str) -> str:
    if not arn or arn == name:
        return name
    try:
        return str(Arn.parse(arn))
    except ValidationError as fault:
        raise RegistrationError(check="arn", expected=fault.expected, found=fault.found, remedy=fault.remedy) from None
