"""Roles that IAM's calls have made, assumed: sessions, tags, chains, and refusals, as observed of AWS from 2024 to 2026."""

import json
from itertools import count
from typing import Any

import pytest

from tests.support.in_process import InProcess, Refused, members, refused
from tests.support.world import ACCOUNT

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
SESSION = {"RoleSessionName": "job-7"}
DOUBLE = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
CONFLICT = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."
numbers = count(1)


@pytest.fixture
def role(aws: InProcess) -> str:
    """The ARN of a new role that everyone of the account may assume, with tags, and that may do everything."""
    return new_role(aws)


def new_role(aws: InProcess) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    name = f"sts-{next(numbers)}"
    arn: str = aws.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    aws.iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(ANYTHING))
    return arn


def tag(key: str, value: str) -> dict[str, str]:
    return {"Key": key, "Value": value}


def test_a_session(aws: InProcess, role: str) -> None:
    name = role.rpartition("/")[2]
    answer = members(aws.sts.assume_role(RoleArn=role, **SESSION))
    assert answer["Credentials"].keys() == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    role_id = aws.iam.get_role(RoleName=name)["Role"]["RoleId"]
    user = {"Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/job-7", "AssumedRoleId": f"{role_id}:job-7"}
    assert answer["AssumedRoleUser"] == user
    caller = members(aws.client_of("sts", answer["Credentials"]).get_caller_identity())
    assert caller == {"Account": ACCOUNT, "Arn": user["Arn"], "UserId": user["AssumedRoleId"]}


def test_a_session_policy_has_a_size_and_binds(aws: InProcess, role: str) -> None:
    read = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}]}
    answer = aws.sts.assume_role(RoleArn=role, Policy=json.dumps(read), **SESSION)
    assert 0 < answer["PackedPolicySize"] < 100
    session = aws.client_of("iam", answer["Credentials"])
    assert session.get_role(RoleName=role.rpartition("/")[2])["Role"]["Arn"] == role
    assert refused(session, "list_roles").code == "AccessDenied"


def test_what_a_role_is_taken_away_its_sessions_lose(aws: InProcess, role: str) -> None:
    session = aws.client_of("iam", aws.sts.assume_role(RoleArn=role, **SESSION)["Credentials"])
    assert session.list_users()["Users"]
    aws.iam.delete_role_policy(RoleName=role.rpartition("/")[2], PolicyName="all")
    assert refused(session, "list_users").code == "AccessDenied"


@pytest.mark.parametrize(
    "arn",
    [
        "nothing-valid-in-here",
        "arn::b:::something/test-role",
        "arn:a::::something/test-role",
        "arn:a:::something/test-role",
        "arn:a:a::aaaaaaaaaa:",
    ],
)
def test_a_role_arn_that_is_none(aws: InProcess, arn: str) -> None:
    told = refused(aws.sts, "assume_role", RoleArn=arn, **SESSION)
    assert (told.code, told.status) == ("ValidationError", 400)
    assert arn in told.message


@pytest.mark.parametrize(
    ("name", "violated"),
    [
        ("Session1:2", "Member must satisfy regular expression pattern: [\\w+=,.@-]*"),
        ("s" * 65, "Member must have length less than or equal to 64"),
    ],
)
def test_a_session_name_that_is_none(aws: InProcess, role: str, name: str, violated: str) -> None:
    assert refused(aws.sts, "assume_role", RoleArn=role, RoleSessionName=name) == Refused(
        "ValidationError",
        400,
        f"1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: {violated}",
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"Tags": [tag("a", "1")], "TransitiveTagKeys": ["b"]},
            "The specified transitive tag key must be included in the requested tags.",
        ),
        ({"Tags": [tag("a", "1"), tag("A", "2")]}, DOUBLE),
    ],
)
def test_tags_that_are_none(aws: InProcess, role: str, given: dict[str, Any], message: str) -> None:
    assert refused(aws.sts, "assume_role", RoleArn=role, **given, **SESSION) == Refused("InvalidParameterValue", 400, message)


def test_transitive_tags_stay_through_a_chain(aws: InProcess, role: str) -> None:
    first = aws.sts.assume_role(RoleArn=role, Tags=[tag("Cost", "1"), tag("team", "x")], TransitiveTagKeys=["Cost"], **SESSION)
    second, chained = new_role(aws), aws.client_of("sts", first["Credentials"])
    for key in ("Cost", "cost"):
        assert refused(chained, "assume_role", RoleArn=second, Tags=[tag(key, "2")], **SESSION) == Refused(
            "InvalidParameterValue", 400, CONFLICT
        )
    assert chained.assume_role(RoleArn=second, Tags=[tag("team", "y")], **SESSION)["Credentials"]["SessionToken"]


def test_a_federated_user(aws: InProcess) -> None:
    answer = aws.sts.get_federation_token(Name="bob", DurationSeconds=900)
    assert answer["FederatedUser"] == {
        "Arn": f"arn:aws:sts::{ACCOUNT}:federated-user/bob",
        "FederatedUserId": f"{ACCOUNT}:bob",
    }
