"""The signed operations that issue credentials, as methods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from federation.sts.operations import assume_role, assume_root, delegated_access, session_tokens, web_identity_token
from federation.sts.operations.results import (
    AssumedRole,
    AssumedRoot,
    DelegatedAccessToken,
    FederationToken,
    SessionToken,
    WebIdentityToken,
)
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
        return self._signed(
            assume_role.OPERATION, caller, lambda there: assume_role.assume_role(call, there), at=at, call=call, role_arn=role_arn
        )

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
        return self._signed("GetSessionToken", caller, lambda there: session_tokens.get_session_token(call, there), at=at, call=call)

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
        return self._signed("GetFederationToken", caller, lambda there: session_tokens.get_federation_token(call, there), at=at, call=call)

    def get_web_identity_token(
        self,
        *,
        caller: AnyCaller,
        audience: Sequence[str],
        signing_algorithm: str,
        duration_seconds: int | None = None,
        tags: Sequence[object] = (),
        at: datetime | None = None,
    ) -> WebIdentityToken:
        """Issue a signed JSON Web Token that tells other services who the caller is. The account must have the feature switched on.

        Args:
            caller: Who calls.
            audience: For whom: 1 to 10 names of 1 to 1000 characters.
            signing_algorithm: ``RS256`` or ``ES384``.
            duration_seconds: 60 to 3600, five minutes when None; never beyond the end of the calling session.
            tags: At most fifty claims, as boto3's ``{"Key": …, "Value": …}``.
            at: The instant to judge at, aware; the present when None.

        Raises:
            FederationError: The first step that refuses.
        """
        call = web_identity_token.GetWebIdentityToken(
            audience=audience, signing_algorithm=signing_algorithm, duration_seconds=duration_seconds, tags=tags
        )
        return self._signed(
            "GetWebIdentityToken", caller, lambda there: web_identity_token.get_web_identity_token(call, there), at=at, call=call
        )

    def outbound_documents(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return discovery document and key set of the account as an issuer; None while it is none."""
        issuer = self._account.outbound
        return None if issuer is None else (web_identity_token.discovery_document(issuer), web_identity_token.jwks_document(issuer))

    def assume_root(
        self,
        *,
        caller: AnyCaller,
        target_principal: str,
        task_policy_arn: object,
        duration_seconds: int | None = None,
        minimum_session_token_size: int | None = None,
        at: datetime | None = None,
    ) -> AssumedRoot:
        """Issue a short session as the root of a member account, from the account that manages its root access.

        Args:
            caller: Who calls.
            target_principal: The member account, or the ARN of its root.
            task_policy_arn: One of AWS's five task policies, as ARN or as boto3's ``{"arn": …}``.
            duration_seconds: 0 to 900; 900 when None or 0.
            minimum_session_token_size: Pads the session token to at least so many octets, up to 4096.
            at: The instant to judge at, aware; the present when None.

        Raises:
            FederationError: The first step that refuses.
        """
        call = assume_root.AssumeRoot(
            target_principal=target_principal,
            task_policy_arn=task_policy_arn,
            duration_seconds=duration_seconds,
            minimum_session_token_size=minimum_session_token_size,
        )
        return self._signed("AssumeRoot", caller, lambda there: assume_root.assume_root(call, there), at=at, call=call)

    def get_delegated_access_token(self, *, caller: AnyCaller, trade_in_token: str, at: datetime | None = None) -> DelegatedAccessToken:
        """Exchange a trade-in token that is registered with the account, once, for credentials.

        Args:
            caller: Who calls.
            trade_in_token: The token.
            at: The instant to judge at, aware; the present when None.

        Raises:
            FederationError: The first step that refuses.
        """
        return self._signed(
            "GetDelegatedAccessToken", caller, lambda there: delegated_access.get_delegated_access_token(trade_in_token, there), at=at
        )
