"""SAML providers: registered, changed, deleted. What is written has first been read the way `load_account` will read it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, TypedDict, Unpack

from federation.account.model import PROVIDER_NAME
from federation.account.saml_providers import (
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
from federation.saml.provider import Encryption, SamlProvider, Signed, VerifierName


class SamlSettings(TypedDict, total=False):
    """Rules of one SAML provider; each has the meaning of the argument of `SamlProvider` and wins over ``account.toml``."""

    entity_id: str
    profile: Profile | Literal["strict", "aws"]
    clock_skew: Span
    max_age: Span | None
    signed: Signed
    encryption: Encryption
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
        metadata: The identity provider's EntityDescriptor as exported.
        decryption_keys: PEM private keys, unencrypted, for encrypted assertions.
        settings: Rules of this provider.

    Raises:
        RegistrationError: The metadata, a key or a rule cannot be registered.
        ValidationError: The name is not of that form.
        EntityAlreadyExists: The account has a provider of that name.
        AccountFault: The directory is at fault, or cannot be written.
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
    """Change what is given of a SAML provider and return its ARN.

    Args:
        account: The account directory, or a draft of it.
        name: The provider.
        metadata: Its new metadata.
        decryption_keys: Its new private keys, all of them.
        unset: Rules of its own that it gives up for those of ``account.toml``, by their names in ``provider.toml``.
        settings: New rules.

    Raises:
        RegistrationError: A key or rule is not of its form.
        NoSuchEntity: The account has no such provider.
        AccountFaults: The provider could not be registered so, the directory is at fault, or cannot be written.
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
    """Delete a SAML provider and return the ARN it had; roles that trust it stay, as in AWS, and nobody comes in through them.

    Raises:
        NoSuchEntity: The account has no such provider.
        AccountFaults: The directory is at fault, or cannot be written.
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
