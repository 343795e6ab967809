"""A verified login with the requested role, and the requested properties of the session, for both protocols."""

from __future__ import annotations

from typing import NamedTuple

from federation.identity import SessionTag, VerifiedIdentity


class VerifiedLogin(NamedTuple):
    """A verified identity and the requested role.

    Attributes:
        identity: The identity that the token proved.
        role_arn: ARN of the requested role.
        provider_arn: ARN of the provider that proved the identity.
        session_name: RoleSessionName of the call; None for SAML, whose assertions have an attribute for it.
    """

    identity: VerifiedIdentity
    role_arn: str
    provider_arn: str
    session_name: str | None = None


class SessionRequest(NamedTuple):
    """The properties of the session that a federated login requests.

    Attributes:
        name: RoleSessionName, 2 to 64 characters; None only while a refused login is explained.
        duration: Longest session in seconds by the token (SessionDuration); None where the token states none.
        tags: Session tags in order.
        transitive_tag_keys: Keys of the session tags that pass to chained sessions.
        source_identity: SourceIdentity, or None.
        authorized_by_idp: ``sts:RoleAuthorizedByIdp``: whether the token lists the role among those it may assume; None for SAML, which has
            no such key.
    """

    name: str | None = None
    duration: int | None = None
    tags: tuple[SessionTag, ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    authorized_by_idp: bool | None = None
