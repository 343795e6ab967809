"""Import of identity providers from the output of IAM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from federation.account.reading.oidc_providers import OIDC_PROVIDERS, SETTINGS_FILE, directory_of
from federation.account.reading.saml_providers import METADATA_FILE, provider_directory
from federation.account.writing.draft import Draft
from federation.account.writing.oidc_providers import OidcSettings, add_oidc_provider, update_oidc_provider
from federation.account.writing.saml_providers import SamlSettings, add_saml_provider, update_saml_provider
from federation.check_names import AccountCheck
from federation.errors import RegistrationError
from federation.oidc.issuer_url import read_url


def import_saml_provider(draft: Draft, dump: Mapping[str, Any], *, name: str | None, decryption_keys: Sequence[str | bytes] | None) -> str:
    """Register or update the provider in the output of ``get-saml-provider`` and return its ARN.

    Raises:
        RegistrationError: The provider cannot be registered.
    """
    if name is None:
        raise _missing("saml-provider-name", "the name of the SAML provider", "pass it with --saml-provider-name")
    settings: SamlSettings = {}
    if "AssertionEncryptionMode" in dump:
        mode = str(dump["AssertionEncryptionMode"]).lower()
        settings["encryption"] = mode  # type: ignore[typeddict-item] # the registration says what it may be
    metadata = dump["SAMLMetadataDocument"]
    if isinstance(name, str) and METADATA_FILE in draft.entries(provider_directory(name)):
        return update_saml_provider(draft, name=name, metadata=metadata, decryption_keys=decryption_keys, **settings)
    return add_saml_provider(draft, name=name, metadata=metadata, decryption_keys=decryption_keys or (), **settings)


def import_oidc_provider(draft: Draft, dump: Mapping[str, Any], *, jwks: bytes | None) -> str:
    """Register or update the provider in the output of ``get-open-id-connect-provider`` and return its ARN.

    Raises:
        RegistrationError: The provider cannot be registered.
    """
    printed = dump["Url"]
    url = read_url(f"https://{printed}" if isinstance(printed, str) else printed)
    settings: OidcSettings = {"thumbprints": dump["ThumbprintList"]} if dump.get("ThumbprintList") else {}
    if SETTINGS_FILE in draft.entries(f"{OIDC_PROVIDERS}/{directory_of(url)}"):
        return update_oidc_provider(draft, url=url, client_ids=dump["ClientIDList"], jwks=jwks, **settings)
    if jwks is None:
        raise _missing("jwks", "the key set of the OpenID Connect provider", "pass what its jwks_uri answers, too")
    return add_oidc_provider(draft, url=url, client_ids=dump["ClientIDList"], jwks=jwks, **settings)


def _missing(check: AccountCheck, expected: str, remedy: str) -> RegistrationError:
    return RegistrationError(check=check, expected=expected, found="none", remedy=remedy)
