"""What was found in a paste."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Container(StrEnum):
    """What tokens are pasted in; the value names it in words."""

    NONE = ""
    """A token alone."""
    XML = "the XML of a SAML response"
    HAR = "a HAR file"
    REQUEST = "an HTTP request"
    ANSWER = "an HTTP answer"
    HEADERS = "HTTP headers"
    JSON = "a JSON document"
    PAGE = "an HTML page"
    URL = "a URL"
    COMMAND = "a curl command"
    FORM = "a form"
    ASSIGNMENT = "an assignment"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundToken:
    """One token of a paste, and what the same call says beside it. Nothing of it is verified.

    Attributes:
        kind: Its kind by its form, one of `federation.judging.kinds.KINDS`.
        token: Exactly the octets that a client would send as the token. Never shown.
        place: Where it stands, in words that hold nothing of the token; empty where it stands alone.
        places: In how many places the same token stands.
        left_out: What stood around it, white space excepted. Empty where the paste is the token.
        encoded: Whether it was made of raw XML by base64, as every client does.
        role_arn: RoleArn of the same call; None where it has none. So are the others.
        principal_arn: PrincipalArn.
        role_session_name: RoleSessionName.
        provider_id: ProviderId.
    """

    kind: str
    token: bytes = field(repr=False)
    place: str = ""
    places: int = 1
    left_out: tuple[str, ...] = ()
    encoded: bool = False
    role_arn: str | None = None
    principal_arn: str | None = None
    role_session_name: str | None = None
    provider_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """What a paste holds.

    Attributes:
        container: What it is.
        tokens: Each different token once, in order.
        unread: What was not looked at because of a limit or a fault, in words; empty where all of it was.
    """

    container: Container
    tokens: tuple[FoundToken, ...]
    unread: str = ""
