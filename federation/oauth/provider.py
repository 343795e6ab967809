"""A registered OAuth 2.0 server: its name, and what it said about the access tokens it issued."""

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
from federation.oauth.introspection import TokenInformation, answers
from federation.oidc.jwks import KeySet
from federation.oidc.provider import Document, ProfileName, read_profile, read_strings
from federation.profiles import Profile

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
_NAME_CHARS: Final = 255


@dataclass(frozen=True, slots=True, init=False)
class OAuthProvider:
    """An OAuth 2.0 server whose opaque access tokens are exchanged by ProviderId.

    Attributes:
        name: ``www.amazon.com``, ``graph.facebook.com``, or the host of an RFC 7662 server: no scheme, no port.
        answers: What the server said about each token, by `federation.oauth.registry.token_key`.
        client_ids: Clients whose tokens are accepted; None, as with AWS's own providers, leaves that to the trust policy's conditions.
        clock_skew: Tolerance on times in profile ``strict``; ``aws`` has five minutes, fixed.
        profile: Whose reading of the rules decides.
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
            name: See the attributes.
            token_information: The server's answer about each token, keyed by `federation.oauth.registry.token_key` (SHA-256 of the token,
                so that no token lies on disk): decoded JSON, JSON text or, where *jwks* is given, the compact JWT of a signed answer.
            client_ids: See the attributes.
            jwks: The server's key set for signed answers (RFC 9701); where given, every answer must be signed.
            resource_servers: Names by which signed answers may address us; at least one where *jwks* is given.
            clock_skew: See the attributes, a timedelta or seconds; at most `limits.MAX_CLOCK_SKEW_SECONDS`.
            profile: ``strict`` or ``aws``.

        Raises:
            RegistrationError: The material cannot be registered; ``check`` says which part.
        """
        if not isinstance(name, str) or len(name) > _NAME_CHARS or not _NAME.fullmatch(name):
            raise RegistrationError(
                check="name", expected="the server's host, without scheme or port", found=show(name), remedy="name it as ProviderId does"
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
        """Name of the validator of this server's tokens."""
        return "oauth-access-token"

    @property
    def arn(self) -> str:
        """The server's name, which is its principal in a trust policy."""
        return self.name

    def leeway(self, profile: Profile) -> int:
        """Return the tolerance on times in seconds under *profile*."""
        return limits.AWS_LEEWAY_SECONDS if profile is Profile.AWS else int(self.clock_skew.total_seconds())

    def reprofiled(self, profile: ProfileName) -> OAuthProvider:
        """Return the same server under *profile*.

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
