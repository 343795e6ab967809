"""The texts of AWS about SAML responses (observed responses of the service).

Some contain the id of an internal request. Offline there is none, so these have the all-zero UUID, and equal input gives equal text.
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
"""The text for malformed base64 and for every structural defect of the response."""
UNSIGNED_ASSERTION: Final = _from_discovery_service(
    "Response (with optional signature) must contain an assertion with a mandatory signature"
)
SIGNATURE_INVALID: Final = "Response signature invalid"
EXPIRED: Final = "Response has expired"
REDEEM_WITHIN_FIVE_MINUTES: Final = "Token must be redeemed within 5 minutes of issuance"
UNKNOWN_PROVIDER: Final = "Specified provider doesn't exist"
AUDIENCE: Final = "Response does not contain the required audience."
"""The text of the console's endpoint. The API does not check the audience."""
