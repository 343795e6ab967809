"""Loading of an account directory. ``docs/account-directory.md`` describes the layout. A directory with a fault is not loaded."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from federation.account.model import Account
from federation.account.reading.credentials import ACCESS_KEYS, MFA_DEVICES, NO_OWNER, read_access_keys, read_mfa_devices
from federation.account.reading.entities import GROUP, POLICY, ROLE, USER
from federation.account.reading.faults import Faults
from federation.account.reading.files import DirectoryTree, Tree
from federation.account.reading.keyring import Keyring, read_keyring
from federation.account.reading.outbound import OUTBOUND, read_outbound
from federation.account.reading.policies import read_policies
from federation.account.reading.roles import read_roles
from federation.account.reading.saml_providers import SAML_PROVIDERS, read_saml_providers
from federation.account.reading.settings import SETTINGS_FILE, Settings, read_settings
from federation.account.reading.trade_in import TRADE_IN_TOKENS, read_trade_in_tokens
from federation.account.reading.users import read_groups, read_users
from federation.errors import MAX_SHOWN, printable, show
from federation.protocols import Provider

DIRECTORIES: Final = (USER.directory, GROUP.directory, ACCESS_KEYS, MFA_DEVICES, OUTBOUND, TRADE_IN_TOKENS)
"""Directories that are optional."""
WEB_IDENTITY: Final = ("oidc-providers", "oauth-providers", "plugin-providers")
"""Optional directories whose readers are imported only where the directory exists, because they import key handling."""


def load_account(path: str | os.PathLike[str]) -> Account:
    """Load the account directory at *path*: read, compile and check every file.

    Raises:
        AccountFaults: At least one file is at fault. Every fault is listed with its file and the place in the file.
    """
    faults = Faults()
    with uncollected():
        account = read_account(DirectoryTree(root_of(path, faults), faults), faults)
    if account is None or len(faults):
        raise faults.error()
    return account


@contextmanager
def uncollected() -> Iterator[None]:
    """Disable the garbage collector during loading. Its repeated scans of the loaded objects would take longer than loading."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def root_of(path: object, faults: Faults) -> Path:
    """Return *path* as the root of an account directory.

    Raises:
        AccountFaults: *path* is not an existing directory.
    """
    try:
        root = Path(path) if isinstance(path, (str, os.PathLike)) else None
        if root is not None and root.is_dir():
            return root
    except (OSError, ValueError, TypeError):
        root = None
    remedy = "pass the directory that holds account.toml, or make one with `federation account init`"
    found = "something else of that name" if root is not None and os.path.lexists(root) else "no such directory"
    faults.add(printable(str(path))[:MAX_SHOWN] if root is not None else ".", "", "an account directory", found, remedy)
    raise faults.error()


@dataclass(frozen=True, slots=True)
class Contents:
    """What the files of an account say: the settings in ``account.toml``, and the account."""

    settings: Settings
    account: Account


def read_contents(tree: Tree, faults: Faults) -> Contents | None:
    """Return what the files of *tree* say. Where *faults* has an entry afterwards, the result must not be used; it may be None."""
    settings = read_settings(tree, faults)
    account = None if settings is None else _read_account(tree, settings, faults)
    return None if settings is None or account is None else Contents(settings, account)


def read_account(tree: Tree, faults: Faults) -> Account | None:
    """Return the account of *tree*, as `read_contents`."""
    contents = read_contents(tree, faults)
    return None if contents is None else contents.account


def _read_account(tree: Tree, settings: Settings, faults: Faults) -> Account | None:
    keyring = load_keyring(tree, settings, faults)
    providers = read_saml_providers(tree, settings, faults)
    policies = read_policies(tree, settings, faults)
    roles = read_roles(tree, settings, policies, faults)
    groups = read_groups(tree, settings, policies, faults)
    users = read_users(tree, settings, policies=policies, groups=groups, faults=faults)
    named = {user.name.lower(): user for user in users.values()}
    access_keys, mfa_devices = read_access_keys(tree, settings, named, faults), read_mfa_devices(tree, settings, named, faults)
    unassigned = mfa_devices.pop(NO_OWNER, {})
    outbound = read_outbound(tree, faults)
    trade_in_tokens = read_trade_in_tokens(tree, roles=roles, policies=policies, faults=faults)
    present = _check_layout(tree, settings, faults)
    oidc_providers, oauth_providers, plugin_providers = (
        _read_where_present(name, present, tree, settings, faults) for name in WEB_IDENTITY
    )
    if keyring is None:
        return None
    return Account(
        id=settings.id,
        partition=settings.partition,
        profile=settings.profile,
        replay=settings.replay,
        keyring=keyring,
        saml_providers=MappingProxyType(providers),
        oidc_providers=MappingProxyType(oidc_providers),
        oauth_providers=MappingProxyType(oauth_providers),
        plugin_providers=MappingProxyType(plugin_providers),
        plugins=settings.plugins,
        roles=MappingProxyType(roles),
        policies=MappingProxyType(policies),
        users=MappingProxyType(users),
        groups=MappingProxyType(groups),
        access_keys=MappingProxyType(access_keys),
        mfa_devices=MappingProxyType(mfa_devices),
        unassigned_mfa_devices=MappingProxyType(unassigned),
        organization=settings.organization,
        alias=settings.alias,
        outbound=outbound,
        trade_in_tokens=MappingProxyType(trade_in_tokens),
        notes=notes_on(settings, keyring, (*providers.values(), *oidc_providers.values())),
    )


def notes_on(settings: Settings, keyring: Keyring, providers: Iterable[Provider]) -> tuple[str, ...]:
    """Return the remarks on the files that are not faults."""
    published = (f"{settings.keyring}: published keys: {keyring.published}",) if keyring.published else ()
    return *published, *(f"{provider.arn}: {note}" for provider in providers for note in getattr(provider, "notes", ()))


def load_keyring(tree: Tree, settings: Settings, faults: Faults) -> Keyring | None:
    """Return the keyring; None after recording a fault. Its mode must be private unless the file states that it is published."""
    document = tree.json(settings.keyring)
    if document is None:
        return None
    keyring = read_keyring(document, file=settings.keyring, faults=faults)
    if keyring is not None:
        tree.require_private(settings.keyring, published=keyring.published)
    return keyring


def _read_where_present(name: str, present: tuple[str, ...], tree: Tree, settings: Settings, faults: Faults) -> dict[str, Any]:
    if name not in present:
        return {}
    match name:
        case "oidc-providers":
            from federation.account.reading.oidc_providers import read_oidc_providers  # noqa: PLC0415 - key handling is imported where the account has such providers

            return read_oidc_providers(tree, settings, faults)
        case "oauth-providers":
            from federation.account.reading.oauth_providers import read_oauth_providers  # noqa: PLC0415 - key handling is imported where the account has such providers

            return read_oauth_providers(tree, settings, faults)
        case _:
            from federation.account.reading.plugin_providers import read_plugin_providers  # noqa: PLC0415 - key handling is imported where the account has such providers

            return read_plugin_providers(tree, settings, faults)


def _check_layout(tree: Tree, settings: Settings, faults: Faults) -> tuple[str, ...]:
    """Record a fault for every name in the directory that is not read, such as a misspelt ``role/``, and return those names."""
    known = {SETTINGS_FILE, settings.keyring, SAML_PROVIDERS, ROLE.directory, POLICY.directory, *DIRECTORIES, *WEB_IDENTITY}
    present = tree.entries("")
    for name in present:
        if name not in known and not is_left_alone(name):
            faults.add(
                name if name.isprintable() else show(name), "", f"one of {', '.join(sorted(known))}", show(name), "rename or remove it"
            )
    return present


def is_left_alone(name: str) -> bool:
    """Return whether *name* in the root of an account directory is ignored when loading, such as a README."""
    return name.startswith("README")
