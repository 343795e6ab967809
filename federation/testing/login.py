"""The content of a forged SAML response."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from federation.testing import names
from federation.testing.shapes import IdStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A login as an identity provider asserts it. None leaves an element out. Use ``dataclasses.replace`` for variations.

    Attributes:
        at: IssueInstant, aware. All other times are relative to it.
        subject: Text of NameID.
        subject_format: NameID Format; empty for that of the shape, None for no Format.
        issuer: Issuer of the assertion; empty for that of the forge.
        response_issuer: Issuer of the Response; empty for that of the forge.
        audiences: Audiences of the AudienceRestriction; empty for no restriction.
        recipient: Recipient of the bearer confirmation.
        destination: Destination of the Response.
        in_response_to: InResponseTo; None for an unsolicited response, as AWS expects.
        not_before: NotBefore of Conditions relative to *at*, a timedelta, negative for a time before it.
        validity: Validity of Conditions and of the bearer confirmation, a timedelta.
        session: SessionNotOnOrAfter relative to *at*, a timedelta; zero for that of the shape.
        attributes: Attribute names and their values, in order.
        status: Top-level StatusCode.
        address: Client address, for shapes that have one.
        seed: Determines every identifier. The same login and seed give the same octets.
    """

    at: datetime
    subject: str | None
    subject_format: str | None = ""
    issuer: str | None = ""
    response_issuer: str | None = ""
    audiences: Sequence[str] = (names.AWS_SIGN_IN,)
    recipient: str | None = names.AWS_SIGN_IN
    destination: str | None = names.AWS_SIGN_IN
    in_response_to: str | None = None
    not_before: timedelta | None = timedelta(0)
    validity: timedelta | None = timedelta(minutes=5)
    session: timedelta | None = timedelta(0)
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    status: str = names.SUCCESS
    address: str = "192.0.2.10"
    seed: str = ""


def aws_attributes(
    *, role: str, provider: str, session_name: str, more: Mapping[str, Sequence[str]] | None = None
) -> dict[str, Sequence[str]]:
    """Return the attributes that AWS requires, with one role of *provider* and the session name, and then *more*."""
    demanded: dict[str, Sequence[str]] = {
        f"{names.AWS_ATTRIBUTES}Role": (f"{role},{provider}",),
        f"{names.AWS_ATTRIBUTES}RoleSessionName": (session_name,),
    }
    return {**demanded, **(more or {})}


def instant(moment: datetime, *, milliseconds: bool) -> str:
    """Return *moment*, which is aware, as xs:dateTime in UTC."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds" if milliseconds else "seconds")
    return text.replace("+00:00", "Z")


def identifier(style: IdStyle, seed: str, what: str) -> str:
    """Return the identifier of *what* in the product's style. It is derived from *seed*, so that fixtures are reproducible."""
    digest = hashlib.sha256(f"{seed}\x00{what}".encode()).hexdigest()
    uuid = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
    return {
        "hex": f"_{digest[:32]}",
        "uuid": f"_{uuid}",
        "keycloak": f"ID_{uuid}",
        "okta": f"id{int(digest[:24], 16)}",
        "onelogin": f"{'A' if what == 'assertion' else 'R'}{digest[:40]}",
        "ping": f"p{digest[:20]}.{digest[20:26]}",
    }[style]
