"""The name of every check: what a refusal calls the rule that refused.

A closed list for each room of the engine, so that a type checker finds a name that is misspelt or not listed. A room names its checks from
its own list; a name in two lists is the same demand on two kinds of input, such as ``audience``. ``docs/checks.md`` describes each name.
"""

from __future__ import annotations

from typing import Literal, NewType, get_args, get_origin

from federation.check_names.account import AccountCheck
from federation.check_names.engine import EngineCheck
from federation.check_names.iam import IamCheck
from federation.check_names.oauth import OAuthCheck
from federation.check_names.oidc import OidcCheck
from federation.check_names.policy import PolicyCheck
from federation.check_names.saml import SamlCheck
from federation.check_names.server import WireCheck
from federation.check_names.sts import StsCheck

__all__ = [
    "AccountCheck",
    "CheckName",
    "EngineCheck",
    "IamCheck",
    "OAuthCheck",
    "OidcCheck",
    "ParameterCheck",
    "PluginCheck",
    "PolicyCheck",
    "SamlCheck",
    "StsCheck",
    "WireCheck",
    "listed",
]

ParameterCheck = NewType("ParameterCheck", str)
"""The flag of an operation's parameter. It is derived from the parameter's declaration, so no list repeats it."""

PluginCheck = NewType("PluginCheck", str)
"""A check of a plug-in. The engine cannot list the names that other packages bring."""

CheckName = (
    AccountCheck
    | EngineCheck
    | IamCheck
    | OAuthCheck
    | OidcCheck
    | PolicyCheck
    | SamlCheck
    | StsCheck
    | WireCheck
    | ParameterCheck
    | PluginCheck
)
"""The name of a check: of the engine, of an operation's parameter, or of a plug-in."""


def listed() -> frozenset[str]:
    """Return every name of the closed lists: not those of parameters, which are derived, and not those of plug-ins."""
    return frozenset(name for kind in get_args(CheckName) if get_origin(kind) is Literal for name in get_args(kind))
