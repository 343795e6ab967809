"""The account: providers, roles and policies, read from a directory of plain files."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from federation.account.directory import load_account
from federation.account.keyring import Keyring
from federation.account.model import Account, ManagedPolicy, Role

if TYPE_CHECKING:
    from federation.account.writing.accounts import init_account
    from federation.account.writing.oauth_providers import add_oauth_provider, add_token_information
    from federation.account.writing.oidc_providers import add_oidc_provider
    from federation.account.writing.policies import add_policy
    from federation.account.writing.roles import add_role
    from federation.account.writing.saml_providers import add_saml_provider

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

_WRITERS: Final = {
    "add_oauth_provider": "oauth_providers",
    "add_oidc_provider": "oidc_providers",
    "add_policy": "policies",
    "add_role": "roles",
    "add_saml_provider": "saml_providers",
    "add_token_information": "oauth_providers",
    "init_account": "accounts",
}
"""Writers, each with its module in `federation.account.writing`: whoever only reads an account does not pay for them."""


def __getattr__(name: str) -> object:
    if name not in _WRITERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"federation.account.writing.{_WRITERS[name]}"), name)
