"""Registration, change and deletion of OpenID Connect providers. Changes are checked by the code of `load_account` first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict, Unpack

from federation import aws_texts, limits
from federation.account.reading.oidc_providers import (
    CREATED,
    DISCOVERY_FILE,
    JWKS_FILE,
    OIDC_PROVIDERS,
    SETTINGS_FILE,
    account_options,
    directory_of,
    provider_arn,
)
from federation.account.writing.attachments import Tags, check_quota, merged_tags
from federation.account.writing.documents import octets_of, whole_second
from federation.account.writing.draft import Draft, Target, drafting
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
from federation.oidc.issuer_url import read_url
from federation.oidc.provider import NO_CLIENT_IDS, OidcProvider
from federation.profiles import Profile


class OidcSettings(TypedDict, total=False):
    """Settings of one provider. They have the meaning of the arguments of `OidcProvider` and override ``account.toml``.

    ``clock_skew`` is a timedelta or whole seconds.
    """

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
    jwks: str | bytes | None = None,
    discovery: str | bytes | None = None,
    tags: Tags = (),
    at: datetime | None = None,
    **settings: Unpack[OidcSettings],
) -> str:
    """Register an OpenID Connect provider and return its ARN, or its name for a provider built into AWS.

    Args:
        account: The account directory, or a draft of it.
        url: Issuer URL, exactly as in the claim ``iss``.
        client_ids: 1 to 100 client ids of 1 to 255 characters, or the text ``none`` for a provider without any.
        jwks: The issuer's JSON Web Key Set as published. Without it every token of the issuer is refused until `register_jwks`.
        discovery: The discovery document of the issuer. It is stored and does not affect the verdict.
        tags: Keys and values of at most 50 tags.
        at: Time of creation, aware; the present time when None.
        settings: Settings of the provider; ``clock_skew`` in seconds or as a timedelta. Thumbprints are stored and do not affect the
            verdict.

    Raises:
        RegistrationError: An argument is invalid.
        ValidationError: A tag is invalid.
        EntityAlreadyExists: The account has a provider of that URL.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    keys, found = (None if document is None else octets_of(document) for document in (jwks, discovery))
    with drafting(account) as draft:
        rules: Any = {name: value for name, value in settings.items() if name != "thumbprints"}
        provider = OidcProvider(url=url, client_ids=client_ids, jwks=keys, discovery=found, **{**account_options(draft.settings), **rules})
        directory = _directory(provider.url)
        require_no_provider(draft, directory, SETTINGS_FILE, provider.name, message=aws_texts.iam.provider_url_taken(provider.url))
        for file, octets in ((JWKS_FILE, keys), (DISCOVERY_FILE, found)):
            if octets is not None:
                draft.write(f"{directory}/{file}", octets)
        kept = {"tags": tag_table(merged_tags((), tags)), CREATED: whole_second(at)}
        write_settings(draft, directory, {"url": provider.url, "client_ids": _written(client_ids), **settings, **kept})
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
    """Change an OpenID Connect provider and return its ARN. Arguments that are None are not changed.

    Args:
        account: The account directory, or a draft of it.
        url: Issuer URL.
        client_ids: All client ids, which replace the present ones.
        jwks: The new key set.
        discovery: The new discovery document.
        unset: Names of settings in ``provider.toml`` to remove, so that those of ``account.toml`` apply.
        settings: New values of settings, as for `add_oidc_provider`.

    Raises:
        RegistrationError: The URL or a setting is invalid.
        NoSuchEntity: The account has no such provider.
        AccountFaults: The provider would be invalid, the account directory is at fault, or it cannot be written.
    """
    issuer = read_url(url)
    directory, name = _directory(issuer), issuer.removeprefix("https://")
    with drafting(account) as draft:
        require_provider(draft, directory, SETTINGS_FILE, name)
        for file, document in ((JWKS_FILE, jwks), (DISCOVERY_FILE, discovery)):
            if document is not None:
                draft.write(f"{directory}/{file}", octets_of(document))
        named = {} if client_ids is None else {"client_ids": _written(client_ids)}
        write_settings(draft, directory, {**named, **settings}, unset=unset)
        return provider_arn(draft.settings, name)


def register_jwks(account: Target, *, url: str, jwks: str | bytes) -> str:
    """Register the key set of a provider, in place of the one it has, and return the provider's ARN.

    Args:
        account: The account directory, or a draft of it.
        url: Issuer URL of the provider.
        jwks: The issuer's JSON Web Key Set as published.

    Raises:
        RegistrationError: The URL is invalid.
        NoSuchEntity: The account has no such provider.
        AccountFaults: The key set is invalid, the account directory is at fault, or it cannot be written.
    """
    return update_oidc_provider(account, url=url, jwks=jwks)


def add_client_id(account: Target, *, url: str, client_id: str) -> None:
    """Add a client id to a provider. Adding it again has no effect.

    Raises:
        RegistrationError: The URL or the client id is invalid.
        NoSuchEntity: The account has no such provider.
        LimitExceeded: The provider has `limits.CLIENT_IDS_PER_PROVIDER` client ids.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        directory, present = _client_ids(draft, url)
        if client_id not in present:
            check_quota("ClientIdsPerOpenIdConnectProvider", len(present) + 1, limits.CLIENT_IDS_PER_PROVIDER, file=directory)
            write_settings(draft, directory, {"client_ids": [*present, client_id]})


def remove_client_id(account: Target, *, url: str, client_id: str) -> None:
    """Remove a client id from a provider. Removing one that it does not have has no effect. Without any, its tokens are all refused.

    Raises:
        RegistrationError: The URL is invalid.
        NoSuchEntity: The account has no such provider.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        directory, present = _client_ids(draft, url)
        left = [each for each in present if each != client_id]
        write_settings(draft, directory, {"client_ids": left or NO_CLIENT_IDS})


def tag_oidc_provider(account: Target, *, url: str, tags: Tags) -> None:
    """Add *tags* to a provider. A tag whose key differs only by case is replaced.

    Raises:
        RegistrationError: The URL is invalid.
        NoSuchEntity: The account has no such provider.
        ValidationError: A tag is invalid, or the provider would have more than 50 tags.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        tag_provider(draft, _client_ids(draft, url)[0], tags)


def untag_oidc_provider(account: Target, *, url: str, keys: Iterable[str]) -> None:
    """Remove the tags with *keys*, without regard to case, from a provider. Missing keys are ignored.

    Raises:
        RegistrationError: The URL is invalid.
        NoSuchEntity: The account has no such provider.
        AccountFaults: The account directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        untag_provider(draft, _client_ids(draft, url)[0], keys)


def delete_oidc_provider(account: Target, *, url: str) -> str:
    """Delete a provider and return its ARN. Roles that trust it are kept, as in AWS, and can no longer be assumed through it.

    Raises:
        RegistrationError: The URL is invalid.
        NoSuchEntity: The account has no such provider.
        AccountFaults: The directory is at fault, or cannot be written.
    """
    issuer = read_url(url)
    directory, name = _directory(issuer), issuer.removeprefix("https://")
    with drafting(account) as draft:
        require_provider(draft, directory, SETTINGS_FILE, name)
        # The directory may contain those of other providers, whose files are kept.
        delete_files(draft, directory, [file for file in (SETTINGS_FILE, JWKS_FILE, DISCOVERY_FILE) if file in draft.entries(directory)])
        return provider_arn(draft.settings, name)


def _client_ids(draft: Draft, url: str) -> tuple[str, list[str]]:
    """Return the directory of a provider and its client ids.

    Raises:
        NoSuchEntity: The account has no such provider.
    """
    issuer = read_url(url)
    directory = _directory(issuer)
    require_provider(draft, directory, SETTINGS_FILE, issuer.removeprefix("https://"))
    present = settings_of(draft, directory).get("client_ids", ())
    return directory, [] if present == NO_CLIENT_IDS else list(present)


def _written(client_ids: Sequence[str]) -> str | list[str]:
    return NO_CLIENT_IDS if type(client_ids) is str and client_ids == NO_CLIENT_IDS else list(client_ids)


def _directory(url: str) -> str:
    return f"{OIDC_PROVIDERS}/{directory_of(url)}"
