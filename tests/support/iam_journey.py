"""A journey through every operation of IAM that is served: whoever makes it, with whatever client, leaves nothing behind."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from federation.account.mfa_device import MfaDevice, parse_secret
from federation.testing.mfa import mfa_code
from tests.support.paths import ACCOUNT_DIRECTORY
from tests.support.world import ACCOUNT

Client = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Makes one call of an operation, with its parameters by their names in the API, and returns the answer as boto3 does."""

ARN = f"arn:aws:iam::{ACCOUNT}"
TRUST = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"{ARN}:root"}, "Action": "sts:AssumeRole"}]}
)
READ, LIST = (
    json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
    for action in ("s3:Get*", "s3:List*")
)
METADATA = (ACCOUNT_DIRECTORY / "saml-providers" / "SAML-test" / "metadata.xml").read_text(encoding="utf-8")
POLICY = {"PolicyArn": f"{ARN}:policy/Journey"}
ROLE, USER, GROUP = {"RoleName": "Journey"}, {"UserName": "Journey"}, {"GroupName": "Journey"}
SAML = {"SAMLProviderArn": f"{ARN}:saml-provider/Journey"}
OIDC = {"OpenIDConnectProviderArn": f"{ARN}:oidc-provider/journey.example.com"}
DEVICE = {"SerialNumber": f"{ARN}:mfa/Journey"}
TAGS = {"Tags": [{"Key": "team", "Value": "blue"}]}
KEYS = {"TagKeys": ["team"]}
INLINE = {"PolicyName": "inline"}
THUMBPRINT = "a" * 40

Told = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One call; *input* may depend on the answers before, which are found by operation."""

    operation: str
    input: Mapping[str, Any] = field(default_factory=dict)
    later: Callable[[Mapping[str, Told]], Mapping[str, Any]] = lambda _: {}


def codes(answers: Mapping[str, Told]) -> dict[str, str]:
    """This moment's code of the device, and the next."""
    made, now = answers["CreateVirtualMFADevice"]["VirtualMFADevice"], datetime.now(UTC)
    device = MfaDevice(made["SerialNumber"], parse_secret(made["Base32StringSeed"].decode()))
    return {
        "AuthenticationCode1": mfa_code(device, at=now),
        "AuthenticationCode2": mfa_code(device, at=now + timedelta(seconds=30)),
    }


def key(answers: Mapping[str, Told]) -> dict[str, str]:
    return {"AccessKeyId": answers["CreateAccessKey"]["AccessKey"]["AccessKeyId"]}


def of(owner: str, named: Mapping[str, str]) -> list[Step]:
    """What roles, users and groups have in common."""
    return [
        Step(f"Put{owner}Policy", {**named, **INLINE, "PolicyDocument": LIST}),
        Step(f"Get{owner}Policy", {**named, **INLINE}),
        Step(f"List{owner}Policies", named),
        Step(f"Delete{owner}Policy", {**named, **INLINE}),
        Step(f"Attach{owner}Policy", {**named, **POLICY}),
        Step(f"ListAttached{owner}Policies", named),
        Step(f"Detach{owner}Policy", {**named, **POLICY}),
    ]


def of_a_principal(owner: str, named: Mapping[str, str]) -> list[Step]:
    """What roles and users have in common."""
    boundary = {"PermissionsBoundary": POLICY["PolicyArn"]}
    return [
        *of(owner, named),
        *tags_of(owner, named),
        Step(f"Put{owner}PermissionsBoundary", {**named, **boundary}),
        Step(f"Delete{owner}PermissionsBoundary", named),
    ]


def tags_of(what: str, named: Mapping[str, str]) -> list[Step]:
    return [Step(f"Tag{what}", {**named, **TAGS}), Step(f"List{what}Tags", named), Step(f"Untag{what}", {**named, **KEYS})]


STEPS = [
    Step("CreatePolicy", {"PolicyName": "Journey", "PolicyDocument": READ, "Description": "Read."}),
    Step("GetPolicy", POLICY),
    Step("ListPolicies", {"Scope": "Local"}),
    Step("CreatePolicyVersion", {**POLICY, "PolicyDocument": LIST}),
    Step("GetPolicyVersion", {**POLICY, "VersionId": "v2"}),
    Step("ListPolicyVersions", POLICY),
    Step("SetDefaultPolicyVersion", {**POLICY, "VersionId": "v2"}),
    Step("DeletePolicyVersion", {**POLICY, "VersionId": "v1"}),
    *tags_of("Policy", POLICY),
    Step("CreateRole", {**ROLE, "AssumeRolePolicyDocument": TRUST, "MaxSessionDuration": 7200}),
    Step("GetRole", ROLE),
    Step("ListRoles", {"PathPrefix": "/"}),
    Step("UpdateRole", {**ROLE, "MaxSessionDuration": 3600}),
    Step("UpdateRoleDescription", {**ROLE, "Description": "Again."}),
    Step("UpdateAssumeRolePolicy", {**ROLE, "PolicyDocument": TRUST}),
    Step("ListInstanceProfilesForRole", ROLE),
    *of_a_principal("Role", ROLE),
    Step("CreateUser", USER),
    Step("GetUser", USER),
    Step("ListUsers"),
    Step("UpdateUser", {**USER, "NewPath": "/people/"}),
    *of_a_principal("User", USER),
    Step("CreateAccessKey", USER),
    Step("ListAccessKeys", USER),
    Step("GetAccessKeyLastUsed", {}, key),
    Step("UpdateAccessKey", {**USER, "Status": "Inactive"}, key),
    Step("DeleteAccessKey", USER, key),
    Step("CreateGroup", GROUP),
    Step("ListGroups"),
    Step("UpdateGroup", {**GROUP, "NewPath": "/teams/"}),
    Step("AddUserToGroup", {**GROUP, **USER}),
    Step("GetGroup", GROUP),
    Step("ListGroupsForUser", USER),
    *of("Group", GROUP),
    Step("ListEntitiesForPolicy", POLICY),
    Step("CreateVirtualMFADevice", {"VirtualMFADeviceName": "Journey"}),
    Step("EnableMFADevice", {**USER, **DEVICE}, codes),
    Step("ListMFADevices", USER),
    Step("ListVirtualMFADevices", {"AssignmentStatus": "Any"}),
    Step("ResyncMFADevice", {**USER, **DEVICE}, codes),
    Step("DeactivateMFADevice", {**USER, **DEVICE}),
    Step("DeleteVirtualMFADevice", DEVICE),
    Step("CreateSAMLProvider", {"Name": "Journey", "SAMLMetadataDocument": METADATA}),
    Step("GetSAMLProvider", SAML),
    Step("UpdateSAMLProvider", {**SAML, "SAMLMetadataDocument": METADATA}),
    Step("ListSAMLProviders"),
    *tags_of("SAMLProvider", SAML),
    Step("DeleteSAMLProvider", SAML),
    Step("CreateOpenIDConnectProvider", {"Url": "https://journey.example.com", "ClientIDList": ["a"], "ThumbprintList": [THUMBPRINT]}),
    Step("GetOpenIDConnectProvider", OIDC),
    Step("ListOpenIDConnectProviders"),
    Step("AddClientIDToOpenIDConnectProvider", {**OIDC, "ClientID": "b"}),
    Step("RemoveClientIDFromOpenIDConnectProvider", {**OIDC, "ClientID": "a"}),
    Step("UpdateOpenIDConnectProviderThumbprint", {**OIDC, "ThumbprintList": ["b" * 40]}),
    *tags_of("OpenIDConnectProvider", OIDC),
    Step("DeleteOpenIDConnectProvider", OIDC),
    Step("CreateAccountAlias", {"AccountAlias": "journey"}),
    Step("ListAccountAliases"),
    Step("DeleteAccountAlias", {"AccountAlias": "journey"}),
    Step("GetAccountSummary"),
    Step("GetAccountAuthorizationDetails", {"Filter": ["Role", "User"]}),
    Step("SimulateCustomPolicy", {"PolicyInputList": [READ], "ActionNames": ["s3:GetObject"]}),
    Step("SimulatePrincipalPolicy", {"PolicySourceArn": f"{ARN}:role/Journey", "ActionNames": ["s3:GetObject"]}),
    Step("GetContextKeysForCustomPolicy", {"PolicyInputList": [READ]}),
    Step("GetContextKeysForPrincipalPolicy", {"PolicySourceArn": f"{ARN}:role/Journey"}),
    Step("RemoveUserFromGroup", {**GROUP, **USER}),
    Step("DeleteGroup", GROUP),
    Step("DeleteUser", USER),
    Step("DeleteRole", ROLE),
    Step("DeletePolicy", POLICY),
]


def travel(client: Client) -> dict[str, Told]:
    """Make the journey; return the last answer of each operation."""
    answers: dict[str, Told] = {}
    for step in STEPS:
        answers[step.operation] = client(step.operation, {**step.input, **step.later(answers)})
    return answers
