"""Reading of ``access-keys/<AccessKeyId>.json`` and ``mfa-devices/<Name>.json``. Each secret has a private file.

The files have the form of the output of ``create-access-key`` and ``create-virtual-mfa-device``. To delete a key or device, delete its
file.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from federation.account.mfa_device import MfaDevice, parse_secret
from federation.account.model import AccessKey, User
from federation.account.reading.entities import Files, json_files
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.account.reading.settings import Settings
from federation.account.reading.tags import read_tags
from federation.errors import FederationError, show

ACCESS_KEYS: Final = "access-keys"
MFA_DEVICES: Final = "mfa-devices"
ACCESS_KEY: Final = "AccessKey"
MFA_DEVICE: Final = "VirtualMFADevice"
UNASSIGNED: Final = "Unassigned"
"""``AssignmentStatus`` of a device that is enabled for no one, in the words of ListVirtualMFADevices."""
NO_OWNER: Final = ""

ACCESS_KEY_ID: Final = re.compile(r"AKIA[A-Z2-7]{12,124}", re.ASCII)
_SECRET: Final = re.compile(r"[A-Za-z0-9/+]{40}", re.ASCII)
_STATUS: Final = re.compile("Active|Inactive")
_ASSIGNMENT: Final = re.compile("Assigned|Unassigned")
_DEVICE_NAME: Final = re.compile(r"[\w+=/,.@-]{1,226}", re.ASCII)
DEVICE_PATH: Final = re.compile(r"/(?=.{1,200}\Z)(?:[\w+=,.@-]+/)*[\w+=,.@-]+", re.ASCII)
"""Path and name of a device, so that its serial number has at most 256 characters."""

T = TypeVar("T")


def read_access_keys(
    tree: Tree, settings: Settings, users: Mapping[str, User], faults: Faults, *, files: Files | None = None
) -> dict[str, AccessKey]:
    """Return the access keys in *files* by id. *users* are the users of the account by their name in lower case."""
    found = {}
    for file, name in json_files(tree, ACCESS_KEYS, faults) if files is None else files:
        fields = _private(tree, file, ACCESS_KEY, faults)
        key = None if fields is None else _read_access_key(fields, name, settings=settings, users=users, faults=faults)
        if key is not None:
            found[key.id] = key
    return found


def _read_access_key(fields: Fields, name: str, *, settings: Settings, users: Mapping[str, User], faults: Faults) -> AccessKey | None:
    before = len(faults)
    key_id = fields.text("AccessKeyId", required=True, pattern=ACCESS_KEY_ID)
    if key_id is not None and key_id != name:
        fields.fault("AccessKeyId", f"the name of the file, {show(name)}", show(key_id), "rename the file")
    secret = fields.raw("SecretAccessKey")
    if not isinstance(secret, str) or _SECRET.fullmatch(secret) is None:
        fields.fault("SecretAccessKey", "40 characters of A-Za-z0-9/+", "something else (not shown)", "copy it from create-access-key")
    status = fields.text("Status", pattern=_STATUS) or "Active"
    owner, created = _owner(fields, users, settings), fields.created()
    fields.ignore("published")
    fields.finish()
    if key_id is None or not isinstance(secret, str) or owner is None or len(faults) > before:
        return None
    user = owner if fields.raw("UserName") is not None else None
    return AccessKey(id=key_id, secret=secret, user=user, active=status == "Active", created_at=created)


def read_mfa_devices(
    tree: Tree, settings: Settings, users: Mapping[str, User], faults: Faults, *, files: Files | None = None
) -> dict[str, dict[str, MfaDevice]]:
    """Return the MFA devices in *files* by the ARN of the owner and the serial number. Devices enabled for no one are under `NO_OWNER`.

    A device without ``UserName`` belongs to the root, unless its ``AssignmentStatus`` is ``Unassigned``. *users* are the users of the
    account by their name in lower case.
    """
    found: dict[str, dict[str, MfaDevice]] = {}
    for file, name in json_files(tree, MFA_DEVICES, faults) if files is None else files:
        fields = _private(tree, file, MFA_DEVICE, faults)
        if fields is None:
            continue
        owner, device = _read_mfa_device(fields, name, settings=settings, users=users, faults=faults)
        if device is not None:
            found.setdefault(owner, {})[device.serial_number] = device
    return found


def _read_mfa_device(
    fields: Fields, name: str, *, settings: Settings, users: Mapping[str, User], faults: Faults
) -> tuple[str, MfaDevice | None]:
    before = len(faults)
    serial = fields.text("SerialNumber", required=True, longest=256)
    expected = f"arn:{settings.partition}:iam::{settings.id}:mfa/"
    if serial is not None and not (serial.startswith(expected) and _DEVICE_NAME.fullmatch(serial.removeprefix(expected))):
        fields.fault("SerialNumber", f"{expected}<name>", show(serial), "copy it from create-virtual-mfa-device")
    elif serial is not None and serial.rpartition("/")[2] != name:
        fields.fault("SerialNumber", f"a device named like the file, {show(name)}", show(serial), "rename the file")
    secret, tags = _seed(fields), read_tags(fields)
    enabled: datetime | None = fields.created("EnableDate")
    if fields.text("AssignmentStatus", pattern=_ASSIGNMENT) == UNASSIGNED:
        owner, enabled = NO_OWNER, None
        if "UserName" in fields:
            fields.fault("UserName", f"no user of a device that is {UNASSIGNED}", "a user", "remove one of the two members")
    else:
        owner = _owner(fields, users, settings) or NO_OWNER
    fields.ignore("UserName", "QRCodePNG", "published")
    fields.finish()
    if serial is None or secret is None or len(faults) > before:
        return owner, None
    return owner, MfaDevice(serial, secret, enabled, tags)


def _seed(fields: Fields) -> bytes | None:
    """Return the shared secret from base32 text, or from the base64 of that text, as the IAM API encodes the blob."""
    given = fields.raw("Base32StringSeed")
    spellings = [given] if isinstance(given, str) else []
    try:
        spellings += [base64.b64decode(text, validate=True).decode("ascii") for text in spellings]
    except (binascii.Error, ValueError):
        spellings = spellings[:1]
    for text in spellings:
        try:
            return parse_secret(text)
        except FederationError:
            continue
    fields.fault("Base32StringSeed", "a base32 secret of 16 to 64 octets", "something else (not shown)", "enrol the device again")
    return None


def secret_of(document: object, member: str) -> dict[str, Any]:
    """Return the object in *document*, which may be wrapped in *member*; empty where there is none."""
    inner = document[member] if isinstance(document, dict) and document.keys() == {member} else document
    return inner if isinstance(inner, dict) else {}


def _owner(fields: Fields, users: Mapping[str, User], settings: Settings) -> str | None:
    name = fields.text("UserName")
    if name is None:
        return f"arn:{settings.partition}:iam::{settings.id}:root"
    user = users.get(name.lower())
    if user is None or user.name != name:
        fields.fault("UserName", "the name of a user in users/, or none for the root", show(name), "add the user or correct the name")
        return None
    return user.arn


def _private(tree: Tree, file: str, member: str, faults: Faults) -> Fields | None:
    """Return a reader of a file with a secret. Its mode must be private unless the file states that the secret is published."""
    document = tree.json(file)
    if document is None:
        return None
    if isinstance(document, dict) and document.keys() == {member}:
        document = document[member]
    fields = Fields(document, file=file, faults=faults)
    tree.require_private(file, published=fields.text("published", longest=1024) or "")
    return fields
