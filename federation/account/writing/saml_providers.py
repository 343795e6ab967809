"""Registration, change and deletion of SAML providers. Changes are checked by the code of `load_account` first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, TypedDict, Unpack

from federation.account.model import PROVIDER_NAME
from federation.account.reading.saml_providers import (
    METADATA_FILE,
    PRIVATE_KEY_OCTETS,
    PRIVATE_KEYS,
    account_options,
    provider_arn,
    provider_directory,
)
from federation.account.writing.atomic import PRIVATE_MODE
from federation.account.writing.documents import check_name, octets_of
from federation.account.writing.draft import Draft, Target, drafting
from federation.account.writing.providers import delete_files, require_no_provider, require_provider, write_settings
from federation.clock import Span
from federation.errors import RegistrationError
from federation.profiles import Profile
from federation.saml.registration.provider import EncryptionRule, SamlProvider, Signed, VerifierName


class SamlSettings(TypedDict, total=False):
    """Settings of one SAML provider. They have the meaning of the arguments of `SamlProvider` and override ``account.toml``.

    ``max_age`` and ``clock_skew`` are timedeltas or whole seconds.
    """

    entity_id: str
    profile: Profile | Literal["strict", "aws"]
    clock_skew: Span
    max_age: Span | None
    signed: Signed
    encryption: EncryptionRule
    permit: Sequence[str]
    audiences: Sequence[str]
    recipients: Sequence[str]
    verifier: VerifierName


def add_saml_provider(
    account: Target,
    *,
    name: str,
    metadata: str | bytes,
    decryption_keys: Sequence[str | bytes] = (),
    **settings: Unpack[SamlSettings],
) -> str:
    """Register a SAML provider and return its ARN.

    Args:
        account: The account directory, or a draft of it.
        name: 1 to 128 characters of ``[A-Za-z0-9_.-]``.
        metadata: The metadata of the identity provider, an EntityDescriptor, at most `limits.METADATA_OCTETS` octets.
        decryption_keys: PEM private keys without a password, for encrypted assertions.
        settings: Settings of the provider; ``max_age`` and ``clock_skew`` in seconds or as a timedelta.

    Raises:
        RegistrationError: The metadata, a key or a setting is invalid.
        ValidationError: The name is invalid.
        EntityAlreadyExists: The account has a provider of that name.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    check_name("name", name, PROVIDER_NAME)
    octets, keys = octets_of(metadata), _private_keys(decryption_keys)
    with drafting(account) as draft:
        arn, directory = provider_arn(draft.settings, name), provider_directory(name)
        SamlProvider.from_metadata(octets, arn=arn, decryption_keys=tuple(keys), **{**account_options(draft.settings), **settings})
        require_no_provider(draft, directory, METADATA_FILE, name)
        draft.write(f"{directory}/{METADATA_FILE}", octets)
        _write_keys(draft, directory, keys)
        write_settings(draft, directory, settings)
        return arn


def update_saml_provider(
    account: Target,
    *,
    name: str,
    metadata: str | bytes | None = None,
    decryption_keys: Sequence[str | bytes] | None = None,
    unset: Collection[str] = (),
    **settings: Unpack[SamlSettings],
) -> str:
    """Change a SAML provider and return its ARN. Arguments that are None are not changed.

    Args:
        account: The account directory, or a draft of it.
        name: Name of the provider.
        metadata: The new metadata.
        decryption_keys: All private keys, which replace the present ones.
        unset: Names of settings in ``provider.toml`` to remove, so that those of ``account.toml`` apply.
        settings: New values of settings, as for `add_saml_provider`.

    Raises:
        RegistrationError: A key or a setting is invalid.
        NoSuchEntity: The account has no such provider.
        AccountFaults: The provider would be invalid, the account directory is at fault, or it cannot be written.
    """
    check_name("name", name, PROVIDER_NAME)
    with drafting(account) as draft:
        directory = provider_directory(name)
        require_provider(draft, directory, METADATA_FILE, name)
        if metadata is not None:
            draft.write(f"{directory}/{METADATA_FILE}", octets_of(metadata))
        if decryption_keys is not None:
            keys = _private_keys(decryption_keys)
            delete_files(draft, directory, [entry for entry in draft.entries(directory) if entry.endswith(".pem")])
            _write_keys(draft, directory, keys)
        write_settings(draft, directory, settings, unset=unset)
        return provider_arn(draft.settings, name)


def delete_saml_provider(account: Target, *, name: str) -> str:
    """Delete a SAML provider and return its ARN. Roles that trust it are kept, as in AWS, and can no longer be assumed through it.

    Raises:
        NoSuchEntity: The account has no such provider.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    check_name("name", name, PROVIDER_NAME)
    with drafting(account) as draft:
        directory = provider_directory(name)
        require_provider(draft, directory, METADATA_FILE, name)
        delete_files(draft, directory, draft.entries(directory))
        return provider_arn(draft.settings, name)


def _write_keys(draft: Draft, directory: str, keys: Sequence[bytes]) -> None:
    for number, key in enumerate(keys, 1):
        draft.write(f"{directory}/decryption-key-{number}.pem", key, mode=PRIVATE_MODE)


def _private_keys(material: object) -> list[bytes]:
    """Return the private keys as octets, within the limits of `load_account` on their number and size."""
    keys = [octets_of(key) for key in material] if isinstance(material, (list, tuple)) else None
    if keys is None or len(keys) > PRIVATE_KEYS or any(len(key) > PRIVATE_KEY_OCTETS for key in keys):
        raise RegistrationError(
            check="decryption-keys",
            expected=f"a list of at most {PRIVATE_KEYS} keys of at most {PRIVATE_KEY_OCTETS} octets",
            found=type(material).__name__ if keys is None else f"{len(keys)} of up to {max(map(len, keys))} octets",
            remedy="register the present key and its predecessor",
        )
    return keys
