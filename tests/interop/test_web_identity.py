"""Web identities from real clients: boto3's call, and its provider chain as a job on GitHub or a pod on EKS uses it."""

from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.support.server import DEPLOY, Served, fresh_token

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")


def test_assume_role_with_web_identity(sts_client: Any) -> None:
    answer = sts_client.assume_role_with_web_identity(RoleArn=DEPLOY, RoleSessionName="job-7", WebIdentityToken=fresh_token())
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/GitHubDeploy/job-7"
    assert answer["SubjectFromWebIdentityToken"] == "repo:octo-org/octo-repo:ref:refs/heads/main"
    assert answer["Provider"] == "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    assert answer["Audience"] == "sts.amazonaws.com"


def test_refusals(sts_client: Any) -> None:
    call = {"RoleArn": DEPLOY, "RoleSessionName": "job-7"}
    with pytest.raises(ClientError) as refused:
        sts_client.assume_role_with_web_identity(**call, WebIdentityToken=fresh_token(subject="repo:octo-org/other:ref:refs/heads/main"))
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    with pytest.raises(sts_client.exceptions.InvalidIdentityTokenException, match="No OpenIDConnect provider found"):
        sts_client.assume_role_with_web_identity(**call, WebIdentityToken=fresh_token(iss="https://github.com"))
    with pytest.raises(sts_client.exceptions.ExpiredTokenException):
        sts_client.assume_role_with_web_identity(**call, WebIdentityToken=fresh_token(iat=1, nbf=1, exp=2))
    with pytest.raises(sts_client.exceptions.InvalidIdentityTokenException, match="not a Login With Amazon token"):
        sts_client.assume_role_with_web_identity(**call, ProviderId="www.amazon.com", WebIdentityToken=fresh_token())


def test_the_provider_chain_of_the_sdk(server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = tmp_path / "token"
    token.write_text(fresh_token(), encoding="ascii")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ROLE_ARN": DEPLOY,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "AWS_ROLE_SESSION_NAME": "pod",
        "AWS_ENDPOINT_URL_STS": server.url,
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    session = boto3.Session(region_name="us-east-1")
    assert session.get_credentials().method == "assume-role-with-web-identity"
    identity = session.client("sts", region_name="us-east-1").get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::123456789012:assumed-role/GitHubDeploy/pod"
