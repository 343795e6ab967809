"""What the signed operations answer, in Python and as the dict boto3 returns. Secrets are in the values, never in a repr."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from federation.sts.results import AssumedRoleUser, SessionAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRole(SessionAnswer):
    """The answer of AssumeRole; ``source_identity`` is the one passed or inherited, or None."""

    assumed_role_user: AssumedRoleUser
    source_identity: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the dict boto3 returns for the operation."""
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
    """The answer of GetSessionToken."""

    def to_dict(self) -> dict[str, Any]:
        """Return the dict boto3 returns for the operation."""
        return {"Credentials": self.credentials.to_dict(), **self._sizes()}


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationToken(SessionAnswer):
    """The answer of GetFederationToken: the federated user as ``<account>:<name>`` and by its ARN."""

    federated_user_id: str
    arn: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict boto3 returns for the operation."""
        return {
            "Credentials": self.credentials.to_dict(),
            "FederatedUser": {"FederatedUserId": self.federated_user_id, "Arn": self.arn},
            "PackedPolicySize": self.packed_policy_size,
            **self._sizes(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRoot(SessionAnswer):
    """The answer of AssumeRoot; ``source_identity`` is inherited, or None."""

    source_identity: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the dict boto3 returns for the operation."""
        named = {} if self.source_identity is None else {"SourceIdentity": self.source_identity}
        return {"Credentials": self.credentials.to_dict(), **named, **self._sizes()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegatedAccessToken(SessionAnswer):
    """The answer of GetDelegatedAccessToken: ``assumed_principal`` is the ARN of the role session."""

    assumed_principal: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict boto3 returns for the operation."""
        return {
            "Credentials": self.credentials.to_dict(),
            "PackedPolicySize": self.packed_policy_size,
            "AssumedPrincipal": self.assumed_principal,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerIdentity:
    """The answer of GetCallerIdentity."""

    user_id: str
    account: str
    arn: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict boto3 returns for the operation."""
        return {"UserId": self.user_id, "Account": self.account, "Arn": self.arn}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKeyInfo:
    """The answer of GetAccessKeyInfo: the account, twelve digits."""

    account: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict boto3 returns for the operation."""
        return {"Account": self.account}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedMessage:
    """The answer of DecodeAuthorizationMessage: a text that holds JSON."""

    decoded_message: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict boto3 returns for the operation."""
        return {"DecodedMessage": self.decoded_message}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebIdentityToken:
    """The answer of GetWebIdentityToken: a signed JWT, never shown, and its end, aware UTC."""

    web_identity_token: str = field(repr=False)
    expiration: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return the dict boto3 returns for the operation."""
        return {"WebIdentityToken": self.web_identity_token, "Expiration": self.expiration}
