"""What a workbench mints, and the texts that it takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from federation.errors import ValidationError, show

LONGEST_VALIDITY: Final = 31_536_000
"""Longest validity of a minted token, a year of seconds."""
_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Minted:
    """A minted token.

    Attributes:
        token: The base64 SAML response, or the compact ID token. Not in the repr.
        issuer: entityID of the identity provider, or URL of the issuer.
        subject: NameID, or ``sub``.
        provider_arn: ARN of the provider in the account; None where the account has none for the issuer.
    """

    token: str = field(repr=False)
    issuer: str
    subject: object
    provider_arn: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"token": self.token, "issuer": self.issuer, "subject": self.subject, "provider_arn": self.provider_arn}


def check_validity(seconds: int | None) -> None:
    """Require *seconds* to be a length of validity: 1 to `LONGEST_VALIDITY` seconds, or None for the usual one.

    Raises:
        ValidationError: Check ``validity``: it is not.
    """
    if seconds is not None and not (type(seconds) is int and 1 <= seconds <= LONGEST_VALIDITY):
        raise ValidationError(
            check="validity",
            expected=f"whole seconds from 1 to {LONGEST_VALIDITY}",
            found=show(seconds),
            remedy="choose a shorter time, and set the clock for a token that has ended",
        )


def check_xml_texts(texts: Iterable[object]) -> None:
    """Require every one of *texts* to be text that XML can hold.

    Raises:
        ValidationError: Check ``text``: one of them is not.
    """
    for text in texts:
        if not isinstance(text, str) or _NOT_XML.search(text) is not None:
            raise ValidationError(
                check="text",
                expected="text that XML 1.0 can hold",
                found=show(text),
                remedy="leave out control characters",
            )
