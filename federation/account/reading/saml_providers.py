"""Reading of ``saml-providers/<Name>/``: ``metadata.xml``, decryption keys ``*.pem``, and optionally ``provider.toml``.

The mode of a decryption key must be private, unless ``published`` in ``provider.toml`` has the reason why the keys are not secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from federation import clock, limits
from federation.account.model import PROVIDER_NAME, derived_id
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.account.reading.names import file_name, read_name
from federation.account.reading.settings import PROFILE, Settings, names
from federation.account.reading.tags import read_tag_table
from federation.errors import FederationError, show
from federation.identity import SessionTag
from federation.provider_details import SamlDetails, UploadedKey
from federation.saml.registration.provider import SamlProvider

SAML_PROVIDERS: Final = "saml-providers"
METADATA_FILE: Final = "metadata.xml"
SETTINGS_FILE: Final = "provider.toml"
PRIVATE_KEY_OCTETS: Final = 16_384
"""Largest private key of a SAML provider (IAM API, AddPrivateKey: 1 to 16 384 characters)."""
PRIVATE_KEYS: Final = 2
"""Most decryption keys of one provider (IAM quota)."""
MAX_AGE_SECONDS: Final = 86_400
"""Largest ``max_age`` of ``provider.toml``; ``"none"`` disables the rule."""

CREATED: Final = "created"
"""Member of ``provider.toml`` with the CreateDate."""
UPLOADS: Final = "uploads"
"""Table of ``provider.toml`` with the date of each private key, by file."""

_ONE_OF: Final = {
    "signed": re.compile(r"assertion|response|either"),
    "encryption": re.compile(r"allowed|required"),
    "verifier": re.compile(r"[a-z][a-z0-9-]{0,31}"),
    "profile": PROFILE,
    "entity_id": None,
    "published": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What ``provider.toml`` states for IAM's reads: the creation, the tags, and when each file of a key was uploaded."""

    created_at: datetime = clock.UNSTATED
    tags: tuple[SessionTag, ...] = ()
    uploads: Mapping[str, datetime] = field(default_factory=dict)


def read_saml_providers(tree: Tree, settings: Settings, faults: Faults) -> dict[str, SamlProvider]:
    """Return every SAML provider of the account by ARN."""
    found: dict[str, SamlProvider] = {}
    for entry in tree.entries(SAML_PROVIDERS):
        directory, name = f"{SAML_PROVIDERS}/{entry}", read_name(entry, directory=SAML_PROVIDERS, suffix="", faults=faults)
        if name is None:
            continue
        if PROVIDER_NAME.fullmatch(name) is None:
            faults.add(directory, "", f"a name matching {PROVIDER_NAME.pattern}", show(name), "rename the directory")
            continue
        provider = read_saml_provider(tree, directory, provider_arn(settings, name), settings, faults)
        if provider is not None:
            found[provider.arn] = provider
    return found


def provider_directory(name: str) -> str:
    """Return the path of the directory of the SAML provider *name*, relative to the account directory."""
    return f"{SAML_PROVIDERS}/{file_name(name)}"


def provider_arn(settings: Settings, name: str) -> str:
    """Return the ARN of the account's SAML provider *name*."""
    return f"arn:{settings.partition}:iam::{settings.id}:saml-provider/{name}"


def read_saml_provider(tree: Tree, directory: str, arn: str, settings: Settings, faults: Faults) -> SamlProvider | None:
    """Return the provider of one directory; None after recording faults."""
    before = len(faults)
    keys = {}
    options: dict[str, Any] = {}
    kept = _Kept()
    metadata: bytes | None = None
    for entry in tree.entries(directory):
        file = f"{directory}/{entry}"
        if entry == METADATA_FILE:
            metadata = tree.read(file, longest=limits.METADATA_OCTETS)
        elif entry == SETTINGS_FILE:
            options, kept = _read_options(tree, file, faults)
        elif entry.endswith(".pem"):
            keys[file] = tree.read(file, longest=PRIVATE_KEY_OCTETS) or b""
        else:
            faults.add(file, "", f"{METADATA_FILE}, {SETTINGS_FILE} or *.pem", show(entry), "remove the file")
    published = options.pop("published", "")
    for file in keys:
        tree.require_private(file, published=published)
    if metadata is None and len(faults) == before:
        faults.add(
            f"{directory}/{METADATA_FILE}", "", "the identity provider's metadata", "no file", "export it from the identity provider"
        )
    if len(keys) > PRIVATE_KEYS:
        faults.add(directory, "", f"at most {PRIVATE_KEYS} decryption keys", str(len(keys)), "remove the oldest")
    if metadata is None or len(faults) > before:
        return None
    options = {**account_options(settings), **options}
    provider = _register(metadata, list(keys.values()), options, arn=arn, directory=directory, faults=faults)
    return None if provider is None else provider.detailed(_details(provider, metadata, list(keys), kept))


def _details(provider: SamlProvider, metadata: bytes, files: list[str], kept: _Kept) -> SamlDetails:
    account, name = provider.doc.split("/")
    names = [file.rpartition("/")[2] for file in files]
    return SamlDetails(
        uuid=derived_id("SAMLSP", account, "saml-provider", f"{name}\n{kept.created_at.isoformat()}"),
        created_at=kept.created_at,
        tags=kept.tags,
        metadata=metadata.decode("utf-8", "replace"),
        private_keys=tuple(
            UploadedKey(
                id=derived_id("SAMLPK", account, "private-key", key.fingerprint),
                file=file,
                uploaded_at=kept.uploads.get(file, kept.created_at),
            )
            for file, key in zip(names, provider.decryption_keys, strict=True)
        ),
    )


def account_options(settings: Settings) -> dict[str, Any]:
    """Return the defaults of ``account.toml`` for SAML providers."""
    options: dict[str, Any] = {"profile": settings.profile, "clock_skew": settings.clock_skew}
    if settings.audiences is not None:
        options["audiences"] = settings.audiences
    if settings.recipients is not None:
        options["recipients"] = settings.recipients
    return options


def _register(
    metadata: bytes, keys: list[bytes], options: dict[str, Any], *, arn: str, directory: str, faults: Faults
) -> SamlProvider | None:
    try:
        return SamlProvider.from_metadata(metadata, arn=arn, decryption_keys=tuple(keys), **options)
    except FederationError as refusal:
        about_key = refusal.check.startswith("decryption")
        faults.add_refusal(directory if about_key else f"{directory}/{METADATA_FILE}", "", refusal)
        return None


def _read_options(tree: Tree, file: str, faults: Faults) -> tuple[dict[str, Any], _Kept]:
    document = tree.toml(file)
    if document is None:
        return {}, _Kept()
    fields = Fields(document, file=file, faults=faults)
    options: dict[str, Any] = {name: fields.text(name, pattern=pattern) for name, pattern in _ONE_OF.items()}
    options |= {name: names(fields, name) for name in ("permit", "audiences", "recipients")}
    skew = fields.integer("clock_skew", low=0, high=limits.MAX_CLOCK_SKEW_SECONDS)
    options["clock_skew"] = None if skew is None else timedelta(seconds=skew)
    given = {name: value for name, value in options.items() if value is not None}
    if fields.raw("max_age") == "none":
        given["max_age"] = None
    else:
        seconds = fields.integer("max_age", low=1, high=MAX_AGE_SECONDS)
        given |= {} if seconds is None else {"max_age": timedelta(seconds=seconds)}
    kept = _Kept(created_at=fields.created(CREATED), tags=read_tag_table(fields), uploads=_uploads(fields))
    fields.finish()
    return given, kept


def _uploads(fields: Fields) -> Mapping[str, datetime]:
    table = fields.object(UPLOADS)
    return {} if table is None else {file: table.created(file) for file in table}
