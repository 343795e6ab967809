"""boto3's own serialisers and parsers at the endpoint, in process: users, groups, keys, devices, providers, details and simulation."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.awsrequest import AWSResponse  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]

from federation.account import MfaDevice
from federation.account.mfa_device import parse_secret
from federation.server.endpoint import Endpoint
from federation.server.messages import Request
from federation.testing.mfa import mfa_code
from tests.support.iam import READ, Iam, allow
from tests.support.sts.saml_login import forge
from tests.support.world import ACCOUNT, GITHUB

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
READERS = "arn:aws:iam::aws:policy/ReadOnlyAccess"


class _Body:
    """What botocore reads of a response."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def stream(self, **_: object) -> Any:
        yield self._octets


@pytest.fixture
def client(tmp_path: Path) -> Callable[..., Any]:
    """Makes clients of the endpoint of one account: requests are signed and rendered by botocore, and answered in process."""
    iam = Iam(tmp_path)
    iam.user("Admin", allow("*"))
    admin = iam.key("Admin")
    endpoint = Endpoint(iam.service.sts, iam=iam.service)

    def send(request: Any, **_: object) -> Any:
        url = urlsplit(request.url)
        raw = {name.lower(): value for name, value in request.headers.items()}
        headers = tuple((name, value.decode() if isinstance(value, bytes) else str(value)) for name, value in raw.items())
        if "host" not in dict(headers):
            headers = (*headers, ("host", url.netloc))
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        answer = endpoint.answer(Request(request.method, url.path or "/", url.query, headers, body), at=datetime.now(UTC)).response
        return AWSResponse(request.url, answer.status, dict(answer.headers()), _Body(answer.body))

    def make(key_id: str = admin.id, secret: str = admin.secret) -> Any:
        made = boto3.client(
            "iam",
            region_name="us-east-1",
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            endpoint_url="http://127.0.0.1:8042",
            config=Config(retries={"total_max_attempts": 1}),
        )
        made.meta.events.register("before-send.iam", send)
        return made

    return make


def test_users_keys_and_groups(client: Callable[..., Any]) -> None:
    iam = client()
    user = iam.create_user(UserName="Alice", Path="/team/", Tags=[{"Key": "team", "Value": "blue"}])["User"]
    assert (user["Arn"], user["Tags"]) == (f"arn:aws:iam::{ACCOUNT}:user/team/Alice", [{"Key": "team", "Value": "blue"}])
    assert abs(datetime.now(UTC) - user["CreateDate"]) < timedelta(minutes=1)
    iam.put_user_policy(UserName="Alice", PolicyName="own", PolicyDocument=READ)
    assert iam.get_user_policy(UserName="Alice", PolicyName="own")["PolicyDocument"] == json.loads(READ)
    key = iam.create_access_key(UserName="Alice")["AccessKey"]
    theirs = client(key["AccessKeyId"], key["SecretAccessKey"])
    with pytest.raises(theirs.exceptions.ClientError) as denied:
        theirs.list_users()
    assert denied.value.response["Error"]["Message"] == (
        f"User: {user['Arn']} is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::{ACCOUNT}:user/ "
        "because no identity-based policy allows the iam:ListUsers action"
    )
    iam.create_group(GroupName="admins")
    iam.put_group_policy(
        GroupName="admins", PolicyName="all", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow("iam:*")]})
    )
    iam.add_user_to_group(GroupName="admins", UserName="Alice")
    assert [each["UserName"] for each in theirs.list_users()["Users"]] == ["Admin", "Alice"]
    assert theirs.get_user()["User"]["UserName"] == "Alice"
    pages = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1})
    assert [each["UserName"] for page in pages for each in page["Users"]] == ["Admin", "Alice"]
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_user(UserName="Alice")
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_user(UserName="Nobody")
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        iam.create_user(UserName="alice")


def test_a_virtual_device(client: Callable[..., Any]) -> None:
    iam = client()
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    device, now = MfaDevice(made["SerialNumber"], parse_secret(made["Base32StringSeed"].decode())), datetime.now(UTC)
    codes = {f"AuthenticationCode{n + 1}": mfa_code(device, at=now + timedelta(seconds=30 * (n - 1))) for n in range(2)}
    with pytest.raises(iam.exceptions.InvalidAuthenticationCodeException):
        iam.enable_mfa_device(
            UserName="Admin",
            SerialNumber=made["SerialNumber"],
            AuthenticationCode1=codes["AuthenticationCode2"],
            AuthenticationCode2=codes["AuthenticationCode1"],
        )
    iam.enable_mfa_device(UserName="Admin", SerialNumber=made["SerialNumber"], **codes)
    (listed,) = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert listed["User"]["UserName"] == "Admin"


def test_providers(client: Callable[..., Any]) -> None:
    iam = client()
    metadata = forge().metadata().decode()
    made = iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata, Tags=[{"Key": "a", "Value": "b"}])
    arn = made["SAMLProviderArn"]
    read = iam.get_saml_provider(SAMLProviderArn=arn)
    assert (read["SAMLMetadataDocument"], read["Tags"], read["AssertionEncryptionMode"]) == (
        metadata,
        [{"Key": "a", "Value": "b"}],
        "Allowed",
    )
    assert [each["Arn"] for each in iam.list_saml_providers()["SAMLProviderList"]] == [arn]
    with pytest.raises(iam.exceptions.InvalidInputException):
        iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument="<x/>" * 300)
    issuer = iam.create_open_id_connect_provider(Url=f"https://{GITHUB}", ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=issuer, ClientID="other")
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=issuer, Tags=[{"Key": "a", "Value": ""}])
    read = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=issuer)
    assert (read["Url"], read["ClientIDList"], read["ThumbprintList"]) == (GITHUB, ["sts.amazonaws.com", "other"], [])
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=issuer)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=issuer)


def test_details_summary_and_alias(client: Callable[..., Any]) -> None:
    iam = client()
    iam.create_account_alias(AccountAlias="acme")
    assert iam.list_account_aliases()["AccountAliases"] == ["acme"]
    assert iam.get_account_summary()["SummaryMap"]["Users"] == 1
    iam.attach_user_policy(UserName="Admin", PolicyArn=READERS)
    pages = iam.get_paginator("get_account_authorization_details").paginate(Filter=["User"], PaginationConfig={"PageSize": 1})
    (user,) = [each for page in pages for each in page["UserDetailList"]]
    assert user["AttachedManagedPolicies"] == [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READERS}]
    assert user["UserPolicyList"][0]["PolicyDocument"]["Statement"] == [allow("*")]


def test_simulation(client: Callable[..., Any]) -> None:
    iam = client()
    policy = json.dumps(
        {"Version": "2012-10-17", "Statement": [allow("s3:Get*", Condition={"StringEquals": {"aws:PrincipalTag/team": "blue"}})]}
    )
    entry = {"ContextKeyName": "aws:PrincipalTag/team", "ContextKeyValues": ["blue"], "ContextKeyType": "string"}
    answer = iam.simulate_custom_policy(
        PolicyInputList=[policy],
        ActionNames=["s3:GetObject", "s3:PutObject"],
        ResourceArns=["arn:aws:s3:::bucket/a"],
        ContextEntries=[entry],
        OrderedOrganizationPolicyInputList=[{"ServiceControlPolicyInputList": [READ.replace("s3:Get*", "*")]}],
    )
    assert [each["EvalDecision"] for each in answer["EvaluationResults"]] == ["allowed", "implicitDeny"]
    assert answer["EvaluationResults"][0]["MatchedStatements"][0]["StartPosition"]["Line"] == 1
    arn = f"arn:aws:iam::{ACCOUNT}:user/Admin"
    exclusion = {
        "InlinePolicyIdentifier": {"PolicyName": "Admin", "AttachmentType": "user", "AttachmentName": "Admin"},
    }
    for exclusions, decision in (([], "allowed"), ([exclusion], "implicitDeny")):
        found = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["iam:GetUser"], PolicyExclusionList=exclusions)
        assert [each["EvalDecision"] for each in found["EvaluationResults"]] == [decision]
