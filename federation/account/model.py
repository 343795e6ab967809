"""What an account holds once it was read: immutable, compiled, shared by every thread."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from federation.account.keyring import Keyring
from federation.account.mfa_device import MfaDevice
from federation.identity import SessionTag
from federation.policy import Policy
from federation.profiles import Profile, Replay
from federation.saml.provider import SamlProvider
from federation.validators import Provider

if TYPE_CHECKING:  # key handling of these rooms is loaded where an account has such providers, and not before
    from federation.oauth.provider import OAuthProvider
    from federation.oidc.provider import OidcProvider

ACCOUNT_ID: Final = re.compile(r"\d{12}", re.ASCII)
PARTITION: Final = re.compile(r"aws[a-z-]{0,29}", re.ASCII)
PROVIDER_NAME: Final = re.compile(r"[\w._-]{1,128}", re.ASCII)
USER_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
GROUP_NAME: Final = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
ROLE_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
POLICY_NAME: Final = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
POLICY_ARN: Final = re.compile(r"arn:aws[a-z-]{0,29}:iam::(?:\d{12}|aws):policy/[!-~]{1,640}", re.ASCII)
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
    """A managed policy.

    Attributes:
        arn: ARN with the path.
        name: 1 to 128 characters; unique in the account whatever the case, and so among AWS's own.
        path: ``/`` or ``/division/team/``.
        policy: The compiled document of the default version.
        file: File it was read from, relative to the account directory; empty where it was not read from one.
        place: JSON path of that document in the file.
    """

    arn: str
    name: str
    path: str
    policy: Policy
    file: str = ""
    place: str = "$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An IAM group: policies that its members share.

    Attributes:
        arn: ARN with the path.
        name: 1 to 128 characters; unique in the account whatever the case.
        path: ``/`` or ``/division/team/``.
        group_id: ``AGPA…``; derived where the file gives none.
        inline_policies: PolicyName to identity policy.
        attached_policies: ARNs of the attached managed policies, in order.
    """

    arn: str
    name: str
    path: str
    group_id: str
    inline_policies: Mapping[str, Policy] = field(default_factory=dict)
    attached_policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An IAM user.

    Attributes:
        arn: ARN with the path.
        name: 1 to 64 characters; unique in the account whatever the case.
        path: ``/`` or ``/division/team/``.
        user_id: ``AIDA…``; derived from account, path and name where the file gives none, hence stable.
        tags: The user's tags.
        permissions_boundary: ARN of the boundary policy, or None.
        inline_policies: PolicyName to identity policy.
        attached_policies: ARNs of the attached managed policies, in order.
        groups: The groups the user is in; their policies are the user's too.
    """

    arn: str
    name: str
    path: str
    user_id: str
    tags: tuple[SessionTag, ...] = ()
    permissions_boundary: str | None = None
    inline_policies: Mapping[str, Policy] = field(default_factory=dict)
    attached_policies: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """A long-term access key.

    Attributes:
        id: ``AKIA…``.
        secret: The secret access key. Never shown.
        user: ARN of the user it belongs to; None for the root of the account.
        active: Whether it may be used.
    """

    id: str
    secret: str = field(repr=False)
    user: str | None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """The organization an account is in.

    Attributes:
        id: ``o-…``; ``aws:PrincipalOrgID``.
        paths: Where the account hangs in it, ``o-…/r-…/ou-…/``; ``aws:PrincipalOrgPaths``.
        root_access: Member accounts in which this one may assume root: it is the management account or the delegated administrator, and
            centralised root access is on. Empty anywhere else.
    """

    id: str
    paths: tuple[str, ...] = ()
    root_access: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundIssuer:
    """The account as an issuer of web identity tokens.

    Attributes:
        url: The issuer, ``https://<uuid>.tokens.sts.global.api.aws``.
        keys: Key id, such as ``RSA_0`` or ``EC384_0``, to private key. The highest number of a kind signs, all verify. Never shown.
    """

    url: str
    keys: Mapping[str, RSAPrivateKey | EllipticCurvePrivateKey] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeInToken:
    """What a trade-in token is exchanged for: a session of one role.

    Attributes:
        role_arn: The role.
        session_name: RoleSessionName of the session.
        duration: Length of the session, seconds.
        expires_at: When the trade-in token ends, aware UTC.
        policy_arns: Managed session policies.
    """

    role_arn: str
    session_name: str
    duration: int
    expires_at: datetime
    policy_arns: tuple[str, ...] = ()


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
        plugin_providers: Providers whose tokens an enabled plug-in judges, by host name.
        plugins: Plug-ins that the account enables, by name.
        roles: Roles by ARN.
        policies: Managed policies by ARN, customer and AWS managed alike.
        users: Users by ARN.
        groups: Groups by ARN.
        access_keys: Long-term access keys by id.
        mfa_devices: ARN of a user, or of the account's root, to its devices by serial number.
        organization: The organization the account is in, or None.
        outbound: The account as an issuer of web identity tokens; None while that is switched off.
        trade_in_tokens: SHA-256 of a trade-in token, in hex, to what it is exchanged for.
        replay: How often one token may be exchanged here, unless whoever serves the account says otherwise.
        notes: Remarks of loading that are no faults, e.g. an expired certificate or a published keyring.
    """

    id: str
    partition: str
    profile: Profile
    keyring: Keyring
    saml_providers: Mapping[str, SamlProvider] = field(default_factory=dict)
    oidc_providers: Mapping[str, OidcProvider] = field(default_factory=dict)
    oauth_providers: Mapping[str, OAuthProvider] = field(default_factory=dict)
    plugin_providers: Mapping[str, Provider] = field(default_factory=dict)
    plugins: tuple[str, ...] = ()
    roles: Mapping[str, Role] = field(default_factory=dict)
    policies: Mapping[str, ManagedPolicy] = field(default_factory=dict)
    users: Mapping[str, User] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    access_keys: Mapping[str, AccessKey] = field(default_factory=dict)
    mfa_devices: Mapping[str, Mapping[str, MfaDevice]] = field(default_factory=dict)
    organization: Organization | None = None
    outbound: OutboundIssuer | None = None
    trade_in_tokens: Mapping[str, TradeInToken] = field(default_factory=dict)
    replay: Replay = Replay.ONCE
    notes: tuple[str, ...] = ()

    @property
    def root_arn(self) -> str:
        """ARN of the account's root user."""
        return f"arn:{self.partition}:iam::{self.id}:root"


def derived_id(prefix: str, account: str, kind: str, path_and_name: str) -> str:
    """Return the unique id of an IAM entity whose file gives none: four letters of *prefix* and 17 base32 characters of a hash."""
    digest = hashlib.sha256(f"{account}\n{kind}\n{path_and_name}".encode()).digest()
    return prefix + base64.b32encode(digest).decode("ascii")[:17]
