"""The claims of a token (RFC 7519), read only from a payload that a registered key signed. All checks use the same readers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

from federation import aws_texts
from federation.errors import InvalidIdentityToken, show
from federation.jose.decode import Header
from federation.jose.keys import JsonWebKey
from federation.jose.signature import SignedToken
from federation.records import record

_DIGITS: Final = re.compile(r"-?[0-9]{1,19}")
_LONG: Final = 1 << 63
_LEAST_LONG: Final = -_LONG
_LAST_SECOND: Final = 253_402_300_799
"""9999-12-31T23:59:59Z, the last whole second of `datetime`."""


@record(repr=False)
class Claims:
    """A signed claims set.

    Attributes:
        members: Every claim by name, as decoded JSON. Do not modify it. Identities have a read-only view.
        repeated: Names that occur more than once in the payload. `members` has the last value.
        header: The signed header.
        key: The registered key that verified the token.
    """

    members: dict[str, Any]
    repeated: tuple[str, ...]
    header: Header
    key: JsonWebKey

    def required(self, name: str) -> object:
        """Return the claim *name*, which may be null.

        Raises:
            InvalidIdentityToken: Check ``required-claims``: the claim is absent.
        """
        if name not in self.members:
            raise InvalidIdentityToken(
                check="required-claims",
                expected=f"the claim {name}",
                found="no such claim",
                remedy=f"have the identity provider issue {name}",
                message=aws_texts.web_identity.missing_claim(name),
            )
        return self.members[name]

    def seconds(self, name: str) -> int:
        """Return the required time claim *name* in seconds since 1970: an integer, or a string of digits, which AWS accepts (observed).

        Raises:
            InvalidIdentityToken: Check ``required-claims`` where absent; ``timestamp`` for fractions, null, booleans and other text.
        """
        value = self.members.get(name)
        if type(value) is int and _LEAST_LONG <= value < _LONG:
            return value
        value = self.required(name)
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            return int(value)
        raise InvalidIdentityToken(
            check="timestamp",
            expected=f"{name} as an integer of seconds since 1970",
            found=show(value),
            remedy=f"have the identity provider issue {name} as a whole number",
            message=aws_texts.web_identity.INVALID_TIMESTAMP,
        )

    def subject(self) -> str:
        """Return ``sub`` as AWS reports it: a number becomes text.

        Raises:
            InvalidIdentityToken: Check ``required-claims`` where absent, ``subject`` for any other type.
        """
        value = self.members.get("sub")
        if type(value) is str:
            return value
        value = self.required("sub")
        if type(value) in {int, float}:
            return str(value)
        raise InvalidIdentityToken(
            check="subject",
            expected="sub as a string",
            found=show(value),
            remedy="have the identity provider issue sub as a string",
            message=aws_texts.web_identity.NOT_VALIDATED,
        )

    def audiences(self) -> tuple[str, ...]:
        """Return every audience of ``aud``, in order.

        Raises:
            InvalidIdentityToken: Check ``required-claims`` where absent, ``audience`` where it is not a string or a non-empty list of
                strings.
        """
        value = self.members.get("aud")
        if type(value) is str:
            return (value,)
        value = self.required("aud")
        if isinstance(value, list) and value and all(isinstance(audience, str) for audience in value):
            return tuple(value)
        raise InvalidIdentityToken(
            check="audience",
            expected="aud as a string or a non-empty list of strings",
            found="an empty list" if value == [] else show(value),
            remedy="have the identity provider name the client id in aud",
            message=aws_texts.web_identity.EMPTY_AUDIENCE if value == [] else aws_texts.web_identity.NOT_VALIDATED,
        )

    def addressed_to(self) -> tuple[str, ...]:
        """Return the values that must be registered: ``azp`` where present, otherwise every audience (OIDC Core 3.1.3.7).

        Raises:
            InvalidIdentityToken: As for `audiences`; check ``audience`` where ``azp`` is not a string.
        """
        audiences = self.audiences()
        if "azp" not in self.members:
            return audiences
        azp = self.members["azp"]
        if not isinstance(azp, str):
            raise InvalidIdentityToken(
                check="audience",
                expected="azp as a string",
                found=show(azp),
                remedy="have the identity provider issue azp as the client id",
                message=aws_texts.web_identity.NOT_VALIDATED,
            )
        return (azp,)


def read_claims(signed: SignedToken) -> Claims:
    """Return the claims of a verified token.

    Raises:
        InvalidIdentityToken: Check ``claims``: the payload is not one strict JSON object.
    """
    decoded = signed.payload.claims()
    return Claims(decoded.members, decoded.repeated, signed.header, signed.key)


def moment(seconds: int) -> datetime:
    """Return *seconds* since 1970 as a datetime, aware UTC, limited to the range of `datetime`."""
    within = seconds if 0 <= seconds <= _LAST_SECOND else min(max(seconds, 0), _LAST_SECOND)
    return datetime.fromtimestamp(within, UTC)
