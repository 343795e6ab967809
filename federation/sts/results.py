"""Results of the federated operations, as objects and as the dict that boto3 returns. A repr never shows a secret."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import Any, TypedDict

from federation import limits
from federation.records import record
from federation.sts.sessions.sealing import SealedToken


@record(kw_only=True)
class Credentials:
    """Temporary credentials.

    Attributes:
        access_key_id: ``ASIA…``; the account id is encoded in it.
        secret_access_key: 40 characters. Not in the repr.
        session_token: Base64, at most `limits.SESSION_TOKEN_OCTETS` characters. Not in the repr.
        expiration: End of the session, aware UTC, whole seconds.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expiration: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return the structure Credentials as boto3 returns it."""
        return {
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key,
            "SessionToken": self.session_token,
            "Expiration": self.expiration,
        }


@record(kw_only=True)
class AssumedRoleUser:
    """The session as a principal.

    Attributes:
        assumed_role_id: ``<role id>:<session name>``.
        arn: ARN of the session, without the path of the role.
    """

    assumed_role_id: str
    arn: str

    def to_dict(self) -> dict[str, Any]:
        """Return the structure AssumedRoleUser as boto3 returns it."""
        return {"AssumedRoleId": self.assumed_role_id, "Arn": self.arn}


@record(kw_only=True)
class SessionAnswer:
    """The members that the results of all operations that issue a session have.

    Attributes:
        credentials: The temporary credentials.
        session_token_size: Length of the session token in octets.
        session_token_utilization: That length in percent of `limits.SESSION_TOKEN_OCTETS`, rounded to the nearest integer.
    """

    credentials: Credentials
    session_token_size: int
    session_token_utilization: int

    @property
    def packed_policy_size(self) -> int:
        """PackedPolicySize in percent. AWS has returned the same number as `session_token_utilization` since 2026-09-15."""
        return self.session_token_utilization

    def _sizes(self) -> dict[str, Any]:
        return {"SessionTokenUtilization": self.session_token_utilization, "SessionTokenSize": self.session_token_size}


class Issued(TypedDict):
    """The members of `SessionAnswer`."""

    credentials: Credentials
    session_token_size: int
    session_token_utilization: int


def issued(sealed: SealedToken, *, expires_at: datetime) -> Issued:
    """Return the members of `SessionAnswer` for the session token *sealed* and the end of its session, *expires_at*, aware UTC."""
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


@record(kw_only=True)
class FederatedRoleSession(SessionAnswer):
    """The members that the results of AssumeRoleWithSAML and AssumeRoleWithWebIdentity have in common.

    Attributes:
        assumed_role_user: The session as a principal.
        subject: Subject of the token: text of the NameID, or ``sub``.
        audience: Audience in the response of STS: Recipient for SAML; ``azp`` or ``aud`` for web identities.
        source_identity: SourceIdentity of the session, or None.
    """

    assumed_role_user: AssumedRoleUser
    subject: str
    audience: str | None
    source_identity: str | None


@record(kw_only=True)
class AssumedRoleSession(FederatedRoleSession):
    """The result of AssumeRoleWithSAML. Its ``audience`` is the Recipient of the SubjectConfirmationData.

    Attributes:
        subject_type: Format of the NameID without the SAML 2.0 prefix.
        issuer: Text of the assertion's Issuer.
        name_qualifier: Base64 SHA-1 of issuer, account id and provider name.
    """

    subject_type: str
    issuer: str
    name_qualifier: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ResponseMetadata."""
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


@record(kw_only=True)
class WebIdentityRoleSession(FederatedRoleSession):
    """The result of AssumeRoleWithWebIdentity. Its ``audience`` is ``azp`` where the token has one, otherwise ``aud``.

    Attributes:
        provider: ARN of the OpenID Connect provider; for providers built into AWS and for OAuth servers the name (observed).
    """

    provider: str

    def to_dict(self) -> dict[str, Any]:
        """Return the dict that boto3 returns for the operation, without ResponseMetadata."""
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
