"""The classes of every refusal that the engine raises.

Each class is one error code of the STS wire protocol (service model 2011-06-15) with its HTTP status. The rule that refused is the
attribute ``check``; a rule has no class of its own. Code that refuses passes the check, what was expected, what was found, and the remedy.

Style of the texts: lower case, no full stop, the terms of the specifications, and `show` around every value from outside.
"""

from federation.errors.account import (
    AccountFault,
    AccountFaults,
    DeleteConflict,
    EntityAlreadyExists,
    LimitExceeded,
    NoSuchEntity,
    RegistrationError,
    UnmodifiableEntity,
)
from federation.errors.operations import (
    AccessDenied,
    ExpiredToken,
    ExpiredTokenException,
    ExpiredTradeInTokenException,
    IDPCommunicationError,
    IDPRejectedClaim,
    InternalFailure,
    InvalidAuthorizationMessageException,
    InvalidClientTokenId,
    InvalidIdentityToken,
    InvalidParameterValue,
    JWTPayloadSizeExceededException,
    MalformedPolicyDocument,
    OutboundWebIdentityFederationDisabledException,
    PackedPolicyTooLarge,
    RegionDisabledException,
    SessionDurationEscalationException,
    ValidationError,
)
from federation.errors.refusal import ErrorCode, FederationError, check_of
from federation.errors.requests import (
    IncompleteSignature,
    InvalidAction,
    MalformedInput,
    MalformedQueryString,
    MissingAction,
    MissingAuthenticationToken,
    MissingContentLength,
    RequestEntityTooLarge,
    RequestTimeout,
    SignatureDoesNotMatch,
    UnknownOperationException,
)
from federation.errors.shown import MAX_SHOWN, printable, show

__all__ = [
    "MAX_SHOWN",
    "AccessDenied",
    "AccountFault",
    "AccountFaults",
    "DeleteConflict",
    "EntityAlreadyExists",
    "ErrorCode",
    "ExpiredToken",
    "ExpiredTokenException",
    "ExpiredTradeInTokenException",
    "FederationError",
    "IDPCommunicationError",
    "IDPRejectedClaim",
    "IncompleteSignature",
    "InternalFailure",
    "InvalidAction",
    "InvalidAuthorizationMessageException",
    "InvalidClientTokenId",
    "InvalidIdentityToken",
    "InvalidParameterValue",
    "JWTPayloadSizeExceededException",
    "LimitExceeded",
    "MalformedInput",
    "MalformedPolicyDocument",
    "MalformedQueryString",
    "MissingAction",
    "MissingAuthenticationToken",
    "MissingContentLength",
    "NoSuchEntity",
    "OutboundWebIdentityFederationDisabledException",
    "PackedPolicyTooLarge",
    "RegionDisabledException",
    "RegistrationError",
    "RequestEntityTooLarge",
    "RequestTimeout",
    "SessionDurationEscalationException",
    "SignatureDoesNotMatch",
    "UnknownOperationException",
    "UnmodifiableEntity",
    "ValidationError",
    "check_of",
    "printable",
    "show",
]
