"""Traces of requests: a span of each request, in the trace of its client, with one of each stage, and nothing secret."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter_ns
from urllib.parse import urlencode

import pytest

from federation.errors import AccountFault, RegistrationError
from federation.server.endpoint import Endpoint
from federation.server.failures import refused
from federation.server.messages import LoggedResponse, Request
from federation.server.metrics.measured import MeasuredState
from federation.server.metrics.slots import claim
from federation.server.metrics.stages import Stopwatch
from federation.server.settings import ServerSettings
from federation.server.tracing import check_traces
from federation.state import MemoryState
from federation.sts.service import SecurityTokenService
from tests.support.paths import ACCOUNT_DIRECTORY
from tests.support.sts import saml_login

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
FORM = (("host", "127.0.0.1"), ("content-type", "application/x-www-form-urlencoded"))


def login(*headers: tuple[str, str], token: str = "") -> Request:
    call = {"Action": "AssumeRoleWithSAML", "Version": "2011-06-15", "RoleArn": saml_login.ROLE, "PrincipalArn": saml_login.PROVIDER}
    return Request("POST", "/", "", (*FORM, *headers), urlencode({**call, "SAMLAssertion": token or saml_login.mint()}).encode())


def recorded(folder: Path, *requests: Request, answer: LoggedResponse | None = None) -> list[dict[str, object]]:
    """The spans of *requests*, one after another, as a worker writes them to a file."""
    pytest.importorskip("opentelemetry.sdk", reason="the extra otel is not installed")
    from federation.server.traces import Traces, exporter_to  # noqa: PLC0415 - an extra

    stopwatch = Stopwatch(every=1, marks=[])
    traces = Traces(exporter_to(f"file://{folder / 'spans'}"), stopwatch, version="1.2.3")
    state = MeasuredState(MemoryState(), claim(folder), stopwatch)
    endpoint = Endpoint(SecurityTokenService(saml_login.World().account, state=state))
    try:
        for request in requests:
            stopwatch.begin()
            traces.begin()
            began = perf_counter_ns()
            given = endpoint.answer(request, at=saml_login.AT) if answer is None else answer
            stopwatch.end()
            traces.record(request, given, perf_counter_ns() - began)
    finally:
        traces.close()
    assert (folder / "spans").stat().st_mode & 0o777 == 0o600
    return [json.loads(line) for line in (folder / "spans").read_text(encoding="utf-8").splitlines()]


def test_a_login_is_a_span_with_its_stages(tmp_path: Path) -> None:
    *within, whole = recorded(tmp_path, login(("traceparent", f"00-{TRACE}-{PARENT}-01")))
    assert (whole["name"], whole["kind"], whole["parent_id"]) == ("AssumeRoleWithSAML", "SpanKind.SERVER", f"0x{PARENT}")
    own = whole["context"]
    assert isinstance(own, dict)
    assert own["trace_id"] == f"0x{TRACE}"
    names = [span["name"] for span in within]
    assert [name for name in names if name != "read"] == ["decode", "verify", "check", "check", "evaluate", "state", "issue"]
    assert {span["parent_id"] for span in within} == {own["span_id"]}
    for span in within:
        assert str(whole["start_time"]) <= str(span["start_time"]) <= str(span["end_time"]) <= str(whole["end_time"])
    attributes = whole["attributes"]
    assert isinstance(attributes, dict)
    assert attributes.pop("aws.request_id")
    assert attributes == {
        "rpc.method": "AssumeRoleWithSAML",
        "http.response.status_code": 200,
        "federation.outcome": "granted",
        "federation.check": "",
    }


def test_a_client_that_does_not_sample_is_not_recorded(tmp_path: Path) -> None:
    assert recorded(tmp_path, login(("traceparent", f"00-{TRACE}-{PARENT}-00"))) == []


def test_without_a_traceparent_a_trace_begins_here(tmp_path: Path) -> None:
    whole = recorded(tmp_path, login(), login())
    assert [span["parent_id"] for span in whole if span["name"] == "AssumeRoleWithSAML"] == [None, None]
    assert len({json.dumps(span["context"]) for span in whole}) == len(whole)


def test_a_failure_of_the_server_is_an_error_and_a_refusal_is_none(tmp_path: Path) -> None:
    fault = AccountFault(file="state", path="", expected="a state", found="none", remedy="bring it back", check="state")
    (failed,) = recorded(tmp_path, login(), answer=refused(fault, content_type="text/xml", request_id="id", operation="never-heard-of"))
    assert (failed["status"], failed["name"]) == ({"status_code": "ERROR"}, "none")
    whole = recorded(tmp_path, login(token="AAAA"))[-1]
    assert (whole["status"], dict(whole["attributes"])["federation.check"]) == ({"status_code": "UNSET"}, "content")  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("place", "check"),
    [("otlp", ""), ("file:///nonexistent/x", "traces"), ("", ""), ("http://collector", "traces"), ("file://relative", "traces")],
)
def test_a_place_is_known_or_refused(place: str, check: str) -> None:
    if find_spec("opentelemetry") is None:
        pytest.skip("the extra otel is not installed")
    settings = ServerSettings(account=ACCOUNT_DIRECTORY, traces=place)
    if not check:
        check_traces(settings)
        return
    with pytest.raises(RegistrationError) as refusal:
        check_traces(settings)
    assert refusal.value.check == check


def test_without_the_extra_the_server_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.startswith("opentelemetry.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(RegistrationError) as refusal:
        check_traces(ServerSettings(account=ACCOUNT_DIRECTORY, traces="otlp"))
    assert refusal.value.check == "traces-extra"
    assert "sts-federation[otel]" in refusal.value.remedy
    check_traces(ServerSettings(account=ACCOUNT_DIRECTORY))
