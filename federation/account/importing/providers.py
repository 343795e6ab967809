"""Import of identity providers from the output of IAM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.oidc_providers import CREATED, OIDC_PROVIDERS, SETTINGS_FILE, directory_of
from federation.account.reading.saml_providers import METADATA_FILE, provider_directory
from federation.account.reading.tags import read_tags
from federation.account.writing.draft import Draft
from federation.account.writing.oidc_providers import OidcSettings, add_oidc_provider, update_oidc_provider
from federation.account.writing.providers import tag_table, write_settings
from federation.account.writing.saml_providers import SamlSettings, add_saml_provider, update_saml_provider
from federation.check_names import AccountCheck
from federation.errors import RegistrationError
from federation.oidc.issuer_url import read_url
from federation.oidc.provider import NO_CLIENT_IDS


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
        arn = update_saml_provider(draft, name=name, metadata=metadata, decryption_keys=decryption_keys, **settings)
    else:
        arn = add_saml_provider(draft, name=name, metadata=metadata, decryption_keys=decryption_keys or (), **settings)
    _keep_details(draft, provider_directory(name), dump, "get-saml-provider")
    return arn


def import_oidc_provider(draft: Draft, dump: Mapping[str, Any], *, jwks: bytes | None) -> str:
    """Register or update the provider in the output of ``get-open-id-connect-provider`` and return its ARN.

    Raises:
        RegistrationError: The provider cannot be registered.
    """
    printed = dump["Url"]
    url = read_url(f"https://{printed}" if isinstance(printed, str) else printed)
    settings: OidcSettings = {"thumbprints": dump["ThumbprintList"]} if dump.get("ThumbprintList") else {}
    directory, client_ids = f"{OIDC_PROVIDERS}/{directory_of(url)}", dump["ClientIDList"] or NO_CLIENT_IDS
    if SETTINGS_FILE in draft.entries(directory):
        arn = update_oidc_provider(draft, url=url, client_ids=client_ids, jwks=jwks, **settings)
    elif jwks is None:
        raise _missing("jwks", "the key set of the OpenID Connect provider", "pass what its jwks_uri answers, too")
    else:
        arn = add_oidc_provider(draft, url=url, client_ids=client_ids, jwks=jwks, **settings)
    _keep_details(draft, directory, dump, "get-open-id-connect-provider")
    return arn


def _keep_details(draft: Draft, directory: str, dump: Mapping[str, Any], source: str) -> None:
    """Write date and tags of *dump*, the output of *source*, to ``provider.toml``.

    Raises:
        AccountFaults: The date or a tag is at fault.
    """
    faults = Faults()
    fields = Fields(dict(dump), file=source, faults=faults)
    created, tags = fields.instant("CreateDate"), tag_table(read_tags(fields))
    if len(faults):
        raise faults.error()
    write_settings(draft, directory, {**({} if created is None else {CREATED: created}), "tags": tags})


def _missing(check: AccountCheck, expected: str, remedy: str) -> RegistrationError:
    return RegistrationError(check=check, expected=expected, found="none", remedy=remedy)
