"""Registration, change and deletion of OAuth 2.0 servers and their token information."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, Literal, TypedDict, Unpack

from federation.account.reading.faults import Faults
from federation.account.reading.oauth_providers import ANSWER_OCTETS, OAUTH_PROVIDERS, provider_directory, read_registration
from federation.account.reading.oidc_providers import JWKS_FILE, SETTINGS_FILE, account_options
from federation.account.writing.documents import octets_of
from federation.account.writing.draft import Draft, Target, drafting
from federation.account.writing.entities import no_such_entity
from federation.account.writing.providers import delete_files, require_no_provider, write_settings
from federation.clock import Span
from federation.errors import EntityAlreadyExists, RegistrationError, show
from federation.oauth.provider import OAuthProvider
from federation.oauth.registry import token_key
from federation.oidc.inspection import looks_like_jwt
from federation.profiles import Profile

_FORMS: Final = ("json", "jwt")


class OAuthSettings(TypedDict, total=False):
    """Settings of one server. They have the meaning of the arguments of `OAuthProvider` and override ``account.toml``.

    ``clock_skew`` is a timedelta or whole seconds.
    """

    client_ids: Sequence[str]
    resource_servers: Sequence[str]
    clock_skew: Span
    profile: Profile | Literal["strict", "aws"]


def add_oauth_provider(account: Target, *, name: str, jwks: str | bytes | None = None, **settings: Unpack[OAuthSettings]) -> str:
    """Register an OAuth 2.0 server and return its name, which is its ProviderId and its principal in trust policies.

    Args:
        account: The account directory, or a draft of it.
        name: ``www.amazon.com``, ``graph.facebook.com``, or the host of a server with introspection (RFC 7662).
        jwks: The server's key set for signed responses (RFC 9701). With it, unsigned responses are refused.
        settings: Settings of the server. ``client_ids``: client ids whose tokens are accepted, all when absent; ``resource_servers``:
            accepted values of ``aud`` in signed responses, at least one with *jwks*; ``clock_skew`` in seconds or as a timedelta.

    Raises:
        RegistrationError: An argument is invalid.
        EntityAlreadyExists: The account has a server of that name.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    keys = None if jwks is None else octets_of(jwks)
    with drafting(account) as draft:
        options: Any = {**account_options(draft.settings), **settings}
        provider = OAuthProvider(name=name, token_information={}, jwks=keys, **options)
        directory = provider_directory(provider.name)
        require_no_provider(draft, directory, SETTINGS_FILE, provider.name)
        if keys is not None:
            draft.write(f"{directory}/{JWKS_FILE}", keys)
        write_settings(draft, directory, settings, keep=True)
        return provider.name


def update_oauth_provider(
    account: Target, *, name: str, jwks: str | bytes | None = None, unset: Collection[str] = (), **settings: Unpack[OAuthSettings]
) -> None:
    """Change an OAuth 2.0 server. Arguments that are None are not changed.

    Args:
        account: The account directory, or a draft of it.
        name: Name of the server.
        jwks: The new key set.
        unset: Names of settings in ``provider.toml`` to remove.
        settings: New values of settings, as for `add_oauth_provider`.

    Raises:
        RegistrationError: A setting is invalid.
        NoSuchEntity: The account has no such server.
        AccountFaults: The server would be invalid, the account directory is at fault, or it cannot be written.
    """
    with drafting(account) as draft:
        directory = _registered(draft, name)
        if jwks is not None:
            draft.write(f"{directory}/{JWKS_FILE}", octets_of(jwks))
        write_settings(draft, directory, settings, unset=unset, keep=True)


def delete_oauth_provider(account: Target, *, name: str) -> None:
    """Delete an OAuth 2.0 server and its token information.

    Raises:
        NoSuchEntity: The account has no such server.
        AccountFaults: The directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        directory = _registered(draft, name)
        delete_files(draft, directory, draft.entries(directory))


def add_token_information(account: Target, *, provider: str, token: str | bytes, answer: str | bytes) -> str:
    """Store the server's response for *token* and return the name of its file, the SHA-256 of the token. The token is not stored.

    Args:
        account: The account directory, or a draft of it.
        provider: Name of a registered OAuth 2.0 server.
        token: The access token. The ``|`` in tokens of some servers may be percent-encoded.
        answer: Token information or introspection response as JSON, or the compact JWT of a signed response.

    Raises:
        InvalidIdentityToken: *token* does not have the form of an access token.
        RegistrationError: The response is invalid.
        NoSuchEntity: The account has no such server.
        EntityAlreadyExists: There is a response for the token already.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    key, octets = token_key(token), octets_of(answer).strip()
    with drafting(account) as draft:
        directory, faults = _registered(draft, provider), Faults()
        options = read_registration(draft.tree(faults), provider, draft.settings, faults)
        if options is None:
            raise faults.error()
        if len(octets) > ANSWER_OCTETS:
            raise RegistrationError(
                check="token-information",
                expected=f"at most {ANSWER_OCTETS} octets",
                found=str(len(octets)),
                remedy="register the answer alone",
            )
        OAuthProvider(**options, token_information={key: octets})
        if _answer_file(draft, directory, key) is not None:
            raise EntityAlreadyExists(
                file=directory,
                path="",
                expected="a token without a registered answer",
                found="a registered answer",
                remedy="delete that first: federation account delete-token-information",
                check="write",
            )
        file = f"{key}.{'jwt' if looks_like_jwt(octets) else 'json'}"
        draft.write(f"{directory}/{file}", octets + b"\n")
        return file


def delete_token_information(account: Target, *, provider: str, token: str | bytes) -> str:
    """Delete the server's response for *token* and return the name of its file.

    Raises:
        InvalidIdentityToken: *token* does not have the form of an access token.
        NoSuchEntity: The account has no such server, or no response for the token.
        AccountFault: The account directory is at fault, or cannot be written.
    """
    key = token_key(token)
    with drafting(account) as draft:
        directory = _registered(draft, provider)
        file = _answer_file(draft, directory, key)
        if file is None:
            raise no_such_entity(directory, "an answer about the token", "none")
        draft.remove(f"{directory}/{file}")
        return file


def _registered(draft: Draft, name: object) -> str:
    """Return the directory of the server *name*."""
    directory = provider_directory(name) if isinstance(name, str) and name else ""
    if directory.rpartition("/")[2] not in draft.entries(OAUTH_PROVIDERS):
        raise no_such_entity(OAUTH_PROVIDERS, f"a registered server {show(name)}", "none")
    return directory


def _answer_file(draft: Draft, directory: str, key: str) -> str | None:
    present = draft.entries(directory)
    return next((file for file in (f"{key}.{form}" for form in _FORMS) if file in present), None)
