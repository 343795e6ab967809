"""Requests as boto3's own client builds, signs and would send them, taken off before the wire."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse  # type: ignore[import-untyped]

from federation.sts.sigv4 import SignedRequest, verify

AT = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)
KEY, SECRET, TOKEN = "ASIAQNZGKIQY56JQ7WML", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2VjEXAMPLE+/=="


@pytest.fixture
def sts() -> Iterator[Any]:
    client = boto3.client("sts", region_name="eu-central-1", aws_access_key_id=KEY, aws_secret_access_key=SECRET, aws_session_token=TOKEN)
    with patch("botocore.auth.get_current_datetime", return_value=AT.replace(tzinfo=None)):
        yield client


def judge(method: str, url: str, headers: list[tuple[str, str | bytes]], body: bytes) -> str | None:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = SignedRequest.of(method=method, target=target, headers=[("Host", parts.netloc), *headers], body=body)
    verified = verify(request, secret_of=lambda key, _token: SECRET if key == KEY else None, at=AT, regions={"eu-central-1"})
    return verified.session_token


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("get_caller_identity", {}),
        (
            "assume_role",
            {"RoleArn": "arn:aws:iam::123456789012:role/a", "RoleSessionName": "session", "Tags": [{"Key": "k ü", "Value": "v+&="}]},
        ),
        ("get_session_token", {"DurationSeconds": 900, "SerialNumber": "arn:aws:iam::123456789012:mfa/ana", "TokenCode": "123456"}),
    ],
)
def test_an_operation_called_by_boto3_verifies(sts: Any, operation: str, parameters: dict[str, Any]) -> None:
    seen: list[str | None] = []

    def intercept(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        seen.append(judge(request.method, request.url, list(request.headers.items()), request.body.encode()))
        response = AWSResponse(request.url, 200, {}, None)
        result = "".join(word.capitalize() for word in operation.split("_")) + "Result"
        response._content = f"<Response><{result}/></Response>".encode()
        return response

    sts.meta.events.register("before-send.sts", intercept)
    getattr(sts, operation)(**parameters)
    assert seen == [TOKEN]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_url_presigned_by_boto3_verifies(sts: Any, method: str) -> None:
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod=method)
    assert judge(method, url, [], b"") == TOKEN
