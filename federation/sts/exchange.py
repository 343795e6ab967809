"""A proved login that asks for a role, and what it asks of its session: the same whichever protocol brought it."""

from __future__ import annotations

from typing import NamedTuple

from federation.identity import SessionTag, VerifiedIdentity


class Exchange(NamedTuple):
    """A proved identity and the role it asks for.

    Attributes:
        identity: Who the token proved somebody to be.
        role_arn: The role of the call.
        provider_arn: The provider of the call, which proved the identity.
        session_name: RoleSessionName of the call, where the operation has that parameter; SAML assertions bring their own.
    """

    identity: VerifiedIdentity
    role_arn: str
    provider_arn: str
    session_name: str | None = None


class SessionRequest(NamedTuple):
    """What a federated login asks its session to be.

    Attributes:
        name: RoleSessionName, 2 to 64 characters; None only while a refused login is explained.
        duration: Seconds by which the token itself limits the session, which can only shorten; None when not said.
        tags: Session tags in order.
        transitive_tag_keys: Keys of those that outlive role chaining.
        source_identity: SourceIdentity, or None.
        authorized_by_idp: Whether the token names the role among those it may assume, ``sts:RoleAuthorizedByIdp``; None for SAML, which
            has no such key.
    """

    name: str | None = None
    duration: int | None = None
    tags: tuple[SessionTag, ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    authorized_by_idp: bool | None = None
