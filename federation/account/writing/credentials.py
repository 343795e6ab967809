"""Making access keys and MFA devices."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from federation import clock
from federation.account.access_key_id import LONG_TERM, VARIABLE_OCTETS, access_key_id
from federation.account.credentials import ACCESS_KEYS, MFA_DEVICES
from federation.account.faults import Faults
from federation.account.mfa_device import parse_secret
from federation.account.model import USER_NAME
from federation.account.users import USERS
from federation.account.writing.atomic import PRIVATE_MODE, write_file
from federation.account.writing.entries import check_name, document_octets, inside, open_account, write_entry
from federation.identity import timestamp

_SECRET_OCTETS: Final = 30  # 40 characters of base64, the alphabet and length of AWS's secrets
_SEED_OCTETS: Final = 20  # what RFC 4226 recommends, and authenticators expect


@dataclass(frozen=True, slots=True)
class NewAccessKey:
    """A fresh access key; the secret is shown once, where it is made, and never in a repr."""

    id: str
    secret: str = field(repr=False)
    user: str | None


@dataclass(frozen=True, slots=True)
class NewMfaDevice:
    """A fresh MFA device: its serial number and, never in a repr, the base32 secret for the authenticator."""

    serial_number: str
    secret: str = field(repr=False)


def create_access_key(path: str | os.PathLike[str], *, user: str | None, at: datetime | None = None) -> NewAccessKey:
    """Make an access key of the user named *user*, or of the root of the account when None.

    Args:
        path: The account directory.
        user: Name of a user.
        at: When it is made; the present when None.

    Raises:
        AccountFault: The directory is at fault, has no such user, or cannot be written.
    """
    root, settings = open_account(path)
    _check_owner(root, user)
    key_id = access_key_id(settings.id, secrets.token_bytes(VARIABLE_OCTETS), prefix=LONG_TERM)
    secret = base64.b64encode(secrets.token_bytes(_SECRET_OCTETS)).decode("ascii")
    key = {
        **({} if user is None else {"UserName": user}),
        "AccessKeyId": key_id,
        "Status": "Active",
        "SecretAccessKey": secret,
        "CreateDate": timestamp(clock.resolve(at).replace(microsecond=0)),
    }
    write_file(inside(root, ACCESS_KEYS) / f"{key_id}.json", document_octets({"AccessKey": key}), mode=PRIVATE_MODE)
    return NewAccessKey(key_id, secret, user)


def enable_mfa_device(
    path: str | os.PathLike[str], *, user: str | None, name: str | None = None, secret: str | None = None
) -> NewMfaDevice:
    """Register a TOTP device of a user, or of the root of the account when *user* is None.

    Args:
        path: The account directory.
        user: Name of the user.
        name: Name of the device; the user's own when None.
        secret: The base32 secret that an authenticator already has; a fresh one when None.

    Raises:
        RegistrationError: *secret* is none.
        AccountFault: The directory is at fault, has no such user or a device of that name, or cannot be written.
    """
    root, settings = open_account(path)
    _check_owner(root, user)
    device = name or user or "root-account-mfa-device"
    check_name("device-name", device, USER_NAME.pattern)
    octets = secrets.token_bytes(_SEED_OCTETS) if secret is None else parse_secret(secret)
    seed = base64.b32encode(octets).decode("ascii").rstrip("=")
    serial = f"arn:{settings.partition}:iam::{settings.id}:mfa/{device}"
    document = {"SerialNumber": serial, "Base32StringSeed": seed, **({} if user is None else {"UserName": user})}
    write_entry(root, MFA_DEVICES, device, {"VirtualMFADevice": document}, mode=PRIVATE_MODE)
    return NewMfaDevice(serial, seed)


def _check_owner(root: Path, user: str | None) -> None:
    """Require that a user of that name is in the account."""
    if user is None:
        return
    check_name("user", user, USER_NAME.pattern)
    if not (root / USERS / f"{user}.json").is_file():
        faults = Faults()
        faults.add(f"{USERS}/{user}.json", "", "a user of that name", "no file", "add the user first, or correct the name")
        raise faults.error()
