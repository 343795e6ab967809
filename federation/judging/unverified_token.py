"""What a token says of itself, read once and only as far as somebody asks. It finds the provider and proves nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from federation.errors import FederationError, InvalidIdentityToken, show
from federation.jose.decode import RawToken, decode_token
from federation.judging.kinds import OIDC, SAML, kind_of
from federation.saml.reading.inspection import ClaimedLogin, claimed_login, claimed_values
from federation.saml.reading.times import read_instant

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHOWN_CHARS: Final = 512


class UnverifiedToken:
    """One token, and what it claims.

    Attributes:
        token: As it was captured, without white space around it.
        kind: Its kind, by its form alone.
    """

    def __init__(self, token: bytes) -> None:
        self.token = token
        self.kind: str = kind_of(token)

    def presented_to(self, kind: str) -> bytes | RawToken:
        """Return the token in the furthest form that the validator of *kind* takes, so that no ID token is decoded twice."""
        return self.jwt if kind == self.kind == OIDC else self.token

    @cached_property
    def jwt(self) -> RawToken:
        """The decoded ID token.

        Raises:
            InvalidIdentityToken: It is none.
        """
        return decode_token(self.token)

    @property
    def issuer(self) -> str | None:
        """The issuer it claims, cut to a bounded length; None where it claims none or cannot be read."""
        return self._shown[0]

    @property
    def subject(self) -> str | None:
        """The subject it claims, likewise."""
        return self._shown[1]

    def values(self, attribute: str) -> tuple[str, ...]:
        """The values that a SAML response claims for *attribute*; none for other tokens, and where it is encrypted or unreadable."""
        try:
            return claimed_values(self.token, attribute) if self.kind == SAML else ()
        except FederationError:
            return ()

    @property
    def issued_at(self) -> datetime:
        """The instant at which it claims to be issued.

        Raises:
            InvalidIdentityToken: check ``instant``, it claims none, or one outside the calendar; the decoder's where it cannot be read.
        """
        claimed: object = None
        try:
            if self.kind == SAML:
                claimed = self._login.issue_instant
                if claimed is not None:
                    return read_instant(claimed, "IssueInstant")
            elif self.kind == OIDC:
                claimed = self._members.get("iat")
                if isinstance(claimed, (int, float)) and not isinstance(claimed, bool):
                    return _EPOCH + timedelta(seconds=claimed)
        except (OverflowError, ValueError):
            raise _no_instant(show(claimed)) from None
        raise _no_instant("none" if claimed is None else show(claimed))

    @cached_property
    def _shown(self) -> tuple[str | None, str | None]:
        try:
            if self.kind == SAML:
                return self._login.issuer, self._login.subject
            if self.kind == OIDC:
                return _text(self._members.get("iss")), _text(self._members.get("sub"))
        except FederationError:
            return None, None
        return None, None

    @cached_property
    def _login(self) -> ClaimedLogin:
        return claimed_login(self.token)

    @property
    def _members(self) -> dict[str, Any]:
        return self.jwt.payload.claims().members


def _text(value: object) -> str | None:
    return value[:_SHOWN_CHARS] if isinstance(value, str) else None


def _no_instant(found: str) -> InvalidIdentityToken:
    return InvalidIdentityToken(
        check="instant",
        expected="a token that says when it was issued",
        found=found,
        remedy="give its instant in its record, or one for all with --at",
    )
