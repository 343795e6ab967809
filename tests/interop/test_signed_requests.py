"""Signed operations from boto3, with credentials that the server issued: the circle closes."""

from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
import urllib3
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.support.server import PROVIDER, ROLE, Served

SESSION = "arn:aws:sts::123456789012:assumed-role/TestSaml/SamlExample"


def signing_client(server: Served, credentials: dict[str, Any], **changes: str) -> Any:
    keys = {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
        **changes,
    }
    return boto3.client(
        "sts", endpoint_url=server.url, region_name="eu-central-1", config=Config(retries={"total_max_attempts": 1}), **keys
    )


@pytest.fixture
def credentials(sts_client: Any, fresh_response: str) -> dict[str, Any]:
    answer = sts_client.assume_role_with_saml(RoleArn=ROLE, PrincipalArn=PROVIDER, SAMLAssertion=fresh_response)
    issued: dict[str, Any] = answer["Credentials"]
    return issued


def test_issued_credentials_sign(server: Served, credentials: dict[str, Any]) -> None:
    answer = signing_client(server, credentials).get_caller_identity()
    assert (answer["Arn"], answer["Account"]) == (SESSION, "123456789012")
    assert answer["UserId"].endswith(":SamlExample")
    assert server.logged(answer["ResponseMetadata"]["RequestId"])["principal"] == SESSION


def test_a_presigned_identity_in_json(server: Served, credentials: dict[str, Any]) -> None:
    url = signing_client(server, credentials).generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    document = urllib3.request("GET", url, headers={"Accept": "application/json"}, timeout=10).json()
    assert document["GetCallerIdentityResponse"]["GetCallerIdentityResult"]["Arn"] == SESSION


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aws_secret_access_key": "x" * 40}, "SignatureDoesNotMatch"),
        ({"aws_session_token": "x" * 400}, "InvalidClientTokenId"),
        ({"aws_access_key_id": "ASIAIOSFODNN7EXAMPLE"}, "InvalidClientTokenId"),
    ],
)
def test_foreign_signatures_are_refused(server: Served, credentials: dict[str, Any], changes: dict[str, str], code: str) -> None:
    with pytest.raises(ClientError) as caught:
        signing_client(server, credentials, **changes).get_caller_identity()
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_nobody_signed(sts_client: Any) -> None:
    with pytest.raises(ClientError) as caught:
        sts_client.get_caller_identity()
    assert caught.value.response["Error"]["Code"] == "MissingAuthenticationToken"


def test_what_policies_do_not_allow_is_denied(server: Served, credentials: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as caught:
        signing_client(server, credentials).get_session_token()
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("AccessDenied", "Cannot call GetSessionToken with session credentials")
