"""Reading of ``oidc-providers/<host>/<path>/``: ``provider.toml``, and optionally ``jwks.json`` and ``openid-configuration.json``.

A provider without ``jwks.json`` stands for an issuer whose keys cannot be fetched: its tokens are refused until a key set is registered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from federation import limits
from federation.account.reading.faults import Faults
from federation.account.reading.fields import Fields
from federation.account.reading.files import Tree
from federation.account.reading.names import file_name
from federation.account.reading.settings import PROFILE, Settings, names
from federation.account.reading.tags import read_tag_table
from federation.errors import RegistrationError, show
from federation.oidc.provider import NO_CLIENT_IDS, OidcProvider
from federation.provider_details import OidcDetails
from federation.vendors import BUILT_IN_OIDC

OIDC_PROVIDERS: Final = "oidc-providers"
SETTINGS_FILE: Final = "provider.toml"
JWKS_FILE: Final = "jwks.json"
DISCOVERY_FILE: Final = "openid-configuration.json"
CREATED: Final = "created"
"""Member of ``provider.toml`` with the CreateDate."""

_FILES: Final = frozenset({SETTINGS_FILE, JWKS_FILE, DISCOVERY_FILE})
_REUSE: Final = re.compile(r"allowed|refused")
_DEPTH: Final = 128
"""Most path segments of a URL of 255 characters."""
_THUMBPRINT: Final = re.compile(r"[!-~]{40}", re.ASCII)  # IAM checks the length only, not that they are hexadecimal digits


def read_oidc_providers(tree: Tree, settings: Settings, faults: Faults) -> dict[str, OidcProvider]:
    """Return every OpenID Connect provider of the account by ARN."""
    found: dict[str, OidcProvider] = {}
    for directory in _directories(tree, OIDC_PROVIDERS, faults, depth=0):
        provider = read_oidc_provider(tree, directory, settings, faults)
        if provider is not None:
            found[provider.arn] = provider
    return found


def provider_arn(settings: Settings, name: str) -> str:
    """Return the ARN of the provider whose URL without ``https://`` is *name*. For providers built into AWS it is the name."""
    return name if name in BUILT_IN_OIDC else f"arn:{settings.partition}:iam::{settings.id}:oidc-provider/{name}"


def directory_of(url: str) -> str:
    """Return the path of the directory of the provider *url*, relative to `OIDC_PROVIDERS`.

    It is host and path, one directory for each segment, without a trailing slash. Segments that would be hidden or invalid file names, or
    names of a provider's files, are percent-encoded.
    """
    segments = url.removeprefix("https://").removesuffix("/").split("/")
    return "/".join(_segment(segment) for segment in segments)


def account_options(settings: Settings) -> dict[str, Any]:
    """Return the defaults of ``account.toml`` for providers of web identities."""
    return {"profile": settings.profile, "clock_skew": settings.clock_skew}


def read_oidc_provider(tree: Tree, directory: str, settings: Settings, faults: Faults) -> OidcProvider | None:
    """Return the provider of one directory; None after recording faults."""
    before, entries = len(faults), tree.entries(directory)
    options, details = _read_options(tree, f"{directory}/{SETTINGS_FILE}", faults)
    jwks, discovery = (
        tree.read(f"{directory}/{file}", longest=limits.JWKS_OCTETS) if file in entries else None for file in (JWKS_FILE, DISCOVERY_FILE)
    )
    url = str(options.get("url"))
    expected = f"{OIDC_PROVIDERS}/{directory_of(url)}"
    if len(faults) == before and directory != expected:
        faults.add(f"{directory}/{SETTINGS_FILE}", "$.url", f"the URL of this directory, or {expected}/", show(url), "rename the directory")
    if len(faults) > before:
        return None
    try:
        arn = provider_arn(settings, url.removeprefix("https://"))
        options = {**account_options(settings), **options, "jwks": jwks, "discovery": discovery, "arn": arn}
        return OidcProvider(**options).detailed(details)
    except RegistrationError as refusal:
        faults.add_refusal(f"{directory}/{_file_of(refusal)}", "", refusal)
        return None


def read_common_options(fields: Fields) -> dict[str, Any]:
    """Return the members present in ``provider.toml`` that providers of web identities have in common."""
    skew, profile = fields.integer("clock_skew", low=0, high=limits.MAX_CLOCK_SKEW_SECONDS), fields.text("profile", pattern=PROFILE)
    options = {"clock_skew": None if skew is None else timedelta(seconds=skew), "profile": profile}
    return {name: value for name, value in options.items() if value is not None}


def _read_options(tree: Tree, file: str, faults: Faults) -> tuple[dict[str, Any], OidcDetails]:
    document = tree.toml(file)
    if document is None:
        return {}, OidcDetails()
    fields = Fields(document, file=file, faults=faults)
    options = read_common_options(fields) | {"url": fields.text("url", required=True)}
    options |= {name: names(fields, name) for name in ("algorithms", "token_types")}
    none = fields.raw("client_ids") == NO_CLIENT_IDS
    options["client_ids"] = NO_CLIENT_IDS if none else names(fields, "client_ids")
    options["reuse"] = fields.text("reuse", pattern=_REUSE)
    if "client_ids" not in fields:
        fields.fault("client_ids", "at least one client id", "nothing", "name the audiences that tokens for this account have")
    thumbprints = fields.texts("thumbprints") or ()
    if len(thumbprints) > limits.THUMBPRINTS_PER_PROVIDER or not all(map(_THUMBPRINT.fullmatch, thumbprints)):
        fields.fault(
            "thumbprints",
            f"at most {limits.THUMBPRINTS_PER_PROVIDER} texts of 40 characters",
            "others",
            "leave them out: keys are not fetched",
        )
    details = OidcDetails(created_at=fields.created(CREATED), tags=read_tag_table(fields), thumbprints=thumbprints)
    fields.finish()
    return {name: value for name, value in options.items() if value is not None}, details


def _directories(tree: Tree, directory: str, faults: Faults, *, depth: int) -> Iterator[str]:
    """Yield every directory below *directory* that holds a provider. The URL of one provider may be a prefix of another's."""
    before, entries = len(faults), tree.entries(directory)
    files = [entry for entry in entries if entry in _FILES]
    below = [entry for entry in entries if entry not in _FILES]
    if depth > _DEPTH:
        faults.add(directory, "", "the segments of a URL of at most 255 characters", "deeper nesting", "remove the directory")
    if len(faults) > before:
        return
    if depth and (files or not below):
        yield directory
    for entry in below:
        yield from _directories(tree, f"{directory}/{entry}", faults, depth=depth + 1)


def _segment(segment: str) -> str:
    return file_name(quote(segment, safe="-_.~@+=,"), taken=_FILES) if segment else "%"


def _file_of(refusal: RegistrationError) -> str:
    if refusal.check.startswith("jwk"):
        return JWKS_FILE
    return DISCOVERY_FILE if refusal.check == "discovery" else SETTINGS_FILE
