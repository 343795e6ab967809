"""Every operation of IAM, by boto3."""

from typing import Any

import pytest
from botocore import xform_name  # type: ignore[import-untyped]

from federation.iam.catalogue import OPERATIONS
from tests.support.iam_journey import ARN, METADATA, STEPS, travel
from tests.support.in_process import ADMIN, InProcess, members

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")


def test_the_journey_leaves_no_operation_out() -> None:
    assert {step.operation for step in STEPS} == set(OPERATIONS), "give tests/support/iam_journey.py a step for each operation"


def test_boto3(aws: InProcess) -> None:
    before = aws.iam.get_account_summary()["SummaryMap"]

    def call(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return members(getattr(aws.iam, xform_name(operation))(**parameters))

    said = travel(call)

    assert said["GetRole"]["Role"]["MaxSessionDuration"] == 7200
    assert said["GetUser"]["User"]["Arn"] == f"{ARN}:user/Journey"
    assert said["ListGroupsForUser"]["Groups"][0]["Arn"] == f"{ARN}:group/teams/Journey"
    assert said["GetSAMLProvider"]["SAMLMetadataDocument"] == METADATA
    assert (said["GetOpenIDConnectProvider"]["Url"], said["GetOpenIDConnectProvider"]["ClientIDList"]) == ("journey.example.com", ["a"])
    assert said["ListMFADevices"]["MFADevices"][0]["UserName"] == "Journey"
    assert said["SimulateCustomPolicy"]["EvaluationResults"][0]["EvalDecision"] == "allowed"
    assert said["SimulatePrincipalPolicy"]["EvaluationResults"][0]["EvalDecision"] == "implicitDeny"
    assert {each["UserName"] for each in said["GetAccountAuthorizationDetails"]["UserDetailList"]} == {ADMIN, "Journey"}
    assert aws.iam.get_account_summary()["SummaryMap"] == before
