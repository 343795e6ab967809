"""The account: providers, roles and policies, read from a directory of plain files."""

from __future__ import annotations

from federation.account.directory import load_account
from federation.account.keyring import Keyring
from federation.account.model import Account, ManagedPolicy, Role
from federation.account.writers import add_policy, add_role, add_saml_provider, init_account

__all__ = ["Account", "Keyring", "ManagedPolicy", "Role", "add_policy", "add_role", "add_saml_provider", "init_account", "load_account"]
