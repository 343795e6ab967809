"""The texts of AWS STS about web identity tokens: recorded responses of the service, or its documentation."""

from __future__ import annotations

from typing import Final

NOT_A_JWT: Final = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
NOT_VALIDATED: Final = (
    "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements."
)
NO_KEY: Final = (
    "Couldn't retrieve verification key from your identity provider, "
    " please reference AssumeRoleWithWebIdentity documentation for requirements"
)
"""Two spaces after the comma, as recorded."""
INVALID_TIMESTAMP: Final = "Invalid timestamp in token claims."
UNKNOWN_ERROR: Final = "Unknown error validating third-party token"
SEVERAL_AUDIENCES: Final = "Token audience contains more than one audience while authorized party is not present"
EMPTY_AUDIENCE: Final = "Claim is not allowed to be empty: aud"
MALFORMED_PRINCIPAL_TAGS: Final = "principal_tags passed in claim is not in correct format."
MALFORMED_SESSION_TAGS: Final = "Session tags passed in claim are not in correct format."
ROLES_FORMAT: Final = "The roles claim is not in a supported format"
ROLES_EMPTY: Final = "The roles claim contains no valid role ARNs"
ROLES_MISMATCH: Final = "The target role ARN is not present in the roles claim of the identity token"


def no_provider(issuer: str) -> str:
    """Return the text for an issuer that is not registered."""
    return f"No OpenIDConnect provider found in your account for {issuer}"


def missing_claim(name: str) -> str:
    """Return the text for an absent required claim."""
    return f"Missing a required claim: {name}"


def expired(now: int, expiry: int) -> str:
    """Return the text for a token that expired before *now*; both times in seconds since 1970."""
    return f"Token expired: current date/time {now} must be before the expiration date/time {expiry}"


def issued_in_future(issued: int) -> str:
    """Return the text for an ``iat`` in the future."""
    return f"Token issued in the future: {issued}"


def not_yet_valid(now: int, not_before: int) -> str:
    """Return the text for a token before its ``nbf``; both times in seconds since 1970."""
    return f"Token not yet valid: current date/time {now} must be after or equal to the not-before date/time {not_before}"
