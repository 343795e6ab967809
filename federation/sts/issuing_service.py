"""The signed operations that issue credentials, as methods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from federation.sts.operations import assume_role, session_tokens
from federation.sts.operations.results import AssumedRole, FederationToken, SessionToken
from federation.sts.signed_service import AnyCaller, SignedOperations


class IssuingOperations(SignedOperations):
    """The part of `SecurityTokenService` that issues credentials to callers with AWS credentials."""

    __slots__ = ()

    def assume_role(  # noqa: PLR0913 - the parameters of the API
        self,
        *,
        caller: AnyCaller,
        role_arn: str,
        role_session_name: str,
        policy_arns: Sequence[object] = (),
        policy: str | None = None,
        duration_seconds: int | None = None,
        tags: Sequence[object] = (),
        transitive_tag_keys: Sequence[str] = (),
        external_id: str | None = None,
        serial_number: str | None = None,
        token_code: str | None = None,
        source_identity: str | None = None,
        provided_contexts: Sequence[object] = (),
        minimum_session_token_size: int | None = None,
        at: datetime | None = None,
    ) -> AssumedRole:
        """Issue temporary credentials of a role to a caller with AWS credentials, of this account or another.

        Args:
            caller: Who calls.
            role_arn: The role, path included.
            role_session_name: 2 to 64 characters of ``[A-Za-z0-9_+=,.@-]``.
            policy_arns: At most ten managed session policies, as ARNs or as boto3's ``{"arn": …}``.
            policy: Inline session policy, JSON.
            duration_seconds: 900 to 43200, at most the role's maximum, and an hour where the caller is a role session; one hour when None.
            tags: At most fifty session tags, as boto3's ``{"Key": …, "Value": …}``.
            transitive_tag_keys: Keys of those that outlive role chaining.
            external_id: ExternalId, 2 to 1224 characters.
            serial_number: MFA device of the caller.
            token_code: Its present six-digit code.
            source_identity: 2 to 64 characters; cannot change along a chain.
            provided_contexts: Refused, where the role's policies do not refuse them first: nobody offline can prove a context assertion.
            minimum_session_token_size: Pads the session token to at least so many octets, up to 4096.
            at: The instant to judge at, aware; the present when None.

        Raises:
            FederationError: The first step that refuses. Nothing else, for arguments of any type and size.
        """
        call = assume_role.AssumeRole(
            role_arn=role_arn,
            role_session_name=role_session_name,
            policy_arns=policy_arns,
            policy=policy,
            duration_seconds=duration_seconds,
            tags=tags,
            transitive_tag_keys=transitive_tag_keys,
            external_id=external_id,
            serial_number=serial_number,
            token_code=token_code,
            source_identity=source_identity,
            provided_contexts=provided_contexts,
            minimum_session_token_size=minimum_session_token_size,
        )
        return self._signed(assume_role.OPERATION, caller, lambda there: assume_role.assume_role(call, there), at=at, role_arn=role_arn)

    def get_session_token(
        self,
        *,
        caller: AnyCaller,
        duration_seconds: int | None = None,
        serial_number: str | None = None,
        token_code: str | None = None,
        minimum_session_token_size: int | None = None,
        at: datetime | None = None,
    ) -> SessionToken:
        """Issue temporary credentials of the calling user or root.

        Args:
            caller: Who calls, with a long-term key.
            duration_seconds: 900 to 129600, twelve hours when None; a root gets an hour at most.
            serial_number: MFA device of the caller.
            token_code: Its present six-digit code.
            minimum_session_token_size: Pads the session token to at least so many octets, up to 4096.
            at: The instant to judge at, aware; the present when None.

        Raises:
            FederationError: Parameters, kind of caller or second factor refuse.
        """
        call = session_tokens.GetSessionToken(
            duration_seconds=duration_seconds,
            serial_number=serial_number,
            token_code=token_code,
            minimum_session_token_size=minimum_session_token_size,
        )
        return self._signed("GetSessionToken", caller, lambda there: session_tokens.get_session_token(call, there), at=at)

    def get_federation_token(
        self,
        *,
        caller: AnyCaller,
        name: str,
        policy: str | None = None,
        policy_arns: Sequence[object] = (),
        duration_seconds: int | None = None,
        tags: Sequence[object] = (),
        minimum_session_token_size: int | None = None,
        at: datetime | None = None,
    ) -> FederationToken:
        """Issue temporary credentials of a federated user, who may do what both the caller and the session policies allow.

        Args:
            caller: Who calls, with a long-term key.
            name: 2 to 32 characters of ``[A-Za-z0-9_+=,.@-]``.
            policy: Inline session policy, JSON of at most 2048 characters; with no session policy the session may do nothing.
            policy_arns: At most ten managed session policies, as ARNs or as boto3's ``{"arn": …}``.
            duration_seconds: 900 to 129600, twelve hours when None; a root gets an hour at most.
            tags: At most fifty session tags, as boto3's ``{"Key": …, "Value": …}``.
            minimum_session_token_size: Pads the session token to at least so many octets, up to 4096.
            at: The instant to judge at, aware; the present when None.

        Raises:
            FederationError: The first step that refuses.
        """
        call = session_tokens.GetFederationToken(
            name=name,
            policy=policy,
            policy_arns=policy_arns,
            duration_seconds=duration_seconds,
            tags=tags,
            minimum_session_token_size=minimum_session_token_size,
        )
        return self._signed("GetFederationToken", caller, lambda there: session_tokens.get_federation_token(call, there), at=at)
