"""A document of every file of an account, with each member that the reader knows, and the reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from federation.account.model import Group
from federation.account.reading.credentials import read_access_keys, read_mfa_devices
from federation.account.reading.faults import Faults
from federation.account.reading.files import FileContent
from federation.account.reading.keyring import read_keyring
from federation.account.reading.memory import MemoryFiles, MemoryTree
from federation.account.reading.oauth_providers import read_oauth_provider
from federation.account.reading.oidc_providers import read_oidc_provider
from federation.account.reading.outbound import read_outbound
from federation.account.reading.policies import read_policy
from federation.account.reading.roles import read_role
from federation.account.reading.saml_providers import read_saml_providers
from federation.account.reading.settings import Settings, read_settings
from federation.account.reading.trade_in import read_trade_in_token
from federation.account.reading.users import read_group, read_user
from federation.profiles import Profile, Replay
from tests.support import world
from tests.support.paths import REPOSITORY

ACCOUNT = REPOSITORY / "fixtures" / "account"
ARN = "arn:aws:iam::123456789012:"
ITS_SETTINGS = FileContent(f'id = "{world.ACCOUNT}"'.encode(), 0o600)
SETTINGS = read_settings(MemoryTree(MemoryFiles({"account.toml": ITS_SETTINGS}), Faults()), Faults())
TRUST = {"Statement": {"Effect": "Allow", "Principal": {"AWS": world.ACCOUNT}, "Action": "sts:AssumeRole"}}
ALLOWED = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}
CARRIED = {
    "Path": "/team/",
    "CreateDate": "2026-11-24T12:00:00+00:00",
    "Tags": [{"Key": "team", "Value": "blue"}],
    "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
}
BOUNDARY = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
INLINE = [{"PolicyName": "read", "PolicyDocument": ALLOWED}]
DATE = world.ISSUED


FIXTURES = {str(path.relative_to(ACCOUNT)): FileContent(path.read_bytes(), 0o600) for path in ACCOUNT.rglob("*") if path.is_file()}


class Changed(MemoryTree):
    """The account of the fixtures, with one document in place of its own."""

    def __init__(self, file: str, document: Any, faults: Faults) -> None:
        super().__init__(MemoryFiles({**FIXTURES, file: FileContent(b"", 0o600)}), faults)
        self._changed = {file: document}

    def toml(self, file: str) -> object | None:
        return self._changed[file] if file in self._changed else super().toml(file)

    def json(self, file: str) -> object | None:
        return self._changed[file] if file in self._changed else super().json(file)


def settings() -> Settings:
    assert SETTINGS is not None
    return SETTINGS


def in_tree(file: str, read: Callable[[MemoryTree, Faults], object]) -> Callable[[Any, Faults], object]:
    return lambda document, faults: read(Changed(file, document, faults), faults)


@dataclass(frozen=True)
class Sample:
    """A document with every member that the reader knows, and the reader."""

    document: Mapping[str, Any]
    read: Callable[[Any, Faults], object]


OIDC = "oidc-providers/token.actions.githubusercontent.com"
GROUPS: dict[str, Group] = {}
SAMPLES = {
    "account": Sample(
        {
            "id": world.ACCOUNT,
            "partition": "aws",
            "profile": Profile.STRICT.value,
            "replay": Replay.ONCE.value,
            "keyring": "keyring.json",
            "clock_skew": 5,
            "audiences": ["urn:example:sp"],
            "recipients": ["https://sp.example.com/acs"],
            "plugins": ["acme-ticket"],
            "alias": "acme",
            "organization": {
                "id": "o-exampleorgid",
                "paths": ["o-exampleorgid/r-ab12/ou-ab12-11111111/"],
                "root_access": [world.OTHER],
            },
        },
        in_tree("account.toml", read_settings),
    ),
    "saml-provider": Sample(
        {
            "entity_id": "https://integ.example.com/idp/shibboleth",
            "profile": "aws",
            "clock_skew": 60,
            "max_age": 300,
            "signed": "assertion",
            "encryption": "allowed",
            "permit": ["sha1"],
            "audiences": ["urn:amazon:webservices"],
            "recipients": ["https://signin.aws.amazon.com/saml"],
            "verifier": "strict",
            "published": "an example",
            "created": DATE,
            "tags": {"team": "blue"},
            "uploads": {"key.pem": DATE},
        },
        in_tree("saml-providers/SAML-test/provider.toml", lambda tree, faults: read_saml_providers(tree, settings(), faults)),
    ),
    "oidc-provider": Sample(
        {
            "url": "https://token.actions.githubusercontent.com",
            "client_ids": ["sts.amazonaws.com"],
            "algorithms": ["RS256"],
            "token_types": ["JWT"],
            "reuse": "allowed",
            "clock_skew": 30,
            "profile": "strict",
            "thumbprints": ["a" * 40],
            "created": DATE,
            "tags": {"team": "blue"},
        },
        in_tree(f"{OIDC}/provider.toml", lambda tree, faults: read_oidc_provider(tree, OIDC, settings(), faults)),
    ),
    "oauth-provider": Sample(
        {"client_ids": ["client-1"], "resource_servers": ["api-1"], "clock_skew": 30, "profile": "strict"},
        in_tree(
            "oauth-providers/www.amazon.com/provider.toml",
            lambda tree, faults: read_oauth_provider(tree, "www.amazon.com", settings(), faults),
        ),
    ),
    "role": Sample(
        {
            "RoleName": "R",
            "RoleId": "AROAGTHBDEPLOYEXAMPLE",
            "Arn": f"{ARN}role/team/R",
            "AssumeRolePolicyDocument": TRUST,
            "MaxSessionDuration": 7200,
            "Description": "text",
            "RolePolicyList": INLINE,
            "InstanceProfileList": [],
            "RoleLastUsed": {},
            "PermissionsBoundary": BOUNDARY,
            **CARRIED,
        },
        lambda document, faults: read_role(document, "R", file="roles/R.json", settings=settings(), faults=faults),
    ),
    "user": Sample(
        {
            "UserName": "U",
            "UserId": "AIDAGTHBDEPLOYEXAMPLE",
            "Arn": f"{ARN}user/team/U",
            "GroupList": [],
            "UserPolicyList": INLINE,
            "PasswordLastUsed": "2026-11-24T12:00:00Z",
            "PermissionsBoundary": BOUNDARY,
            **CARRIED,
        },
        lambda document, faults: read_user(document, "U", file="users/U.json", settings=settings(), groups=GROUPS, faults=faults),
    ),
    "group": Sample(
        {
            "GroupName": "G",
            "GroupId": "AGPAGTHBDEPLOYEXAMPLE",
            "Arn": f"{ARN}group/team/G",
            "GroupPolicyList": INLINE,
            "PermissionsBoundary": BOUNDARY,
            **CARRIED,
        },
        lambda document, faults: read_group(document, "G", file="groups/G.json", settings=settings(), faults=faults),
    ),
    "policy": Sample(
        {
            "PolicyName": "P",
            "PolicyId": "ANPAGTHBDEPLOYEXAMPLE",
            "Arn": f"{ARN}policy/team/P",
            "Path": "/team/",
            "DefaultVersionId": "v1",
            "PolicyVersionList": [{"VersionId": "v1", "Document": ALLOWED, "IsDefaultVersion": True, "CreateDate": "2026-11-24T12:00:00"}],
            "Description": "text",
            "Tags": [],
            "CreateDate": "2026-11-24T12:00:00Z",
            "UpdateDate": "2026-11-24T12:00:00Z",
            "AttachmentCount": 1,
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": True,
        },
        lambda document, faults: read_policy(document, "P", file="policies/P.json", settings=settings(), faults=faults),
    ),
    "access-key": Sample(
        {
            "AccessKeyId": world.KEY_ID,
            "SecretAccessKey": world.SECRET,
            "Status": "Active",
            "CreateDate": "2026-11-24T12:00:00Z",
            "published": "an example",
        },
        in_tree(
            "access-keys/AKIARZPUZDIKGB2VALC4.json",
            lambda tree, faults: read_access_keys(tree, settings(), {}, faults),
        ),
    ),
    "mfa-device": Sample(
        {
            "SerialNumber": f"{ARN}mfa/DevAdmin",
            "Base32StringSeed": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
            "AssignmentStatus": "Assigned",
            "EnableDate": "2026-11-24T12:00:00Z",
            "Tags": [],
            "QRCodePNG": "aGVsbG8=",
            "published": "an example",
        },
        in_tree("mfa-devices/DevAdmin.json", lambda tree, faults: read_mfa_devices(tree, settings(), {}, faults)),
    ),
    "keyring": Sample(
        {
            "sealing": "k1",
            "keys": {
                "k1": "lmIYfJ8ZFFJ4FIbF5h1WqdvIbqxEMvUBnZpWjHyVtnk=",
                "k2": "GwRXStZ3wpEZHcMsVfc8xVnWPy3UHgQxdw3JdbYbB6I=",
            },
            "retired": {"k0": "2026-11-24T12:00:00Z"},
            "successor": {"key": "k2", "seals_from": "2026-11-24T12:00:00Z"},
            "published": "an example",
        },
        lambda document, faults: read_keyring(document, file="keyring.json", faults=faults),
    ),
    "trade-in-token": Sample(
        {
            "RoleArn": f"{ARN}role/R",
            "RoleSessionName": "partner",
            "Expiration": "2026-11-24T12:00:00Z",
            "DurationSeconds": 900,
            "PolicyArns": [],
        },
        lambda document, faults: read_trade_in_token(
            document, file="trade-in-tokens/x.json", roles={f"{ARN}role/R"}, policies=(), faults=faults
        ),
    ),
    "outbound-issuer": Sample(
        {"IssuerIdentifier": "https://example.tokens.sts.global.api.aws", "JwtVendingEnabled": True, "published": "an example"},
        in_tree("outbound/issuer.json", read_outbound),
    ),
}
TOML = {"account", "oauth-provider", "oidc-provider", "saml-provider"}
