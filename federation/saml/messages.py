"""The texts AWS sends about SAML responses, each in one place (observed answers of the live service).

AWS writes the id of an inner request into some of them; an offline engine has none, so the all-zero UUID stands there and the same
input always gives the same text.
"""

from __future__ import annotations

from typing import Final

NO_REQUEST_ID: Final = "00000000-0000-0000-0000-000000000000"


def _from_discovery_service(text: str) -> str:
    return (
        f"{text} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlInvalidSamlResponseException; "
        f"Request ID: {NO_REQUEST_ID}; Proxy: null)"
    )


MALFORMED: Final = _from_discovery_service("Invalid base64 SAMLResponse")
"""The catch-all: bad base64, and everything about the shape of the response that the service cannot use."""
UNSIGNED_ASSERTION: Final = _from_discovery_service(
    "Response (with optional signature) must contain an assertion with a mandatory signature"
)
SIGNATURE_INVALID: Final = "Response signature invalid"
EXPIRED: Final = "Response has expired"
REDEEM_WITHIN_FIVE_MINUTES: Final = "Token must be redeemed within 5 minutes of issuance"
UNKNOWN_PROVIDER: Final = "Specified provider doesn't exist"
AUDIENCE: Final = "Response does not contain the required audience."
"""Of the console's endpoint; the API does not look at the audience."""
