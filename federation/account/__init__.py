"""The account: providers, roles, users and policies in a directory of plain files (``docs/account-directory.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.account.mfa_device import MfaDevice
from federation.account.model import (
    AccessKey,
    Account,
    Group,
    ManagedPolicy,
    Names,
    OutboundIssuer,
    PolicyVersion,
    Role,
    TradeInToken,
    User,
    Written,
)
from federation.account.organization import ControlLevel, ControlPolicy, Organization, OrganizationNode, OrganizationTree
from federation.account.reading.directory import load_account
from federation.account.reading.keyring import Keyring
from federation.lazy import lazily

if TYPE_CHECKING:
    from federation.account.access import AccessMap, AccessSource, IdentityGroup, MappedRole, map_access
    from federation.account.live import LiveAccount, StoredAccount
    from federation.account.reading.files import FileContent
    from federation.account.writing.accounts import init_account
    from federation.account.writing.draft import Changeable, Draft
    from federation.account.writing.oauth_providers import OAuthSettings, add_oauth_provider, add_token_information
    from federation.account.writing.oidc_providers import OidcSettings, add_oidc_provider, register_jwks
    from federation.account.writing.policies import add_policy
    from federation.account.writing.roles import add_role
    from federation.account.writing.saml_providers import SamlSettings, add_saml_provider

__all__ = [
    "AccessKey",
    "AccessMap",
    "AccessSource",
    "Account",
    "Changeable",
    "ControlLevel",
    "ControlPolicy",
    "Draft",
    "FileContent",
    "Group",
    "IdentityGroup",
    "Keyring",
    "LiveAccount",
    "ManagedPolicy",
    "MappedRole",
    "MfaDevice",
    "Names",
    "OAuthSettings",
    "OidcSettings",
    "Organization",
    "OrganizationNode",
    "OrganizationTree",
    "OutboundIssuer",
    "PolicyVersion",
    "Role",
    "SamlSettings",
    "StoredAccount",
    "TradeInToken",
    "User",
    "Written",
    "add_oauth_provider",
    "add_oidc_provider",
    "add_policy",
    "add_role",
    "add_saml_provider",
    "add_token_information",
    "init_account",
    "load_account",
    "map_access",
    "register_jwks",
]

_LATER: Final = {
    "AccessMap": "access",
    "AccessSource": "access",
    "Changeable": "writing.draft",
    "Draft": "writing.draft",
    "FileContent": "reading.files",
    "IdentityGroup": "access",
    "LiveAccount": "live",
    "MappedRole": "access",
    "OAuthSettings": "writing.oauth_providers",
    "OidcSettings": "writing.oidc_providers",
    "SamlSettings": "writing.saml_providers",
    "StoredAccount": "live",
    "add_oauth_provider": "writing.oauth_providers",
    "add_oidc_provider": "writing.oidc_providers",
    "add_policy": "writing.policies",
    "add_role": "writing.roles",
    "add_saml_provider": "writing.saml_providers",
    "add_token_information": "writing.oauth_providers",
    "init_account": "writing.accounts",
    "map_access": "access",
    "register_jwks": "writing.oidc_providers",
}
"""Names that loading an account does not need, to their modules, which are imported on first use."""

if not TYPE_CHECKING:  # a checker would take any name from it
    __getattr__ = lazily(__name__, _LATER)
