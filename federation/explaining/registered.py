"""Places in the registration of a web identity provider, and the edits of it that several explanations offer."""

from __future__ import annotations

import json
from typing import Final

from federation.account.reading.oidc_providers import JWKS_FILE, OIDC_PROVIDERS, SETTINGS_FILE, directory_of
from federation.errors import printable, show
from federation.explaining.situation import Situation
from federation.explaining.wording import command
from federation.explanation import Edit, Place
from federation.oidc.provider import NO_CLIENT_IDS, OidcProvider
from federation.vendors import ANY, VENDORS, find_vendor
from federation.vendors.settings import SETTINGS, UNKNOWN, IssuerSetting, TokenSettings
from federation.vendors.subjects import grammar_of

_SHOWN_IDS: Final = 4
"""A list of client ids is written out whole up to this length."""


def token_settings(url: str, *, subject: object = None) -> TokenSettings:
    """Return the settings of the vendor of the issuer *url*; where it is not known, those of the vendor whose form *subject* has.

    A server that a customer runs, such as a GitLab of its own, has a URL that tells nothing.
    """
    vendor = find_vendor(url.removeprefix("https://"))
    if vendor is ANY and isinstance(subject, str):
        grammar = grammar_of(subject, dict.fromkeys(each.subjects for each in VENDORS if each.subjects.forms))
        vendor = next((each for each in VENDORS if each.subjects is grammar), vendor)
    return SETTINGS.get(vendor.name, UNKNOWN)


def settings_place(situation: Situation, url: str, path: str) -> Place:
    """Return the place of the setting *path* in the registration of the issuer *url*."""
    return Place(owner="provider", file=_file(situation, url, SETTINGS_FILE), path=path)


def jwks_place(situation: Situation, url: str, path: str = "$.keys") -> Place:
    """Return the place of the registered key set of the issuer *url*."""
    return Place(owner="provider", file=_file(situation, url, JWKS_FILE), path=path)


def vendor_place(setting: IssuerSetting) -> Place:
    """Return the place of a vendor's setting."""
    return Place(owner=setting.owner, path=setting.where, setting=setting.name, source=setting.source)


def register_client_id(situation: Situation, provider: OidcProvider, client_id: str) -> Edit:
    """Return the edit that registers *client_id*."""
    whole = len(provider.client_ids) <= _SHOWN_IDS
    old = [*provider.client_ids] if whole else []
    by = command(
        *("aws", "iam", "add-client-id-to-open-id-connect-provider"),
        *("--open-id-connect-provider-arn", provider.arn, "--client-id", client_id),
    )
    return Edit(
        place=settings_place(situation, provider.url, "client_ids"),
        instruction=f"add {show(client_id)} to the client ids of the provider",
        old=printable(f"client_ids = {json.dumps(old or NO_CLIENT_IDS)}") if whole else None,
        new=printable(f"client_ids = {json.dumps([*old, client_id])}" if whole else json.dumps(client_id)),
        command=by if provider.arn.startswith("arn:") else "",
        lets_in=f"tokens of {provider.url} for {show(client_id)}, by every role whose trust policy leaves {provider.name}:aud open",
    )


def replace_keys(situation: Situation, provider: OidcProvider, *, old: str | None, new: str | None) -> Edit:
    """Return the edit that registers the key set that the issuer publishes now."""
    published, by = _published_keys(provider)
    return Edit(
        place=jwks_place(situation, provider.url),
        instruction=f"replace the key set by the one that the issuer publishes {published}",
        old=old,
        new=new,
        command=by,
        lets_in="tokens that are signed by any key of the new set",
    )


def register_keys(situation: Situation, provider: OidcProvider) -> Edit:
    """Return the edit that registers a key set for a provider that has none."""
    published, by = _published_keys(provider)
    return Edit(
        place=jwks_place(situation, provider.url),
        instruction=f"register the key set that the issuer publishes {published}; a server under test control takes it by "
        f"`PUT /_federation/jwks?issuer={printable(provider.url)}`, and registers its own issuers when it mints",
        command=by,
        lets_in="tokens that are signed by any key of the set",
    )


def _published_keys(provider: OidcProvider) -> tuple[str, str]:
    """Return in words where the issuer of *provider* publishes its keys, and the command that fetches them."""
    if provider.discovery is not None:
        at = provider.discovery.jwks_uri
        fetch = command("curl", "-fsS", at, "-o", JWKS_FILE)
        update = command(
            "federation", "account", "update-oidc-provider", "--account", "account", "--url", provider.url, "--jwks", JWKS_FILE
        )
        by, published = f"{fetch} && {update}" if fetch and update else "", f"at {printable(at)}"
    else:
        at = f"{provider.url.removesuffix('/')}/.well-known/openid-configuration"
        by, published = command("curl", "-fsS", at), f"at the jwks_uri of {printable(at)}"
    return published, by


def register_issuer(situation: Situation, url: str, client_ids: tuple[str, ...], *, instead_of: str | None = None) -> Edit:
    """Return the edit that registers the issuer *url*; *instead_of* is the registered URL whose directory it takes."""
    ids = [word for each in client_ids for word in ("--client-id", each)]
    at_aws = command("aws", "iam", "create-open-id-connect-provider", "--url", url, "--client-id-list", *client_ids)
    account = ("--account", "account")
    if instead_of is None:
        by = command("federation", "account", "add-oidc-provider", *account, "--url", url, *ids, "--jwks", JWKS_FILE)
    else:
        gone = command("federation", "account", "delete-oidc-provider", *account, "--url", instead_of)
        by = command("federation", "account", "add-oidc-provider", *account, "--url", url, *ids, "--jwks", JWKS_FILE)
        by = f"{gone} && {by}" if gone and by else ""
    return Edit(
        place=settings_place(situation, url, "url"),
        instruction=f"register the issuer {show(url)} with its key set" + (f"; at AWS: {at_aws}" if at_aws else ""),
        old=None if instead_of is None else f"url = {json.dumps(instead_of)}",
        new=printable(f"url = {json.dumps(url)}"),
        command=by,
        lets_in=f"tokens of {printable(url[:255])}, by roles whose trust policy names its provider",
    )


def _file(situation: Situation, url: str, name: str) -> str:
    return "" if situation.account is None else f"{OIDC_PROVIDERS}/{directory_of(url)}/{name}"
