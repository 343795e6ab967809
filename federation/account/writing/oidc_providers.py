"""Registering OpenID Connect providers."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from federation.account.oidc_providers import (
    DISCOVERY_FILE,
    JWKS_FILE,
    OIDC_PROVIDERS,
    SETTINGS_FILE,
    account_options,
    directory_of,
    provider_arn,
)
from federation.account.writing.atomic import PUBLIC_MODE, write_directory, write_file
from federation.account.writing.entries import inside, octets_of, open_account
from federation.errors import RegistrationError
from federation.oidc.provider import OidcProvider


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
