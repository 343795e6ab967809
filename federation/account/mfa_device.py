"""Virtual MFA devices and the text form of their secrets (RFC 4226, RFC 6238)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from federation import limits
from federation.errors import RegistrationError
from federation.identity import SessionTag

_BASE32 = re.compile(r"[A-Za-z2-7]+={0,6}", re.ASCII)
_SECRET_MAX_CHARS: Final = 128


@dataclass(frozen=True, slots=True)
class MfaDevice:
    """A virtual MFA device.

    Attributes:
        serial_number: ARN of the device, ``arn:aws:iam::<account>:mfa/<name>``.
        secret: The shared secret, 16 to 64 octets. Not in the repr.
        enabled_at: EnableDate, aware UTC; None for a device that is enabled for no one.
        tags: The tags of the device.

    Raises:
        RegistrationError: The length of the secret is out of this range.
    """

    serial_number: str
    secret: bytes = field(repr=False)
    enabled_at: datetime | None = None
    tags: tuple[SessionTag, ...] = ()

    def __post_init__(self) -> None:
        _check_length(self.secret)


def parse_secret(text: object) -> bytes:
    """Return the shared secret in *text*: base32 (RFC 4648) in upper or lower case, with or without spaces and padding.

    Raises:
        RegistrationError: *text* is not base32, or the secret does not have 16 to 64 octets. The refusal does not repeat the text.
    """
    if isinstance(text, str) and len(text) <= _SECRET_MAX_CHARS:
        joined = text.replace(" ", "").replace("-", "")
        if _BASE32.fullmatch(joined):
            symbols = joined.rstrip("=").upper()
            try:
                secret = base64.b32decode(symbols + "=" * (-len(symbols) % 8))
            except binascii.Error:
                secret = b""
            if base64.b32encode(secret).decode("ascii").rstrip("=") == symbols:
                _check_length(secret)
                return secret
    raise RegistrationError(
        check="mfa-secret",
        expected="a base32 text of 26 to 103 symbols",
        found="another text" if isinstance(text, str) else type(text).__name__,
        remedy="copy the secret key that the device shows instead of the QR code",
    )


def _check_length(secret: bytes) -> None:
    if not limits.TOTP_SECRET_MIN_OCTETS <= len(secret) <= limits.TOTP_SECRET_MAX_OCTETS:
        raise RegistrationError(
            check="mfa-secret",
            expected=f"a secret of {limits.TOTP_SECRET_MIN_OCTETS} to {limits.TOTP_SECRET_MAX_OCTETS} octets (RFC 4226 4 R6)",
            found=f"{len(secret)} octets",
            remedy="let the device be enrolled with a fresh random secret",
        )
