"""Adding SAML providers. What is written has first been read the way `load_account` will read it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from federation.account.model import PROVIDER_NAME
from federation.account.saml_providers import METADATA_FILE, PRIVATE_KEY_OCTETS, PRIVATE_KEYS, SAML_PROVIDERS, account_options, provider_arn
from federation.account.writing.atomic import PRIVATE_MODE, PUBLIC_MODE, write_directory
from federation.account.writing.entries import check_name, inside, octets_of, open_account
from federation.errors import RegistrationError
from federation.saml.provider import SamlProvider


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
