"""The content of a loaded account: immutable objects with compiled policies and parsed keys."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from federation import clock
from federation.account.mfa_device import MfaDevice
from federation.account.organization import Organization
from federation.account.reading.keyring import Keyring
from federation.identity import SessionTag
from federation.policy import Policy
from federation.profiles import Profile, Replay
from federation.protocols import Provider
from federation.saml.registration.provider import SamlProvider

if TYPE_CHECKING:  # their key handling is imported only for accounts with such providers
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
class Written:
    """Where a role, user or group is written.

    Attributes:
        file: Its file, relative to the account directory.
        place: JSON path of the role, user or group in the file.
        inline: JSON path, in the file, of the document of each inline policy that is written as a JSON object, by PolicyName.
        listed: Whether the file has the list of inline policies, which may be empty.
    """

    file: str
    place: str
    inline: Mapping[str, str] = field(default_factory=dict)
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An IAM role (IAM API model 2010-05-08).

    Attributes:
        arn: ARN with the path.
        name: 1 to 64 characters, unique in the account without regard to case.
        path: ``/`` or ``/division/team/``. The ARN of a session omits it.
        role_id: Unique id, ``AROA…``. It is derived from account, path and name where the file has none.
        trust_policy: The compiled AssumeRolePolicyDocument.
        max_session_duration: MaxSessionDuration, 3600 to 43200 seconds.
        tags: The tags of the role.
        permissions_boundary: ARN of the boundary policy, or None.
        inline_policies: Inline policies, PolicyName to identity policy.
        attached_policies: ARNs of the attached managed policies, in order.
        description: Description of the role.
        created_at: CreateDate, aware UTC.
        file: File of the role, relative to the account directory; empty where it was not read from a file.
        place: JSON path of the trust policy in the file.
        written: Where the role and its inline policies are written; None where it was not read from a file.
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
    created_at: datetime = clock.UNSTATED
    file: str = field(default="", compare=False)
    place: str = field(default="$", compare=False)
    written: Written | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """A version of a managed policy.

    Attributes:
        id: VersionId, ``v1``, ``v2`` …
        document: The document as JSON text. It is compiled only for the default version; empty where the file has none of another version.
        created_at: CreateDate, aware UTC.
    """

    id: str
    document: str = field(repr=False)
    created_at: datetime = clock.UNSTATED


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedPolicy:
    """A managed policy.

    Attributes:
        arn: ARN with the path.
        name: 1 to 128 characters, unique without regard to case among the policies of the account, or among those of AWS.
        path: ``/`` or ``/division/team/``.
        policy: The compiled document of the default version.
        policy_id: Unique id, ``ANPA…``. It is derived from account, path and name where the file has none.
        default_version: Id of the version that is in effect.
        versions: The versions in the order of the file, the default version among them.
        description: Description of the policy.
        tags: The tags of the policy.
        created_at: CreateDate, aware UTC.
        updated_at: UpdateDate, aware UTC; where the file has none, the date of the newest version.
        file: File of the policy, relative to the account directory; empty where it was not read from a file.
        place: JSON path of the document in the file.
    """

    arn: str
    name: str
    path: str
    policy: Policy
    policy_id: str = ""
    default_version: str = "v1"
    versions: tuple[PolicyVersion, ...] = ()
    description: str = ""
    tags: tuple[SessionTag, ...] = ()
    created_at: datetime = clock.UNSTATED
    updated_at: datetime = clock.UNSTATED
    file: str = ""
    place: str = "$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An IAM group.

    Attributes:
        arn: ARN with the path.
        name: 1 to 128 characters, unique in the account without regard to case.
        path: ``/`` or ``/division/team/``.
        group_id: Unique id, ``AGPA…``. It is derived from account, path and name where the file has none.
        inline_policies: PolicyName to identity policy.
        attached_policies: ARNs of the attached managed policies, in order.
        created_at: CreateDate, aware UTC.
        written: Where the group and its inline policies are written; None where it was not read from a file.
    """

    arn: str
    name: str
    path: str
    group_id: str
    inline_policies: Mapping[str, Policy] = field(default_factory=dict)
    attached_policies: tuple[str, ...] = ()
    created_at: datetime = clock.UNSTATED
    written: Written | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An IAM user.

    Attributes:
        arn: ARN with the path.
        name: 1 to 64 characters, unique in the account without regard to case.
        path: ``/`` or ``/division/team/``.
        user_id: Unique id, ``AIDA…``. It is derived from account, path and name where the file has none.
        tags: The tags of the user.
        permissions_boundary: ARN of the boundary policy, or None.
        inline_policies: PolicyName to identity policy.
        attached_policies: ARNs of the attached managed policies, in order.
        groups: The groups of the user. Their policies apply to the user.
        created_at: CreateDate, aware UTC.
        written: Where the user and its inline policies are written; None where it was not read from a file.
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
    created_at: datetime = clock.UNSTATED
    written: Written | None = field(default=None, compare=False, repr=False)


E = TypeVar("E", Role, ManagedPolicy, Group, User)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """A long-term access key of a user or of the root.

    Attributes:
        id: Access key id, ``AKIA…``.
        secret: The secret access key. Not in the repr.
        user: ARN of the user; None for the root of the account.
        active: Whether the key may be used.
        created_at: CreateDate, aware UTC.
    """

    id: str
    secret: str = field(repr=False)
    user: str | None
    active: bool = True
    created_at: datetime = clock.UNSTATED


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundIssuer:
    """The account as an issuer of web identity tokens.

    Attributes:
        url: Issuer URL, ``https://<uuid>.tokens.sts.global.api.aws``.
        keys: Key id, such as ``RSA_0`` or ``EC384_0``, to private key. The key with the highest number of a kind signs; all are published.
            Not in the repr.
    """

    url: str
    keys: Mapping[str, RSAPrivateKey | EllipticCurvePrivateKey] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeInToken:
    """The session that GetDelegatedAccessToken issues for a trade-in token.

    Attributes:
        role_arn: ARN of the role.
        session_name: RoleSessionName of the session.
        duration: Length of the session in seconds.
        expires_at: Expiration of the trade-in token, aware UTC.
        policy_arns: ARNs of the managed session policies.
    """

    role_arn: str
    session_name: str
    duration: int
    expires_at: datetime
    policy_arns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The entities of an account by their name in lower case, because IAM compares the names of new entities without regard to case.

    Attributes:
        roles: The roles.
        users: The users.
        groups: The groups.
        policies: The managed policies of the account, without those of AWS.
    """

    roles: Mapping[str, Role]
    users: Mapping[str, User]
    groups: Mapping[str, Group]
    policies: Mapping[str, ManagedPolicy]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An AWS account with everything that the operations of STS need. It is immutable and thread-safe.

    Attributes:
        id: Account id, twelve digits.
        partition: ``aws``, ``aws-cn``, ``aws-us-gov`` …
        profile: The default profile of the account's providers.
        keyring: The keys that seal session tokens.
        saml_providers: Registered SAML providers by ARN.
        oidc_providers: Registered OpenID Connect providers by ARN.
        oauth_providers: Registered OAuth 2.0 providers by name.
        plugin_providers: Registered providers of plug-ins, by host name.
        plugins: Names of the plug-ins that the account enables.
        roles: Roles by ARN.
        policies: Managed policies by ARN, both of the customer and of AWS.
        users: Users by ARN.
        groups: Groups by name.
        access_keys: Long-term access keys by id.
        mfa_devices: Assigned MFA devices by ARN of the owner, a user or the root, and then by serial number.
        unassigned_mfa_devices: MFA devices that are created and not enabled for anyone, by serial number.
        organization: The organization of the account, or None.
        alias: Alias of the account, or None.
        outbound: The account as an issuer of web identity tokens; None where that is disabled.
        trade_in_tokens: Registered trade-in tokens by the SHA-256 of the token in hex.
        replay: How often one token may be exchanged, where the service is opened with ``replay="account"``.
        notes: Remarks on the files that are not faults, e.g. an expired certificate or a published keyring.
        names: The entities by name. It is derived from the other attributes where it is not passed.
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
    unassigned_mfa_devices: Mapping[str, MfaDevice] = field(default_factory=dict)
    organization: Organization | None = None
    alias: str | None = None
    outbound: OutboundIssuer | None = None
    trade_in_tokens: Mapping[str, TradeInToken] = field(default_factory=dict)
    replay: Replay = Replay.ONCE
    notes: tuple[str, ...] = ()
    names: Names = field(default=None, compare=False, repr=False)  # type: ignore[assignment]  # set below

    def __post_init__(self) -> None:
        if self.names is None:
            object.__setattr__(self, "names", _names_of(self))

    @property
    def root_arn(self) -> str:
        """ARN of the account's root user."""
        return f"arn:{self.partition}:iam::{self.id}:root"

    def role_named(self, name: str) -> Role | None:
        """Return the role of exactly this name; None where there is none."""
        return _exactly(self.names.roles, name)

    def user_named(self, name: str) -> User | None:
        """Return the user of exactly this name; None where there is none."""
        return _exactly(self.names.users, name)

    def group_named(self, name: str) -> Group | None:
        """Return the group of exactly this name; None where there is none."""
        return _exactly(self.names.groups, name)

    def policy_named(self, name: str) -> ManagedPolicy | None:
        """Return the managed policy of the account of exactly this name; None where there is none."""
        return _exactly(self.names.policies, name)


def _names_of(account: Account) -> Names:
    own = f"arn:{account.partition}:iam::{account.id}:policy/"
    return Names(
        roles=_by_name(account.roles.values()),
        users=_by_name(account.users.values()),
        groups=_by_name(account.groups.values()),
        policies=_by_name(policy for policy in account.policies.values() if policy.arn.startswith(own)),
    )


def _by_name(entities: Iterable[E]) -> Mapping[str, E]:
    return MappingProxyType({entity.name.lower(): entity for entity in entities})


def _exactly(entities: Mapping[str, E], name: str) -> E | None:
    found = entities.get(name.lower())
    return found if found is not None and found.name == name else None


def derived_id(prefix: str, account: str, kind: str, path_and_name: str) -> str:
    """Return the unique id of an IAM entity whose file has none: the four letters *prefix* and 17 base32 characters of a hash."""
    digest = hashlib.sha256(f"{account}\n{kind}\n{path_and_name}".encode()).digest()
    return prefix + base64.b32encode(digest[:15]).decode("ascii")[:17]  # fifteen octets are twenty-four characters
