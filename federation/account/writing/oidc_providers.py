"""OpenID Connect providers: registered, changed, deleted. What is written has first been read the way `load_account` will read it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal, TypedDict, Unpack

from federation.account.oidc_providers import (
    DISCOVERY_FILE,
    JWKS_FILE,
    OIDC_PROVIDERS,
    SETTINGS_FILE,
    account_options,
    directory_of,
    provider_arn,
)
from federation.account.writing.documents import octets_of
from federation.account.writing.draft import Target, drafting
from federation.account.writing.providers import delete_files, require_no_provider, require_provider, write_settings
from federation.clock import Span
from federation.oidc.issuer_url import read_url
from federation.oidc.provider import OidcProvider
from federation.profiles import Profile


class OidcSettings(TypedDict, total=False):
    """Rules of one provider; each has the meaning of the argument of `OidcProvider` and wins over ``account.toml``."""

    algorithms: Sequence[str]
    token_types: Sequence[str]
    reuse: Literal["allowed", "refused"]
    clock_skew: Span
    profile: Profile | Literal["strict", "aws"]
    thumbprints: Sequence[str]


def add_oidc_provider(
    account: Target,
    *,
    url: str,
    client_ids: Sequence[str],
    jwks: str | bytes,
    discovery: str | bytes | None = None,
    **settings: Unpack[OidcSettings],
) -> str:
    """Register an OpenID Connect provider and return its ARN, or its name where AWS has it built in.

    Args:
        account: The account directory, or a draft of it.
        url: The issuer, exactly as its tokens spell ``iss``.
        client_ids: 1 to 100 audiences that tokens may have.
        jwks: The issuer's JSON Web Key Set as published.
        discovery: Its discovery document, kept for the reader; it must be of this very issuer.
        settings: Rules of this provider. Thumbprints decide nothing and are kept for the reader.

    Raises:
        RegistrationError: A part cannot be registered.
        EntityAlreadyExists: The account has a provider of that URL.
        AccountFault: The directory is at fault, or cannot be written.
    """
    keys, found = octets_of(jwks), None if discovery is None else octets_of(discovery)
    with drafting(account) as draft:
        rules: Any = {name: value for name, value in settings.items() if name != "thumbprints"}
        provider = OidcProvider(url=url, client_ids=client_ids, jwks=keys, discovery=found, **{**account_options(draft.settings), **rules})
        directory = _directory(provider.url)
        require_no_provider(draft, directory, SETTINGS_FILE, provider.name)
        draft.write(f"{directory}/{JWKS_FILE}", keys)
        if found is not None:
            draft.write(f"{directory}/{DISCOVERY_FILE}", found)
        write_settings(draft, directory, {"url": provider.url, "client_ids": list(client_ids), **settings})
        return provider_arn(draft.settings, provider.name)


def update_oidc_provider(
    account: Target,
    *,
    url: str,
    client_ids: Sequence[str] | None = None,
    jwks: str | bytes | None = None,
    discovery: str | bytes | None = None,
    unset: Collection[str] = (),
    **settings: Unpack[OidcSettings],
) -> str:
    """Change what is given of a provider and return its ARN.

    Args:
        account: The account directory, or a draft of it.
        url: The issuer.
        client_ids: Its client ids from now on, all of them.
        jwks: Its key set as published now.
        discovery: Its discovery document likewise.
        unset: Rules of its own that it gives up for those of ``account.toml``, by their names in ``provider.toml``.
        settings: New rules.

    Raises:
        RegistrationError: The URL or a rule is not of its form.
        NoSuchEntity: The account has no such provider.
        AccountFaults: The provider could not be registered so, the directory is at fault, or cannot be written.
    """
    issuer = read_url(url)
    directory, name = _directory(issuer), issuer.removeprefix("https://")
    with drafting(account) as draft:
        require_provider(draft, directory, SETTINGS_FILE, name)
        for file, document in ((JWKS_FILE, jwks), (DISCOVERY_FILE, discovery)):
            if document is not None:
                draft.write(f"{directory}/{file}", octets_of(document))
        named = {} if client_ids is None else {"client_ids": list(client_ids)}
        write_settings(draft, directory, {**named, **settings}, unset=unset)
        return provider_arn(draft.settings, name)


def delete_oidc_provider(account: Target, *, url: str) -> str:
    """Delete a provider and return the ARN it had; roles that trust it stay, as in AWS, and nobody comes in through them.

    Raises:
        RegistrationError: The URL is not of its form.
        NoSuchEntity: The account has no such provider.
        AccountFaults: The directory is at fault, or cannot be written.
    """
    issuer = read_url(url)
    directory, name = _directory(issuer), issuer.removeprefix("https://")
    with drafting(account) as draft:
        require_provider(draft, directory, SETTINGS_FILE, name)
        # A provider may lie above another, whose directory is no file of this one's.
        delete_files(draft, directory, [file for file in (SETTINGS_FILE, JWKS_FILE, DISCOVERY_FILE) if file in draft.entries(directory)])
        return provider_arn(draft.settings, name)


def _directory(url: str) -> str:
    return f"{OIDC_PROVIDERS}/{directory_of(url)}"
