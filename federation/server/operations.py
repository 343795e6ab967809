"""The eleven operations as the service model 2011-06-15 declares them: one row each.

A row says what may be sent, what is answered, who may call; it decides nothing. The rules are the service's, and an operation is served
when the service offers its method (`served`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from federation.server.shapes import INTEGER, MILLISECONDS, SECONDS, TEXT, ListOf, Shape, Structure

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the interface.

    Attributes:
        name: As in ``Action``.
        required: Parameters that are handed on even where they are absent, as None: the service words the refusal.
        optional: Parameters that are handed on where they are present.
        result: What a result shows; anything else the service returns stays here.
        signed: Whether AWS wants a signature. Where it wants none, one that is sent is ignored.
        global_refusal: Text by which the global endpoint refuses the operation, or None where it serves it.
        method: Name of the service's method.
        parameters: Required and optional ones together.
        keywords: Their names as arguments of the method.
    """

    name: str
    result: Structure
    required: Mapping[str, Shape]
    optional: Mapping[str, Shape]
    signed: bool = True
    global_refusal: str | None = None
    method: str = field(init=False)
    parameters: Mapping[str, Shape] = field(init=False)
    keywords: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "method", snake_case(self.name))
        object.__setattr__(self, "parameters", {**self.required, **self.optional})
        object.__setattr__(self, "keywords", {name: snake_case(name) for name in self.parameters})


def snake_case(name: str) -> str:
    """Return the Python name of an operation or a parameter, as boto3 spells it."""
    return _WORD_START.sub("_", name).replace("SAML", "saml").lower()


POLICY_ARNS: Final = ListOf(Structure({"arn": TEXT}))
TAGS: Final = ListOf(Structure({"Key": TEXT, "Value": TEXT}))
CREDENTIALS: Final = Structure({"AccessKeyId": TEXT, "SecretAccessKey": TEXT, "SessionToken": TEXT, "Expiration": SECONDS})
ASSUMED_ROLE_USER: Final = Structure({"AssumedRoleId": TEXT, "Arn": TEXT})
SESSION_SIZES: Final[Mapping[str, Shape]] = {"SessionTokenUtilization": INTEGER, "SessionTokenSize": INTEGER}
SESSION_POLICIES: Final[Mapping[str, Shape]] = {"PolicyArns": POLICY_ARNS, "Policy": TEXT}
SESSION_LENGTH: Final[Mapping[str, Shape]] = {"DurationSeconds": INTEGER, "MinimumSessionTokenSize": INTEGER}
MFA: Final[Mapping[str, Shape]] = {"SerialNumber": TEXT, "TokenCode": TEXT}

OPERATIONS: Final = (
    Operation(
        name="AssumeRole",
        required={"RoleArn": TEXT, "RoleSessionName": TEXT},
        optional={
            **SESSION_POLICIES,
            **SESSION_LENGTH,
            **MFA,
            "Tags": TAGS,
            "TransitiveTagKeys": ListOf(TEXT),
            "ExternalId": TEXT,
            "SourceIdentity": TEXT,
            "ProvidedContexts": ListOf(Structure({"ProviderArn": TEXT, "ContextAssertion": TEXT})),
        },
        result=Structure(
            {
                "Credentials": CREDENTIALS,
                "AssumedRoleUser": ASSUMED_ROLE_USER,
                "PackedPolicySize": INTEGER,
                "SourceIdentity": TEXT,
                **SESSION_SIZES,
            }
        ),
    ),
    Operation(
        name="AssumeRoleWithSAML",
        signed=False,
        required={"RoleArn": TEXT, "PrincipalArn": TEXT, "SAMLAssertion": TEXT},
        optional={**SESSION_POLICIES, **SESSION_LENGTH},
        result=Structure(
            {
                "Credentials": CREDENTIALS,
                "AssumedRoleUser": ASSUMED_ROLE_USER,
                "PackedPolicySize": INTEGER,
                "Subject": TEXT,
                "SubjectType": TEXT,
                "Issuer": TEXT,
                "Audience": TEXT,
                "NameQualifier": TEXT,
                "SourceIdentity": TEXT,
                **SESSION_SIZES,
            }
        ),
    ),
    Operation(
        name="AssumeRoleWithWebIdentity",
        signed=False,
        required={"RoleArn": TEXT, "RoleSessionName": TEXT, "WebIdentityToken": TEXT},
        optional={"ProviderId": TEXT, **SESSION_POLICIES, **SESSION_LENGTH},
        result=Structure(
            {
                "Credentials": CREDENTIALS,
                "SubjectFromWebIdentityToken": TEXT,
                "AssumedRoleUser": ASSUMED_ROLE_USER,
                "PackedPolicySize": INTEGER,
                "Provider": TEXT,
                "Audience": TEXT,
                "SourceIdentity": TEXT,
                **SESSION_SIZES,
            }
        ),
    ),
    Operation(
        name="AssumeRoot",
        global_refusal="Unknown Operation",
        required={"TargetPrincipal": TEXT, "TaskPolicyArn": Structure({"arn": TEXT})},
        optional=SESSION_LENGTH,
        result=Structure({"Credentials": CREDENTIALS, "SourceIdentity": TEXT, **SESSION_SIZES}),
    ),
    Operation(
        name="DecodeAuthorizationMessage",
        required={"EncodedMessage": TEXT},
        optional={},
        result=Structure({"DecodedMessage": TEXT}),
    ),
    Operation(
        name="GetAccessKeyInfo",
        required={"AccessKeyId": TEXT},
        optional={},
        result=Structure({"Account": TEXT}),
    ),
    Operation(
        name="GetCallerIdentity",
        required={},
        optional={},
        result=Structure({"UserId": TEXT, "Account": TEXT, "Arn": TEXT}),
    ),
    Operation(
        name="GetDelegatedAccessToken",
        required={"TradeInToken": TEXT},
        optional={},
        result=Structure({"Credentials": CREDENTIALS, "PackedPolicySize": INTEGER, "AssumedPrincipal": TEXT}),
    ),
    Operation(
        name="GetFederationToken",
        required={"Name": TEXT},
        optional={**SESSION_POLICIES, **SESSION_LENGTH, "Tags": TAGS},
        result=Structure(
            {
                "Credentials": CREDENTIALS,
                "FederatedUser": Structure({"FederatedUserId": TEXT, "Arn": TEXT}),
                "PackedPolicySize": INTEGER,
                **SESSION_SIZES,
            }
        ),
    ),
    Operation(
        name="GetSessionToken",
        required={},
        optional={**SESSION_LENGTH, **MFA},
        result=Structure({"Credentials": CREDENTIALS, **SESSION_SIZES}),
    ),
    Operation(
        name="GetWebIdentityToken",
        global_refusal="Operation not supported on STS global endpoint",
        required={"Audience": ListOf(TEXT), "SigningAlgorithm": TEXT},
        optional={"DurationSeconds": INTEGER, "Tags": TAGS},
        result=Structure({"WebIdentityToken": TEXT, "Expiration": MILLISECONDS}),
    ),
)


def served(service: object) -> dict[str, Operation]:
    """The operations *service* offers, by name. A signed one counts only where the service can tell who signed (``authenticate``)."""
    signs = hasattr(service, "authenticate")
    return {row.name: row for row in OPERATIONS if hasattr(service, row.method) and (signs or not row.signed)}
