"""IAM's Query interface at the endpoint: routing by version, signatures for the service, XML and JSON, events."""

import json
from pathlib import Path
from typing import Any

import botocore.session  # type: ignore[import-untyped]
import pytest
from botocore.parsers import QueryParser  # type: ignore[import-untyped]

from federation.server.endpoint import Endpoint
from federation.server.messages import LoggedResponse
from federation.state import AuditEvent
from tests.support.iam import AT, TRUST, Iam, allow
from tests.support.sigv4 import signed_request
from tests.support.world import ACCOUNT

MODEL = botocore.session.get_session().get_service_model("iam")
VERSION = "2010-05-08"
NEW = {"RoleName": "New", "AssumeRolePolicyDocument": TRUST}


class Events(list[AuditEvent]):
    def record(self, event: AuditEvent) -> None:
        self.append(event)


class Wire:
    """An endpoint of a new account, and the key of its user Alice, who may do everything."""

    def __init__(self, path: Path) -> None:
        self.events = Events()
        self.iam = Iam(path, audit=self.events)
        self.user = self.iam.user("Alice", allow("*"))
        self.key = self.iam.key("Alice")
        self.endpoint = Endpoint(self.iam.service.sts, iam=self.iam.service)

    def __call__(self, action: str, *, service: str = "iam", version: str = VERSION, accept: str = "", **parameters: str) -> LoggedResponse:
        request = signed_request(
            {"Action": action, "Version": version, **parameters},
            key_id=self.key.id,
            secret=self.key.secret,
            service=service,
            at=AT,
            more=(("accept", accept),) if accept else (),
        )
        return self.endpoint.answer(request, at=AT)


@pytest.fixture
def wire(tmp_path: Path) -> Wire:
    return Wire(tmp_path)


def parsed(answer: LoggedResponse, operation: str) -> Any:
    response = answer.response
    raw = {"body": response.body, "headers": dict(response.headers()), "status_code": response.status}
    return QueryParser().parse(raw, MODEL.operation_model(operation).output_shape)


def test_a_role_is_created_as_botocore_reads_it(wire: Wire) -> None:
    answer = wire("CreateRole", **NEW, **{"Tags.member.1.Key": "a", "Tags.member.1.Value": "ü"})
    assert answer.response.status == 200
    assert (answer.operation, answer.principal) == ("CreateRole", wire.user)
    assert answer.response.body.startswith(
        b'<CreateRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateRoleResult><Role>'
    )
    role = parsed(answer, "CreateRole")["Role"]
    assert role["Tags"] == [{"Key": "a", "Value": "ü"}]
    assert role["CreateDate"] == AT.replace(microsecond=0)
    assert role["AssumeRolePolicyDocument"].startswith("%7B%22Version%22%3A%222012-10-17%22")


def test_an_operation_without_a_result_has_no_result_element(wire: Wire) -> None:
    wire("CreateRole", **NEW)
    body = wire("DeleteRole", RoleName="New").response.body
    assert body.startswith(b'<DeleteRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata>')


def test_an_empty_result_has_an_element(wire: Wire) -> None:
    wire("CreateRole", **NEW)
    answer = wire("UpdateRole", RoleName="New", MaxSessionDuration="3700")
    assert b"<UpdateRoleResult></UpdateRoleResult>" in answer.response.body
    assert parsed(answer, "UpdateRole").keys() == {"ResponseMetadata"}


def test_lists_and_booleans(wire: Wire) -> None:
    wire("CreateRole", **NEW)
    answer = parsed(wire("ListRoles"), "ListRoles")
    assert [role["RoleName"] for role in answer["Roles"]] == ["New"]
    assert answer["IsTruncated"] is False


def test_json_where_the_client_asks_for_it(wire: Wire) -> None:
    answer = wire("CreateRole", accept="application/json", **NEW)
    role = json.loads(answer.response.body)["CreateRoleResponse"]["CreateRoleResult"]["Role"]
    assert (role["RoleName"], role["CreateDate"]) == ("New", int(AT.timestamp()))
    refusal = wire("CreateRole", accept="application/json", **NEW)
    assert json.loads(refusal.response.body)["Error"]["Code"] == "EntityAlreadyExists"


def test_a_refusal_has_the_namespace_of_iam(wire: Wire) -> None:
    answer = wire("GetRole", RoleName="Nobody")
    assert answer.response.status == 404
    assert answer.response.body.startswith(b'<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>')
    assert (answer.code, answer.check) == ("NoSuchEntity", "account")


@pytest.mark.parametrize(
    ("action", "version", "service"),
    [("ListRoles", VERSION, "sts"), ("GetCallerIdentity", "2011-06-15", "iam"), ("ListRoles", VERSION, "s3")],
)
def test_a_request_signed_for_another_service_is_refused(wire: Wire, action: str, version: str, service: str) -> None:
    answer = wire(action, version=version, service=service)
    assert (answer.code, answer.check, answer.response.status) == ("SignatureDoesNotMatch", "credential-scope", 403)


def test_sts_is_served_beside_iam_and_sees_what_iam_made(wire: Wire) -> None:
    wire("CreateRole", **NEW)
    role = f"arn:aws:iam::{ACCOUNT}:role/New"
    answer = wire("AssumeRole", version="2011-06-15", service="sts", RoleArn=role, RoleSessionName="now")
    assert answer.response.status == 200


@pytest.mark.parametrize("action", ["AssumeRole", "CreateLoginProfile", "createRole", "x\n"])
def test_an_operation_that_is_not_served(wire: Wire, action: str) -> None:
    answer = wire(action)
    assert (answer.code, answer.check, answer.response.status) == ("InvalidAction", "action", 400)
    assert "CreateRole" in answer.refusal


def test_an_operation_of_iam_has_its_version(wire: Wire) -> None:
    assert wire("ListRoles", version="2011-06-15").check == "action"
    assert wire("ListRoles", version="2010-05-09").code == "InvalidAction"


def test_without_iam_its_version_is_unknown(wire: Wire) -> None:
    request = signed_request({"Action": "ListRoles", "Version": VERSION}, key_id=wire.key.id, secret=wire.key.secret, service="iam")
    assert Endpoint(wire.iam.service.sts).answer(request, at=AT).code == "InvalidAction"


def test_every_call_is_signed(wire: Wire) -> None:
    request = signed_request({"Action": "ListRoles", "Version": VERSION}, key_id=wire.key.id, secret=wire.key.secret, service="iam")
    headers = tuple(pair for pair in request.headers if pair[0] != "authorization")
    answer = wire.endpoint.answer(type(request)("POST", "/", "", headers, request.body), at=AT)
    assert (answer.code, answer.response.status) == ("MissingAuthenticationToken", 403)


def test_the_event_of_a_change(wire: Wire) -> None:
    wire("CreateRole", **NEW, **{"Tags.member.1.Key": "a", "Tags.member.1.Value": "b"})
    event = wire.events[-1].as_dict()
    assert (event["eventSource"], event["eventName"], event["readOnly"]) == ("iam.amazonaws.com", "CreateRole", False)
    assert event["requestParameters"] == {
        "roleName": "New",
        "assumeRolePolicyDocument": TRUST,
        "tags": [{"key": "a", "value": "b"}],
    }
    assert event["responseElements"]["role"]["arn"] == f"arn:aws:iam::{ACCOUNT}:role/New"
    assert event["responseElements"]["role"]["tags"] == [{"key": "a", "value": "b"}]
    assert event["userIdentity"]["userName"] == "Alice"


def test_the_events_of_a_reading_and_of_a_refused_call(wire: Wire) -> None:
    wire("ListRoles")
    event = wire.events[-1].as_dict()
    assert (event["eventName"], event["readOnly"], event["responseElements"]) == ("ListRoles", True, None)
    wire("DeleteRole", RoleName="Nobody")
    event = wire.events[-1].as_dict()
    assert (event["errorCode"], event["federation"]["outcome"], event["readOnly"]) == ("NoSuchEntity", "refused", False)
