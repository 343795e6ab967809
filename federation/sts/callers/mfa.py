"""Multi-factor authentication: six-digit TOTP codes (RFC 6238: SHA-1, 30 seconds), each accepted once.

Codes of the time step before and after the present one are accepted too: RFC 6238 5.2 allows one step for clocks and networks. After the
use of a code, that code and all earlier ones of the device are refused (RFC 6238 5.2), so the record holds one number for each device. The
number of attempts is not limited here (RFC 4226 7.3); that is the task of the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from federation import aws_texts, clock, limits
from federation.account.mfa_device import MfaDevice, parse_secret
from federation.errors import AccessDenied, ValidationError, show
from federation.portable import kept_here
from federation.state import UsedCodes

__all__ = ["MfaDevice", "VerifiedMfa", "check_mfa", "parse_secret"]

_CODE = re.compile(rf"\d{{{limits.TOTP_DIGITS}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class VerifiedMfa:
    """A verified code: the device and the time, for ``aws:MultiFactorAuthPresent`` and ``aws:MultiFactorAuthAge``."""

    serial_number: str
    authenticated_at: datetime

    __reduce_ex__ = kept_here


def check_mfa(
    devices: Mapping[str, MfaDevice], *, serial_number: object, token_code: object, at: datetime, used: UsedCodes
) -> VerifiedMfa | None:
    """Check the parameters SerialNumber and TokenCode of AssumeRole and GetSessionToken.

    Args:
        devices: The devices of the caller by serial number.
        serial_number: The parameter as passed, or None.
        token_code: The parameter as passed, or None.
        at: The time to judge at, aware.
        used: Record of used codes.

    Returns:
        The verified MFA, or None when neither parameter was passed.

    Raises:
        ValidationError: Only one of the two was passed.
        AccessDenied: The device does not belong to the caller, or the code is wrong, of another time step, or used. Both texts are AWS's.
    """
    if serial_number is None and token_code is None:
        return None
    if serial_number is None or token_code is None:
        raise ValidationError(
            check="mfa-parameters",
            expected="SerialNumber and TokenCode together",
            found="only one of them",
            remedy="send both or neither",
        )
    instant = clock.resolve(at)
    device = devices.get(serial_number) if isinstance(serial_number, str) else None
    if device is None:
        raise AccessDenied(
            check="mfa-device",
            expected="the serial number of an MFA device of the caller",
            found=show(serial_number),
            remedy="pass the ARN that `federation account show` lists for the caller",
            message=aws_texts.authorization.MFA_DEVICE,
        )
    step = _matching_step(device, token_code, instant)
    if step is None or not used.claim(device.serial_number, step):
        raise AccessDenied(
            check="mfa-code",
            expected="the present six-digit code of the device, not used before",
            found="a wrong, expired or used code",
            remedy="wait for the next code; check the clocks of device and host",
            message=aws_texts.authorization.MFA_CODE,
        )
    return VerifiedMfa(device.serial_number, instant)


def are_consecutive(device: MfaDevice, first: str, second: str, at: datetime) -> bool:
    """Return whether two codes are those of two successive time steps around *at*, aware, as EnableMFADevice requires.

    A code that is shown at *at* may be either of them, so that the steps before and after the present one count.
    """
    totp = TOTP(device.secret, limits.TOTP_DIGITS, SHA1(), limits.TOTP_STEP_SECONDS)  # noqa: S303 - RFC 6238; HMAC does not need collisions
    if _CODE.fullmatch(first) is None or _CODE.fullmatch(second) is None:
        return False
    present = int(at.timestamp()) // limits.TOTP_STEP_SECONDS
    steps = range(max(present - limits.TOTP_WINDOW_STEPS - 1, 0), present + limits.TOTP_WINDOW_STEPS + 1)
    return any(_is_code(totp, first, step) and _is_code(totp, second, step + 1) for step in steps)


def _matching_step(device: MfaDevice, code: object, at: datetime) -> int | None:
    """Return the time step of the code. All candidates are computed and compared, so that timing reveals nothing."""
    if not isinstance(code, str) or _CODE.fullmatch(code) is None:
        return None
    totp = TOTP(device.secret, limits.TOTP_DIGITS, SHA1(), limits.TOTP_STEP_SECONDS)  # noqa: S303 - RFC 6238; HMAC does not need collisions
    present = int(at.timestamp()) // limits.TOTP_STEP_SECONDS
    window = range(max(present - limits.TOTP_WINDOW_STEPS, 0), present + limits.TOTP_WINDOW_STEPS + 1)
    matches = [step for step in window if _is_code(totp, code, step)]
    return matches[-1] if matches else None  # the later of two equal codes, so that neither is accepted again


def _is_code(totp: TOTP, code: str, step: int) -> bool:
    try:
        totp.verify(code.encode("ascii"), step * limits.TOTP_STEP_SECONDS)
    except InvalidToken:
        return False
    return True
