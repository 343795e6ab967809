"""What we write is what botocore reads."""

import json
from datetime import timedelta, timezone
from typing import Any

import botocore.session  # type: ignore[import-untyped]
import pytest
from botocore.parsers import QueryParser  # type: ignore[import-untyped]

from federation.errors import AccessDenied, AccountFault, FederationError, InternalFailure, InvalidIdentityToken
from federation.server.messages import Response
from federation.server.render import JSON, XML, accepted_type, render_refusal, render_result
from federation.sts.catalogue import OPERATIONS, Operation
from tests.support.world import CALLED

MODEL = botocore.session.get_session().get_service_model("sts")
REQUEST_ID = "01234567-89ab-cdef-0123-456789abcdef"
MOMENT = CALLED
AWKWARD = "a<b>&\"' ]]> é 漢 \U0001f600 \t\r\n end "


def parsed(response: Response, operation: str) -> Any:
    raw = {"body": response.body, "headers": dict(response.headers()), "status_code": response.status}
    return QueryParser().parse(raw, MODEL.operation_model(operation).output_shape)


def sample(shape: Any, operation: Operation, text: str) -> Any:
    """Something of every member that the service model lets an answer have."""
    if shape.type_name == "structure":
        return {name: sample(member, operation, f"{text}{name}") for name, member in shape.members.items()}
    if shape.type_name == "timestamp":
        return MOMENT if operation.precision == "milliseconds" else MOMENT.replace(microsecond=0)
    return 42 if shape.type_name == "integer" else text


def result_of(operation: Operation) -> Any:
    return sample(MODEL.operation_model(operation.name).output_shape, operation, AWKWARD)


def fail(**more: Any) -> FederationError:
    return AccessDenied(check="trust-policy", expected="e", found="f", remedy="r", **more)


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=lambda row: row.name)
def test_a_result_arrives_whole(row: Operation) -> None:
    result = result_of(row)
    response = render_result(row.name, result, precision=row.precision, content_type=XML, request_id=REQUEST_ID)
    answer = parsed(response, row.name)
    metadata = answer.pop("ResponseMetadata")
    assert answer == result
    assert metadata["RequestId"] == REQUEST_ID
    assert (response.status, response.content_type) == (200, "text/xml")


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=lambda row: row.name)
def test_the_json_of_a_result(row: Operation) -> None:
    result = result_of(row)
    response = render_result(row.name, result, precision=row.precision, content_type=JSON, request_id=REQUEST_ID)
    document = json.loads(response.body)[f"{row.name}Response"]
    assert document["ResponseMetadata"] == {"RequestId": REQUEST_ID}
    assert set(document[f"{row.name}Result"]) == set(result)


def test_the_json_of_an_identity_is_the_one_products_verify() -> None:
    row = OPERATIONS["GetCallerIdentity"]
    identity = {"UserId": "AIDA", "Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/DevAdmin"}
    body = render_result(row.name, identity, content_type=JSON, request_id=REQUEST_ID).body
    assert json.loads(body) == {
        "GetCallerIdentityResponse": {"GetCallerIdentityResult": identity, "ResponseMetadata": {"RequestId": REQUEST_ID}}
    }


def test_instants_are_written_as_sts_writes_them() -> None:
    noon = MOMENT.astimezone(timezone(timedelta(hours=2)))
    session = {"Credentials": {"Expiration": noon}}
    xml = render_result("GetSessionToken", session, content_type=XML, request_id=REQUEST_ID).body
    assert b"<Expiration>2026-11-24T12:00:30Z</Expiration>" in xml
    token = {"Expiration": noon}
    xml = render_result("GetWebIdentityToken", token, precision="milliseconds", content_type=XML, request_id=REQUEST_ID).body
    assert b"<Expiration>2026-11-24T12:00:30.250Z</Expiration>" in xml
    as_json = render_result("GetSessionToken", session, content_type=JSON, request_id=REQUEST_ID).body
    assert json.loads(as_json)["GetSessionTokenResponse"]["GetSessionTokenResult"]["Credentials"]["Expiration"] == int(MOMENT.timestamp())


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_what_xml_cannot_say_leaves_it_well_formed(character: str) -> None:
    row = OPERATIONS["GetAccessKeyInfo"]
    response = render_result(row.name, {"Account": f"a{character}b"}, content_type=XML, request_id=REQUEST_ID)
    assert parsed(response, row.name)["Account"] == "a\ufffdb"
    response = render_refusal(fail(message=f"a{character}b"), content_type=XML, request_id=REQUEST_ID)
    assert parsed(response, row.name)["Error"]["Message"] == "a\ufffdb"


def test_a_refusal_is_the_senders() -> None:
    response = render_refusal(fail(message="Not authorized to perform sts:AssumeRoleWithSAML"), content_type=XML, request_id=REQUEST_ID)
    answer = parsed(response, "AssumeRoleWithSAML")
    assert response.status == 403
    assert answer["Error"] == {"Type": "Sender", "Code": "AccessDenied", "Message": "Not authorized to perform sts:AssumeRoleWithSAML"}
    assert answer["ResponseMetadata"]["RequestId"] == REQUEST_ID
    assert dict(response.headers())["x-amzn-requestid"] == REQUEST_ID


def test_a_refusal_in_json() -> None:
    refusal = InvalidIdentityToken(check="signature", expected="e", found="f", remedy="r", message="Response signature invalid")
    response = render_refusal(refusal, content_type=JSON, request_id=REQUEST_ID)
    assert json.loads(response.body) == {
        "Error": {"Type": "Sender", "Code": "InvalidIdentityToken", "Message": "Response signature invalid"},
        "RequestId": REQUEST_ID,
    }


@pytest.mark.parametrize(
    "fault",
    [
        InternalFailure(check="internal", expected="e", found="ValueError at x.py:1", remedy="r", message="secret"),
        AccountFault(file="roles/secret.json", path="$", expected="e", found="secret", remedy="r"),
    ],
)
def test_a_fault_of_ours_tells_nothing(fault: FederationError) -> None:
    for content_type in (XML, JSON):
        response = render_refusal(fault, content_type=content_type, request_id=REQUEST_ID)
        assert response.status == 500
        assert b"secret" not in response.body
        assert b"InternalFailure" in response.body
    assert b"Receiver" in response.body


@pytest.mark.parametrize(
    ("accept", "expected"),
    [("", XML), ("*/*", XML), ("application/json", JSON), ("Application/JSON; q=1, */*", JSON), ("text/html,application/json", XML)],
)
def test_the_first_accepted_type_decides(accept: str, expected: str) -> None:
    assert accepted_type(accept) == expected
