"""Registration, change and deletion of SAML providers. Changes are checked by the code of `load_account` first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal, TypedDict, Unpack

from federation import aws_texts
from federation.account.model import PROVIDER_NAME
from federation.account.reading.faults import Faults
from federation.account.reading.saml_providers import (
    CREATED,
    METADATA_FILE,
    PRIVATE_KEY_OCTETS,
    PRIVATE_KEYS,
    UPLOADS,
    account_options,
    provider_arn,
    provider_directory,
    read_saml_provider,
)
from federation.account.writing.atomic import PRIVATE_MODE
from federation.account.writing.attachments import Tags, merged_tags
from federation.account.writing.documents import check_name, octets_of, whole_second
from federation.account.writing.draft import Draft, Target, drafting
from federation.account.writing.entities import no_such_entity
from federation.account.writing.providers import (
    delete_files,
    require_no_provider,
    require_provider,
    settings_of,
    tag_provider,
    tag_table,
    untag_provider,
    write_settings,
)
from federation.clock import Span
from federation.errors import LimitExceeded, RegistrationError, check_of, show
from federation.profiles import Profile
from federation.saml.registration.keys import load_decryption_key
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
    tags: Tags = (),
    at: datetime | None = None,
    **settings: Unpack[SamlSettings],
) -> str:
    """Register a SAML provider and return its ARN.

    Args:
        account: The account directory, or a draft of it.
        name: 1 to 128 characters of ``[A-Za-z0-9_.-]``.
        metadata: The metadata of the identity provider, an EntityDescriptor, at most `limits.METADATA_OCTETS` octets.
        decryption_keys: PEM private keys without a password, for encrypted assertions.
        tags: Keys and values of at most 50 tags.
        at: Time of creation, aware; the present time when None.
        settings: Settings of the provider; ``max_age`` and ``clock_skew`` in seconds or as a timedelta.

    Raises:
        RegistrationError: The metadata, a key or a setting is invalid.
        ValidationError: The name or a tag is invalid.
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
        write_settings(draft, directory, {**settings, "tags": tag_table(merged_tags((), tags)), CREATED: whole_second(at)})
        return arn


def update_saml_provider(
    account: Target,
    *,
    name: str,
    metadata: str | bytes | None = None,
    decryption_keys: Sequence[str | bytes] | None = None,
    unset: Collection[str] = (),
    at: datetime | None = None,
    **settings: Unpack[SamlSettings],
) -> str:
    """Change a SAML provider and return its ARN. Arguments that are None are not changed.

    Args:
        account: The account directory, or a draft of it.
        name: Name of the provider.
        metadata: The new metadata.
        decryption_keys: All private keys, which replace the present ones.
        unset: Names of settings in ``provider.toml`` to remove, so that those of ``account.toml`` apply.
        at: Time of the upload of the private keys, aware; the present time when None.
        settings: New values of settings, as for `add_saml_provider`.

    Raises:
        RegistrationError: A key or a setting is invalid.
        NoSuchEntity: The account has no such provider.
        AccountFaults: The provider would be invalid, the account directory is at fault, or it cannot be written.
    """
    with drafting(account) as draft:
        directory = _directory(draft, name)
        if metadata is not None:
            draft.write(f"{directory}/{METADATA_FILE}", octets_of(metadata))
        uploads = {}
        if decryption_keys is not None:
            keys = _private_keys(decryption_keys)
            delete_files(draft, directory, _key_files(draft, directory))
            uploads = {UPLOADS: dict.fromkeys(_write_keys(draft, directory, keys), whole_second(at))}
        write_settings(draft, directory, {**settings, **uploads}, unset=unset)
        return provider_arn(draft.settings, name)


def add_private_key(account: Target, *, name: str, private_key: str | bytes, at: datetime | None = None) -> None:
    """Add a private key to a SAML provider, beside the one it has.

    Args:
        account: The account directory, or a draft of it.
        name: Name of the provider.
        private_key: A PEM private key without a password.
        at: Time of the upload, aware; the present time when None.

    Raises:
        RegistrationError: The key is invalid.
        NoSuchEntity: The account has no such provider.
        LimitExceeded: The provider has `PRIVATE_KEYS` keys.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    (key,) = _private_keys([private_key])
    load_decryption_key(key)
    with drafting(account) as draft:
        directory = _directory(draft, name)
        present = _key_files(draft, directory)
        if len(present) >= PRIVATE_KEYS:
            raise LimitExceeded(
                file=directory,
                path="",
                expected=f"at most {PRIVATE_KEYS} private keys",
                found=f"{len(present)} already",
                remedy="remove the older one first",
                check="decryption-keys",
                message=aws_texts.iam.PRIVATE_KEYS,
            )
        file = next(free for free in map(_key_file, range(1, PRIVATE_KEYS + 1)) if free not in present)
        draft.write(f"{directory}/{file}", key, mode=PRIVATE_MODE)
        write_settings(draft, directory, {UPLOADS: {**settings_of(draft, directory).get(UPLOADS, {}), file: whole_second(at)}})


def remove_private_key(account: Target, *, name: str, key_id: str) -> None:
    """Remove the private key *key_id* of a SAML provider.

    Raises:
        RegistrationError: It is the only key, and the provider requires encryption.
        NoSuchEntity: The account has no such provider, or the provider has no such key.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        directory, faults = _directory(draft, name), Faults()
        provider = read_saml_provider(draft.tree(faults), directory, provider_arn(draft.settings, name), draft.settings, faults)
        if provider is None:
            raise faults.error()
        keys = {key.id: key.file for key in provider.details.private_keys}
        if key_id not in keys:
            raise no_such_entity(directory, f"one of {', '.join(keys) or 'no keys'}", show(key_id))
        if len(keys) == 1 and provider.encryption == "required":
            raise RegistrationError(
                check="decryption-keys",
                expected="a private key where encryption is required",
                found="its only one",
                remedy="add the new key first, or allow assertions that are not encrypted",
                message=aws_texts.iam.KEY_IN_USE,
            )
        draft.remove(f"{directory}/{keys[key_id]}")
        left = {file: when for file, when in settings_of(draft, directory).get(UPLOADS, {}).items() if file != keys[key_id]}
        write_settings(draft, directory, {UPLOADS: left})


def check_saml_provider(account: Target, *, name: str) -> None:
    """Require that a SAML provider is valid as the draft has it. IAM refuses an update with the codes of a new provider.

    Raises:
        RegistrationError: It is not.
        NoSuchEntity: The account has no such provider.
    """
    with drafting(account) as draft:
        directory, faults = _directory(draft, name), Faults()
        read_saml_provider(draft.tree(faults), directory, provider_arn(draft.settings, name), draft.settings, faults)
        for fault in faults:
            raise RegistrationError(
                check=check_of(fault),
                expected=fault.expected,
                found=fault.found,
                remedy=fault.remedy,
                message=aws_texts.iam.ENCRYPTION_WITHOUT_KEY if fault.check == "encryption" else aws_texts.iam.METADATA,
            )


def tag_saml_provider(account: Target, *, name: str, tags: Tags) -> None:
    """Add *tags* to a SAML provider. A tag whose key differs only by case is replaced.

    Raises:
        NoSuchEntity: The account has no such provider.
        ValidationError: A tag is invalid, or the provider would have more than 50 tags.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        tag_provider(draft, _directory(draft, name), tags)


def untag_saml_provider(account: Target, *, name: str, keys: Iterable[str]) -> None:
    """Remove the tags with *keys*, without regard to case, from a SAML provider. Missing keys are ignored.

    Raises:
        NoSuchEntity: The account has no such provider.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        untag_provider(draft, _directory(draft, name), keys)


def delete_saml_provider(account: Target, *, name: str) -> str:
    """Delete a SAML provider and return its ARN. Roles that trust it are kept, as in AWS, and can no longer be assumed through it.

    Raises:
        NoSuchEntity: The account has no such provider.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        directory = _directory(draft, name)
        delete_files(draft, directory, draft.entries(directory))
        return provider_arn(draft.settings, name)


def _directory(draft: Draft, name: str) -> str:
    """Return the directory of the provider *name*.

    Raises:
        NoSuchEntity: The account has no such provider.
    """
    check_name("name", name, PROVIDER_NAME)
    directory = provider_directory(name)
    require_provider(draft, directory, METADATA_FILE, name)
    return directory


def _key_files(draft: Draft, directory: str) -> list[str]:
    return [entry for entry in draft.entries(directory) if entry.endswith(".pem")]


def _key_file(number: int) -> str:
    return f"decryption-key-{number}.pem"


def _write_keys(draft: Draft, directory: str, keys: Sequence[bytes]) -> list[str]:
    """Write the private keys and return their files."""
    files = [_key_file(number) for number in range(1, len(keys) + 1)]
    for file, key in zip(files, keys, strict=True):
        draft.write(f"{directory}/{file}", key, mode=PRIVATE_MODE)
    return files


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
