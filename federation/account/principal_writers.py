"""Adding users, access keys, MFA devices and what else a principal needs; rotating what seals their sessions."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from federation import clock, limits
from federation.account.access_key_id import LONG_TERM, VARIABLE_OCTETS, access_key_id
from federation.account.atomic import PRIVATE_MODE, PUBLIC_MODE, replace_file, write_directory, write_file
from federation.account.credentials import ACCESS_KEYS, MFA_DEVICES
from federation.account.directory import load_account, load_keyring
from federation.account.faults import Faults
from federation.account.files import Tree
from federation.account.mfa_device import parse_secret
from federation.account.model import USER_NAME
from federation.account.outbound import ISSUER_FILE, OUTBOUND, SigningKey
from federation.account.trade_in import TRADE_IN_TOKENS, read_trade_in_token
from federation.account.users import USERS, read_user
from federation.account.writing import check_name, document_octets, inside, open_account, parsed, write_entry
from federation.errors import ValidationError, show
from federation.identity import timestamp
from federation.policy import Policy

_SECRET_OCTETS: Final = 30  # 40 characters of base64, the alphabet and length of AWS's secrets
_SEED_OCTETS: Final = 20  # what RFC 4226 recommends, and authenticators expect
_RSA_EXPONENT: Final = 65_537


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


def add_user(path: str | os.PathLike[str], *, name: str, user_path: str = "/", policy: str | None = None) -> str:
    """Add a user and return its ARN.

    Args:
        path: The account directory.
        name: 1 to 64 characters of ``[A-Za-z0-9_+=,.@-]``.
        user_path: ``/`` or ``/division/team/``.
        policy: An inline identity policy, JSON; stored under the user's name.

    Raises:
        MalformedPolicyDocument: The policy breaks the grammar.
        AccountFaults: Another value is at fault, the directory is, has a user of that name, or cannot be written.
    """
    root, settings = open_account(path)
    check_name("name", name, USER_NAME.pattern)
    document: dict[str, Any] = {"Path": user_path, "UserName": name}
    if policy is not None:
        Policy.parse(policy, kind="identity")
        document["UserPolicyList"] = [{"PolicyName": name, "PolicyDocument": parsed(policy)}]
    faults = Faults()
    user = read_user(document, name, file=f"{USERS}/{name}.json", settings=settings, groups={}, faults=faults)
    if user is None:
        raise faults.error()
    write_entry(root, USERS, name, document)
    return user.arn


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


def rotate_keyring(path: str | os.PathLike[str], *, at: datetime | None = None) -> str:
    """Let a fresh key seal from now on and return its id; the old ones go on opening until the sessions they sealed have ended.

    Args:
        path: The account directory.
        at: The instant of the change; the present when None.

    Raises:
        RegistrationError: Too many keys are still needed.
        AccountFaults: The keyring is at fault, or cannot be written.
    """
    root, settings = open_account(path)
    faults = Faults()
    keyring = load_keyring(Tree(root, faults), settings, faults)
    if keyring is None or len(faults):
        raise faults.error()
    rotated = keyring.rotated(clock.resolve(at))
    replace_file(root / settings.keyring, document_octets(rotated.as_document()), mode=PRIVATE_MODE)
    return rotated.sealing


def enable_outbound(path: str | os.PathLike[str]) -> str:
    """Make the account an issuer of web identity tokens, with fresh keys, and return the issuer's URL.

    Raises:
        AccountFault: It is one already, the directory is at fault or cannot be written.
    """
    root, _ = open_account(path)
    url = f"https://{uuid.uuid4()}.tokens.sts.global.api.aws"
    keys: dict[str, SigningKey] = {
        "RSA_0.pem": rsa.generate_private_key(public_exponent=_RSA_EXPONENT, key_size=limits.RSA_MIN_BITS),
        "EC384_0.pem": ec.generate_private_key(ec.SECP384R1()),
    }
    files = {ISSUER_FILE: (document_octets({"IssuerIdentifier": url, "JwtVendingEnabled": True}), PUBLIC_MODE)}
    for file, key in keys.items():
        files[file] = (key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), PRIVATE_MODE)
    write_directory(root / OUTBOUND, files)
    return url


def add_trade_in_token(
    path: str | os.PathLike[str],
    *,
    token: str,
    role_arn: str,
    session_name: str,
    expires_at: datetime,
    duration: timedelta = timedelta(seconds=limits.ROLE_SESSION_DEFAULT_SECONDS),
    policy_arns: Sequence[str] = (),
) -> str:
    """Register what *token* may be traded in for and return the name it is kept under: its SHA-256, never the token itself.

    Args:
        path: The account directory.
        token: The trade-in token.
        role_arn: The role of the session.
        session_name: RoleSessionName of the session.
        expires_at: When the token ends, aware.
        duration: Length of the session, five minutes to twelve hours.
        policy_arns: Managed session policies.

    Raises:
        ValidationError: *token* is no text.
        AccountFault: The directory is at fault, has no such role or policy, knows the token already, or cannot be written.
    """
    root, _ = open_account(path)
    account = load_account(root)
    if not isinstance(token, str) or not token:
        raise ValidationError(check="trade-in-token", expected="text", found=show(type(token).__name__), remedy="pass the token")
    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    document = {
        "RoleArn": role_arn,
        "RoleSessionName": session_name,
        "DurationSeconds": int(duration.total_seconds()),
        "Expiration": timestamp(clock.resolve(expires_at).replace(microsecond=0)),
        "PolicyArns": list(policy_arns),
    }
    faults, file = Faults(), f"{TRADE_IN_TOKENS}/{digest}.json"
    if read_trade_in_token(document, file=file, roles=account.roles, policies=account.policies, faults=faults) is None:
        raise faults.error()
    write_entry(root, TRADE_IN_TOKENS, digest, document)
    return digest


def _check_owner(root: Path, user: str | None) -> None:
    """Require that a user of that name is in the account."""
    if user is None:
        return
    check_name("user", user, USER_NAME.pattern)
    if not (root / USERS / f"{user}.json").is_file():
        faults = Faults()
        faults.add(f"{USERS}/{user}.json", "", "a user of that name", "no file", "add the user first, or correct the name")
        raise faults.error()
