"""The test control over the endpoint: every path, what it refuses, and who cannot drive it."""

import inspect
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from federation import SecurityTokenService
from federation.account.live import LiveAccount
from federation.server import control_bodies
from federation.server.control import Control
from federation.server.endpoint import Endpoint
from federation.server.messages import Request
from federation.state import MemoryState
from federation.testing.workbench import Workbench
from federation.testing.workbench.identity_providers import IdentityProviders
from federation.testing.workbench.issuers import Issuers
from federation.testing.workbench.projected import Clusters
from tests.support.sigv4 import signed_request
from tests.support.workbench import CLUSTER, GITHUB, ROLE, made
from tests.support.world import ACCOUNT, ISSUED

HOST = ("host", "127.0.0.1:8042")
JSON = ("content-type", "application/json")
MAIN = {"shape": "github", "algorithm": "ES256", "subject": "repo:acme/app:ref:refs/heads/main"}


class Served:
    """An endpoint with test control for an account directory, read anew for each request."""

    def __init__(self, path: Path) -> None:
        self.path, self.state = path, MemoryState()
        self.live = LiveAccount.open(path)
        self.bench = Workbench(self.live, state=self.state)

    @property
    def endpoint(self) -> Endpoint:
        service = SecurityTokenService(self.live.account, audit=self.bench.events, state=self.state)
        return Endpoint(service, control=Control(self.bench))

    def ask(self, method: str, path: str, body: object = b"", *, headers: tuple[tuple[str, str], ...] = (HOST, JSON)) -> tuple[int, Any]:
        octets = body if isinstance(body, bytes) else json.dumps(body).encode()
        bare, _, query = path.partition("?")
        response = self.endpoint.answer(Request(method, f"/_federation/{bare}", query, headers, octets)).response
        if response.content_type != "application/json":
            return response.status, response.body
        return response.status, json.loads(response.body)

    def login(self, token: str) -> tuple[int, str]:
        parameters = {"RoleArn": ROLE, "RoleSessionName": "job", "WebIdentityToken": token}
        form = urlencode({"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", **parameters}).encode()
        headers = (HOST, ("content-type", "application/x-www-form-urlencoded"))
        response = self.endpoint.answer(Request("POST", "/", "", headers, form)).response
        return response.status, response.body.decode()


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(made(tmp_path / "account"))


def test_a_minted_token_logs_in_and_a_wrong_branch_is_explained(served: Served) -> None:
    status, minted = served.ask("POST", "mint/oidc", MAIN)
    assert (status, set(minted)) == (200, {"token", "issuer", "subject", "provider_arn"})
    assert served.login(minted["token"])[0] == 200
    _, other = served.ask("POST", "mint/oidc", {**MAIN, "subject": "repo:acme/app:ref:refs/heads/feature"})
    assert served.login(other["token"])[0] == 403
    _, told = served.ask("GET", "events?last=5&refused=true")
    [event] = told["events"]
    assert (event["errorCode"], event["federation"]["cause"]) == (
        "AccessDenied",
        "the token is a GitHub token for branch `feature`; the policy trusts branch `main`",
    )
    assert event["federation"]["explanation"]["first"]["edits"]
    assert len(served.ask("GET", "events?last=5")[1]["events"]) == 2


def test_the_clock_of_the_server_is_set(served: Served) -> None:
    assert served.ask("PUT", "clock", {"at": "2026-11-24T13:00:00+01:00"}) == (
        200,
        {"now": "2026-11-24T12:00:00Z", "at": "2026-11-24T12:00:00Z", "offset": 0.0},
    )
    _, minted = served.ask("POST", "mint/oidc", MAIN)
    assert served.login(minted["token"])[0] == 200
    served.ask("PUT", "clock", {"move": 7200})
    status, answer = served.login(minted["token"])
    assert (status, "Token expired" in answer) == (400, True)
    assert served.ask("PUT", "clock", {"offset": -60})[1]["offset"] == -60
    assert served.ask("PUT", "clock", b"null")[1]["offset"] == 0
    assert served.ask("GET", "clock")[1]["at"] is None


def test_a_signed_call_is_judged_by_the_clock_of_the_server_and_its_signature_by_that_of_the_client(served: Served) -> None:
    key = served.ask("POST", "mint/access-key")[1]
    set_to = datetime(2031, 5, 6, tzinfo=UTC)
    served.bench.clock.fix(set_to)
    now = datetime.now(UTC)
    for signed_at, status in ((now, 200), (set_to, 200), (now - timedelta(hours=1), 403), (set_to + timedelta(hours=1), 403)):
        signed: dict[str, Any] = {"key_id": key["access_key_id"], "secret": key["secret_access_key"], "host": "127.0.0.1:8042"}
        answer = served.endpoint.answer(signed_request({"Action": "GetCallerIdentity"}, at=signed_at, **signed))
        assert (answer.response.status, answer.check) == (status, "" if status == 200 else "signature-clock")


def test_a_snapshot_and_a_return_to_it(served: Served) -> None:
    assert served.ask("POST", "snapshot", {"name": "clean"}) == (200, {"name": "clean"})
    served.ask("POST", "mint/oidc", {"shape": "gitlab", "register_provider": True})
    assert len(served.live.account.oidc_providers) == 2
    assert served.ask("POST", "reset", {"name": "clean"}) == (200, {"name": "clean"})
    assert len(served.live.account.oidc_providers) == 1
    assert served.ask("POST", "reset") == (200, {"name": "start"})
    name = served.ask("POST", "snapshot")[1]["name"]
    assert served.ask("POST", "reset", {"name": name})[0] == 200
    assert served.ask("POST", "reset", {"name": "never"})[1]["error"]["check"] == "snapshot"


def test_keys_are_put_for_an_issuer(served: Served) -> None:
    _, minted = served.ask("POST", "mint/oidc", {"shape": "github", "issuer": "https://issuer.example.com/a/"})
    status, jwks = served.ask("GET", "issuers/issuer.example.com/a//jwks")
    assert (status, len(jwks["keys"])) == (200, 1)
    _, discovery = served.ask("GET", "issuers/issuer.example.com/a//.well-known/openid-configuration")
    assert discovery["issuer"] == minted["issuer"] == "https://issuer.example.com/a/"
    assert served.ask("PUT", f"jwks?issuer={quote(GITHUB, safe='')}", jwks)[1]["provider_arn"].endswith(
        "token.actions.githubusercontent.com"
    )
    assert served.ask("PUT", "jwks?issuer=https://other.example.com", jwks) == (200, {"provider_arn": None})
    assert served.ask("GET", "issuers/other.example.com/jwks") == (200, jwks)
    status, refused = served.ask("GET", "issuers/unknown.example.com/jwks")
    assert (status, refused["error"]["check"]) == (404, "issuer")
    assert served.ask("PUT", "jwks?issuer=https://other.example.com", {"keys": []})[1]["error"]["check"] == "jwks"


def test_a_cluster_and_an_identity_provider(served: Served) -> None:
    _, pod = served.ask("POST", "mint/eks", {"cluster": CLUSTER.rpartition("/")[2], "region": "eu-west-1", "namespace": "shop"})
    assert (pod["issuer"], pod["subject"]) == (CLUSTER, "system:serviceaccount:shop:default")
    status, metadata = served.ask("GET", "saml/Corp/metadata?shape=okta&issuer=http%3A%2F%2Fwww.okta.com%2Fexk1")
    assert (status, b'entityID="http://www.okta.com/exk1"' in metadata) == (200, True)
    _, response = served.ask(
        "POST", "mint/saml", {"provider": "Corp", "roles": ["Deploy"], "attributes": {"a": ["b"]}, "register_provider": True}
    )
    assert response["provider_arn"] == f"arn:aws:iam::{ACCOUNT}:saml-provider/Corp"


@pytest.mark.parametrize(
    ("method", "path", "body", "check"),
    [
        ("POST", "mint/oidc", {"shap": "github"}, "control-body"),
        ("POST", "mint/oidc", {"claims": []}, "control-body"),
        ("POST", "mint/oidc", {"validity": "60"}, "control-body"),
        ("POST", "mint/oidc", {"at": "2026-11-24"}, "clock"),
        ("POST", "mint/oidc", {"shape": "gitbub"}, "shape"),
        ("POST", "mint/oidc", b'{"shape": "github", "shape": "gitlab"}', "control-body"),
        ("POST", "mint/oidc", b"[]", "control-body"),
        ("POST", "mint/oidc", b"\xff", "control-body"),
        ("POST", "mint/oidc", b'{"subject": "\\ud800"}', "control-body"),
        ("POST", "mint/saml", {"roles": ["Deploy"]}, "control-body"),
        ("POST", "mint/saml", {"provider": "Corp", "roles": [5]}, "control-body"),
        ("POST", "mint/saml", {"provider": "Corp", "roles": [], "attributes": {"a": "b"}}, "control-body"),
        ("POST", "mint/saml", {"provider": "Corp", "roles": [], "issuer": "x" * 5000, "register_provider": True}, "entity-id"),
        ("POST", "mint/eks", {"namespace": "A"}, "workload"),
        ("POST", "mint/mfa-code", {}, "control-body"),
        ("POST", "mint/mfa-code", {"serial_number": "x"}, "mfa-device"),
        ("PUT", "clock", {"at": "2026-11-24T12:00:00Z", "move": 1}, "control-body"),
        ("PUT", "clock", {"at": 5}, "clock"),
        ("PUT", "clock", {"move": True}, "control-body"),
        ("PUT", "clock", {"offset": 1e300}, "clock"),
        ("PUT", "clock", {"at": "1969-12-31T23:59:59Z"}, "clock"),
        ("PUT", "jwks", {}, "control-query"),
        ("PUT", "jwks?issuer=ftp://x", {"keys": []}, "url"),
        ("PUT", "jwks?issuer=a&issuer=b", {}, "control-query"),
        ("GET", "events?last=0", b"", "control-query"),
        ("GET", "events?last=1001", b"", "control-query"),
        ("GET", "events?refused=1", b"", "control-query"),
        ("GET", "events?%zz=%ff", b"", "control-query"),
        ("GET", "saml/Corp/metadata?form=okta", b"", "control-query"),
        ("GET", "clock", b"{}", "request-body"),
        ("POST", "clock", b"", "route"),
        ("GET", "", b"", "route"),
        ("DELETE", "reset", b"", "route"),
    ],
)
def test_what_is_refused(served: Served, method: str, path: str, body: object, check: str) -> None:
    before = served.bench.clock.setting()
    status, answer = served.ask(method, path, body)
    error = answer["error"]
    assert (error["check"], status == error["http_status"], status < 500) == (check, True, True), error
    assert {"code", "expected", "found", "remedy", "cause", "edits"} <= error.keys()
    assert served.bench.clock.setting() == before


@pytest.mark.parametrize(
    ("headers", "check"),
    [
        ((("host", "evil.example.com"), JSON), "host"),
        ((("host", "sts.amazonaws.com"), JSON), "host"),
        ((("host", "192.0.2.1:8042"), JSON), "host"),
        ((JSON,), "host"),
        ((HOST, ("content-type", "text/plain")), "content-type"),
        ((HOST, ("content-type", "application/x-www-form-urlencoded")), "content-type"),
        ((HOST,), "content-type"),
        ((HOST, JSON, ("origin", "https://evil.example.com")), "origin"),
        ((HOST, JSON, ("origin", "null")), "origin"),
        ((HOST, JSON, ("origin", "http://127.0.0.1:3000")), "origin"),
        ((HOST, JSON, ("sec-fetch-site", "cross-site")), "origin"),
        ((HOST, JSON, ("sec-fetch-site", "same-site")), "origin"),
    ],
)
@pytest.mark.parametrize("path", ["reset", "mint/oidc"])
def test_a_browser_cannot_drive_it_for_another_page(served: Served, path: str, headers: tuple[tuple[str, str], ...], check: str) -> None:
    served.bench.clock.fix(ISSUED)
    status, answer = served.ask("POST", path, headers=headers)
    assert (status in {400, 403}, answer["error"]["check"]) == (True, check)
    assert served.bench.clock.now() == ISSUED


@pytest.mark.parametrize("host", ["localhost:8042", "[::1]:8042", "127.0.0.1", "app.localhost:8042"])
def test_loopback_names_are_its_own(served: Served, host: str) -> None:
    headers = (("host", host), JSON, ("origin", f"http://{host}"), ("sec-fetch-site", "same-origin"))
    assert served.ask("POST", "reset", headers=headers)[0] == 200


def test_without_control_there_is_no_such_path(served: Served) -> None:
    endpoint = Endpoint(SecurityTokenService.open(served.path))
    for method, path in (("POST", "reset"), ("GET", "clock"), ("PUT", "clock"), ("GET", "issuers/a/jwks")):
        request = Request(method, f"/_federation/{path}", "", (HOST, JSON), b"")
        answer = endpoint.answer(request)
        assert (answer.response.status, answer.check) == (404, "route")
        assert endpoint.takes_body(request) == (method == "POST")


@pytest.mark.parametrize(
    ("mint", "members"),
    [
        (Issuers.mint, control_bodies.MINT_OIDC),
        (Clusters.mint, control_bodies.MINT_EKS),
        (IdentityProviders.mint, control_bodies.MINT_SAML),
    ],
)
def test_every_argument_of_a_mint_is_a_member_of_its_body(mint: Callable[..., Any], members: Mapping[str, object]) -> None:
    assert set(inspect.signature(mint).parameters) - {"self"} == set(members)
