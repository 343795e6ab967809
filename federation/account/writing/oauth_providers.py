"""OAuth 2.0 servers, and what they said about tokens: registered, changed, deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, Literal, TypedDict, Unpack

from federation.account.faults import Faults
from federation.account.oauth_providers import ANSWER_OCTETS, OAUTH_PROVIDERS, provider_directory, read_registration
from federation.account.oidc_providers import JWKS_FILE, SETTINGS_FILE, account_options
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
    """Rules of one server; each has the meaning of the argument of `OAuthProvider` and wins over ``account.toml``."""

    client_ids: Sequence[str]
    resource_servers: Sequence[str]
    clock_skew: Span
    profile: Profile | Literal["strict", "aws"]


def add_oauth_provider(account: Target, *, name: str, jwks: str | bytes | None = None, **settings: Unpack[OAuthSettings]) -> str:
    """Register an OAuth 2.0 server and return its name, which is its ProviderId and its principal in trust policies.

    Args:
        account: The account directory, or a draft of it.
        name: ``www.amazon.com``, ``graph.facebook.com``, or the host of an RFC 7662 server.
        jwks: The server's key set, where its answers are signed (RFC 9701); unsigned ones are refused then.
        settings: Rules of this server. ``client_ids``: clients whose tokens are accepted, left out to leave that to the conditions of trust
            policies; ``resource_servers``: names by which signed answers address us, at least one where *jwks* is given.

    Raises:
        RegistrationError: A part cannot be registered.
        EntityAlreadyExists: The account has a server of that name.
        AccountFault: The directory is at fault, or cannot be written.
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
    """Change what is given of an OAuth 2.0 server.

    Args:
        account: The account directory, or a draft of it.
        name: The server.
        jwks: Its key set as published now.
        unset: Rules of its own that it gives up, by their names in ``provider.toml``.
        settings: New rules.

    Raises:
        RegistrationError: A rule is not of its form.
        NoSuchEntity: The account has no such server.
        AccountFaults: The server could not be registered so, the directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        directory = _registered(draft, name)
        if jwks is not None:
            draft.write(f"{directory}/{JWKS_FILE}", octets_of(jwks))
        write_settings(draft, directory, settings, unset=unset, keep=True)


def delete_oauth_provider(account: Target, *, name: str) -> None:
    """Delete an OAuth 2.0 server and every answer of it.

    Raises:
        NoSuchEntity: The account has no such server.
        AccountFaults: The directory is at fault, or cannot be written.
    """
    with drafting(account) as draft:
        directory = _registered(draft, name)
        delete_files(draft, directory, draft.entries(directory))


def add_token_information(account: Target, *, provider: str, token: str | bytes, answer: str | bytes) -> str:
    """Keep what a server said about *token* and return the name of the answer's file: SHA-256 of the token, never the token itself.

    Args:
        account: The account directory, or a draft of it.
        provider: Name of a registered OAuth 2.0 server.
        token: The access token, its bar percent-encoded or not.
        answer: Token information or introspection answer as JSON, or the compact JWT of a signed answer.

    Raises:
        InvalidIdentityToken: *token* is no access token.
        RegistrationError: The answer cannot be registered.
        NoSuchEntity: The account has no such server.
        EntityAlreadyExists: It has an answer about the token.
        AccountFault: The directory is at fault, or cannot be written.
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
                expected="a token about which nothing is known",
                found="an answer about it",
                remedy="delete that first: federation account delete-token-information",
                check="write",
            )
        file = f"{key}.{'jwt' if looks_like_jwt(octets) else 'json'}"
        draft.write(f"{directory}/{file}", octets + b"\n")
        return file


def delete_token_information(account: Target, *, provider: str, token: str | bytes) -> str:
    """Forget what a server said about *token* and return the name of the file that held it.

    Raises:
        InvalidIdentityToken: *token* is no access token.
        NoSuchEntity: The account has no such server, or that no answer about the token.
        AccountFault: The directory is at fault, or cannot be written.
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
