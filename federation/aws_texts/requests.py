"""Requests: their signature, their form, and the operation that they name (docs/observed.md 9.7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

MISSING_TOKEN: Final = "Request is missing Authentication Token"  # noqa: S105 - a text
"""The request is not signed. Observed: docs/observed.md 9.7."""
UNKNOWN_TOKEN: Final = "The security token included in the request is invalid."  # noqa: S105 - a text
"""The access key or the session token is unknown. Observed: docs/observed.md 9.7."""
EXPIRED_TOKEN: Final = "The security token included in the request is expired"  # noqa: S105 - a text
"""The session has ended. Observed: docs/observed.md 9.7."""
MISMATCH: Final = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. "
    "Consult the service documentation for details."
)
"""The signature is that of another request or another key. Observed: docs/observed.md 9.7."""
TWO_SIGNATURES: Final = "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
"""The request has a signature in its query and one in its header. Reported: docs/observed.md 9.7."""
NO_DATE: Final = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
"""A request signed in its header has no date. Observed: docs/observed.md 9.7."""
EXAMINE_QUERY: Final = "Re-examine the query-string parameters."
"""Ends the list of parts that a signature in the query lacks. Reported: docs/observed.md 9.7."""
UNNAMED_ALGORITHM: Final = "Unsupported AWS 'algorithm'."
"""What stands for the algorithm is no name of one. This project's wording: AWS repeats it, and here it may be a token."""
INCOMPLETE_ESCAPE: Final = "Incomplete trailing escape % sequence"
"""A percent sign is among the last two characters. Reported: docs/observed.md 9.7."""
NO_DECIMAL: Final = "missing value for decimal type"
"""An integer parameter is empty. Observed: docs/observed.md 9.7."""
MISSING_ACTION: Final = "The request is missing an action or a required parameter."
"""The request names no operation. Documented: STS API reference, common errors."""
NO_VERSION: Final = "NO_VERSION_SPECIFIED"
"""Stands for the version where a request has none. Reported: docs/observed.md 9.7."""
TIMEOUT: Final = "Your socket connection to the server was not read from or written to within the timeout period."
"""The body did not come in time. Documented: S3 API reference, error responses."""
NO_CONTENT_LENGTH: Final = "You must provide the Content-Length HTTP header."
"""The body comes without its length. Documented: S3 API reference, error responses."""
TOO_LARGE: Final = "Request entity too large"
"""The body is too long. This project's wording: what AWS says here is not known."""


def header_lacks(part: str) -> str:
    """Return the text for an Authorization header without *part*. Observed: docs/observed.md 9.7."""
    return f"Authorization header requires '{part}' parameter."


def authorization_is(algorithm: str) -> str:
    """Return the end of the list of parts that an Authorization header lacks. Observed: docs/observed.md 9.7."""
    return f"Authorization={algorithm}"


def query_lacks(part: str) -> str:
    """Return the text for a signature in the query without *part*. Reported: docs/observed.md 9.7."""
    return f"AWS query-string parameters must include '{part}'."


def unsupported_algorithm(name: str) -> str:
    """Return the text for another algorithm than AWS4-HMAC-SHA256. Observed: docs/observed.md 9.7."""
    return f"Unsupported AWS 'algorithm': '{name}'."


def not_a_pair(part: str, header: str) -> str:
    """Return the text for a *part* of the Authorization *header* without an equal-sign. Observed: docs/observed.md 9.7."""
    return f"'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'"


def not_pairs(digest: str) -> str:
    """Return the text for such a header of which only the base64 of its SHA-256 is shown. Reported: docs/observed.md 9.7."""
    return f"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '{digest}'."


def date_form(date: str) -> str:
    """Return the text for a date of another form. Observed: docs/observed.md 9.7."""
    return f"Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"


def signature_expired(date: str, earliest: str, now: str) -> str:
    """Return the text for a *date* before *earliest*, a quarter of an hour before *now*. Observed: docs/observed.md 9.7."""
    return f"Signature expired: {date} is now earlier than {earliest} ({now} - 15 min.)"


def signature_not_current(date: str, latest: str, now: str) -> str:
    """Return the text for a *date* after *latest*, a quarter of an hour after *now*. Observed: docs/observed.md 9.7."""
    return f"Signature not yet current: {date} is still later than {latest} ({now} + 15 min.)"


def credential_form(credential: str) -> str:
    """Return the text for a credential of fewer or more parts than five. Reported: docs/observed.md 9.7."""
    return f"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"


def scope_region(region: str) -> str:
    """Return the text for a credential scope of another region. Observed: docs/observed.md 9.7."""
    return f"Credential should be scoped to a valid region, not '{region}'."


def scope_service(service: str) -> str:
    """Return the text for a credential scope of another service than *service*. Observed: docs/observed.md 9.7."""
    return f"Credential should be scoped to correct service: '{service}'."


def scope_terminator(terminator: str, found: str) -> str:
    """Return the text for a credential scope that ends with *found*. Observed: docs/observed.md 9.7."""
    return f"Credential should be scoped with a valid terminator: '{terminator}', not '{found}'."


def scope_date(found: str, day: str, date: str) -> str:
    """Return the text for a credential scope of another day than *day*, that of *date*. Observed: docs/observed.md 9.7."""
    return f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{found}' != '{day}', from '{date}'."


def unsigned_header(names: str) -> str:
    """Return the text for a header that the signature does not cover; *names* are quoted. Observed: docs/observed.md 9.7."""
    return f"{names} must be a 'SignedHeader' in the AWS Authorization."


def all_of(texts: Iterable[str]) -> str:
    """Return several texts of this module as the one that is sent. Observed: docs/observed.md 9.7."""
    return " ".join(texts)


def illegal_escape(digits: str) -> str:
    """Return the text for a percent sign before *digits* that are not hexadecimal. Reported: docs/observed.md 9.7."""
    return f"Illegal hex character in escape % pattern: %{digits}"


def no_such_operation(action: str, version: str) -> str:
    """Return the text for an operation or a version that is not there. Reported: docs/observed.md 9.7."""
    return f"Could not find operation {action} for version {version}"
