"""The content of session tokens of GetSessionToken, GetFederationToken and AssumeRoot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

from federation.identity import SessionTag

USER_SESSION: Final = b"U"
FEDERATED_USER_SESSION: Final = b"F"
ROOT_SESSION: Final = b"A"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSession:
    """The content of a session token of GetSessionToken.

    Attributes:
        user: Path and name of the user, ``/division/name``; empty for the root of the account.
        user_id: Unique id of the user at the start of the session. A user that is deleted and created again has another id.
        issued_at: Start of the session, aware UTC, whole seconds.
        expires_at: End of the session, aware UTC, whole seconds.
        mfa_at: Time of the MFA authentication, aware UTC, whole seconds; None where there was none.
    """

    user: str
    user_id: str
    issued_at: datetime
    expires_at: datetime
    mfa_at: datetime | None = None

    ITEMS = 5

    def items(self) -> list[Any]:
        """Return the items for `federation.sts.sessions.packing.seal_items`."""
        return [self.user, self.user_id, *_period(self.issued_at, self.expires_at), 1 if self.mfa_at is not None else 0]

    @classmethod
    def read(cls, items: list[Any]) -> Self:
        """Return the session of *items*. An MFA authentication always has the time of the start of the session."""
        user, user_id, issued, seconds, mfa = items
        start, end = _instants(issued, seconds)
        return cls(user=user, user_id=user_id, issued_at=start, expires_at=end, mfa_at=start if mfa else None)

    def named(self) -> dict[str, str]:
        """Return the items that determine the size of the token, by name."""
        return {"user": self.user}


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedUserSession:
    """The content of a session token of GetFederationToken.

    Attributes:
        user: Path and name of the calling user; empty for the root of the account.
        user_id: Unique id of the calling user at the start of the session.
        name: Name of the federated user.
        issued_at: Start of the session, aware UTC, whole seconds.
        expires_at: End of the session, aware UTC, whole seconds.
        tags: Session tags.
        policy: Inline session policy, or None.
        policy_arns: ARNs of the managed session policies.
    """

    user: str
    user_id: str
    name: str
    issued_at: datetime
    expires_at: datetime
    tags: tuple[SessionTag, ...] = ()
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()

    ITEMS = 8

    def items(self) -> list[Any]:
        """Return the items for `federation.sts.sessions.packing.seal_items`."""
        flat = [text for tag in self.tags for text in (tag.key, tag.value)]
        return [self.user, self.user_id, self.name, *_period(self.issued_at, self.expires_at), flat, self.policy, self.policy_arns]

    @classmethod
    def read(cls, items: list[Any]) -> Self:
        """Return the session of *items*."""
        user, user_id, name, issued, seconds, tags, policy, arns = items
        start, end = _instants(issued, seconds)
        return cls(
            user=user,
            user_id=user_id,
            name=name,
            issued_at=start,
            expires_at=end,
            tags=tuple(SessionTag(key, value) for key, value in zip(*[iter(tags or ())] * 2, strict=True)),
            policy=policy,
            policy_arns=tuple(arns or ()),
        )

    def named(self) -> dict[str, str]:
        """Return the items that determine the size of the token, by name."""
        return {
            "session policy": self.policy or "",
            "managed policy ARNs": "".join(self.policy_arns),
            "session tags": "".join(tag.key + tag.value for tag in self.tags),
            "user": self.user + self.name,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RootSession:
    """The content of a session token of AssumeRoot.

    Attributes:
        account: Id of the member account.
        task_policy: ARN of the AWS managed policy that limits the session.
        issued_at: Start of the session, aware UTC, whole seconds.
        expires_at: End of the session, aware UTC, whole seconds.
        source_identity: Inherited SourceIdentity, or None.
    """

    account: str
    task_policy: str
    issued_at: datetime
    expires_at: datetime
    source_identity: str | None = None

    ITEMS = 5

    def items(self) -> list[Any]:
        """Return the items for `federation.sts.sessions.packing.seal_items`."""
        return [self.account, self.task_policy, *_period(self.issued_at, self.expires_at), self.source_identity]

    @classmethod
    def read(cls, items: list[Any]) -> Self:
        """Return the session of *items*."""
        account, task_policy, issued, seconds, source = items
        start, end = _instants(issued, seconds)
        return cls(account=account, task_policy=task_policy, issued_at=start, expires_at=end, source_identity=source)

    def named(self) -> dict[str, str]:
        """Return the items that determine the size of the token, by name."""
        return {"source identity": self.source_identity or ""}


def _period(start: datetime, end: datetime) -> tuple[int, int]:
    return int(start.timestamp()), int((end - start).total_seconds())


def _instants(issued: int, seconds: int) -> tuple[datetime, datetime]:
    start = datetime.fromtimestamp(issued, UTC)
    return start, start + timedelta(seconds=seconds)
