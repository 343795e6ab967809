"""What can be seen of a running server from outside, in its log, its metrics and its traces: who asked for what, and no secret."""

import json
import re
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from federation.account import load_account
from tests.support.scrapes import scrape
from tests.support.server import DEPLOY, TRADE_IN, Served, World, fresh_token, need_server, serve

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PATIENCE_SECONDS = 30
WINDOW = 24
"""Characters of a secret that must not be found in a row: no name of a test is as long and as random."""


@pytest.fixture(autouse=True)
def _needs(monkeypatch: pytest.MonkeyPatch) -> None:
    need_server()
    pytest.importorskip("opentelemetry.sdk", reason="the extra otel is not installed")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")


def exchange(server: Served, *, traceparent: str = "", token: str = "", **more: str) -> tuple[int, str]:
    """Exchange a token of GitHub; the status and the text of the answer."""
    call = {"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": DEPLOY, "RoleSessionName": "seen", **more}
    body = urlencode({**call, "WebIdentityToken": token or fresh_token()}).encode()
    headers = {"traceparent": traceparent} if traceparent else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(server.url, body, headers), timeout=60) as answer:  # noqa: S310 - our own server
            return int(answer.status), answer.read().decode("utf-8")
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode("utf-8")


def request_id(answer: str) -> str:
    found = re.search("<RequestId>(.+?)</RequestId>", answer)
    assert found is not None
    return found[1]


def test_log_and_traces_have_the_trace_of_the_client(tmp_path: Path) -> None:
    spans = tmp_path / "spans"
    server = serve(tmp_path / "log", "--workers", "2", "--traces", f"file://{spans}")
    try:
        answers = [exchange(server, traceparent=f"00-{TRACE}-{PARENT}-01") for _ in range(4)]
        answers.append(exchange(server, traceparent="00-not-a-trace"))
        entries = [server.logged(request_id(answer)) for _, answer in answers]
    finally:
        assert server.stop() == 0  # what is left is exported by then
    assert [status for status, _ in answers] == [200] * 5
    assert {(entry["trace_id"], entry["parent_id"]) for entry in entries[:4]} == {(TRACE, PARENT)}
    assert (entries[4]["trace_id"] != TRACE, "parent_id" in entries[4]) == (True, False)
    written = [json.loads(line) for line in spans.read_text(encoding="utf-8").splitlines()]
    own = {span["context"]["span_id"]: span for span in written if span["kind"] == "SpanKind.SERVER"}
    for entry in entries:
        span = own[f"0x{entry['span_id']}"]
        assert span["context"]["trace_id"] == f"0x{entry['trace_id']}"
        assert span["attributes"]["aws.request_id"] == entry["request_id"]
        stages = [each["name"] for each in written if each["parent_id"] == span["context"]["span_id"]]
        assert stages[:2] == ["decode", "verify"]
        assert stages[-1] == "issue"


def test_without_traces_the_log_has_a_trace_of_its_own(tmp_path: Path) -> None:
    server = serve(tmp_path / "log")
    try:
        entry = server.logged(request_id(exchange(server)[1]))
        taken = server.logged(request_id(exchange(server, traceparent=f"00-{TRACE}-{PARENT}-01")[1]))
    finally:
        server.stop()
    assert entry["trace_id"] == entry["request_id"].replace("-", "")
    assert (taken["trace_id"], taken["parent_id"], "span_id" in taken) == (TRACE, PARENT, False)


class Collector(HTTPServer):
    """Takes what is exported by OTLP over HTTP."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiving)
        self.bodies: list[bytes] = []


class Receiving(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    running = Collector()
    Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


def test_a_collector_gets_the_traces(tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    messages = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server_port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    server = serve(tmp_path / "log", "--traces", "otlp")
    try:
        assert exchange(server, traceparent=f"00-{TRACE}-{PARENT}-01")[0] == 200
        ends = time.monotonic() + PATIENCE_SECONDS
        while not collector.bodies and time.monotonic() < ends:
            time.sleep(0.05)
    finally:
        server.stop()
    exported = [messages.ExportTraceServiceRequest.FromString(body) for body in collector.bodies]
    spans = [span for each in exported for resource in each.resource_spans for scope in resource.scope_spans for span in scope.spans]
    assert {span.trace_id.hex() for span in spans} == {TRACE}
    assert "AssumeRoleWithWebIdentity" in {span.name for span in spans}


def test_a_collector_that_is_away_delays_nothing_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:s3cr3t-of-otel@127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    server = serve(tmp_path / "log", "--traces", "otlp")
    try:
        assert [exchange(server)[0] for _ in range(3)] == [200] * 3
        ends = time.monotonic() + PATIENCE_SECONDS
        while "opentelemetry" not in server.log.read_text(encoding="utf-8") and time.monotonic() < ends:
            time.sleep(0.05)
    finally:
        server.stop()
    told = [json.loads(line) for line in server.lines()]  # every line is one of JSON
    assert {entry["event"] for entry in told if "logger" in entry} == {"logged"}
    assert any(entry["logger"].startswith("opentelemetry") for entry in told if "logger" in entry)
    assert "s3cr3t" not in server.log.read_text(encoding="utf-8")


def parts(secret: str) -> list[str]:
    """Pieces of *secret* of which one is in every text that has more than a scrap of it."""
    return [secret] if len(secret) <= WINDOW else [secret[at : at + WINDOW] for at in range(0, len(secret) - WINDOW + 1, WINDOW // 2)]


def test_no_secret_is_seen(world: World, tmp_path: Path) -> None:
    spans, account = tmp_path / "spans", world.examples.account
    options = ["--neighbour", str(world.examples.neighbour), "--audit-log", str(tmp_path / "audit"), "--workers", "2"]
    server = serve(tmp_path / "log", *options, "--traces", f"file://{spans}", account=account)
    seen = World(world.examples, server, world.github, world.devices)
    keyring = load_account(account).keyring
    secrets = [*(b64encode(key).decode("ascii") for key in keyring.keys.values()), *(key.hex() for key in keyring.keys.values()), TRADE_IN]
    secrets.append(seen.keys("default")["aws_secret_access_key"])
    try:
        client = seen.client()
        response, token, mfa = seen.saml_response(), seen.id_token(), seen.mfa()
        granted = client.get_session_token(**mfa)["Credentials"]
        secrets += [response, token, granted["SecretAccessKey"], granted["SessionToken"]]
        for _ in range(2):  # the second time the response was used
            status, answer = exchange(server, token=token, traceparent=f"00-{TRACE}-{PARENT}-01")
            assert status == 200
            secrets += re.findall("<(?:SecretAccessKey|SessionToken)>(.+?)</", answer)
            saml = {
                "Action": "AssumeRoleWithSAML",
                "PrincipalArn": "arn:aws:iam::123456789012:saml-provider/SAML-test",
                "WebIdentityToken": "",
            }
            exchange(server, **saml, SAMLAssertion=response, RoleArn="arn:aws:iam::123456789012:role/TestSaml")
        spoiled = token[:-8] + "AAAAAAAA"
        secrets.append(spoiled)
        assert exchange(server, token=spoiled)[0] == 400
        for parameters in (mfa, {"TokenCode": mfa["TokenCode"], "SerialNumber": "arn:aws:iam::123456789012:mfa/none"}):  # used, and unknown
            with pytest.raises(ClientError):
                client.get_session_token(**parameters)
        metrics = "".join(scrape(server.url) for _ in range(2))
    finally:
        server.stop()
    texts = {"metrics": metrics, "log": server.log.read_text(encoding="utf-8"), "traces": spans.read_text(encoding="utf-8")}
    assert all("AssumeRoleWithWebIdentity" in text for text in texts.values())
    for name, text in texts.items():
        leaked = {piece for secret in secrets for piece in parts(secret) if piece in text}
        assert leaked == set(), name


def test_of_a_misplaced_token_the_log_shows_no_signature(tmp_path: Path) -> None:
    """A refusal shows the beginning of what it found, which proves nothing without its signature."""
    spans, misplaced = tmp_path / "spans", fresh_token()
    server = serve(tmp_path / "log", "--traces", f"file://{spans}")
    try:
        for places in ({"Action": misplaced}, {"RoleArn": misplaced}, {"RoleSessionName": misplaced}):
            assert exchange(server, token=misplaced, traceparent=misplaced[:60], **places)[0] == 400
        metrics = scrape(server.url)
    finally:
        server.stop()
    texts = {"metrics": metrics, "log": server.log.read_text(encoding="utf-8"), "traces": spans.read_text(encoding="utf-8")}
    for name, text in texts.items():
        secrets = parts(misplaced.rpartition(".")[2]) if name == "log" else parts(misplaced)
        assert [piece for piece in secrets if piece in text] == [], name
