"""Registering OAuth 2.0 servers, and what they said about tokens."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

from federation.account.faults import Faults
from federation.account.files import Tree
from federation.account.oauth_providers import ANSWER_OCTETS, OAUTH_PROVIDERS, read_registration
from federation.account.oidc_providers import (
    JWKS_FILE,
    SETTINGS_FILE,
    account_options,
)
from federation.account.writing.atomic import write_file
from federation.account.writing.entries import inside, octets_of, open_account
from federation.account.writing.oidc_providers import _toml, _write
from federation.errors import RegistrationError, show
from federation.oauth.provider import OAuthProvider
from federation.oauth.registry import token_key
from federation.oidc.inspection import looks_like_jwt

_REMEDY: Final = "register the server first with `federation account add-oauth-provider`"


def add_oauth_provider(
    path: str | os.PathLike[str],
    *,
    name: str,
    client_ids: Sequence[str] | None = None,
    jwks: str | bytes | None = None,
    resource_servers: Sequence[str] = (),
) -> str:
    """Register an OAuth 2.0 server and return its name, which is its ProviderId and its principal in trust policies.

    Args:
        path: The account directory.
        name: ``www.amazon.com``, ``graph.facebook.com``, or the host of an RFC 7662 server.
        client_ids: Clients whose tokens are accepted; None leaves that to the conditions of trust policies.
        jwks: The server's key set, where its answers are signed (RFC 9701); unsigned ones are refused then.
        resource_servers: Names by which signed answers address us; at least one where *jwks* is given.

    Raises:
        RegistrationError: A part cannot be registered.
        AccountFault: The directory is at fault, has a server of that name, or cannot be written.
    """
    root, settings = open_account(path)
    given: dict[str, Any] = {} if client_ids is None else {"client_ids": list(client_ids)}
    if resource_servers:
        given["resource_servers"] = list(resource_servers)
    files = {} if jwks is None else {JWKS_FILE: octets_of(jwks)}
    provider = OAuthProvider(name=name, token_information={}, jwks=files.get(JWKS_FILE), **account_options(settings), **given)
    _write(inside(root, OAUTH_PROVIDERS) / provider.name, {**files, SETTINGS_FILE: _toml(given)})
    return provider.name


def add_token_information(path: str | os.PathLike[str], *, provider: str, token: str | bytes, answer: str | bytes) -> str:
    """Keep what a server said about *token* and return the name of the answer's file: SHA-256 of the token, never the token itself.

    Args:
        path: The account directory.
        provider: Name of a registered OAuth 2.0 server.
        token: The access token, its bar percent-encoded or not.
        answer: Token information or introspection answer as JSON, or the compact JWT of a signed answer.

    Raises:
        InvalidIdentityToken: *token* is no access token.
        RegistrationError: The answer cannot be registered.
        AccountFault: The directory is at fault, has no such server or an answer about the token already, or cannot be written.
    """
    root, settings = open_account(path)
    key, octets = token_key(token), octets_of(answer).strip()
    faults = Faults()
    tree = Tree(root, faults)
    known = isinstance(provider, str) and provider in tree.entries(OAUTH_PROVIDERS)
    options = read_registration(tree, provider, settings, faults) if known else None
    if options is None:
        if not len(faults):
            faults.add(OAUTH_PROVIDERS, "", "a registered server", show(provider), _REMEDY)
        raise faults.error()
    if len(octets) > ANSWER_OCTETS:
        raise RegistrationError(
            check="token-information",
            expected=f"at most {ANSWER_OCTETS} octets",
            found=str(len(octets)),
            remedy="register the answer alone",
        )
    OAuthProvider(**options, token_information={key: octets})
    file = f"{key}.{'jwt' if looks_like_jwt(octets) else 'json'}"
    write_file(root / OAUTH_PROVIDERS / provider / file, octets + b"\n")
    return file
