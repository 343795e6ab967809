"""The account: providers, roles and policies, read from a directory of plain files."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from federation.account.directory import load_account
from federation.account.keyring import Keyring
from federation.account.model import Account, ManagedPolicy, Role
from federation.account.writers import add_policy, add_role, add_saml_provider, init_account

if TYPE_CHECKING:
    from federation.account.web_identity_writers import add_oauth_provider, add_oidc_provider, add_token_information

__all__ = [
    "Account",
    "Keyring",
    "ManagedPolicy",
    "Role",
    "add_oauth_provider",
    "add_oidc_provider",
    "add_policy",
    "add_role",
    "add_saml_provider",
    "add_token_information",
    "init_account",
    "load_account",
]

_LATE: Final = frozenset({"add_oauth_provider", "add_oidc_provider", "add_token_information"})
"""Writers whose import brings the key handling of web identities along; a SAML login has no use for it."""


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("federation.account.web_identity_writers"), name)
