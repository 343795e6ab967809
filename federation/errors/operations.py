"""Refusals of the operations of the Security Token Service, by the codes of its service model and those that all services share."""

from __future__ import annotations

from typing import ClassVar

from federation import aws_texts
from federation.check_names import CheckName
from federation.errors.refusal import ErrorCode, FederationError


class InvalidIdentityToken(FederationError):
    """The SAML response or web identity token does not validate."""

    code: ClassVar[ErrorCode] = "InvalidIdentityToken"
    http_status = 400
    text = aws_texts.codes.INVALID_IDENTITY_TOKEN


class ExpiredTokenException(FederationError):
    """The SAML response or web identity token has expired."""

    code: ClassVar[ErrorCode] = "ExpiredTokenException"
    http_status = 400
    text = aws_texts.codes.EXPIRED_TOKEN


class ExpiredTradeInTokenException(FederationError):
    """The trade-in token has expired."""

    code: ClassVar[ErrorCode] = "ExpiredTradeInTokenException"
    http_status = 400
    text = aws_texts.codes.EXPIRED_TRADE_IN_TOKEN


class IDPCommunicationError(FederationError):
    """The identity provider's keys or token information are not registered. AWS raises it when it cannot reach the provider."""

    code: ClassVar[ErrorCode] = "IDPCommunicationError"
    http_status = 400
    text = aws_texts.codes.IDP_COMMUNICATION_ERROR


class IDPRejectedClaim(FederationError):
    """The identity provider reports a failure, or the token was used before or was revoked."""

    code: ClassVar[ErrorCode] = "IDPRejectedClaim"
    http_status = 403
    text = aws_texts.codes.IDP_REJECTED_CLAIM


class InvalidAuthorizationMessageException(FederationError):
    """The encoded authorization message cannot be opened."""

    code: ClassVar[ErrorCode] = "InvalidAuthorizationMessageException"
    http_status = 400
    text = aws_texts.authorization.ENCODED_MESSAGE


class JWTPayloadSizeExceededException(FederationError):
    """The JSON Web Token with its tags would be too large."""

    code: ClassVar[ErrorCode] = "JWTPayloadSizeExceededException"
    http_status = 400
    text = aws_texts.codes.JWT_PAYLOAD_SIZE_EXCEEDED


class MalformedPolicyDocument(FederationError):
    """A policy document is not JSON or violates the policy grammar. ``path`` is the JSON path of the fault."""

    code: ClassVar[ErrorCode] = "MalformedPolicyDocument"
    http_status = 400
    text = aws_texts.codes.MALFORMED_POLICY_DOCUMENT

    def __init__(
        self, *, path: str, expected: str, found: str, remedy: str, check: CheckName = "policy-grammar", message: str | None = None
    ) -> None:
        super().__init__(check=check, expected=expected, found=found, remedy=remedy, message=message)
        self.path = path

    def __str__(self) -> str:
        return f"{self.code}: {self.check}: at {self.path}: expected {self.expected}, found {self.found}; {self.remedy}"

    def as_dict(self) -> dict[str, str | int]:
        """Return the refusal as plain data, with the JSON ``path`` of the fault."""
        return {**super().as_dict(), "path": self.path}


class PackedPolicyTooLarge(FederationError):
    """Session policies and tags make the session token exceed its limit."""

    code: ClassVar[ErrorCode] = "PackedPolicyTooLarge"
    http_status = 400
    text = aws_texts.codes.PACKED_POLICY_TOO_LARGE


class OutboundWebIdentityFederationDisabledException(FederationError):
    """The account does not issue web identity tokens."""

    code: ClassVar[ErrorCode] = "OutboundWebIdentityFederationDisabledException"
    http_status = 403
    text = aws_texts.service.OUTBOUND_DISABLED


class RegionDisabledException(FederationError):
    """The region is not activated for STS in the account."""

    code: ClassVar[ErrorCode] = "RegionDisabledException"
    http_status = 403
    text = aws_texts.codes.REGION_DISABLED


class SessionDurationEscalationException(FederationError):
    """The requested duration of a token ends after the calling session."""

    code: ClassVar[ErrorCode] = "SessionDurationEscalationException"
    http_status = 403
    text = aws_texts.codes.SESSION_DURATION_ESCALATION


class AccessDenied(FederationError):
    """A policy denies the request, by a Deny statement or because no Allow statement applies.

    Attributes:
        decision: The policy's `Decision`; None where none was evaluated.
        encoded_message: The message for DecodeAuthorizationMessage; None where the refusal has none.
        evaluation: The `Evaluation` of every policy that applied to a signed call; None for a federated login, which has one policy.
    """

    code: ClassVar[ErrorCode] = "AccessDenied"
    http_status = 403
    text = aws_texts.codes.ACCESS_DENIED
    encoded_message: str | None = None
    evaluation: object | None = None

    def __init__(
        self, *, check: CheckName, expected: str, found: str, remedy: str, message: str | None = None, decision: object | None = None
    ) -> None:
        super().__init__(check=check, expected=expected, found=found, remedy=remedy, message=message)
        self.decision = decision


class ValidationError(FederationError):
    """A request parameter violates its constraint."""

    code: ClassVar[ErrorCode] = "ValidationError"
    http_status = 400
    text = aws_texts.codes.VALIDATION_ERROR


class InvalidClientTokenId(FederationError):
    """The access key id or the session token is unknown. The refusal does not tell which, or why (attack row A23)."""

    code: ClassVar[ErrorCode] = "InvalidClientTokenId"
    http_status = 403
    text = aws_texts.requests.UNKNOWN_TOKEN


class ExpiredToken(FederationError):
    """The session token is genuine and has expired."""

    code: ClassVar[ErrorCode] = "ExpiredToken"
    http_status = 403
    text = aws_texts.requests.EXPIRED_TOKEN


class InvalidParameterValue(FederationError):
    """Request parameters contradict each other or the calling session."""

    code: ClassVar[ErrorCode] = "InvalidParameterValue"
    http_status = 400
    text = aws_texts.codes.INVALID_PARAMETER_VALUE


class InternalFailure(FederationError):
    """A bug of the engine or of a plug-in. The refusal repeats nothing of the input."""

    code: ClassVar[ErrorCode] = "InternalFailure"
    http_status = 500
