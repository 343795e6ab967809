import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import botocore.session  # type: ignore[import-untyped]
import pytest
from botocore.parsers import QueryParser  # type: ignore[import-untyped]

from federation.account import load_account
from federation.errors import SignatureDoesNotMatch
from federation.server.endpoint import Endpoint
from federation.server.hosts import ServedNames
from federation.server.messages import LoggedResponse, Request
from federation.sts.catalogue import OPERATIONS
from federation.sts.operations.assume_role import AssumeRole
from federation.sts.operations.inspection import GetAccessKeyInfo, GetCallerIdentity
from federation.sts.operations.web_identity_token import GetWebIdentityToken
from federation.sts.service import SecurityTokenService
from federation.sts.sigv4.request import SignedRequest
from tests.support.paths import FIXTURES
from tests.support.world import JUDGED

MODEL = botocore.session.get_session().get_service_model("sts")
AT = JUDGED
HOST = ("host", "127.0.0.1:8042")
FORM = (("content-type", "application/x-www-form-urlencoded; charset=utf-8"), HOST)
LOGIN = {
    "RoleArn": "arn:aws:iam::123456789012:role/TestSaml",
    "PrincipalArn": "arn:aws:iam::123456789012:saml-provider/SAML-test",
    "SAMLAssertion": (FIXTURES / "saml" / "documented.b64").read_text(encoding="ascii"),
}


@dataclass
class Answer:
    fields: Mapping[str, Any]

    def to_dict(self) -> Mapping[str, Any]:
        return self.fields


@dataclass
class Caller:
    arn: str = "arn:aws:iam::123456789012:user/DevAdmin"


class Recorder(SecurityTokenService):
    """A service that says what it was asked."""

    def __init__(self) -> None:
        super().__init__(load_account(FIXTURES / "account"))
        self.asked: dict[str, Any] = {}

    def authenticate(
        self, request: SignedRequest, *, at: datetime | None = None, signers_clock: datetime | None = None, service: str = "sts"
    ) -> Any:
        if request.single_header("authorization") is None and b"X-Amz-Signature" not in request.query:
            raise SignatureDoesNotMatch(check="signature", expected="e", found="f", remedy="r", message="no")
        self.asked["request"] = request
        return Caller()

    def assume_role(self, **arguments: Any) -> Any:
        self.asked.update(arguments)
        return Answer({})

    def get_web_identity_token(self, **arguments: Any) -> Any:
        self.asked.update(arguments)
        return Answer({})

    def get_access_key_info(self, **arguments: Any) -> Any:
        raise ValueError(f"a bug that saw {arguments}")

    def get_caller_identity(self, **arguments: Any) -> Any:
        self.asked.update(arguments)
        return Answer({"Account": "123456789012", "Arn": Caller.arn, "UserId": "AIDACKCEVSQ6C2EXAMPLE"})


RECORDED = {
    method.operation: replace(OPERATIONS[method.operation], method=answer)
    for method, answer in (
        (AssumeRole, Recorder.assume_role),
        (GetWebIdentityToken, Recorder.get_web_identity_token),
        (GetAccessKeyInfo, Recorder.get_access_key_info),
        (GetCallerIdentity, Recorder.get_caller_identity),
    )
}


def endpoint_of(service: SecurityTokenService, names: ServedNames | None = None) -> Endpoint:
    return Endpoint(service, names, operations=RECORDED) if isinstance(service, Recorder) else Endpoint(service, names)


def ask(
    service: SecurityTokenService, parameters: Mapping[str, str], *, headers: tuple[tuple[str, str], ...] = (), method: str = "POST"
) -> LoggedResponse:
    body = urlencode({"Version": "2011-06-15", **parameters}).encode()
    request = (
        Request(method, "/", "", (*FORM, *headers), body) if method == "POST" else Request(method, "/", body.decode(), (HOST, *headers))
    )
    return endpoint_of(service).answer(request, at=AT)


def parsed(exchange: LoggedResponse, operation: str) -> Any:
    response = exchange.response
    raw = {"body": response.body, "headers": dict(response.headers()), "status_code": response.status}
    return QueryParser().parse(raw, MODEL.operation_model(operation).output_shape)


SIGNED = (("authorization", "AWS4-HMAC-SHA256 Credential=…"),)


@pytest.fixture
def sts() -> SecurityTokenService:
    return SecurityTokenService.open(FIXTURES / "account")


def test_the_documented_exchange(sts: SecurityTokenService) -> None:
    exchange = ask(sts, {"Action": "AssumeRoleWithSAML", **LOGIN, "Unknown": "ignored"})
    answer = parsed(exchange, "AssumeRoleWithSAML")
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/TestSaml/SamlExample"
    assert answer["Subject"] == "SamlExample"
    assert answer["Credentials"]["Expiration"] == datetime(2026, 11, 24, 13, 0, 30, tzinfo=UTC)
    assert (exchange.operation, exchange.principal, exchange.code) == ("AssumeRoleWithSAML", answer["AssumedRoleUser"]["Arn"], "")
    assert answer["ResponseMetadata"]["RequestId"] == exchange.response.request_id


def test_a_signature_that_nobody_asked_for_is_ignored(sts: SecurityTokenService) -> None:
    assert ask(sts, {"Action": "AssumeRoleWithSAML", **LOGIN}, headers=SIGNED).response.status == 200


def test_a_refusal_explains_itself_to_the_log_alone(sts: SecurityTokenService) -> None:
    exchange = ask(sts, {"Action": "AssumeRoleWithSAML", **LOGIN, "SAMLAssertion": "AAAA"})
    answer = parsed(exchange, "AssumeRoleWithSAML")
    assert answer["Error"]["Code"] == exchange.code == "InvalidIdentityToken"
    assert exchange.response.status == 400
    assert exchange.refusal.startswith(f"InvalidIdentityToken: {exchange.check}: expected ")


def test_missing_parameters_are_refused_by_the_service_all_at_once(sts: SecurityTokenService) -> None:
    answer = parsed(ask(sts, {"Action": "AssumeRoleWithSAML"}), "AssumeRoleWithSAML")
    assert answer["Error"]["Code"] == "ValidationError"
    assert answer["Error"]["Message"].startswith("3 validation errors detected: Value null at 'roleArn'")


def test_arguments_arrive_under_the_names_of_boto3() -> None:
    service = Recorder()
    parameters = {
        "Action": "AssumeRole",
        "RoleArn": "r",
        "DurationSeconds": "0900",
        "Tags.member.1.Key": "k",
        "Tags.member.1.Value": "v",
        "PolicyArns.member.1.arn": "p",
    }
    exchange = ask(service, parameters, headers=SIGNED)
    assert exchange.response.status == 200
    request, origin = service.asked.pop("request"), service.asked.pop("origin")
    assert service.asked == {
        "role_arn": "r",
        "role_session_name": None,
        "duration_seconds": 900,
        "tags": [{"Key": "k", "Value": "v"}],
        "policy_arns": [{"arn": "p"}],
        "caller": Caller(),
        "at": AT,
    }
    assert (request.method, request.path, request.query) == ("POST", b"/", b"")
    assert exchange.principal == Caller.arn
    assert origin.request_id == exchange.response.request_id


def test_a_signed_operation_without_a_signature_is_refused() -> None:
    exchange = ask(Recorder(), {"Action": "GetCallerIdentity"})
    assert (exchange.response.status, exchange.code, exchange.principal) == (403, "SignatureDoesNotMatch", "")


def test_a_presigned_identity() -> None:
    service = Recorder()
    exchange = ask(service, {"Action": "GetCallerIdentity", "X-Amz-Signature": "00"}, method="GET")
    assert parsed(exchange, "GetCallerIdentity")["Arn"] == Caller.arn
    assert service.asked["request"].query == b"Version=2011-06-15&Action=GetCallerIdentity&X-Amz-Signature=00"
    assert set(service.asked) == {"request", "caller", "at", "origin"}


@pytest.mark.parametrize(
    ("parameters", "check", "code", "message"),
    [
        ({"Action": "Nope"}, "action", "InvalidAction", "Could not find operation Nope for version 2011-06-15"),
        ({"Action": "getcalleridentity"}, "action", "InvalidAction", "Could not find operation getcalleridentity for version 2011-06-15"),
        ({"Action": "AssumeRoot"}, "action", "InvalidAction", "Could not find operation AssumeRoot for version 2011-06-15"),
        ({"Action": "AssumeRole", "Version": "2010-05-08"}, "version", "InvalidAction", None),
        ({"Action": "AssumeRole", "Version": ""}, "version", "InvalidAction", None),
        ({"Action": ""}, "action", "MissingAction", "The request is missing an action or a required parameter."),
        ({}, "action", "MissingAction", "The request is missing an action or a required parameter."),
    ],
)
def test_an_operation_that_is_not_served(parameters: dict[str, str], check: str, code: str, message: str | None) -> None:
    exchange = ask(Recorder(), parameters)
    assert (exchange.check, exchange.code, exchange.response.status) == (check, code, 400)
    if message is not None:
        assert message in exchange.response.body.decode()


def test_a_request_without_a_version() -> None:
    exchange = endpoint_of(Recorder()).answer(Request("POST", "/", "", FORM, b"Action=AssumeRole"), at=AT)
    assert b"Could not find operation AssumeRole for version NO_VERSION_SPECIFIED" in exchange.response.body


@pytest.mark.parametrize("host", ["sts.amazonaws.com", "STS.amazonaws.com:443"])
def test_the_global_endpoint_refuses_what_is_regional(host: str) -> None:
    parameters = {"Action": "GetWebIdentityToken", "Version": "2011-06-15"}
    request = Request("POST", "/", "", (FORM[0], ("host", host), *SIGNED), urlencode(parameters).encode())
    exchange = endpoint_of(Recorder()).answer(request, at=AT)
    assert (exchange.code, exchange.check) == ("InvalidAction", "global-endpoint")
    assert b"Operation not supported on STS global endpoint" in exchange.response.body


def test_a_bug_is_answered_without_detail() -> None:
    exchange = ask(Recorder(), {"Action": "GetAccessKeyInfo", "AccessKeyId": "s3cr3t"}, headers=SIGNED)
    assert (exchange.response.status, exchange.code) == (500, "InternalFailure")
    assert b"s3cr3t" not in exchange.response.body
    assert "s3cr3t" not in exchange.refusal
    assert re.search(r"ValueError at test_endpoint\.py:\d+", exchange.refusal)


@pytest.mark.parametrize(("method", "path"), [("POST", "/x"), ("PUT", "/"), ("get", "/"), ("GET", "//"), ("POST", "/health"), ("POST", "")])
def test_what_has_no_route(method: str, path: str) -> None:
    exchange = endpoint_of(Recorder()).answer(Request(method, path, "Action=GetCallerIdentity", (HOST,)), at=AT)
    assert (exchange.response.status, exchange.code, exchange.check) == (404, "UnknownOperationException", "route")


class Issuer(Recorder):
    """A service that publishes what verifies its web identity tokens."""

    def outbound_documents(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"issuer": "https://issuer.example.com"}, {"keys": []}


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/.well-known/openid-configuration", b'{"issuer":"https://issuer.example.com"}'),
        ("/.well-known/jwks.json", b'{"keys":[]}'),
    ],
)
def test_an_issuer_publishes_its_documents_and_nobody_else_does(path: str, document: bytes) -> None:
    response = endpoint_of(Issuer()).answer(Request("GET", path, "", (HOST,))).response
    assert (response.status, response.content_type, response.body) == (200, "application/json", document)
    assert endpoint_of(Issuer()).answer(Request("POST", path, "", (HOST,))).check == "route"
    assert endpoint_of(Recorder()).answer(Request("GET", path, "", (HOST,))).check == "route"


def test_health() -> None:
    response = endpoint_of(Recorder()).answer(Request("GET", "/health", "", (HOST,))).response
    assert (response.status, response.content_type, response.body) == (200, "application/json", b'{"status":"ok"}')


def test_json_where_it_is_asked_for(sts: SecurityTokenService) -> None:
    exchange = ask(sts, {"Action": "AssumeRoleWithSAML", **LOGIN}, headers=(("accept", "application/json"),))
    assert exchange.response.content_type == "application/json"
    assert exchange.response.body.startswith(
        b'{"AssumeRoleWithSAMLResponse":{"AssumeRoleWithSAMLResult":{"Credentials":{"AccessKeyId":"ASIA'
    )
