"""Web identity tokens, and the claims that AssumeRoleWithWebIdentity reads (docs/observed.md 3.5, 3.9, 9.2)."""

from __future__ import annotations

from typing import Final

NOT_A_JWT: Final = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
"""The token is no compact JWS. Recorded: docs/observed.md 9.2."""
NOT_VALIDATED: Final = (
    "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements."
)
"""The signature, the algorithm or the audience does not hold. Recorded: docs/observed.md 9.2."""
NO_KEY: Final = (
    "Couldn't retrieve verification key from your identity provider, "
    " please reference AssumeRoleWithWebIdentity documentation for requirements"
)
"""The key set has no key of the token's ``kid``; two spaces follow the comma. Where it cannot be had at all, the code is
IDPCommunicationError, and its text is not known to differ. Recorded: docs/observed.md 9.2."""
INVALID_TIMESTAMP: Final = "Invalid timestamp in token claims."
"""A time claim is no whole number. Recorded: docs/observed.md 9.2."""
UNKNOWN_ERROR: Final = "Unknown error validating third-party token"
"""``sub`` is null. Recorded: docs/observed.md 9.2."""
SEVERAL_AUDIENCES: Final = "Token audience contains more than one audience while authorized party is not present"
"""``aud`` has several values and ``azp`` is absent. Observed: docs/observed.md 9.2."""
EMPTY_AUDIENCE: Final = "Claim is not allowed to be empty: aud"
"""``aud`` is an empty list. Recorded: docs/observed.md 9.2."""
MALFORMED_PRINCIPAL_TAGS: Final = "principal_tags passed in claim is not in correct format."
"""A session tag in a claim is no string, or no list of one. Recorded: docs/observed.md 3.5."""
MALFORMED_SESSION_TAGS: Final = "Session tags passed in claim are not in correct format."
"""The claim of the session tags is no object, or its transitive keys are no list of strings. Observed: docs/observed.md 3.5."""
ROLES_FORMAT: Final = "The roles claim is not in a supported format"
"""The claim of roles is neither a list nor a string. Recorded: docs/observed.md 3.5."""
ROLES_EMPTY: Final = "The roles claim contains no valid role ARNs"
"""No entry of the claim of roles is the ARN of a role. Recorded: docs/observed.md 3.5."""
ROLES_MISMATCH: Final = "The target role ARN is not present in the roles claim of the identity token"
"""The claim of roles does not name the role of the call. Recorded: docs/observed.md 3.5."""
UNRECOGNIZED_PROVIDER: Final = "Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens"
"""ProviderId names no OAuth server. Observed: docs/observed.md 3.9."""
NOT_LOGIN_WITH_AMAZON: Final = "Provided Token is not a Login With Amazon token"
"""An ID token was sent with the ProviderId of Login with Amazon. Recorded: docs/observed.md 3.9."""


def no_provider(issuer: str) -> str:
    """Return the text for an issuer that is not registered. Observed: docs/observed.md 9.2."""
    return f"No OpenIDConnect provider found in your account for {issuer}"


def missing_claim(name: str) -> str:
    """Return the text for an absent required claim. Recorded: docs/observed.md 9.2."""
    return f"Missing a required claim: {name}"


def expired(now: int, expiry: int) -> str:
    """Return the text for a token that expired before *now*; both in seconds since 1970. Observed: docs/observed.md 9.2."""
    return f"Token expired: current date/time {now} must be before the expiration date/time {expiry}"


def issued_in_future(issued: int) -> str:
    """Return the text for an ``iat`` in the future, in seconds since 1970. Observed: docs/observed.md 9.2."""
    return f"Token issued in the future: {issued}"


def not_yet_valid(now: int, not_before: int) -> str:
    """Return the text for a token before its ``nbf``; both in seconds since 1970. Observed: docs/observed.md 9.2."""
    return f"Token not yet valid: current date/time {now} must be after or equal to the not-before date/time {not_before}"
