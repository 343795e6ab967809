"""SAML responses, and the attributes of an assertion that AssumeRoleWithSAML reads (docs/observed.md 2.2, 9.1)."""

from __future__ import annotations

from typing import Final

NO_REQUEST_ID: Final = "00000000-0000-0000-0000-000000000000"
"""Stands for the id of a request inside of AWS, so that equal input gives equal text.

This project's wording: offline there is no such request.
"""


def _from_discovery_service(text: str) -> str:
    return (
        f"{text} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlInvalidSamlResponseException; "
        f"Request ID: {NO_REQUEST_ID}; Proxy: null)"
    )


MALFORMED: Final = _from_discovery_service("Invalid base64 SAMLResponse")
"""Malformed base64, and every structural defect of the response. Recorded: docs/observed.md 9.1."""
UNSIGNED_ASSERTION: Final = _from_discovery_service(
    "Response (with optional signature) must contain an assertion with a mandatory signature"
)
"""The assertion has no signature. Recorded: docs/observed.md 9.1."""
SIGNATURE_INVALID: Final = "Response signature invalid"
"""No registered key verifies a signature. Recorded: docs/observed.md 9.1."""
EXPIRED: Final = "Response has expired"
"""A NotOnOrAfter or SessionNotOnOrAfter has passed. Recorded: docs/observed.md 9.1."""
REDEEM_WITHIN_FIVE_MINUTES: Final = "Token must be redeemed within 5 minutes of issuance"
"""The assertion was issued too long ago. Observed: docs/observed.md 9.1."""
UNKNOWN_PROVIDER: Final = "Specified provider doesn't exist"
"""PrincipalArn names no provider of the account. Documented: docs/observed.md 9.1."""
AUDIENCE: Final = "Response does not contain the required audience."
"""The audience is not that of AWS; the console says so, whereas the API does not check it. Observed: docs/observed.md 9.1."""
ROLE_PAIR: Final = "SAML Assertion doesn't contain the requested Role and Metadata in the attributes"
"""No value of Role is the pair of the call. Observed: docs/observed.md 2.2."""
NO_SESSION_NAME: Final = "RoleSessionName is required in AuthnResponse"
"""The attribute RoleSessionName is absent. Documented: docs/observed.md 2.2."""


def session_name_form(pattern: str) -> str:
    """Return the text for a RoleSessionName that *pattern* does not match. Documented: docs/observed.md 2.2."""
    return f"RoleSessionName in AuthnResponse must match {pattern}"


def source_identity_form(pattern: str) -> str:
    """Return the text for a SourceIdentity that *pattern* does not match. Documented: docs/observed.md 2.2."""
    return f'Source Identity must match {pattern} and not begin with "aws:"'
