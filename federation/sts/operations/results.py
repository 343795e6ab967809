"""Results of the signed operations, as objects and as the dict that boto3 returns. A repr never shows a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from federation.sts.results import AssumedRoleUser, SessionAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRole(SessionAnswer):
    """The result of AssumeRole. ``source_identity`` was passed or is inherited from the calling session; None where there is none."""

    assumed_role_user: AssumedRoleUser
    source_identity: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ResponseMetadata."""
        answer = {
            "Credentials": self.credentials.to_dict(),
            "AssumedRoleUser": self.assumed_role_user.to_dict(),
            "PackedPolicySize": self.packed_policy_size,
            "SourceIdentity": self.source_identity,
            **self._sizes(),
        }
        return {name: value for name, value in answer.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionToken(SessionAnswer):
    """The result of GetSessionToken."""

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ResponseMetadata."""
        return {"Credentials": self.credentials.to_dict(), **self._sizes()}


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationToken(SessionAnswer):
    """The result of GetFederationToken, with the federated user's id ``<account>:<name>`` and ARN."""

    federated_user_id: str
    arn: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ResponseMetadata."""
        return {
            "Credentials": self.credentials.to_dict(),
            "FederatedUser": {"FederatedUserId": self.federated_user_id, "Arn": self.arn},
            "PackedPolicySize": self.packed_policy_size,
            **self._sizes(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRoot(SessionAnswer):
    """The result of AssumeRoot. ``source_identity`` is inherited from the calling session, or None."""

    source_identity: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ResponseMetadata."""
        named = {} if self.source_identity is None else {"SourceIdentity": self.source_identity}
        return {"Credentials": self.credentials.to_dict(), **named, **self._sizes()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegatedAccessToken(SessionAnswer):
    """The result of GetDelegatedAccessToken. ``assumed_principal`` is the ARN of the role session."""

    assumed_principal: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ResponseMetadata."""
        return {
            "Credentials": self.credentials.to_dict(),
            "PackedPolicySize": self.packed_policy_size,
            "AssumedPrincipal": self.assumed_principal,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerIdentity:
    """The result of GetCallerIdentity: unique id, account id (twelve digits) and ARN of the caller."""

    user_id: str
    account: str
    arn: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ResponseMetadata."""
        return {"UserId": self.user_id, "Account": self.account, "Arn": self.arn}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKeyInfo:
    """The result of GetAccessKeyInfo: the account id, twelve digits."""

    account: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ResponseMetadata."""
        return {"Account": self.account}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedMessage:
    """The result of DecodeAuthorizationMessage: the decoded message, JSON text."""

    decoded_message: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ResponseMetadata."""
        return {"DecodedMessage": self.decoded_message}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebIdentityToken:
    """The result of GetWebIdentityToken: the signed JWT, which is not in the repr, and its expiration, aware UTC."""

    web_identity_token: str = field(repr=False)
    expiration: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ResponseMetadata."""
        return {"WebIdentityToken": self.web_identity_token, "Expiration": self.expiration}
