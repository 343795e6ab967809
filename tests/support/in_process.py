"""boto3's own clients at an endpoint in this process: they sign, send and parse as ever, and no socket is opened."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3  # type: ignore[import-untyped]
from botocore import UNSIGNED  # type: ignore[import-untyped]
from botocore.awsrequest import AWSPreparedRequest, AWSResponse  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from federation.account.live import StoredAccount
from federation.account.writing.credentials import create_access_key
from federation.account.writing.users import add_user
from federation.iam.service import IdentityAndAccessManagement
from federation.server.endpoint import Endpoint
from federation.server.messages import Request

EVERYTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
ADMIN = "Admin"
URL = "http://localhost"


class Raw(io.BytesIO):
    """A body as urllib3 hands it out."""

    def stream(self, **_: object) -> list[bytes]:
        return [self.read()]


@dataclass(frozen=True)
class Refused:
    """What a client is told: AWS's code, the status and AWS's text."""

    code: str
    status: int
    message: str


class InProcess:
    """A new account without a directory, its endpoint, and the clients of its user Admin, who may do everything."""

    def __init__(self) -> None:
        self.live = StoredAccount.in_memory()
        self.service = IdentityAndAccessManagement(self.live)
        self.endpoint = Endpoint(self.service.sts, iam=self.service)
        with self.live.changing() as draft:
            self.admin = add_user(draft, name=ADMIN, policy=EVERYTHING)
            key = create_access_key(draft, user=ADMIN)
        self.iam = self.client("iam", key.id, key.secret)
        self.sts = self.client("sts", key.id, key.secret)

    def client(self, service: str, key: str | None = None, secret: str | None = None, token: str | None = None) -> Any:
        """A client; without a key it does not sign. It sends what its user wrote, valid or not."""
        signature = {} if key else {"signature_version": UNSIGNED}
        client = boto3.client(
            service,
            endpoint_url=URL,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}, **signature),
        )
        client.meta.events.register("before-send", self._answer)
        return client

    def client_of(self, service: str, credentials: Mapping[str, str]) -> Any:
        """A client with the credentials of an access key or of a session."""
        return self.client(service, credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials.get("SessionToken"))

    def _answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        parts = urlsplit(request.url)
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        headers = tuple((name.lower(), value.decode() if isinstance(value, bytes) else value) for name, value in request.headers.items())
        given = Request(request.method, parts.path or "/", parts.query, (*headers, ("host", parts.netloc)), body)
        response = self.endpoint.answer(given).response
        return AWSResponse(request.url, response.status, dict(response.headers()), Raw(response.body))


def refused(client: Any, operation: str, **parameters: Any) -> Refused:
    """The refusal of a call."""
    try:
        getattr(client, operation)(**parameters)
    except ClientError as error:
        told = error.response
        return Refused(told["Error"]["Code"], told["ResponseMetadata"]["HTTPStatusCode"], told["Error"]["Message"])
    raise AssertionError(f"{operation} is granted")


def members(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer without what botocore adds to it."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}
