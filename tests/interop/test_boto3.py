"""boto3 at the server, with nothing changed but the endpoint."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.support.server import PROVIDER, ROLE, Served

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")


@pytest.fixture
def assume(sts_client: Any) -> Callable[..., Any]:
    def call(response: str, **more: Any) -> Any:
        return sts_client.assume_role_with_saml(RoleArn=ROLE, PrincipalArn=PROVIDER, SAMLAssertion=response, **more)

    return call


def test_assume_role_with_saml(assume: Callable[..., Any], fresh_response: str) -> None:
    answer = assume(fresh_response, DurationSeconds=900)
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/TestSaml/SamlExample"
    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")
    assert (answer["Subject"], answer["SubjectType"]) == ("SamlExample", "transient")
    assert answer["Issuer"] == "https://integ.example.com/idp/shibboleth"
    assert answer["Audience"] == "https://signin.aws.amazon.com/saml"
    assert answer["ResponseMetadata"]["RequestId"] == answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]


def test_refusals_are_the_clients_own_exceptions(assume: Callable[..., Any], sts_client: Any, fresh_response: str) -> None:
    with pytest.raises(sts_client.exceptions.InvalidIdentityTokenException) as caught:
        assume(fresh_response[:-40] + "A" * 40)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    with pytest.raises(sts_client.exceptions.MalformedPolicyDocumentException):
        assume(fresh_response, Policy="{")


def test_a_response_is_used_once(assume: Callable[..., Any], sts_client: Any, fresh_response: str) -> None:
    assume(fresh_response)
    with pytest.raises(sts_client.exceptions.IDPRejectedClaimException):
        assume(fresh_response)


def test_the_connection_outlives_refusals(assume: Callable[..., Any], fresh_response: str, server: Served) -> None:
    answered = []
    for _ in range(3):
        with pytest.raises(ClientError) as caught:
            assume("AAAA")
        assert caught.value.response["Error"]["Code"] == "InvalidIdentityToken"
        answered.append(caught.value.response)
    answered.append(assume(fresh_response))
    lines = [server.logged(answer["ResponseMetadata"]["RequestId"]) for answer in answered]
    assert len({line["peer"] for line in lines}) == 1
    assert [line["status"] for line in lines] == [400, 400, 400, 200]
    assert lines[-1]["principal"] == "arn:aws:sts::123456789012:assumed-role/TestSaml/SamlExample"


def test_an_oversized_request_is_told_so(assume: Callable[..., Any]) -> None:
    with pytest.raises(ClientError) as caught:
        assume("A" * 3_000_000)
    assert caught.value.response["Error"]["Code"] == "RequestEntityTooLarge"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_nothing_secret_is_logged(assume: Callable[..., Any], fresh_response: str, server: Served) -> None:
    answer = assume(fresh_response)
    assert server.logged(answer["ResponseMetadata"]["RequestId"])["operation"] == "AssumeRoleWithSAML"
    log = server.log.read_text(encoding="utf-8")
    credentials = answer["Credentials"]
    for secret in (credentials["SecretAccessKey"], credentials["SessionToken"], credentials["AccessKeyId"], fresh_response[:64]):
        assert secret not in log
