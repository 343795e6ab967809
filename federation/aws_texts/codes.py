"""One text for each error code: a client receives it where AWS's text for the situation is not known.

It repeats nothing of the request. A code for which AWS has one text alone has that text, which stands in the module of its area.
"""

from __future__ import annotations

from typing import Final

INVALID_IDENTITY_TOKEN: Final = "The identity token could not be validated."  # noqa: S105 - a text
"""This project's wording: what AWS says in these situations is not known."""
EXPIRED_TOKEN: Final = "The identity token has expired."  # noqa: S105 - a text
"""This project's wording: what AWS says in these situations is not known."""
EXPIRED_TRADE_IN_TOKEN: Final = "The trade-in token has expired."  # noqa: S105 - a text
"""This project's wording: what AWS says in these situations is not known."""
IDP_COMMUNICATION_ERROR: Final = "The identity provider could not be reached."
"""This project's wording: what AWS says in these situations is not known."""
IDP_REJECTED_CLAIM: Final = "The identity provider rejected the claim."
"""This project's wording: what AWS says in these situations is not known."""
JWT_PAYLOAD_SIZE_EXCEEDED: Final = "The payload of the token exceeds its maximum size."
"""This project's wording: what AWS says in these situations is not known."""
MALFORMED_POLICY_DOCUMENT: Final = "The policy document is malformed."
"""This project's wording: what AWS says in these situations is not known."""
PACKED_POLICY_TOO_LARGE: Final = "The session policies and tags exceed their maximum size."
"""This project's wording: what AWS says in these situations is not known."""
REGION_DISABLED: Final = "STS is not activated in this region."
"""This project's wording: what AWS says in these situations is not known."""
SESSION_DURATION_ESCALATION: Final = "The requested duration exceeds the duration of the session."
"""This project's wording: what AWS says in these situations is not known."""
ACCESS_DENIED: Final = "Access denied."
"""This project's wording: what AWS says in these situations is not known."""
VALIDATION_ERROR: Final = "The request does not satisfy its constraints."
"""This project's wording: what AWS says in these situations is not known."""
INVALID_PARAMETER_VALUE: Final = "A parameter of the request is not valid."
"""This project's wording: what AWS says in these situations is not known."""
INVALID_INPUT: Final = "The input is not valid."
"""This project's wording: what AWS says in these situations is not known."""
ENTITY_ALREADY_EXISTS: Final = "An entity of that name exists already."
"""This project's wording: what AWS says in these situations is not known."""
NO_SUCH_ENTITY: Final = "There is no entity of that name."
"""This project's wording: what AWS says in these situations is not known."""
DELETE_CONFLICT: Final = "The entity is in use and cannot be deleted."
"""This project's wording: what AWS says in these situations is not known."""
LIMIT_EXCEEDED: Final = "The account has as many of these as it may have."
"""This project's wording: what AWS says in these situations is not known."""
INCOMPLETE_SIGNATURE: Final = "The request signature does not conform to AWS standards."
"""Documented: STS API reference, common errors."""
MALFORMED_QUERY_STRING: Final = "The query string is malformed."
"""This project's wording: what AWS says in these situations is not known."""
SIGNATURE_DOES_NOT_MATCH: Final = "The request signature does not match."
"""This project's wording: what AWS says in these situations is not known."""
MALFORMED_INPUT: Final = "The request is malformed."
"""This project's wording: what AWS says in these situations is not known."""
INVALID_ACTION: Final = "The action or the version is not valid."
"""This project's wording: what AWS says in these situations is not known."""
UNKNOWN_OPERATION: Final = "The operation is not known."
"""This project's wording: what AWS says in these situations is not known."""
REQUEST_TIMEOUT: Final = "The request took too long."
"""This project's wording: what AWS says in these situations is not known."""
