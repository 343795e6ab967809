"""Every answer has exactly the members, and every member the type, of the service model that the AWS clients carry."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from botocore.loaders import Loader  # type: ignore[import-untyped]
from botocore.model import ServiceModel, Shape  # type: ignore[import-untyped]

from federation.sts.catalogue import OPERATIONS
from federation.sts.service import SecurityTokenService
from tests.support.paths import FIXTURES
from tests.support.sts.callers import AT, EVERYTHING, ROLE
from tests.support.sts.services import TASK, TRADE_IN, delegating, issuing, managing
from tests.support.world import OTHER, USER

MODEL = ServiceModel(Loader().load_service_model("sts", "service-2"))
TYPES: Mapping[str, type] = {"string": str, "integer": int, "timestamp": datetime}

Call = tuple[Callable[[], SecurityTokenService], Mapping[str, Any]]


def fixtures() -> SecurityTokenService:
    return SecurityTokenService.open(FIXTURES / "account")


def denying() -> SecurityTokenService:
    return managing({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, EVERYTHING)


CALLS: Mapping[str, Call] = {
    "AssumeRole": (managing, {"caller": USER, "role_arn": ROLE, "role_session_name": "session", "source_identity": "alice"}),
    "AssumeRoleWithSAML": (
        fixtures,
        {
            "role_arn": "arn:aws:iam::123456789012:role/TestSaml",
            "principal_arn": "arn:aws:iam::123456789012:saml-provider/SAML-test",
            "saml_assertion": (FIXTURES / "saml" / "documented.b64").read_text("ascii"),
        },
    ),
    "AssumeRoleWithWebIdentity": (
        fixtures,
        {
            "role_arn": "arn:aws:iam::123456789012:role/GitHubDeploy",
            "role_session_name": "deploy",
            "web_identity_token": (FIXTURES / "oidc" / "github.jwt").read_text("ascii").strip(),
        },
    ),
    "AssumeRoot": (managing, {"caller": USER, "target_principal": OTHER, "task_policy_arn": TASK}),
    "DecodeAuthorizationMessage": (
        denying,
        {
            "caller": USER,
            "encoded_message": denying().authorize(USER, action="s3:GetObject", resource="*", at=AT).encoded_message,
        },
    ),
    "GetAccessKeyInfo": (managing, {"caller": USER, "access_key_id": "AKIARZPUZDIKGB2VALC4"}),
    "GetCallerIdentity": (managing, {"caller": USER}),
    "GetDelegatedAccessToken": (delegating, {"caller": USER, "trade_in_token": TRADE_IN}),
    "GetFederationToken": (managing, {"caller": USER, "name": "Bob"}),
    "GetSessionToken": (managing, {"caller": USER}),
    "GetWebIdentityToken": (issuing, {"caller": USER, "audience": ["a"], "signing_algorithm": "ES384"}),
}
OPTIONAL = {"SourceIdentity"}


def conforms(value: Any, shape: Shape) -> None:
    if shape.type_name != "structure":
        assert isinstance(value, TYPES[shape.type_name]), shape
        return
    members = shape.members
    assert value.keys() <= members.keys()
    assert members.keys() - value.keys() <= OPTIONAL
    for name, inner in value.items():
        conforms(inner, members[name])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_answers_are_those_of_the_model(operation: str) -> None:
    """What the dict of an answer holds goes over the wire as it stands: a member that the model lacks must never be in it."""
    make, call = CALLS[operation]
    answer = OPERATIONS[operation].method(make(), **call, at=AT)
    shape = MODEL.operation_model(operation).output_shape
    assert shape is not None
    conforms(answer.to_dict(), shape)
