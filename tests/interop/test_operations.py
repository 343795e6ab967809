"""boto3 calls all eleven operations; what comes back is held against botocore's own service model, refusals are its own exceptions."""

import json
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import urllib3
from botocore import UNSIGNED  # type: ignore[import-untyped]
from botocore.auth import SigV4Auth  # type: ignore[import-untyped]
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.credentials import Credentials  # type: ignore[import-untyped]
from jwt import PyJWKClient

from federation import OidcProvider, validate
from federation.errors import FederationError
from tests.support.server import PROVIDER, ROLE, TRADE_IN, World
from tests.support.service_model import SERVICE, check_answer

DEPLOY = "arn:aws:iam::123456789012:role/GitHubDeploy"
S3 = "arn:aws:iam::123456789012:role/xaccounts3access"
TASK = {"arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"}
AUDIENCES = ["https://vault.example.com", "https://other.example.com"]

Calls = dict[str, Callable[[World], dict[str, Any]]]
CALLS: Calls = {
    "AssumeRole": lambda world: {
        "RoleArn": S3,
        "RoleSessionName": "s3-access-example",
        "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        "Policy": json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}),
        "DurationSeconds": 900,
    },
    "AssumeRoleWithSAML": lambda world: {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": world.saml_response()},
    "AssumeRoleWithWebIdentity": lambda world: {"RoleArn": DEPLOY, "RoleSessionName": "deploy", "WebIdentityToken": world.id_token()},
    "AssumeRoot": lambda world: {"TargetPrincipal": "111122223333", "TaskPolicyArn": TASK, "DurationSeconds": 300},
    "DecodeAuthorizationMessage": lambda world: {"EncodedMessage": (world.examples.root / "encoded-message").read_text("ascii")},
    "GetAccessKeyInfo": lambda world: {"AccessKeyId": world.keys("broker")["aws_access_key_id"]},
    "GetCallerIdentity": lambda world: {},
    "GetDelegatedAccessToken": lambda world: {"TradeInToken": TRADE_IN},
    "GetFederationToken": lambda world: {"Name": "Bob", "Tags": [{"Key": "team", "Value": "Zürich: a/b=c+d@e"}]},
    "GetSessionToken": lambda world: {"DurationSeconds": 900, **world.mfa()},
    "GetWebIdentityToken": lambda world: {"Audience": AUDIENCES, "SigningAlgorithm": "ES384", "DurationSeconds": 60},
}
BY_BROKER = {"DecodeAuthorizationMessage"}

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")


def call(world: World, operation: str, **options: Any) -> tuple[dict[str, Any], bytes]:
    """Call *operation* and return boto3's answer together with the document it was read from."""
    client = world.client("broker" if operation in BY_BROKER else "default", **options)
    seen: list[bytes] = []
    client.meta.events.register("before-parse.sts", lambda response_dict, **_: seen.append(response_dict["body"]))
    method = next(name for name, wire in client.meta.method_to_api_mapping.items() if wire == operation)
    return getattr(client, method)(**CALLS[operation](world)), seen[-1]


def test_these_are_all_operations() -> None:
    assert list(CALLS) == sorted(SERVICE.operation_names)


@pytest.mark.parametrize("operation", CALLS)
def test_answers_are_as_the_model_declares_them(world: World, operation: str) -> None:
    answer, wire = call(world, operation)
    check_answer(operation, answer, wire)
    assert answer["ResponseMetadata"]["RequestId"] == answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]


@pytest.mark.parametrize("operation", ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "GetFederationToken"])
def test_issued_credentials_sign(world: World, operation: str) -> None:
    credentials = call(world, operation)[0]["Credentials"]
    who = as_session(world, credentials).get_caller_identity()["Arn"]
    assert (
        who
        == {
            "AssumeRole": "arn:aws:sts::123456789012:assumed-role/xaccounts3access/s3-access-example",
            "AssumeRoleWithSAML": "arn:aws:sts::123456789012:assumed-role/TestSaml/SamlExample",
            "AssumeRoleWithWebIdentity": "arn:aws:sts::123456789012:assumed-role/GitHubDeploy/deploy",
            "AssumeRoot": "arn:aws:iam::111122223333:root",
            "GetFederationToken": "arn:aws:sts::123456789012:federated-user/Bob",
        }[operation]
    )


def as_session(world: World, credentials: dict[str, Any], **options: Any) -> Any:
    return world.client(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        **options,
    )


def test_a_role_of_another_account(world: World) -> None:
    answer = world.client("broker").assume_role(RoleArn=S3, RoleSessionName="s3-access-example")
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/xaccounts3access/s3-access-example"


def refused(client: Any, exception: str, method: str, **parameters: Any) -> str:
    """Call *method*, which must raise the client's own *exception*, and return AWS's message."""
    with pytest.raises(getattr(client.exceptions, exception)) as caught:
        getattr(client, method)(**parameters)
    error: dict[str, str] = caught.value.response["Error"]
    assert error["Type"] == "Sender"
    return error["Message"]


def web_identity(world: World, exception: str, *, later: timedelta = timedelta(0), audience: str = "", **more: str) -> None:
    token = world.github.token(at=datetime.now(UTC) + later, audience=audience)
    call = {"RoleArn": DEPLOY, "RoleSessionName": "deploy", "WebIdentityToken": token, **more}
    refused(world.client(config=UNSIGNED_CONFIG), exception, "assume_role_with_web_identity", **call)


def used_twice(world: World, exception: str) -> None:
    client, call = world.client(config=UNSIGNED_CONFIG), CALLS["AssumeRoleWithSAML"](world)
    client.assume_role_with_saml(**call)
    refused(client, exception, "assume_role_with_saml", **call)


def longer_than_its_session(world: World, exception: str) -> None:
    client = as_session(world, world.client().get_session_token(DurationSeconds=900)["Credentials"])
    refused(client, exception, "get_web_identity_token", Audience=AUDIENCES, SigningAlgorithm="RS256", DurationSeconds=3600)


def too_much(world: World, exception: str, method: str, **call: Any) -> None:
    tags = [{"Key": f"key-{number}", "Value": os.urandom(128).hex()} for number in range(50)]
    refused(world.client(), exception, method, Tags=tags, **call)


UNSIGNED_CONFIG = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
REFUSALS: dict[str, Callable[[World, str], object]] = {
    "ExpiredTokenException": lambda world, name: web_identity(world, name, later=timedelta(days=-1)),
    "ExpiredTradeInTokenException": lambda world, name: refused(
        world.client(), name, "get_delegated_access_token", TradeInToken=f"{TRADE_IN}-ended"
    ),
    "IDPRejectedClaimException": used_twice,
    "InvalidAuthorizationMessageException": lambda world, name: refused(
        world.client(), name, "decode_authorization_message", EncodedMessage="garbage"
    ),
    "InvalidIdentityTokenException": lambda world, name: web_identity(world, name, audience="https://api.example.com"),
    "JWTPayloadSizeExceededException": lambda world, name: too_much(
        world, name, "get_web_identity_token", Audience=["x" * 1000] * 10, SigningAlgorithm="RS256"
    ),
    "MalformedPolicyDocumentException": lambda world, name: web_identity(world, name, Policy="{}"),
    "OutboundWebIdentityFederationDisabledException": lambda world, name: refused(
        world.client("broker"), name, "get_web_identity_token", Audience=AUDIENCES, SigningAlgorithm="RS256"
    ),
    "PackedPolicyTooLargeException": lambda world, name: too_much(world, name, "get_federation_token", Name="Bob"),
    "SessionDurationEscalationException": longer_than_its_session,
}
NEVER_OFFLINE = {"IDPCommunicationErrorException", "RegionDisabledException"}


@pytest.mark.parametrize("exception", REFUSALS)
def test_refusals_are_the_modelled_exceptions(world: World, exception: str) -> None:
    REFUSALS[exception](world, exception)


def test_these_are_all_modelled_exceptions() -> None:
    assert {shape.name for shape in SERVICE.error_shapes} == REFUSALS.keys() | NEVER_OFFLINE


def test_several_violations_come_in_one_message(world: World) -> None:
    wrong = {"RoleArn": S3, "RoleSessionName": "no spaces", "ExternalId": "öö", "TokenCode": "12345x"}
    message = refused(world.client(), "ClientError", "assume_role", **wrong)
    assert message.startswith("3 validation errors detected: Value 'no spaces' at 'roleSessionName' failed to satisfy constraint: ")


def test_a_presigned_identity_as_clusters_take_it(world: World) -> None:
    """What `aws eks get-token` makes: a URL for a minute that also signs the name of the cluster."""
    client = as_session(world, call(world, "AssumeRole")[0]["Credentials"])

    def name_cluster(request: Any, **_: object) -> None:
        request.headers["x-k8s-aws-id"] = "cluster-1"

    client.meta.events.register("before-sign.sts.GetCallerIdentity", name_cluster)
    url = client.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    headers = {"Accept": "application/json", "x-k8s-aws-id": "cluster-1"}
    answer = urllib3.request("GET", url, headers=headers, timeout=10, retries=False)
    result = answer.json()["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    assert result["Arn"] == "arn:aws:sts::123456789012:assumed-role/xaccounts3access/s3-access-example"
    other = urllib3.request("GET", url, headers={**headers, "x-k8s-aws-id": "cluster-2"}, timeout=10, retries=False)
    assert (other.status, other.json()["Error"]["Code"]) == (403, "SignatureDoesNotMatch")


def test_a_signed_request_as_vaults_take_it(world: World) -> None:
    """A client signs the call and hands it over unsent; the vault sends it. The signed name of the vault keeps it from use elsewhere."""
    keys = world.keys("default")
    request = AWSRequest(
        "POST",
        world.server.url + "/",
        data="Action=GetCallerIdentity&Version=2011-06-15",
        headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "X-Vault-AWS-IAM-Server-ID": "vault.example.com",
            "Accept": "application/json",
        },
    )
    SigV4Auth(Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"]), "sts", "us-east-1").add_auth(request)
    handed = request.prepare()
    sent = {"body": handed.body, "timeout": 10, "retries": False}
    answer = urllib3.request("POST", handed.url, headers=handed.headers, **sent)
    assert answer.json()["GetCallerIdentityResponse"]["GetCallerIdentityResult"]["Arn"] == "arn:aws:iam::123456789012:user/DevAdmin"
    elsewhere = {**handed.headers, "X-Vault-AWS-IAM-Server-ID": "other.example.com"}
    other = urllib3.request("POST", handed.url, headers=elsewhere, **sent)
    assert (other.status, other.json()["Error"]["Code"]) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_the_token_of_an_account_is_verified_by_what_the_server_publishes(world: World, algorithm: str) -> None:
    client = world.client()
    token = client.get_web_identity_token(Audience=AUDIENCES[:1], SigningAlgorithm=algorithm)["WebIdentityToken"]
    discovery = urllib3.request("GET", f"{world.server.url}/.well-known/openid-configuration", timeout=10).json()
    path = discovery["jwks_uri"].removeprefix(discovery["issuer"])
    keys = PyJWKClient(f"{world.server.url}{path}", timeout=10)
    key = keys.get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=[algorithm], audience=AUDIENCES[0], issuer=discovery["issuer"])
    assert claims["sub"] == "arn:aws:iam::123456789012:user/DevAdmin"
    provider = OidcProvider.from_documents(discovery=discovery, jwks=keys.fetch_data(), client_ids=AUDIENCES[:1])
    assert validate(token, provider, at=datetime.now(UTC)).subject == claims["sub"]
    with pytest.raises(FederationError) as refusal:
        validate(token, provider, at=datetime.now(UTC) + timedelta(hours=1))
    assert refusal.value.check == "exp"


def test_calls_are_audited_without_their_secrets(world: World) -> None:
    answer, _ = call(world, "AssumeRoleWithSAML")
    audit = world.examples.root.parent / "audit.jsonl"
    deadline = time.monotonic() + 5
    while "SamlExample" not in audit.read_text("utf-8") and time.monotonic() < deadline:
        time.sleep(0.05)
    written = audit.read_text("utf-8") + world.server.log.read_text("utf-8")
    assert "SamlExample" in written
    for secret in (answer["Credentials"]["SecretAccessKey"], answer["Credentials"]["SessionToken"]):
        assert secret not in written
