"""Creation, assignment and deletion of virtual MFA devices (TOTP, RFC 6238)."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from federation import aws_texts, limits
from federation.account.mfa_device import parse_secret
from federation.account.model import USER_NAME
from federation.account.reading.credentials import DEVICE_PATH, MFA_DEVICE, MFA_DEVICES, UNASSIGNED, secret_of
from federation.account.reading.entities import JSON, USER
from federation.account.reading.faults import Faults
from federation.account.reading.names import file_name
from federation.account.writing.atomic import PRIVATE_MODE
from federation.account.writing.attachments import Tags, check_quota, conflict, set_tags
from federation.account.writing.documents import check_name, document_octets, instant
from federation.account.writing.draft import Draft, Target, drafting
from federation.account.writing.entities import no_such_entity, require_entity, require_new
from federation.account.writing.users import secrets_of
from federation.errors import EntityAlreadyExists, show

_SEED_OCTETS: Final = 20  # 160 bits, the length that RFC 4226 4 recommends
_ISSUER: Final = "Amazon Web Services"
_ROOT_DEVICE: Final = "root-account-mfa-device"


@dataclass(frozen=True, slots=True)
class NewMfaDevice:
    """A new MFA device.

    Attributes:
        serial_number: ARN of the device, ``arn:aws:iam::<account>:mfa/<name>``.
        secret: The shared secret in base32, for an authenticator. Not in the repr.
        user: Name of the user; None for the root of the account, and for a device that is enabled for no one.
    """

    serial_number: str
    secret: str = field(repr=False)
    user: str | None

    @property
    def uri(self) -> str:
        """The ``otpauth://`` URI for the QR code of an authenticator (Key Uri Format). It contains the secret."""
        return self._uri(f"{_ISSUER}:{self.user or 'root'}")

    @property
    def unassigned_uri(self) -> str:
        """The URI of a device that is enabled for no one. Its label has the name of the device, as IAM documents for QRCodePNG."""
        return self._uri(self.serial_number.rpartition("/")[2])

    def _uri(self, owner: str) -> str:
        label = quote(f"{owner}@{self.serial_number.split(':')[4]}", safe="@:")
        values = {"secret": self.secret, "issuer": _ISSUER, "digits": limits.TOTP_DIGITS, "period": limits.TOTP_STEP_SECONDS}
        return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"


def create_mfa_device(account: Target, *, name: str, device_path: str = "/", tags: Tags = ()) -> NewMfaDevice:
    """Create a virtual MFA device that is enabled for no one, with a new random secret.

    Args:
        account: The account directory, or a draft of it.
        name: Name of the device, unique in the account whatever its path and case.
        device_path: ``/`` or ``/division/team/``.
        tags: Keys and values of at most 50 tags.

    Raises:
        EntityAlreadyExists: The account has a device of that name.
        ValidationError: The name, the path or a tag is invalid.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    check_name("device-name", name, USER_NAME)
    check_name("path", f"{device_path}{name}", DEVICE_PATH)
    with drafting(account) as draft:
        return _create(draft, name, device_path, secrets.token_bytes(_SEED_OCTETS), tags, {"AssignmentStatus": UNASSIGNED})


def enable_mfa_device(
    account: Target, *, user: str | None, name: str | None = None, secret: str | None = None, at: datetime | None = None
) -> NewMfaDevice:
    """Register a virtual MFA device for a user or the root of the account.

    Args:
        account: The account directory, or a draft of it.
        user: Name of the user; None for the root.
        name: Name of the device; the name of the user when None.
        secret: The shared secret of an authenticator in base32; a new random one when None.
        at: Time of the registration, aware; the present time when None.

    Raises:
        RegistrationError: *secret* is not base32 of 16 to 64 octets.
        NoSuchEntity: The account has no such user.
        EntityAlreadyExists: The account has a device of that name.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        if user is not None:
            require_entity(draft, USER, user)
        device = name or user or _ROOT_DEVICE
        check_name("device-name", device, USER_NAME)
        octets = secrets.token_bytes(_SEED_OCTETS) if secret is None else parse_secret(secret)
        owner = {} if user is None else {"UserName": user}
        return _create(draft, device, "/", octets, (), {**owner, "EnableDate": instant(at)})


def assign_mfa_device(account: Target, *, serial_number: str, user: str, at: datetime | None = None) -> None:
    """Enable an existing device for a user. The caller has checked the codes of the device.

    Args:
        account: The account directory, or a draft of it.
        serial_number: ARN of a device that is enabled for no one.
        user: Name of the user.
        at: Time of the change, aware; the present time when None.

    Raises:
        NoSuchEntity: The account has no such user or device.
        EntityAlreadyExists: The device is enabled for someone.
        LimitExceeded: The user has `limits.MFA_DEVICES_PER_USER` devices.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        require_entity(draft, USER, user)
        file, document = _stored(draft, serial_number)
        if document.pop("AssignmentStatus", None) != UNASSIGNED:
            raise EntityAlreadyExists(
                file=file,
                path="",
                expected="a device that is enabled for no one",
                found="one that is enabled",
                remedy="deactivate the device first",
                check="write",
                message=aws_texts.iam.DEVICE_ASSIGNED,
            )
        present = sum(1 for each in secrets_of(draft, user) if each.startswith(MFA_DEVICES))
        check_quota("MFADevicesPerUser", present + 1, limits.MFA_DEVICES_PER_USER, file=file)
        _write(draft, file, {**document, "UserName": user, "EnableDate": instant(at)})


def unassign_mfa_device(account: Target, *, serial_number: str) -> None:
    """Disable a device. It is kept with its secret and can be enabled again (DeactivateMFADevice).

    Raises:
        NoSuchEntity: The account has no such device.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        file, document = _stored(draft, serial_number)
        kept = {member: value for member, value in document.items() if member not in ("UserName", "EnableDate")}
        _write(draft, file, {**kept, "AssignmentStatus": UNASSIGNED})


def delete_mfa_device(account: Target, *, serial_number: str) -> None:
    """Delete a device that is enabled for no one (DeleteVirtualMFADevice).

    Raises:
        NoSuchEntity: The account has no such device.
        DeleteConflict: It is enabled for someone.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        file, document = _stored(draft, serial_number)
        if document.get("AssignmentStatus") != UNASSIGNED:
            raise conflict(
                file,
                "a device that is enabled for no one",
                show(document.get("UserName") or "the root user"),
                remedy="deactivate the device first",
                message=aws_texts.iam.DEVICE_IN_USE,
            )
        draft.remove(file)


def deactivate_mfa_device(account: Target, *, serial_number: str) -> None:
    """Delete a device and its secret, whoever it is enabled for.

    Raises:
        NoSuchEntity: The account has no such device.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        draft.remove(_stored(draft, serial_number)[0])


def _create(draft: Draft, name: str, path: str, secret: bytes, tags: Tags, state: dict[str, Any]) -> NewMfaDevice:
    seed = base64.b32encode(secret).decode("ascii").rstrip("=")
    serial = f"arn:{draft.settings.partition}:iam::{draft.settings.id}:mfa{path}{name}"
    document = {"SerialNumber": serial, "Base32StringSeed": seed, **state}
    set_tags(document, tags)
    require_new(draft, MFA_DEVICES, name, noun="MFA device")
    _write(draft, _file_of(name), document)
    return NewMfaDevice(serial, seed, state.get("UserName"))


def _write(draft: Draft, file: str, document: dict[str, Any]) -> None:
    draft.write(file, document_octets({MFA_DEVICE: document}), mode=PRIVATE_MODE)


def _file_of(name: str) -> str:
    return f"{MFA_DEVICES}/{file_name(name, JSON)}"


def _stored(draft: Draft, serial_number: str) -> tuple[str, dict[str, Any]]:
    """Return file and document of a device.

    Raises:
        NoSuchEntity: The account has no such device.
    """
    file = _file_of(str(serial_number).rpartition("/")[2])
    tree = draft.tree(Faults())
    known = file.rpartition("/")[2] in tree.entries(MFA_DEVICES)
    document = secret_of(tree.json(file), MFA_DEVICE) if known else {}
    if document.get("SerialNumber") != serial_number:
        message = aws_texts.iam.no_such_device(serial_number)
        raise no_such_entity(MFA_DEVICES, "the serial number of a device", show(serial_number), message=message)
    return file, document
