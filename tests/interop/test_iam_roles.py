"""boto3's client of IAM against a served account, with nothing changed but the endpoint."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from botocore.validate import ParamValidator  # type: ignore[import-untyped]

from federation.account import init_account, load_account
from federation.account.writing.credentials import NewAccessKey, create_access_key
from federation.account.writing.users import add_user
from tests.support.iam import READ, TRUST, allow
from tests.support.server import need_server, serve
from tests.support.world import ACCOUNT

EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [allow("*")]})
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")


class Clients:
    """A served account whose user Alice may do everything, and whose user Bob may do nothing."""

    def __init__(self, folder: Path) -> None:
        self.account = init_account(folder / "account", account_id=ACCOUNT)
        add_user(self.account, name="Alice", policy=EVERYTHING)
        add_user(self.account, name="Bob")
        self.keys = {name: create_access_key(self.account, user=name) for name in ("Alice", "Bob")}
        self.server = serve(folder / "log", "--workers", "2", account=self.account)

    def client(self, service: str, user: str = "Alice", **more: Any) -> Any:
        key: NewAccessKey = self.keys[user]
        given = {"aws_access_key_id": key.id, "aws_secret_access_key": key.secret, **more}
        config = Config(retries={"total_max_attempts": 1})
        return boto3.client(service, endpoint_url=self.server.url, region_name="eu-central-1", config=config, **given)


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    need_server()
    made = Clients(tmp_path_factory.mktemp("iam"))
    yield made
    made.server.stop()


@pytest.fixture
def iam(clients: Clients) -> Any:
    """boto3's client. Every answer is held beside the model that botocore reads it by."""
    client = clients.client("iam")

    def check(parsed: Any, model: Any, **_: Any) -> None:
        if model.output_shape is not None and "Error" not in parsed:
            answered = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
            report = ParamValidator().validate(as_sent(answered), model.output_shape)
            assert not report.has_errors(), report.generate_report()

    client.meta.events.register("after-call.iam", check)
    return client


def as_sent(value: Any) -> Any:
    """The answer with policy documents as text again: boto3 parses them before anybody sees the answer."""
    if isinstance(value, dict):
        return json.dumps(value) if "Statement" in value else {name: as_sent(inner) for name, inner in value.items()}
    return [as_sent(each) for each in value] if isinstance(value, list) else value


def test_the_life_of_a_role(clients: Clients, iam: Any) -> None:
    created = iam.create_role(RoleName="Deploy", Path="/ci/", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "team", "Value": "blau/grün"}])[
        "Role"
    ]
    assert created["AssumeRolePolicyDocument"] == json.loads(TRUST)
    policy = iam.create_policy(PolicyName="Read", PolicyDocument=READ)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="Deploy", PolicyArn=policy)
    iam.put_role_policy(RoleName="Deploy", PolicyName="inline", PolicyDocument=READ)

    role = iam.get_role(RoleName="Deploy")["Role"]
    assert (role["Arn"], role["Tags"]) == (created["Arn"], [{"Key": "team", "Value": "blau/grün"}])
    assert iam.get_role_policy(RoleName="Deploy", PolicyName="inline")["PolicyDocument"] == json.loads(READ)
    assert iam.list_attached_role_policies(RoleName="Deploy")["AttachedPolicies"] == [{"PolicyName": "Read", "PolicyArn": policy}]
    assert iam.list_instance_profiles_for_role(RoleName="Deploy")["InstanceProfiles"] == []
    assert load_account(clients.account).roles[role["Arn"]].attached_policies == (policy,)

    with pytest.raises(iam.exceptions.DeleteConflictException, match="must detach all policies first"):
        iam.delete_role(RoleName="Deploy")
    iam.detach_role_policy(RoleName="Deploy", PolicyArn=policy)
    iam.delete_role_policy(RoleName="Deploy", PolicyName="inline")
    iam.delete_role(RoleName="Deploy")
    iam.delete_policy(PolicyArn=policy)
    with pytest.raises(iam.exceptions.NoSuchEntityException, match="The role with name Deploy cannot be found"):
        iam.get_role(RoleName="Deploy")


def test_a_role_is_in_use_in_every_worker_at_once(clients: Clients, iam: Any) -> None:
    for number in range(8):
        arn = iam.create_role(RoleName=f"Now{number}", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        session = clients.client("sts").assume_role(RoleArn=arn, RoleSessionName="now")["AssumedRoleUser"]["Arn"]
        assert session == f"arn:aws:sts::{ACCOUNT}:assumed-role/Now{number}/now"
    pages = iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 3})
    assert {f"Now{number}" for number in range(8)} <= {role["RoleName"] for page in pages for role in page["Roles"]}


def test_refusals_are_the_exceptions_of_the_client(clients: Clients, iam: Any) -> None:
    iam.create_role(RoleName="Taken", AssumeRolePolicyDocument=TRUST)
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName="Taken", AssumeRolePolicyDocument=TRUST)
    with pytest.raises(iam.exceptions.MalformedPolicyDocumentException):
        iam.create_role(RoleName="Other", AssumeRolePolicyDocument="{}")
    with pytest.raises(iam.exceptions.InvalidInputException):
        iam.attach_role_policy(RoleName="Taken", PolicyArn="arn:aws:s3:::a-bucket-of-ours")
    with pytest.raises(ClientError) as refused:
        clients.client("iam", "Bob").create_role(RoleName="Other", AssumeRolePolicyDocument=TRUST)
    assert refused.value.response["Error"] == {
        "Type": "Sender",
        "Code": "AccessDenied",
        "Message": f"User: arn:aws:iam::{ACCOUNT}:user/Bob is not authorized to perform: iam:CreateRole on resource: "
        f"arn:aws:iam::{ACCOUNT}:role/Other because no identity-based policy allows the iam:CreateRole action",
    }
    with pytest.raises(ClientError, match=r"InvalidAction.*Could not find operation CreateLoginProfile for version 2010-05-08"):
        iam.create_login_profile(UserName="Alice", Password="correct horse battery staple")
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        clients.client("iam", aws_secret_access_key="x" * 40).list_roles()


def test_a_session_of_a_role_is_a_caller(clients: Clients, iam: Any) -> None:
    arn = iam.create_role(RoleName="Reader", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.put_role_policy(
        RoleName="Reader", PolicyName="roles", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow("iam:GetRole")]})
    )
    session = clients.client("sts").assume_role(RoleArn=arn, RoleSessionName="it")["Credentials"]
    caller = clients.client(
        "iam",
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
    assert caller.get_role(RoleName="Reader")["Role"]["Arn"] == arn
    with pytest.raises(ClientError, match="AccessDenied"):
        caller.delete_role(RoleName="Reader")
