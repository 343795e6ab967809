"""The journeys of docs/architecture.md are made, and each door is where the page says."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import CodeType
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner, Result

from federation import engines, limits
from federation.cli.main import cli
from federation.saml import parsing
from federation.server.access_log import AccessLog
from federation.server.app import Application
from federation.server.endpoint import Endpoint
from federation.server.messages import LoggedResponse, Request
from federation.state import JsonLinesAudit
from federation.sts.service import SecurityTokenService
from tests.support.journeys import Door, follow, journeys
from tests.support.paths import REPOSITORY
from tests.support.sigv4 import signed_request
from tests.support.sts import callers, saml_login
from tests.support.world import JUDGED_TEXT

JOURNEYS = journeys()
SAML, HTTP = "A SAML response through `assume_role_with_saml`", "An HTTP AssumeRole to credentials and event"
EXPLAIN = "A refused GitHub token through `federation explain`"
PAGE = "A pasted token on the page"
DOORS = [pytest.param(door, id=door.function) for doors in JOURNEYS.values() for door in doors]


@pytest.mark.parametrize("door", DOORS)
def test_every_function_and_type_is_where_the_page_says(door: Door) -> None:
    assert door.code.co_name == door.function.rpartition(".")[2]
    assert door.hands_on == "" or door.type.__name__ in door.hands_on


def test_a_saml_response(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing._own, "strange", limits.XML_STRANGE_OCTETS)  # as after a suite of hostile documents
    monkeypatch.setattr(engines, "_chosen", {"propose": None})  # the journey is that of the Python engine
    sts = saml_login.World(service={"audit": JsonLinesAudit(tmp_path / "audit.jsonl")}).sts
    token = saml_login.mint()

    wrong = follow(
        JOURNEYS[SAML],
        lambda: sts.assume_role_with_saml(
            role_arn=saml_login.ROLE, principal_arn=saml_login.PROVIDER, saml_assertion=token, at=saml_login.AT
        ),
    )

    assert wrong == [], f"correct the journey in docs/architecture.md: {SAML}"
    assert event_of(tmp_path)["eventName"] == "AssumeRoleWithSAML"


class Pinned(Endpoint):
    """Answers at the instant at which the request is signed."""

    def answer(self, request: Request, *, at: datetime | None = None) -> LoggedResponse:
        assert at is None
        return super().answer(request, at=callers.AT)


@dataclass
class Headers:
    pairs: list[tuple[str, str]]

    def items(self) -> list[tuple[str, str]]:
        return self.pairs


@dataclass
class Client:
    """A client and its one request, as RSGI shows them."""

    request: Request
    query_string: str = ""
    client: str = "127.0.0.1:50000"
    authority: str | None = None
    method: str = "POST"
    path: str = "/"
    sent: bytes = b""
    status: int = 0
    headers: Headers = field(init=False)

    def __post_init__(self) -> None:
        self.headers = Headers([*self.request.headers, ("content-length", str(len(self.request.body)))])

    async def __call__(self) -> bytes:
        return self.request.body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.request.body

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        del headers
        self.status, self.sent = status, body


def test_an_http_request(tmp_path: Path) -> None:
    service = callers.service(audit=JsonLinesAudit(tmp_path / "audit.jsonl"))
    client = Client(signed_request({"Action": "AssumeRole", "RoleArn": callers.ROLE, "RoleSessionName": "job-7"}))

    with Path(os.devnull).open("w") as nowhere:
        application = Application(lambda: Pinned(service), AccessLog(nowhere.fileno()))
        wrong = follow(JOURNEYS[HTTP], lambda: asyncio.run(application(client, client)))

    assert (client.status, b"<SessionToken>" in client.sent) == (200, True)
    assert wrong == [], f"correct the journey in docs/architecture.md: {HTTP}"
    assert event_of(tmp_path)["eventName"] == "AssumeRole"


def test_a_refused_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    words = ["explain", "fixtures/oidc/github-branch.jwt", "--account", "fixtures/account", "--at", JUDGED_TEXT]
    words += ["--role-arn", "arn:aws:iam::123456789012:role/GitHubDeploy"]
    printed: list[Result] = []

    wrong = follow(JOURNEYS[EXPLAIN], lambda: printed.append(CliRunner(env={"NO_COLOR": "1"}).invoke(cli, words)))

    assert (printed[0].exit_code, "refused: trust-policy" in printed[0].stdout) == (1, True)
    assert wrong == [], f"correct the journey in docs/architecture.md: {EXPLAIN}"


def test_a_pasted_token() -> None:
    endpoint = Endpoint(SecurityTokenService.open(REPOSITORY / "fixtures" / "account"))
    body = urlencode({"pasted": (REPOSITORY / "fixtures" / "oidc" / "github-branch.jwt").read_text("ascii")}).encode()
    headers = (("content-type", "application/x-www-form-urlencoded"), ("host", "localhost"))
    answered: list[LoggedResponse] = []

    wrong = follow(JOURNEYS[PAGE], lambda: answered.append(endpoint.answer(Request("POST", "/page", "", headers, body))))

    assert (answered[0].response.status, b"refused: trust-policy" in answered[0].response.body) == (200, True)
    assert wrong == [], f"correct the journey in docs/architecture.md: {PAGE}"


def event_of(directory: Path) -> dict[str, object]:
    [line] = (directory / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    event: dict[str, object] = json.loads(line)
    return event


def first() -> None:
    second()


def second() -> int:
    return 2


@pytest.mark.parametrize(
    ("doors", "journey", "said"),
    [
        ([("first", ""), ("second", "int")], first, []),
        ([("second", ""), ("first", "")], first, ["first is entered before the function above it"]),
        ([("first", ""), ("second", "")], second, ["first is never entered"]),
        ([("first", "str")], first, ["first hands on no str"]),
    ],
)
def test_what_is_not_so_is_said(doors: list[tuple[str, str]], journey: Callable[[], object], said: list[str]) -> None:
    class Local(Door):
        @property
        def code(self) -> CodeType:
            code: CodeType = globals()[self.function].__code__
            return code

    assert follow([Local(*door) for door in doors], journey) == said


def test_a_door_that_is_gone_is_named() -> None:
    with pytest.raises(AssertionError, match=r"there is no saml\.decode\.gone"):
        _ = Door("saml.decode.gone", "").code
