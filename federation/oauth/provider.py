"""A registered OAuth 2.0 server: its name and its token information, which AWS fetches over the network."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final, Literal

from federation import clock, limits
from federation.clock import Span
from federation.errors import RegistrationError, show
from federation.jose.jwks import KeySet
from federation.oauth.introspection import TokenInformation, answers
from federation.oidc.provider import Document, ProfileName, read_profile, read_strings
from federation.profiles import Profile

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
_NAME_CHARS: Final = 255


@dataclass(frozen=True, slots=True, init=False)
class OAuthProvider:
    """An OAuth 2.0 server whose opaque access tokens are exchanged with ProviderId. It is immutable and thread-safe.

    Attributes:
        name: ``www.amazon.com``, ``graph.facebook.com``, or the host of a server with introspection (RFC 7662), without scheme and port.
        answers: The token information of each token, by `federation.oauth.registry.token_key`.
        client_ids: Client ids whose tokens are accepted. None accepts all, as AWS does for its built-in providers; conditions of the trust
            policy then decide.
        clock_skew: Tolerance on the times of a token in profile ``strict``, 0 to 600 seconds. Profile ``aws`` has five minutes (observed).
        profile: The profile whose verdict decides.
    """

    name: str
    answers: Mapping[str, TokenInformation]
    client_ids: frozenset[str] | None
    clock_skew: timedelta
    profile: Profile

    def __init__(
        self,
        *,
        name: str,
        token_information: Mapping[str, Any],
        client_ids: Collection[str] | None = None,
        jwks: Document | None = None,
        resource_servers: Collection[str] = (),
        clock_skew: Span = 0,
        profile: ProfileName = Profile.STRICT,
    ) -> None:
        """Register a server.

        Args:
            name: Name of the server, at most 255 characters.
            token_information: The server's response for each token, by `federation.oauth.registry.token_key` (SHA-256 of the token, so that
                no token is stored): decoded JSON, JSON text or, with *jwks*, the compact JWT of a signed response.
            client_ids: 1 to 100 client ids whose tokens are accepted; None for all.
            jwks: The server's key set for signed responses (RFC 9701). With it, every response must be signed.
            resource_servers: Accepted values of ``aud`` in signed responses; at least one with *jwks*.
            clock_skew: Tolerance in profile ``strict``, a timedelta or whole seconds; at most `limits.MAX_CLOCK_SKEW_SECONDS`.
            profile: ``strict`` or ``aws``.

        Raises:
            RegistrationError: An argument is invalid; ``check`` names it.
        """
        if not isinstance(name, str) or len(name) > _NAME_CHARS or not _NAME.fullmatch(name):
            raise RegistrationError(
                check="name",
                expected="the server's host, without scheme or port",
                found=show(name),
                remedy="use the name that callers pass as ProviderId",
            )
        if not isinstance(token_information, Mapping):
            raise RegistrationError(
                check="token-information",
                expected="a mapping from SHA-256 of the token to the server's answer",
                found=type(token_information).__name__,
                remedy="key each answer by token_key(token)",
            )
        keys = None if jwks is None else KeySet.parse(jwks, profile=Profile.STRICT)
        unnamed = keys is None and resource_servers == ()
        named = () if unnamed else read_strings(resource_servers, "resource-servers", "the names in aud of signed answers")
        values = {
            "name": name,
            "answers": MappingProxyType(answers(name, token_information, keys, named)),
            "client_ids": None if client_ids is None else frozenset(read_strings(client_ids, "client-ids", "at least one client id")),
            "clock_skew": clock.skew(clock_skew),
            "profile": read_profile(profile),
        }
        for attribute, value in values.items():
            object.__setattr__(self, attribute, value)

    @property
    def kind(self) -> Literal["oauth-access-token"]:
        """Name of the validator for this server's tokens."""
        return "oauth-access-token"

    @property
    def arn(self) -> str:
        """Name of the server, which is its principal in trust policies."""
        return self.name

    def leeway(self, profile: Profile) -> int:
        """Return the tolerance on the times of a token under *profile*, in seconds."""
        return limits.AWS_LEEWAY_SECONDS if profile is Profile.AWS else int(self.clock_skew.total_seconds())

    def reprofiled(self, profile: ProfileName) -> OAuthProvider:
        """Return a copy of the server with another profile.

        Raises:
            RegistrationError: *profile* is unknown.
        """
        twin = object.__new__(OAuthProvider)
        for attribute in fields(self):
            object.__setattr__(twin, attribute.name, getattr(self, attribute.name))
        object.__setattr__(twin, "profile", read_profile(profile))
        return twin

    def __repr__(self) -> str:
        return f"<OAuthProvider {self.name} {self.profile}>"
