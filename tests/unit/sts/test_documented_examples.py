"""The documented examples of signed operations, with the accounts of fixtures/, at the instant of the fixtures."""

import json
from datetime import timedelta
from typing import Any

import pytest

from federation.sts.service import SecurityTokenService
from federation.testing.examples import DEVELOPER, INSTANCE, INSTANCE_CONTEXT
from tests.support.paths import FIXTURES
from tests.support.world import JUDGED, USER

AT = JUDGED
DEV_ADMIN = USER
BROKER = "arn:aws:iam::111122223333:user/Broker"


@pytest.fixture(scope="module")
def sts() -> SecurityTokenService:
    return SecurityTokenService.open(FIXTURES / "account", neighbours=[FIXTURES / "account-b"])


@pytest.mark.parametrize("caller", [DEV_ADMIN, BROKER])
def test_3_assume_role(sts: SecurityTokenService, caller: str) -> None:
    role = "arn:aws:iam::123456789012:role/xaccounts3access"
    answer = sts.assume_role(caller=caller, role_arn=role, role_session_name="s3-access-example", at=AT).to_dict()
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/xaccounts3access/s3-access-example"
    assert answer["AssumedRoleUser"]["AssumedRoleId"].startswith("AROA")
    assert answer["AssumedRoleUser"]["AssumedRoleId"].endswith(":s3-access-example")
    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")


def test_4_decode_authorization_message(sts: SecurityTokenService) -> None:
    denial = sts.authorize(DEVELOPER, action="ec2:RunInstances", resource=INSTANCE, context=INSTANCE_CONTEXT, at=AT)
    assert denial.encoded_message is not None
    decoded = sts.decode_authorization_message(caller=BROKER, encoded_message=denial.encoded_message, at=AT).decoded_message

    def items(values: list[Any]) -> dict[str, Any]:
        return {"items": values}

    assert json.loads(decoded) == {
        "allowed": False,
        "explicitDeny": True,
        "matchedStatements": items(
            [
                {
                    "statementId": "VisualEditor0",
                    "effect": "DENY",
                    "principals": items([{"value": "AROA123456789EXAMPLE"}]),
                    "principalGroups": items([]),
                    "actions": items([{"value": "ec2:RunInstances"}]),
                    "resources": items([{"value": "*"}]),
                    "conditions": items([]),
                }
            ]
        ),
        "failures": items([]),
        "context": {
            "principal": {"id": "AROA123456789EXAMPLE:Ana", "arn": DEVELOPER},
            "action": "RunInstances",
            "resource": INSTANCE,
            "conditions": items([{"key": key, "values": items([{"value": value}])} for key, value in INSTANCE_CONTEXT.items()]),
        },
    }
    assert list(json.loads(decoded)) == ["allowed", "explicitDeny", "matchedStatements", "failures", "context"]


def test_5_get_caller_identity(sts: SecurityTokenService) -> None:
    user = sts.caller_for_credentials("AKIARZPUZDIKGB2VALC4", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", at=AT)
    answer = sts.get_caller_identity(caller=user, at=AT).to_dict()
    assert answer == {"UserId": "AIDACKCEVSQ6C2EXAMPLE", "Account": "123456789012", "Arn": DEV_ADMIN}
    role = "arn:aws:iam::123456789012:role/xaccounts3access"
    session = sts.assume_role(caller=user, role_arn=role, role_session_name="s3-access-example", at=AT)
    answer = sts.get_caller_identity(caller=session.credentials, at=AT).to_dict()
    assert (answer["UserId"], answer["Arn"]) == (session.assumed_role_user.assumed_role_id, session.assumed_role_user.arn)


def test_6_get_federation_token(sts: SecurityTokenService) -> None:
    answer = sts.get_federation_token(
        caller=BROKER,
        name="Bob",
        policy=(FIXTURES / "sts" / "myfile.json").read_text(encoding="utf-8"),
        policy_arns=[{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}],
        duration_seconds=900,
        at=AT,
    ).to_dict()
    assert answer["FederatedUser"] == {
        "FederatedUserId": "111122223333:Bob",
        "Arn": "arn:aws:sts::111122223333:federated-user/Bob",
    }
    assert answer["Credentials"]["Expiration"] - AT == timedelta(minutes=15)


def test_7_get_session_token(sts: SecurityTokenService) -> None:
    answer = sts.get_session_token(
        caller=DEV_ADMIN, duration_seconds=900, serial_number="arn:aws:iam::123456789012:mfa/DevAdmin", token_code="123456", at=AT
    ).to_dict()
    assert answer["Credentials"]["Expiration"] - AT == timedelta(minutes=15)
