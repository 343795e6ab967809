"""The constraints of IAM's service model (2010-05-08) on the parameters of its operations."""

from __future__ import annotations

import re
from typing import Final

from federation import aws_texts, limits
from federation.calls.constraints import (
    BooleanConstraint,
    EnumConstraint,
    IntegerConstraint,
    StructureConstraint,
    StructureListConstraint,
    TextConstraint,
    TextListConstraint,
)
from federation.sts.constraints import TAG, TAG_KEY

_NAME: Final = re.compile(r"[\w+=,.@-]+", re.ASCII)
_NAME_WRITTEN: Final = r"[\w+=,.@-]+"
_MARKER_CHARS: Final = 320
_PATH_CHARS: Final = 512
_VERSION_CHARS: Final = 64
_MOST_ITEMS: Final = 1000
_UNBOUNDED: Final = limits.REQUEST_OCTETS
"""Stands for a length that the model does not bound. No request is longer."""


def name(longest: int) -> TextConstraint:
    """Return the constraint on a name of at most *longest* characters."""
    return TextConstraint(shortest=1, longest=longest, pattern=_NAME, written=_NAME_WRITTEN, alone=aws_texts.iam.NAME)


ROLE_NAME: Final = name(64)
POLICY_NAME: Final = name(128)
PATH: Final = TextConstraint(
    shortest=1,
    longest=_PATH_CHARS,
    pattern=re.compile("/|/[!-~]+/"),
    written=r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)",
    alone=aws_texts.iam.PATH,
)
PATH_PREFIX: Final = TextConstraint(shortest=1, longest=_PATH_CHARS, pattern=re.compile("/[!-\x7f]*"), written=r"\u002F[\u0021-\u007F]*")
POLICY_PATH: Final = TextConstraint(
    shortest=1, longest=_PATH_CHARS, pattern=re.compile(r"(?:/[A-Za-z0-9.,+@=_-]+)*/"), written=r"((/[A-Za-z0-9\.,\+@=_-]+)*)/"
)
"""The path of a managed policy, and a prefix of such paths."""
DOCUMENT: Final = TextConstraint(
    shortest=1,
    longest=limits.POLICY_CHARS,
    pattern=re.compile("[\t\n\r -\xff]+"),
    written=r"[\u0009\u000A\u000D\u0020-\u00FF]+",
)
ROLE_DESCRIPTION: Final = TextConstraint(
    shortest=0,
    longest=1000,
    pattern=re.compile("[\t\n\r -~\xa1-\xff]*"),
    written=r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*",
)
POLICY_DESCRIPTION: Final = TextConstraint(shortest=0, longest=1000)
MAX_SESSION_DURATION: Final = IntegerConstraint(lowest=3600, highest=limits.ROLE_SESSION_MAX_SECONDS)
ARN: Final = TextConstraint(shortest=20, longest=limits.ARN_CHARS)
TAGS: Final = StructureListConstraint(element=TAG, most=limits.TAGS_PER_ENTITY)
TAG_KEYS: Final = TextListConstraint(element=TAG_KEY, most=limits.TAGS_PER_ENTITY, names_null=True)
MARKER: Final = TextConstraint(shortest=1, longest=_MARKER_CHARS, pattern=re.compile("[ -\xff]+"), written=r"[\u0020-\u00FF]+")
MAX_ITEMS: Final = IntegerConstraint(lowest=1, highest=_MOST_ITEMS)
BOOLEAN: Final = BooleanConstraint()
VERSION_ID: Final = TextConstraint(
    shortest=0,
    longest=_VERSION_CHARS,
    pattern=re.compile(r"v[1-9][0-9]*(?:\.[A-Za-z0-9-]*)?"),
    written=r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?",
)
POLICY_SCOPE: Final = EnumConstraint(("All", "AWS", "Local"))
POLICY_USAGE: Final = EnumConstraint(("PermissionsPolicy", "PermissionsBoundary"))
ENTITY_TYPE: Final = EnumConstraint(("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"))
ENTITY_TYPES: Final = TextListConstraint(element=ENTITY_TYPE, most=_UNBOUNDED)
USER_NAME: Final = name(64)
EXISTING_USER_NAME: Final = name(128)
GROUP_NAME: Final = name(128)
DEVICE_NAME: Final = name(_UNBOUNDED)
"""Name of a virtual MFA device. The model has no upper bound; the writer of the account has."""
ACCESS_KEY_ID: Final = TextConstraint(shortest=16, longest=128, pattern=re.compile(r"\w+", re.ASCII), written=r"[\w]+")
KEY_STATUS: Final = EnumConstraint(("Active", "Inactive", "Expired"))
SERIAL_NUMBER: Final = TextConstraint(shortest=9, longest=256, pattern=re.compile(r"[\w+=/:,.@-]+", re.ASCII), written=r"[\w+=/:,.@-]+")
AUTHENTICATION_CODE: Final = TextConstraint(shortest=6, longest=6, pattern=re.compile(r"\d+", re.ASCII), written=r"[\d]+", secret=True)
ASSIGNMENT_STATUS: Final = EnumConstraint(("Assigned", "Unassigned", "Any"))
SAML_METADATA: Final = TextConstraint(shortest=1000, longest=limits.METADATA_OCTETS)
SAML_PROVIDER_NAME: Final = TextConstraint(shortest=1, longest=128, pattern=re.compile(r"[\w._-]+", re.ASCII), written=r"[\w._-]+")
ENCRYPTION_MODE: Final = EnumConstraint(("Required", "Allowed"))
PRIVATE_KEY: Final = TextConstraint(
    shortest=1,
    longest=16_384,
    pattern=re.compile("[\t\n\r -\xff]+"),
    written=r"[\u0009\u000A\u000D\u0020-\u00FF]+",
    secret=True,
)
PRIVATE_KEY_ID: Final = TextConstraint(shortest=22, longest=64, pattern=re.compile("[A-Z0-9]+"), written="[A-Z0-9]+")
ISSUER_URL: Final = TextConstraint(shortest=1, longest=255)
CLIENT_ID: Final = TextConstraint(shortest=1, longest=255)
CLIENT_IDS: Final = TextListConstraint(element=CLIENT_ID, most=_UNBOUNDED)
THUMBPRINTS: Final = TextListConstraint(element=TextConstraint(shortest=40, longest=40), most=_UNBOUNDED)
ACCOUNT_ALIAS: Final = TextConstraint(
    shortest=3,
    longest=63,
    pattern=re.compile(r"[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]"),
    written="^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
)
POLICY_INPUTS: Final = TextListConstraint(element=DOCUMENT, most=_UNBOUNDED)
ACTION_NAMES: Final = TextListConstraint(element=TextConstraint(shortest=3, longest=128), most=_UNBOUNDED)
RESOURCE_NAME: Final = TextConstraint(shortest=1, longest=2048)
RESOURCE_ARNS: Final = TextListConstraint(element=RESOURCE_NAME, most=_UNBOUNDED)
HANDLING_OPTION: Final = TextConstraint(shortest=1, longest=64)
_KEY_KINDS: Final = ("string", "numeric", "boolean", "ip", "binary", "date")
_KEY_TYPES: Final = tuple(
    f"{kind}{several}" for kind in ("string", "numeric", "boolean", "ip", "binary", "date") for several in ("", "List")
)
CONTEXT_ENTRIES: Final = StructureListConstraint(
    element=StructureConstraint(
        members={
            "ContextKeyName": TextConstraint(shortest=5, longest=256),
            "ContextKeyValues": TextListConstraint(element=TextConstraint(shortest=0, longest=_UNBOUNDED), most=_UNBOUNDED),
            "ContextKeyType": EnumConstraint(_KEY_TYPES),
        },
        required=False,
    ),
    most=_UNBOUNDED,
)
POLICY_EXCLUSIONS: Final = StructureListConstraint(
    element=StructureConstraint(
        members={
            "PolicyType": EnumConstraint(("inline", "aws-managed", "user-managed", "permission-boundary", "scp", "rcp")),
            "PolicyArn": ARN,
            "InlinePolicyIdentifier": StructureConstraint(
                members={
                    "PolicyName": POLICY_NAME,
                    "AttachmentType": EnumConstraint(("user", "group", "role")),
                    "AttachmentName": name(128),
                }
            ),
        },
        required=False,
    ),
    most=256,
)
ORGANIZATION_POLICIES: Final = StructureListConstraint(
    element=StructureConstraint(members={"ServiceControlPolicyInputList": POLICY_INPUTS}, required=False), most=7
)
