"""A resolved caller of signed operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from federation.account.mfa_device import MfaDevice
from federation.account.organization import SERVICE_LINKED, ControlLevel, Organization
from federation.identity import ContextValue, SessionTag
from federation.policy import Principal
from federation.portable import Recipe, rebuilt
from federation.sts.callers.permissions import Permissions

DEFAULT_REGION: Final = "us-east-1"


class CallerKind(StrEnum):
    """The kind of a caller's credentials. The values are shown in refusals."""

    USER = "an IAM user"
    ROOT = "the root of an account"
    ROLE_SESSION = "a role session"
    USER_SESSION = "a GetSessionToken session"
    FEDERATED_USER = "a federated user session"
    ROOT_SESSION = "an AssumeRoot session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A resolved principal, from `authenticate`, `caller_for_key`, `caller_for_credentials` or `caller_for_arn` of the service.

    Attributes:
        kind: Kind of its credentials.
        partition: Partition of its account.
        account: Id of its account, twelve digits.
        arn: ARN in the result of GetCallerIdentity.
        user_id: UserId in that result: ``AIDA…``, ``AROA…:<session>``, ``<account>:<name>`` or the account id.
        principal_arn: ``aws:PrincipalArn``: the role's ARN for a role session, otherwise `arn`.
        principal: The principal for the evaluation of policies.
        name: Name of an IAM user, otherwise None.
        tags: Tags of the principal and of its session. The session's tag overrides one with the same key.
        permissions: The policies that apply to it, without resource-based ones.
        session_tags: Tags of the session only.
        transitive_tag_keys: Keys of the session tags that pass to chained sessions.
        source_identity: SourceIdentity of the session, or None.
        federated_provider: Identity provider of the session's login, or None.
        federated_keys: Condition keys of that login that requests of the session have.
        issued_at: Start of the session, aware UTC; None for long-term keys.
        expires_at: End of the session, aware UTC; None for long-term keys.
        mfa_at: Time of the MFA authentication, aware UTC; None where there was none.
        mfa_devices: MFA devices of the user or root by serial number.
        organization: Organization of the account.
        region: Region of the request's signature.
        access_key_id: Access key id of the request, or None. It does not affect decisions.
    """

    kind: CallerKind
    partition: str
    account: str
    arn: str
    user_id: str
    principal_arn: str
    principal: Principal = field(repr=False)
    permissions: Permissions = field(repr=False)
    name: str | None = None
    tags: tuple[SessionTag, ...] = ()
    session_tags: tuple[SessionTag, ...] = ()
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    federated_provider: str | None = None
    federated_keys: Mapping[str, ContextValue] = field(default_factory=dict)
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    mfa_at: datetime | None = None
    mfa_devices: Mapping[str, MfaDevice] = field(default_factory=dict, repr=False)
    organization: Organization | None = None
    region: str = DEFAULT_REGION
    access_key_id: str | None = field(default=None, compare=False)

    def __reduce__(self) -> Recipe:
        return rebuilt(self)

    @property
    def is_root(self) -> bool:
        """Whether the caller is the root of its account, by a key or by a session."""
        return self.arn.endswith(":root")

    @property
    def is_service_linked(self) -> bool:
        """Whether the caller is a session of a service-linked role, which no policy of an organization bounds."""
        return self.kind is CallerKind.ROLE_SESSION and f":role{SERVICE_LINKED}" in self.principal_arn

    @property
    def service_control(self) -> tuple[ControlLevel, ...]:
        """The levels of service control policies of the caller's account."""
        return () if self.organization is None else self.organization.service_control

    def using(self, access_key_id: str, *, region: str = DEFAULT_REGION) -> Caller:
        """Return the caller with the access key and region of a signed request."""
        return replace(self, access_key_id=access_key_id, region=region)

    def with_mfa(self, at: datetime) -> Caller:
        """Return the caller with an MFA authentication at *at*, aware UTC."""
        return replace(self, mfa_at=at)

    def context_keys(self, at: datetime) -> dict[str, ContextValue]:
        """Return the condition keys of every request of this caller at the time *at*, aware UTC (docs/observed.md 4.6)."""
        keys: dict[str, ContextValue] = {
            **self.federated_keys,
            "aws:PrincipalArn": self.principal_arn,
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalType": self._type,
            "aws:PrincipalIsAWSService": "false",
            "aws:userid": self.user_id,
            "aws:CurrentTime": _timestamp(at),
            "aws:EpochTime": str(int(at.timestamp())),
        }
        keys |= {f"aws:PrincipalTag/{tag.key}": tag.value for tag in self.tags}
        optional = {
            "aws:username": self.name,
            "aws:SourceIdentity": self.source_identity,
            "aws:FederatedProvider": self.federated_provider,
            "aws:TokenIssueTime": None if self.issued_at is None else _timestamp(self.issued_at),
            "aws:AssumedRoot": "true" if self.kind is CallerKind.ROOT_SESSION else None,
        }
        keys |= {name: value for name, value in optional.items() if value is not None}
        if self.organization is not None:
            keys |= {"aws:PrincipalOrgID": self.organization.id, "aws:PrincipalOrgPaths": self.organization.paths}
        return keys | self._mfa_keys(at)

    def _mfa_keys(self, at: datetime) -> dict[str, ContextValue]:
        """Return the condition keys of MFA. Requests with long-term keys have none: ``BoolIfExists`` matches them, ``Bool`` does not."""
        if self.mfa_at is not None:
            return {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": str(int((at - self.mfa_at).total_seconds()))}
        return {} if self.kind in {CallerKind.USER, CallerKind.ROOT} else {"aws:MultiFactorAuthPresent": "false"}

    @property
    def _type(self) -> str:
        if self.is_root:
            return "Account"
        named = {CallerKind.ROLE_SESSION: "AssumedRole", CallerKind.FEDERATED_USER: "FederatedUser"}
        return named.get(self.kind, "User")


def merged_tags(own: Iterable[SessionTag], session: Iterable[SessionTag]) -> tuple[SessionTag, ...]:
    """Return the tags of a principal in a session. A tag of the session overrides one whose key differs only by case (observed)."""
    by_key = {tag.key.lower(): tag for tag in own}
    return tuple((by_key | {tag.key.lower(): tag for tag in session}).values())


def _timestamp(at: datetime) -> str:
    return f"{at.isoformat(timespec='seconds')[:19]}Z"
