"""What an account holds once it was read: immutable, compiled, shared by every thread."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from federation.account.keyring import Keyring
from federation.identity import SessionTag
from federation.policy import Policy
from federation.profiles import Profile
from federation.saml.provider import SamlProvider
from federation.validators import Provider

ACCOUNT_ID: Final = re.compile(r"\d{12}", re.ASCII)
PARTITION: Final = re.compile(r"aws[a-z-]{0,29}", re.ASCII)
PROVIDER_NAME: Final = re.compile(r"[\w._-]{1,128}", re.ASCII)
ROLE_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
POLICY_NAME: Final = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
IAM_PATH: Final = re.compile(r"/|/[!-~]{1,510}/", re.ASCII)
UNIQUE_ID: Final = re.compile(r"[A-Z0-9]{16,128}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An IAM role.

    Attributes:
        arn: ARN with the path.
        name: 1 to 64 characters; unique in the account whatever the case.
        path: ``/`` or ``/division/team/``. Sessions drop it from their ARN.
        role_id: ``AROA…``; derived from account, path and name where the file gives none, hence stable.
        trust_policy: The compiled AssumeRolePolicyDocument.
        max_session_duration: MaxSessionDuration, 3600 to 43200 seconds.
        tags: The role's own tags.
        permissions_boundary: ARN of the boundary policy, or None.
        inline_policies: PolicyName to identity policy.
        attached_policies: ARNs of the attached managed policies, in order.
        description: Free text.
    """

    arn: str
    name: str
    path: str
    role_id: str
    trust_policy: Policy
    max_session_duration: int
    tags: tuple[SessionTag, ...] = ()
    permissions_boundary: str | None = None
    inline_policies: Mapping[str, Policy] = field(default_factory=dict)
    attached_policies: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedPolicy:
    """A managed policy: its ARN, name and path, and the compiled document of its default version."""

    arn: str
    name: str
    path: str
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One AWS account as far as federation needs it.

    Attributes:
        id: Twelve digits.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov`` …
        profile: Whose reading of the rules the account's providers follow.
        keyring: Keys that seal session tokens.
        saml_providers: Registered SAML providers by ARN.
        oidc_providers: Registered OpenID Connect providers by ARN.
        oauth_providers: Registered OAuth 2.0 providers by name.
        roles: Roles by ARN.
        policies: Managed policies by ARN, customer and AWS managed alike.
        notes: Remarks of loading that are no faults, e.g. an expired certificate or a published keyring.
    """

    id: str
    partition: str
    profile: Profile
    keyring: Keyring
    saml_providers: Mapping[str, SamlProvider] = field(default_factory=dict)
    oidc_providers: Mapping[str, Provider] = field(default_factory=dict)
    oauth_providers: Mapping[str, Provider] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    policies: Mapping[str, ManagedPolicy] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def derived_id(prefix: str, account: str, kind: str, path_and_name: str) -> str:
    """Return the unique id of an IAM entity whose file gives none: four letters of *prefix* and 17 base32 characters of a hash."""
    digest = hashlib.sha256(f"{account}\n{kind}\n{path_and_name}".encode()).digest()
    return prefix + base64.b32encode(digest).decode("ascii")[:17]
