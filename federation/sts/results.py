"""What the service answers, in Python and as the dict boto3 returns. Secrets are in the values, never in a repr."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from federation import limits
from federation.sts.sealing import SealedToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Temporary credentials.

    Attributes:
        access_key_id: ``ASIA…`` with the account inside.
        secret_access_key: 40 characters. Never shown.
        session_token: Base64. Never shown.
        expiration: Aware UTC, whole seconds.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expiration: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return the Credentials structure as boto3 returns it."""
        return {
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key,
            "SessionToken": self.session_token,
            "Expiration": self.expiration,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRoleUser:
    """The session as a principal: ``<role id>:<session name>`` and its ARN, in which the role's path is dropped."""

    assumed_role_id: str
    arn: str

    def to_dict(self) -> dict[str, Any]:
        """Return the AssumedRoleUser structure as boto3 returns it."""
        return {"AssumedRoleId": self.assumed_role_id, "Arn": self.arn}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAnswer:
    """What every operation answers that issues a session.

    Attributes:
        credentials: The temporary credentials.
        session_token_size: Length of the session token, octets.
        session_token_utilization: That length in percent of the limit, rounded to the nearest.
    """

    credentials: Credentials
    session_token_size: int
    session_token_utilization: int

    @property
    def packed_policy_size(self) -> int:
        """PackedPolicySize: since 2026-09-15 the same number as `session_token_utilization`."""
        return self.session_token_utilization

    def _sizes(self) -> dict[str, Any]:
        return {"SessionTokenUtilization": self.session_token_utilization, "SessionTokenSize": self.session_token_size}


class Issued(TypedDict):
    """The members of `SessionAnswer`."""

    credentials: Credentials
    session_token_size: int
    session_token_utilization: int


def issued(sealed: SealedToken, *, expires_at: datetime) -> Issued:
    """Return the members of `SessionAnswer` for a session that ends at *expires_at* and the token that seals it."""
    size = len(sealed.token)
    return {
        "credentials": Credentials(
            access_key_id=sealed.access_key_id,
            secret_access_key=sealed.secret_access_key,
            session_token=sealed.token,
            expiration=expires_at,
        ),
        "session_token_size": size,
        "session_token_utilization": round(size * 100 / limits.SESSION_TOKEN_OCTETS),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FederatedRoleSession(SessionAnswer):
    """What AssumeRoleWithSAML and AssumeRoleWithWebIdentity answer alike.

    Attributes:
        assumed_role_user: The session as a principal.
        subject: Whom the token proved: text of the NameID, or ``sub``.
        audience: By which name the token addressed us.
        source_identity: SourceIdentity, or None.
    """

    assumed_role_user: AssumedRoleUser
    subject: str
    audience: str | None
    source_identity: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRoleSession(FederatedRoleSession):
    """The answer of AssumeRoleWithSAML; its ``audience`` is the Recipient of the SubjectConfirmationData.

    Attributes:
        subject_type: Format of the NameID, the SAML 2.0 prefix removed.
        issuer: Text of the assertion's Issuer.
        name_qualifier: base64 of SHA-1 over issuer, account and provider name.
    """

    subject_type: str
    issuer: str
    name_qualifier: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the dict boto3 returns for the operation, without the ResponseMetadata of the HTTP exchange there was none of."""
        answer = {
            "Credentials": self.credentials.to_dict(),
            "AssumedRoleUser": self.assumed_role_user.to_dict(),
            "PackedPolicySize": self.packed_policy_size,
            "Subject": self.subject,
            "SubjectType": self.subject_type,
            "Issuer": self.issuer,
            "Audience": self.audience,
            "NameQualifier": self.name_qualifier,
            "SourceIdentity": self.source_identity,
            **self._sizes(),
        }
        return {name: value for name, value in answer.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebIdentityRoleSession(FederatedRoleSession):
    """The answer of AssumeRoleWithWebIdentity; its ``audience`` is ``azp`` where the token has one, otherwise ``aud``.

    Attributes:
        provider: ARN of the OpenID Connect provider; for AWS's built-in providers and for OAuth servers their name (observed).
    """

    provider: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict boto3 returns for the operation, without the ResponseMetadata of the HTTP exchange there was none of."""
        answer = {
            "Credentials": self.credentials.to_dict(),
            "SubjectFromWebIdentityToken": self.subject,
            "AssumedRoleUser": self.assumed_role_user.to_dict(),
            "PackedPolicySize": self.packed_policy_size,
            "Provider": self.provider,
            "Audience": self.audience,
            "SourceIdentity": self.source_identity,
            **self._sizes(),
        }
        return {name: value for name, value in answer.items() if value is not None}
