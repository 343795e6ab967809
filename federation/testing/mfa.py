"""An authenticator for tests, which computes the codes of a registered MFA device."""

from __future__ import annotations

import os
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from federation import limits
from federation.account import Account, load_account
from federation.account.mfa_device import MfaDevice
from federation.errors import RegistrationError, show


def mfa_device(account: str | os.PathLike[str], serial_number: str) -> MfaDevice:
    """Return the MFA device with the serial number *serial_number* of the account directory *account*.

    Raises:
        RegistrationError: The account has no such device.
        AccountFaults: The account has faults.
    """
    return device_of(load_account(account), serial_number)


def device_of(account: Account, serial_number: str) -> MfaDevice:
    """Return the MFA device with the serial number *serial_number* of *account*.

    Raises:
        RegistrationError: The account has no such device.
    """
    devices = account.mfa_devices.values()
    found = next((owned[serial_number] for owned in devices if serial_number in owned), None)
    if found is None:
        raise RegistrationError(
            check="mfa-device",
            expected="the serial number of a device of the account",
            found=show(serial_number),
            remedy="list the devices with `federation account show`",
        )
    return found


def mfa_code(device: MfaDevice, *, at: datetime) -> str:
    """Return the six-digit code of *device* at the time *at*, aware (RFC 6238: SHA-1, 30 seconds)."""
    totp = TOTP(device.secret, limits.TOTP_DIGITS, SHA1(), limits.TOTP_STEP_SECONDS)  # noqa: S303 - RFC 6238; HMAC needs no collisions
    return totp.generate(int(at.timestamp())).decode("ascii")
