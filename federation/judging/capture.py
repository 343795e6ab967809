"""One captured token."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from federation import limits

STRIPPED: Final = b" \t\r\n"
"""White space that is no part of a token."""


class CaptureFault(NamedTuple):
    """Why a capture holds no token that could be judged: in the words of a refusal."""

    expected: str
    found: str


class Capture(NamedTuple):
    """One captured token.

    Attributes:
        id: Its own, or the file, with the number of the line where the file holds several.
        token: The token without white space around it; empty where there is a `fault`.
        at: The instant to judge it at, aware UTC; None where its record gives none.
        issued: Whether its record wants it judged at the instant at which it was issued.
        role_arn: The role that its call asked for; None where its record names none.
        fault: Why it could not be read; None where it could.
        octets: How many octets of its source were read for it.
    """

    id: str
    token: bytes = b""
    at: datetime | None = None
    issued: bool = False
    role_arn: str | None = None
    fault: CaptureFault | None = None
    octets: int = 0


def bounded(token: bytes) -> bytes:
    """Return *token*, and of one that is too long enough for its validator to see that."""
    return token[: limits.SAML_RESPONSE_CHARS + 1]
