"""`federation serve --test-control` with two workers: what one request sets holds for the next one at any worker."""

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from federation.account import add_oidc_provider
from tests.support.server import ONE_ATTEMPT, Served, need_server, serve
from tests.support.workbench import GITHUB, ROLE, made, oidc_trust
from tests.support.world import ACCOUNT

MAIN = {"shape": "github", "algorithm": "ES256", "subject": "repo:acme/app:ref:refs/heads/main"}
ASKED = 12
"""Requests, each on a connection of its own: enough that both workers get some."""


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    need_server()
    folder = tmp_path_factory.mktemp("test-control")
    account = made(folder / "account", role=False)
    add_oidc_provider(account, url="https://issuer.example.com", client_ids=["client-a"])
    server = serve(folder / "log", "--test-control", "--workers", "2", account=account)
    yield server
    assert server.stop() == 0


def ask(server: Served, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
    """Ask the control, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    octets = b"" if body is None and method == "GET" else json.dumps({} if body is None else body).encode()
    try:
        connection.request(method, f"/_federation/{path}", octets or None, {"content-type": "application/json", **headers})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def told(server: Served, method: str, path: str, body: object = None) -> Any:
    status, answer = ask(server, method, path, body)
    assert status == 200, answer
    return answer


def client(server: Served, service: str, key: dict[str, str]) -> Any:
    keys = {"aws_access_key_id": key["access_key_id"], "aws_secret_access_key": key["secret_access_key"]}
    return boto3.client(service, endpoint_url=server.url, region_name="us-east-1", config=ONE_ATTEMPT, **keys)


@pytest.fixture
def key(tested: Served) -> dict[str, str]:
    """An access key of an account that is as it was at first, with the role Deploy for GitHub's branch main."""
    told(tested, "POST", "reset")
    found: dict[str, str] = told(tested, "POST", "mint/access-key")
    client(tested, "iam", found).create_role(RoleName="Deploy", AssumeRolePolicyDocument=oidc_trust(GITHUB, MAIN["subject"]))
    return found


def login(server: Served, key: dict[str, str], token: str) -> Any:
    return client(server, "sts", key).assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="job", WebIdentityToken=token)


def test_a_suite_from_iam_to_a_refusal_with_its_cause(tested: Served, key: dict[str, str]) -> None:
    for _ in range(3):
        login(tested, key, told(tested, "POST", "mint/oidc", MAIN)["token"])
    wrong = told(tested, "POST", "mint/oidc", {**MAIN, "subject": "repo:acme/app:ref:refs/heads/feature"})
    with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        login(tested, key, wrong["token"])
    for _ in range(ASKED):
        [event] = told(tested, "GET", "events?refused=true")["events"]
        assert event["federation"]["cause"] == "the token is a GitHub token for branch `feature`; the policy trusts branch `main`"
    names = [event["eventName"] for event in told(tested, "GET", "events?last=100")["events"]]
    assert names[:4] == ["AssumeRoleWithWebIdentity"] * 4
    assert "CreateRole" in names


def test_a_refusal_of_iam_is_told_with_its_cause(tested: Served, key: dict[str, str]) -> None:
    session = login(tested, key, told(tested, "POST", "mint/oidc", {**MAIN, "register_provider": True})["token"])["Credentials"]
    iam = client(tested, "iam", {"access_key_id": session["AccessKeyId"], "secret_access_key": session["SecretAccessKey"]})
    iam._request_signer._credentials.token = session["SessionToken"]
    with pytest.raises(ClientError, match="is not authorized to perform: iam:CreateRole"):
        iam.create_role(RoleName="Second", AssumeRolePolicyDocument="{}")
    [event] = told(tested, "GET", "events?refused=true")["events"]
    assert (event["eventSource"], event["eventName"], event["errorCode"]) == ("iam.amazonaws.com", "CreateRole", "AccessDenied")
    assert event["federation"]["cause"]


def test_a_provider_without_keys_gets_them_put(tested: Served, key: dict[str, str]) -> None:
    minted = told(tested, "POST", "mint/oidc", {"issuer": "https://elsewhere.example.com", "claims": {"iss": "https://issuer.example.com"}})
    with pytest.raises(ClientError) as refusal:
        login(tested, key, minted["token"])
    assert refusal.value.response["Error"]["Code"] == "IDPCommunicationError"
    jwks = told(tested, "GET", "issuers/elsewhere.example.com/jwks")
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/issuer.example.com"
    assert told(tested, "PUT", "jwks?issuer=https://issuer.example.com", jwks) == {"provider_arn": arn}
    for _ in range(ASKED):
        with pytest.raises(ClientError) as refused:
            login(tested, key, minted["token"])
        assert refused.value.response["Error"]["Code"] == "InvalidIdentityToken"  # the audience: the keys are there


def test_a_provider_that_iam_creates_has_the_keys_that_are_known(tested: Served, key: dict[str, str]) -> None:
    minted = told(tested, "POST", "mint/oidc", MAIN)
    assert minted["provider_arn"] == f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    iam = client(tested, "iam", key)
    for _ in range(2):
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=minted["provider_arn"])
        with pytest.raises(ClientError, match="No OpenIDConnect provider found"):
            login(tested, key, minted["token"])
        iam.create_open_id_connect_provider(Url=GITHUB, ClientIDList=["sts.amazonaws.com"])
        login(tested, key, minted["token"])


def test_the_clock_holds_at_every_worker(tested: Served, key: dict[str, str]) -> None:
    told(tested, "PUT", "clock", {"at": "2026-11-24T12:00:00Z"})  # before the last instant below, whatever the calendar says
    token = told(tested, "POST", "mint/oidc", MAIN)["token"]
    session = login(tested, key, token)["Credentials"]
    for instant in ("2031-05-06T07:08:09Z", "2026-11-24T12:00:00Z"):
        told(tested, "PUT", "clock", {"at": instant})
        assert {told(tested, "GET", "clock")["now"] for _ in range(ASKED)} == {instant}
        login(tested, key, told(tested, "POST", "mint/oidc", MAIN)["token"])
    told(tested, "PUT", "clock", {"at": "2031-01-01T00:00:00Z"})
    for _ in range(4):
        with pytest.raises(ClientError) as late:
            login(tested, key, token)
        assert late.value.response["Error"]["Code"] == "ExpiredTokenException"
    of_session = {"access_key_id": session["AccessKeyId"], "secret_access_key": session["SecretAccessKey"]}
    sts = client(tested, "sts", of_session | {})
    sts._request_signer._credentials.token = session["SessionToken"]
    with pytest.raises(ClientError) as ended:
        sts.get_caller_identity()
    assert ended.value.response["Error"]["Code"] == "ExpiredToken"


def test_a_reset_holds_at_every_worker(tested: Served, key: dict[str, str]) -> None:
    name = told(tested, "POST", "snapshot")["name"]
    iam = client(tested, "iam", key)
    iam.delete_role(RoleName="Deploy")
    for _ in range(4):
        with pytest.raises(ClientError):
            client(tested, "iam", key).get_role(RoleName="Deploy")
    told(tested, "POST", "reset", {"name": name})
    for _ in range(4):
        assert client(tested, "iam", key).get_role(RoleName="Deploy")["Role"]["Arn"] == ROLE
    told(tested, "POST", "reset")
    for _ in range(4):
        with pytest.raises(ClientError) as unknown:
            client(tested, "iam", key).list_roles()
        assert unknown.value.response["Error"]["Code"] == "InvalidClientTokenId"


def test_tokens_that_are_minted_at_once_are_all_believed(tested: Served, key: dict[str, str]) -> None:
    def one(number: int) -> str:
        minted = told(tested, "POST", "mint/oidc", {**MAIN, "algorithm": ("RS256", "ES256", "ES384")[number % 3]})
        return str(login(tested, key, minted["token"])["SubjectFromWebIdentityToken"])

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(one, range(ASKED))) == {MAIN["subject"]}
    assert len(told(tested, "GET", "issuers/token.actions.githubusercontent.com/jwks")["keys"]) == 3


@pytest.mark.parametrize(
    ("headers", "check"),
    [
        ({"host": "evil.example.com"}, "host"),
        ({"content-type": "text/plain"}, "content-type"),
        ({"origin": "https://evil.example.com"}, "origin"),
        ({"sec-fetch-site": "cross-site"}, "origin"),
    ],
)
def test_a_browser_cannot_drive_it(tested: Served, headers: dict[str, str], check: str) -> None:
    status, answer = ask(tested, "POST", "reset", {}, **headers)
    assert (status in {400, 403}, answer["error"]["check"]) == (True, check)


@pytest.mark.parametrize(("method", "path"), [("POST", "reset"), ("GET", "clock"), ("GET", "events"), ("POST", "mint/access-key")])
def test_a_server_without_the_option_has_none_of_the_paths(server: Served, method: str, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request(method, f"/_federation/{path}", b"{}" if method == "POST" else None, {"content-type": "application/json"})
    response = connection.getresponse()
    assert (response.status, b"UnknownOperationException" in response.read()) == (404, True)
    connection.close()


def test_a_body_is_taken_from_put_below_the_control_alone(tested: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", tested.port, timeout=30)
    connection.request("PUT", "/", b"{}", {"content-type": "application/json"})
    response = connection.getresponse()
    assert (response.status, response.getheader("connection")) == (400, "close")
    connection.close()
