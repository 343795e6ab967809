"""Every answer has exactly the members, and every member the type, of the service model that the AWS clients carry."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from botocore.loaders import Loader  # type: ignore[import-untyped]
from botocore.model import ServiceModel, Shape  # type: ignore[import-untyped]

from federation.sts.catalogue import OPERATIONS
from federation.sts.service import SecurityTokenService
from tests.callers import AT, OTHER, ROLE, USER
from tests.unit.sts.test_assume_root import TASK, TRADE_IN, delegating, managing
from tests.unit.sts.test_web_identity_token import issuing

MODEL = ServiceModel(Loader().load_service_model("sts", "service-2"))
TYPES: Mapping[str, type] = {"string": str, "integer": int, "timestamp": datetime}

Call = tuple[Callable[[], SecurityTokenService], Mapping[str, Any]]
CALLS: Mapping[str, Call] = {
    "AssumeRole": (managing, {"role_arn": ROLE, "role_session_name": "session", "source_identity": "alice"}),
    "AssumeRoot": (managing, {"target_principal": OTHER, "task_policy_arn": TASK}),
    "GetAccessKeyInfo": (managing, {"access_key_id": "AKIARZPUZDIKGB2VALC4"}),
    "GetCallerIdentity": (managing, {}),
    "GetDelegatedAccessToken": (delegating, {"trade_in_token": TRADE_IN}),
    "GetFederationToken": (managing, {"name": "Bob"}),
    "GetSessionToken": (managing, {}),
    "GetWebIdentityToken": (issuing, {"audience": ["a"], "signing_algorithm": "ES384"}),
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


@pytest.mark.parametrize("operation", CALLS)
def test_answers_are_those_of_the_model(operation: str) -> None:
    make, call = CALLS[operation]
    answer = OPERATIONS[operation].method(make(), caller=USER, **call, at=AT)
    shape = MODEL.operation_model(operation).output_shape
    assert shape is not None
    conforms(answer.to_dict(), shape)
