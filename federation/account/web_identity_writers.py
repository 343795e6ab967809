"""Registering providers of web identities in an account directory, and what an OAuth server said about a token."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from federation.account.atomic import PUBLIC_MODE, write_directory, write_file
from federation.account.faults import Faults
from federation.account.files import Tree
from federation.account.oauth_providers import ANSWER_OCTETS, OAUTH_PROVIDERS, read_registration
from federation.account.oidc_providers import (
    DISCOVERY_FILE,
    JWKS_FILE,
    OIDC_PROVIDERS,
    SETTINGS_FILE,
    account_options,
    directory_of,
    provider_arn,
)
from federation.account.writing import inside, octets_of, open_account
from federation.errors import RegistrationError, show
from federation.oauth.provider import OAuthProvider
from federation.oauth.registry import token_key
from federation.oidc.inspection import looks_like_jwt
from federation.oidc.provider import OidcProvider

_REMEDY: Final = "register the server first with `federation account add-oauth-provider`"


def add_oidc_provider(
    path: str | os.PathLike[str],
    *,
    url: str,
    client_ids: Sequence[str],
    jwks: str | bytes,
    discovery: str | bytes | None = None,
    algorithms: Sequence[str] | None = None,
) -> str:
    """Register an OpenID Connect provider and return its ARN, or its name where AWS has it built in.

    Args:
        path: The account directory.
        url: The issuer, exactly as its tokens spell ``iss``.
        client_ids: 1 to 100 audiences that tokens may have.
        jwks: The issuer's JSON Web Key Set as published.
        discovery: Its discovery document, kept for the reader; it must be of this very issuer.
        algorithms: The only algorithms accepted; None for every sound one that fits the keys.

    Raises:
        RegistrationError: A part cannot be registered.
        AccountFault: The directory is at fault, has a provider there, or cannot be written.
    """
    root, settings = open_account(path)
    given: dict[str, Any] = {"url": url, "client_ids": list(client_ids), **({} if algorithms is None else {"algorithms": list(algorithms)})}
    files = {JWKS_FILE: octets_of(jwks), **({} if discovery is None else {DISCOVERY_FILE: octets_of(discovery)})}
    provider = OidcProvider(jwks=files[JWKS_FILE], discovery=files.get(DISCOVERY_FILE), **account_options(settings), **given)
    target = inside(root, OIDC_PROVIDERS)
    *parents, last = directory_of(provider.url).split("/")
    for parent in parents:
        target = inside(target, parent)
    _write(target / last, {**files, SETTINGS_FILE: _toml({**given, "url": provider.url})})
    return provider_arn(settings, provider.name)


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


def _write(target: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a provider. One above another's, as URLs may lie, has a directory already: its settings come last then."""
    if target.is_dir() and not target.is_symlink() and not any((target / name).exists() for name in files):
        for name, octets in files.items():
            write_file(target / name, octets)
    else:
        write_directory(target, {name: (octets, PUBLIC_MODE) for name, octets in files.items()})


def _toml(values: Mapping[str, str | list[str]]) -> bytes:
    text = "".join(f"{name} = {_toml_value(value)}\n" for name, value in values.items())
    try:
        if tomllib.loads(text) == values:
            return text.encode("utf-8")
    except ValueError:
        text = ""
    raise RegistrationError(
        check="settings", expected="names of Unicode characters", found="a lone surrogate", remedy="correct the encoding of the arguments"
    )


def _toml_value(value: str | list[str]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_value, value))}]"
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in value) + '"'
