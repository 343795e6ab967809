"""Making an account directory and adding to it. What is written has first been read the way `load_account` will read it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from federation.account.atomic import PRIVATE_MODE, PUBLIC_MODE, write_directory
from federation.account.faults import Faults
from federation.account.keyring import Keyring
from federation.account.model import ACCOUNT_ID, PARTITION, POLICY_NAME, PROVIDER_NAME, ROLE_NAME
from federation.account.policies import POLICIES
from federation.account.roles import MAX_SESSION_DURATION_MIN, ROLES, read_role
from federation.account.saml_providers import METADATA_FILE, PRIVATE_KEY_OCTETS, PRIVATE_KEYS, SAML_PROVIDERS, account_options, provider_arn
from federation.account.settings import KEYRING_FILE, PROFILE, SETTINGS_FILE
from federation.account.writing import check_name, document_octets, inside, octets_of, open_account, parsed, write_entry
from federation.errors import RegistrationError, ValidationError, show
from federation.policy import Policy
from federation.profiles import Profile
from federation.saml.provider import SamlProvider

DIRECTORIES: Final = (SAML_PROVIDERS, ROLES, POLICIES)


def init_account(path: str | os.PathLike[str], *, account_id: str, partition: str = "aws", profile: Profile | str = Profile.STRICT) -> Path:
    """Make a new account directory with a fresh keyring and return its path.

    Args:
        path: A directory that does not exist yet, or an empty one. Its parent must exist.
        account_id: Twelve digits.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov`` …
        profile: Whose reading of the rules the account follows.

    Raises:
        ValidationError: An argument is not of that form.
        AccountFault: The directory exists and holds something, or cannot be written.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise ValidationError(check="path", expected="a path", found=type(path).__name__, remedy="pass the directory to make")
    for check, value, pattern in (
        ("account-id", account_id, ACCOUNT_ID),
        ("partition", partition, PARTITION),
        ("profile", profile, PROFILE),
    ):
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            raise ValidationError(check=check, expected=f"text matching {pattern.pattern}", found=show(value), remedy="correct the value")
    settings = f'id = "{account_id}"\npartition = "{partition}"\nprofile = "{Profile(profile).value}"\nkeyring = "{KEYRING_FILE}"\n'
    files = {
        SETTINGS_FILE: (settings.encode(), PUBLIC_MODE),
        KEYRING_FILE: (document_octets(Keyring.generate().as_document()), PRIVATE_MODE),
    }
    target = Path(path)
    write_directory(target, files, directories=DIRECTORIES)
    return target


def add_saml_provider(
    path: str | os.PathLike[str], *, name: str, metadata: str | bytes, decryption_keys: Sequence[str | bytes] = ()
) -> str:
    """Register a SAML provider and return its ARN.

    Args:
        path: The account directory.
        name: 1 to 128 characters of ``[A-Za-z0-9_.-]``.
        metadata: The identity provider's EntityDescriptor as exported.
        decryption_keys: PEM private keys, unencrypted, for encrypted assertions.

    Raises:
        RegistrationError: The metadata or a key cannot be registered.
        ValidationError: The name is not of that form.
        AccountFault: The directory is at fault, has a provider of that name, or cannot be written.
    """
    root, settings = open_account(path)
    check_name("name", name, PROVIDER_NAME.pattern)
    octets, keys = octets_of(metadata), _private_keys(decryption_keys)
    arn = provider_arn(settings, name)
    SamlProvider.from_metadata(octets, arn=arn, decryption_keys=tuple(keys), **account_options(settings))
    files = {METADATA_FILE: (octets, PUBLIC_MODE)}
    files |= {f"decryption-key-{number}.pem": (key, PRIVATE_MODE) for number, key in enumerate(keys, 1)}
    write_directory(inside(root, SAML_PROVIDERS) / name, files)
    return arn


def _private_keys(material: object) -> list[bytes]:
    """Return the private keys that a directory may hold: no more, and none longer, than `load_account` will read."""
    keys = [octets_of(key) for key in material] if isinstance(material, (list, tuple)) else None
    if keys is None or len(keys) > PRIVATE_KEYS or any(len(key) > PRIVATE_KEY_OCTETS for key in keys):
        raise RegistrationError(
            check="decryption-keys",
            expected=f"a list of at most {PRIVATE_KEYS} keys of at most {PRIVATE_KEY_OCTETS} octets",
            found=type(material).__name__ if keys is None else f"{len(keys)} of up to {max(map(len, keys))} octets",
            remedy="register the present key and its predecessor",
        )
    return keys


def add_role(
    path: str | os.PathLike[str],
    *,
    name: str,
    trust_policy: str,
    max_session_duration: int = MAX_SESSION_DURATION_MIN,
    policy: str | None = None,
    role_path: str = "/",
    description: str = "",
) -> str:
    """Add a role and return its ARN.

    Args:
        path: The account directory.
        name: 1 to 64 characters of ``[A-Za-z0-9_+=,.@-]``.
        trust_policy: The AssumeRolePolicyDocument, JSON.
        max_session_duration: 3600 to 43200 seconds.
        policy: An inline identity policy, JSON; stored under the role's name.
        role_path: ``/`` or ``/division/team/``.
        description: Free text of at most 1000 characters.

    Raises:
        MalformedPolicyDocument: A policy breaks the grammar.
        AccountFaults: Another value is at fault, the directory is, has a role of that name, or cannot be written.
    """
    root, settings = open_account(path)
    check_name("name", name, ROLE_NAME.pattern)
    Policy.parse(trust_policy, kind="trust")
    document: dict[str, Any] = {
        "Path": role_path,
        "RoleName": name,
        "AssumeRolePolicyDocument": parsed(trust_policy),
        "MaxSessionDuration": max_session_duration,
    }
    if description:
        document["Description"] = description
    if policy is not None:
        Policy.parse(policy, kind="identity")
        document["RolePolicyList"] = [{"PolicyName": name, "PolicyDocument": parsed(policy)}]
    faults, file = Faults(), f"{ROLES}/{name}.json"
    role = read_role(document, name, file=file, settings=settings, faults=faults)
    if role is None:
        raise faults.error()
    write_entry(root, ROLES, name, document)
    return role.arn


def add_policy(path: str | os.PathLike[str], *, name: str, document: str) -> str:
    """Add a customer managed policy and return its ARN.

    Args:
        path: The account directory.
        name: 1 to 128 characters of ``[A-Za-z0-9_+=,.@-]``.
        document: The identity policy, JSON.

    Raises:
        MalformedPolicyDocument: The policy breaks the grammar.
        AccountFault: The directory is at fault, has a policy of that name, or cannot be written.
    """
    root, settings = open_account(path)
    check_name("name", name, POLICY_NAME.pattern)
    Policy.parse(document, kind="identity")
    write_entry(root, POLICIES, name, parsed(document))
    return f"arn:{settings.partition}:iam::{settings.id}:policy/{name}"
