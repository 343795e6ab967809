"""A registered OAuth 2.0 server: its name, and what it said about the access tokens it issued."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final, Literal

from federation.errors import RegistrationError, show
from federation.oauth.introspection import TokenInformation, answers
from federation.oidc.jwks import KeySet
from federation.oidc.provider import read_profile, read_skew, read_strings
from federation.profiles import Profile

_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", re.ASCII)
_NAME_CHARS: Final = 255
_AWS_LEEWAY_SECONDS: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthProvider:
    """An OAuth 2.0 server whose opaque access tokens are exchanged by ProviderId.

    Attributes:
        name: ``www.amazon.com``, ``graph.facebook.com``, or the host of an RFC 7662 server: no scheme, no port.
        token_information: The server's answer about each token, keyed by `federation.oauth.registry.token_key` (SHA-256 of the token,
            so that no token lies on disk): decoded JSON, JSON text, or, where *jwks* is given, the compact JWT of a signed answer.
        client_ids: Clients whose tokens are accepted. None, as with AWS's own providers, leaves that to the trust policy's conditions.
        jwks: The server's key set for signed answers (RFC 9701); where given, every answer must be signed.
        resource_servers: Names by which signed answers may address us; at least one where *jwks* is given.
        clock_skew: Tolerance on times in profile ``strict``, at most ten minutes; ``aws`` has five minutes, fixed.
        profile: ``strict`` or ``aws``.

    Raises:
        RegistrationError: The material cannot be registered; ``check`` says which part.
    """

    name: str
    token_information: Mapping[str, Any] = field(repr=False)
    client_ids: Collection[str] | None = None
    jwks: str | bytes | Mapping[str, Any] | None = field(default=None, repr=False)
    resource_servers: Collection[str] = ()
    clock_skew: timedelta = timedelta(0)
    profile: Profile = Profile.STRICT

    answers: Mapping[str, TokenInformation] = field(init=False, repr=False)
    registered: frozenset[str] | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or len(self.name) > _NAME_CHARS or not _NAME.fullmatch(self.name):
            raise RegistrationError(
                check="name",
                expected="the server's host, without scheme or port",
                found=show(self.name),
                remedy="name it as ProviderId does",
            )
        if not isinstance(self.token_information, Mapping):
            raise RegistrationError(
                check="token-information",
                expected="a mapping from SHA-256 of the token to the server's answer",
                found=type(self.token_information).__name__,
                remedy="key each answer by token_key(token)",
            )
        profile = read_profile(self.profile)
        read_skew(self.clock_skew)
        keys = None if self.jwks is None else KeySet.parse(self.jwks, profile=Profile.STRICT)
        named = () if keys is None else read_strings(self.resource_servers, "resource-servers", "the names in aud of signed answers")
        registered = None if self.client_ids is None else frozenset(read_strings(self.client_ids, "client-ids", "at least one client id"))
        object.__setattr__(self, "profile", profile)
        object.__setattr__(self, "registered", registered)
        object.__setattr__(self, "answers", MappingProxyType(answers(self.name, self.token_information, keys, named)))

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
        return _AWS_LEEWAY_SECONDS if profile is Profile.AWS else int(self.clock_skew.total_seconds())

    def reprofiled(self, profile: Profile | str) -> OAuthProvider:
        """Return the same server under *profile*.

        Raises:
            RegistrationError: *profile* is unknown.
        """
        given: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self) if f.init}
        return type(self)(**{**given, "profile": read_profile(profile)})
