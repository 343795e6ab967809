"""The files of an account directory. They are closed: the reader refuses members that it does not know."""

from __future__ import annotations

from typing import Final

from docs.building.schemas.notation import ANYTHING, FLAG, TEXT, Schema, many, matching, maybe, named, one_of, record, said
from docs.building.schemas.shared import PROFILE
from federation import limits
from federation.account.model import ACCOUNT_ID, IAM_PATH, PARTITION, UNIQUE_ID
from federation.account.reading.credentials import ACCESS_KEY_ID
from federation.account.reading.roles import MAX_SESSION_DURATION_MIN
from federation.account.reading.saml_providers import MAX_AGE_SECONDS
from federation.account.reading.settings import ACCOUNT_ALIAS
from federation.profiles import Replay

_DATE: Final = said(TEXT, "ISO 8601; without an offset it is UTC.")
_SKEW: Final = said({"type": "integer", "minimum": 0, "maximum": limits.MAX_CLOCK_SKEW_SECONDS}, "Seconds of leeway.")
_NAMES: Final = many(TEXT, minItems=1)
_PUBLISHED: Final = said(TEXT, "Why the secret may be public; the file may then be readable by others.")
_DOCUMENT: Final = said({"anyOf": [{"type": "object"}, TEXT]}, "A policy, as JSON or as text, percent-encoded or not.")
_TAG_TABLE: Final = said(named(TEXT), "Tags by key.")
_UNREAD: Final = said(ANYTHING, "Written by AWS; without effect.")
_TAGS: Final = many(record({"Key": TEXT, "Value": TEXT}, closed=True))

_ATTACHED: Final = {
    "AttachedManagedPolicies": many(record({"PolicyArn": TEXT}, optional={"PolicyName": _UNREAD}, closed=True)),
    "Tags": _TAGS,
    "PermissionsBoundary": maybe(record({"PermissionsBoundaryArn": TEXT}, optional={"PermissionsBoundaryType": _UNREAD}, closed=True)),
    "CreateDate": _DATE,
}
_INLINE: Final = many(record({"PolicyName": TEXT, "PolicyDocument": _DOCUMENT}, closed=True))


def _entity(noun: str, members: dict[str, Schema], *, optional: dict[str, Schema], wrapped: str, id_member: str) -> Schema:
    """An entity of IAM, bare or in the outer member of the answer that it was taken from."""
    own = {
        f"{noun}Name": said(TEXT, "The name of the file."),
        "Path": matching(IAM_PATH.pattern),
        id_member: matching(UNIQUE_ID.pattern),
        "Arn": TEXT,
    }
    inner = record(members, optional={**own, **optional}, closed=True)
    return {"anyOf": [inner, record({wrapped: inner}, closed=True)]}


def _private(members: dict[str, Schema], *, optional: dict[str, Schema], wrapped: str) -> Schema:
    inner = record(members, optional={**optional, "published": _PUBLISHED}, closed=True)
    return {"anyOf": [inner, record({wrapped: inner}, closed=True)]}


FILES: Final[dict[str, tuple[str, Schema]]] = {
    "account": (
        "account.toml",
        record(
            {"id": said(matching(ACCOUNT_ID.pattern), "Twelve digits.")},
            optional={
                "partition": matching(PARTITION.pattern),
                "profile": said(PROFILE, "The rules that decide; strict where it is absent."),
                "replay": said(one_of(*(replay.value for replay in Replay)), "How often a token is accepted."),
                "keyring": said(TEXT, "Name of the keyring file in this directory."),
                "clock_skew": _SKEW,
                "audiences": said(_NAMES, "Audiences of SAML responses, instead of AWS's."),
                "recipients": said(_NAMES, "Recipients of SAML responses, instead of AWS's."),
                "plugins": said(_NAMES, "Names of the plug-ins that are enabled."),
                "alias": matching(ACCOUNT_ALIAS.pattern),
                "organization": record(
                    {"id": TEXT},
                    optional={
                        "paths": said(many(TEXT), "Paths of the account in the organization."),
                        "root_access": said(many(matching(ACCOUNT_ID.pattern)), "Member accounts in which it may assume root."),
                    },
                    closed=True,
                ),
            },
            closed=True,
        ),
    ),
    "saml-provider": (
        "saml-providers/Name/provider.toml",
        record(
            {},
            optional={
                "entity_id": said(TEXT, "The entity, where the metadata holds several."),
                "profile": PROFILE,
                "clock_skew": _SKEW,
                "max_age": said(
                    {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MAX_AGE_SECONDS}, {"const": "none"}]},
                    "Seconds from IssueInstant to redemption.",
                ),
                "signed": said(one_of("assertion", "response", "either"), "Which part must carry a signature."),
                "encryption": one_of("allowed", "required"),
                "permit": said(_NAMES, "Weak algorithms that are accepted, each by name."),
                "audiences": _NAMES,
                "recipients": _NAMES,
                "verifier": said(TEXT, "The implementation that checks XML signatures."),
                "published": _PUBLISHED,
                "created": _DATE,
                "tags": _TAG_TABLE,
                "uploads": said(named(_DATE), "When each private key was uploaded, by file."),
            },
            closed=True,
        ),
    ),
    "oidc-provider": (
        "oidc-providers/host/path/provider.toml",
        record(
            {
                "url": said(TEXT, "The issuer, exactly as in the iss of its tokens."),
                "client_ids": said({"anyOf": [_NAMES, {"const": "none"}]}, "Audiences that tokens may have; none: no token is accepted."),
            },
            optional={
                "algorithms": said(_NAMES, "The only algorithms that are accepted."),
                "token_types": said(_NAMES, "Values of the header parameter typ."),
                "reuse": said(one_of("allowed", "refused"), "Whether a token is accepted until it ends, or once."),
                "clock_skew": _SKEW,
                "profile": PROFILE,
                "thumbprints": said(many(TEXT), "Kept because IAM lists them; without effect."),
                "created": _DATE,
                "tags": _TAG_TABLE,
            },
            closed=True,
        ),
    ),
    "oauth-provider": (
        "oauth-providers/name/provider.toml",
        record(
            {},
            optional={
                "client_ids": said(_NAMES, "Clients whose tokens are accepted; where it is absent, the trust policy decides."),
                "resource_servers": said(_NAMES, "The audiences of signed answers."),
                "clock_skew": _SKEW,
                "profile": PROFILE,
            },
            closed=True,
        ),
    ),
    "role": (
        "roles/Name.json",
        _entity(
            "Role",
            {"AssumeRolePolicyDocument": said(_DOCUMENT, "The trust policy.")},
            optional={
                "MaxSessionDuration": {
                    "type": "integer",
                    "minimum": MAX_SESSION_DURATION_MIN,
                    "maximum": limits.ROLE_SESSION_MAX_SECONDS,
                },
                "Description": TEXT,
                "RolePolicyList": _INLINE,
                "InstanceProfileList": _UNREAD,
                "RoleLastUsed": _UNREAD,
                **_ATTACHED,
            },
            wrapped="Role",
            id_member="RoleId",
        ),
    ),
    "user": (
        "users/Name.json",
        _entity(
            "User",
            {},
            optional={"GroupList": many(TEXT), "UserPolicyList": _INLINE, "PasswordLastUsed": _UNREAD, **_ATTACHED},
            wrapped="User",
            id_member="UserId",
        ),
    ),
    "group": (
        "groups/Name.json",
        _entity("Group", {}, optional={"GroupPolicyList": _INLINE, **_ATTACHED}, wrapped="Group", id_member="GroupId"),
    ),
    "policy": (
        "policies/Name.json",
        {
            "anyOf": [
                said(record({"Statement": ANYTHING}), "A bare policy document."),
                *_entity(
                    "Policy",
                    {
                        "PolicyVersionList": many(
                            record(
                                {"Document": _DOCUMENT},
                                optional={"VersionId": TEXT, "IsDefaultVersion": ANYTHING, "CreateDate": _DATE},
                                closed=True,
                            ),
                            minItems=1,
                        )
                    },
                    optional={
                        "DefaultVersionId": TEXT,
                        "Description": TEXT,
                        "Tags": _TAGS,
                        "CreateDate": _DATE,
                        "UpdateDate": _DATE,
                        **dict.fromkeys(("AttachmentCount", "PermissionsBoundaryUsageCount", "IsAttachable"), _UNREAD),
                    },
                    wrapped="Policy",
                    id_member="PolicyId",
                )["anyOf"],
            ]
        },
    ),
    "access-key": (
        "access-keys/AccessKeyId.json",
        _private(
            {"AccessKeyId": matching(ACCESS_KEY_ID.pattern), "SecretAccessKey": TEXT},
            optional={
                "UserName": said(TEXT, "The user; absent for the root user."),
                "Status": one_of("Active", "Inactive"),
                "CreateDate": _DATE,
            },
            wrapped="AccessKey",
        ),
    ),
    "mfa-device": (
        "mfa-devices/Name.json",
        _private(
            {"SerialNumber": TEXT, "Base32StringSeed": TEXT},
            optional={
                "UserName": said(ANYTHING, "The user; absent for the root user."),
                "AssignmentStatus": one_of("Assigned", "Unassigned"),
                "EnableDate": _DATE,
                "Tags": _TAGS,
                "QRCodePNG": _UNREAD,
            },
            wrapped="VirtualMFADevice",
        ),
    ),
    "keyring": (
        "keyring.json",
        record(
            {
                "sealing": said(TEXT, "Id of the key that seals new session tokens."),
                "keys": said(named(TEXT), "Base64 of 32 octets, by id."),
            },
            optional={
                "retired": said(named(TEXT), "When each key stopped to seal, or will, by id."),
                "successor": said(record({"key": TEXT, "seals_from": TEXT}, closed=True), "The key that seals from an instant on."),
                "published": _PUBLISHED,
            },
            closed=True,
        ),
    ),
    "trade-in-token": (
        "trade-in-tokens/SHA-256.json",
        record(
            {"RoleArn": TEXT, "RoleSessionName": TEXT, "Expiration": said(TEXT, "An instant such as 2026-11-24T12:00:00Z.")},
            optional={
                "DurationSeconds": {
                    "type": "integer",
                    "minimum": limits.DELEGATED_SESSION_MIN_SECONDS,
                    "maximum": limits.ROLE_SESSION_MAX_SECONDS,
                },
                "PolicyArns": many(TEXT),
            },
            closed=True,
        ),
    ),
    "outbound-issuer": (
        "outbound/issuer.json",
        record(
            {"IssuerIdentifier": TEXT},
            optional={"JwtVendingEnabled": maybe(FLAG), "published": _PUBLISHED},
            closed=True,
        ),
    ),
}
"""Name of the schema to the file and its schema."""
