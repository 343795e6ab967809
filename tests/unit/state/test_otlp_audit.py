"""Audit events as logs of OpenTelemetry: one record of each, acknowledged before its call is answered, or a refusal in time."""

from __future__ import annotations

import json
import os
import ssl
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.errors import AccountFault, RegistrationError
from federation.state import AuditEvent, OtlpAudit, OtlpFileAudit, open_audit
from federation.state.servers import ANSWER_SECONDS
from tests.support.collectors import Behaviour, StubCollector, plain, records_in
from tests.support.world import ISSUED

pytest.importorskip("opentelemetry.proto", reason="the extra otel is not installed")
AT_ONCE = 3 * ANSWER_SECONDS
"""Longest time that a call may take where nothing answers; the machine of the tests is slow as well."""


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def collector() -> Iterator[StubCollector]:
    with StubCollector() as running:
        yield running


def event(name: str = "alice", **more: Any) -> AuditEvent:
    return AuditEvent(
        time=ISSUED, operation="AssumeRoleWithSAML", user_identity={"type": "SAMLUser", "userName": name}, account="1", **more
    )


def users(collector: StubCollector) -> list[str]:
    return [each["userIdentity"]["userName"] for each in collector.events()]


def refused(sink: OtlpAudit, name: str = "refused") -> str:
    begun = time.monotonic()
    with pytest.raises(AccountFault) as caught:
        sink.record(event(name))
    assert time.monotonic() - begun < AT_ONCE
    assert caught.value.check == "audit"
    assert caught.value.remedy.endswith("without its audit event nothing is granted")
    return caught.value.found.strip("`")


def test_an_event_is_a_log_record(collector: StubCollector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    fault = AccountFault(file="f", path="", expected="a", found="b", remedy="c", check="state")
    sink = open_audit(collector.place)
    assert collector.records == []  # whether it takes logs is asked without one
    told = event(response_elements={"credentials": {"accessKeyId": "ASIA1"}, "packedPolicySize": 6, "sure": True, "tags": ["a", 2**64 - 1]})
    sink.record(told)
    sink.record(replace(event(refusal=fault), time=ISSUED + timedelta(microseconds=250_000)))
    granted, refusal = collector.records
    assert plain(granted["body"]) == {**told.as_dict(), "responseElements": {**told.response_elements, "tags": ["a", str(2**64 - 1)]}}  # type: ignore[dict-item]
    assert granted["timeUnixNano"] == str(int(ISSUED.timestamp()) * 10**9)
    assert refusal["timeUnixNano"] == str(int(ISSUED.timestamp()) * 10**9 + 250_000_000)
    assert [record["severityText"] for record in (granted, refusal)] == ["INFO", "WARN"]
    attributes = {each["key"]: plain(each["value"]) for each in refusal["attributes"]}
    assert attributes == {
        "event.name": "federation.audit",
        "log.record.uid": plain(refusal["body"])["eventID"],
        "rpc.method": "AssumeRoleWithSAML",
        "aws.request_id": plain(refusal["body"])["requestID"],
        "federation.outcome": "refused",
        "federation.check": "state",
    }
    resource = {each["key"]: plain(each["value"]) for each in granted["resource"]["attributes"]}
    assert (resource["service.name"], resource["deployment.environment.name"]) == ("federation", "test")
    assert set(collector.paths) == {"/v1/logs"}
    assert collector.connections == 1


def test_what_utf_8_cannot_hold_keeps_no_event_out(collector: StubCollector) -> None:
    """A client chooses its user agent: whether its call is in the trail is not for it to say."""
    OtlpAudit(collector.place).record(event("a\0\ud800b"))
    assert users(collector) == ["a\ufffd\ufffdb"]


@pytest.mark.parametrize(
    ("behaviour", "found"),
    [
        (Behaviour(status=503, keeps=False), "HTTP status 503"),
        (Behaviour(status=429, keeps=False), "HTTP status 429"),
        (Behaviour(status=307), "HTTP status 307"),
        (Behaviour(hangs=True), f"no answer within {ANSWER_SECONDS} seconds"),
        (Behaviour(drips=True), f"no answer within {ANSWER_SECONDS} seconds"),
        (Behaviour(drops=True), "Remote end closed connection without response"),
        (Behaviour(body=b"\x0a\x08\x08\x01\x12\x04full", keeps=False), "a rejected record: full"),
        (Behaviour(body=b'{"partialSuccess": {"rejectedLogRecords": "1"}}', kind="application/json"), "a rejected record"),
        (Behaviour(body=b"<html>", kind="text/html"), "an answer that is no ExportLogsServiceResponse"),
        (Behaviour(body=b"no json", kind="application/json"), "an answer that is no ExportLogsServiceResponse"),
        (Behaviour(body=b"x" * 70_000), "an answer of more than 65536 octets"),
    ],
)
def test_what_is_not_acknowledged_is_refused_in_time(collector: StubCollector, behaviour: Behaviour, found: str) -> None:
    sink = OtlpAudit(collector.place)
    sink.record(event("before"))
    collector.behaviour = behaviour
    assert refused(sink) == found
    collector.behaviour = Behaviour()
    sink.record(event("after"))  # at once, and with an answer of its own
    assert users(collector) == ["before", *["refused"] * behaviour.keeps, "after"]  # never twice


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(status=204),
        Behaviour(body=b"\x0a\x00"),
        Behaviour(body=b'{"partialSuccess": {}, "new": 1}', kind="application/json; charset=utf-8"),
        Behaviour(body=b"\x0a\x06\x12\x04warn"),  # a message without rejected records is a warning
    ],
)
def test_what_is_acknowledged_is_granted(collector: StubCollector, behaviour: Behaviour) -> None:
    collector.behaviour = behaviour
    OtlpAudit(collector.place).record(event())
    assert users(collector) == ["alice"]


def test_a_collector_that_dies_is_missed_until_it_is_back(collector: StubCollector) -> None:
    sink = OtlpAudit(collector.place)
    sink.record(event("before"))
    collector.stop()
    assert refused(sink) == "Connection refused"
    with pytest.raises(AccountFault, match="Connection refused"):
        open_audit(collector.place)
    collector.start()
    sink.record(event("after"))
    assert users(collector) == ["before", "after"]


def test_a_connection_that_was_closed_meanwhile_loses_no_event(collector: StubCollector) -> None:
    sink = OtlpAudit(collector.place)
    for number in range(3):
        sink.record(event(str(number)))
        collector.stop()
        collector.start()
    assert users(collector) == ["0", "1", "2"]


def test_calls_do_not_queue_behind_a_collector_that_hangs(collector: StubCollector) -> None:
    sink = OtlpAudit(collector.place)
    collector.behaviour = Behaviour(hangs=True)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(refused(sink))) for _ in range(6)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begun < AT_ONCE + ANSWER_SECONDS
    assert "a connection for which other calls wait as well" in found
    assert len(found) == 6


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_process_connects_again(collector: StubCollector) -> None:
    sink = OtlpAudit(collector.place)
    sink.record(event("parent"))
    child = os.fork()
    if child == 0:
        sink.record(event("child"))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    sink.record(event("parent again"))
    assert users(collector) == ["parent", "child", "parent again"]
    assert collector.connections == 2


# Where it is


def test_the_variables_name_a_collector(collector: StubCollector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.port}/otlp/")
    OtlpAudit("otlp").record(event())
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", f"http://127.0.0.1:{collector.port}/as-it-stands")
    OtlpAudit("otlp").record(event())
    OtlpAudit(f"{collector.place}/its/own").record(event())
    assert collector.paths == ["/otlp/v1/logs", "/as-it-stands", "/its/own"]


def test_a_secret_header_is_sent_and_never_shown(collector: StubCollector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20hunter2, x-tenant = a")
    sink = OtlpAudit(collector.place)
    sink.record(event())
    assert (collector.headers["authorization"], collector.headers["x-tenant"]) == ("Bearer hunter2", "a")
    collector.behaviour = Behaviour(status=401)
    assert "hunter2" not in refused(sink)
    assert "hunter2" not in repr(sink._address)
    for wrong in ("hunter2", "a=b%0d%0ax-forged:hunter2", "a b=hunter2"):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_LOGS_HEADERS", wrong)
        with pytest.raises(RegistrationError) as caught:
            OtlpAudit(collector.place)
        assert (caught.value.check, "hunter2" in str(caught.value)) == ("audit-url", False)


@pytest.mark.parametrize(
    "place",
    [
        "otlp+http://",
        "otlp+http://collector",  # without a port, which differs between specification and scheme
        "otlp+http://user:hunter2@collector:4318",
        "otlp+http://collector:4318/?key=hunter2",
        "otlp+http://collector:port",
        "otlp+http://[::1",
        "otlp+http://collector:4318/\u00e9",
    ],
)
def test_another_form_is_refused(place: str) -> None:
    with pytest.raises(RegistrationError) as caught:
        OtlpAudit(place)
    assert caught.value.check == "audit-url"
    assert "hunter2" not in f"{caught.value} {caught.value.as_dict()}"


def test_a_certificate_is_verified(collector: StubCollector, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sink = OtlpAudit(collector.place.replace("http", "https"))
    assert sink._address.tls is not None
    assert sink._address.tls.verify_mode is ssl.CERT_REQUIRED
    assert sink._address.tls.check_hostname
    assert "SSL" in refused(sink) or "tls" in refused(sink).lower()  # a server without TLS
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", str(tmp_path / "missing.pem"))
    with pytest.raises(RegistrationError, match="No such file"):
        OtlpAudit(collector.place.replace("http", "https"))


# A file of what would be sent


def test_a_file_has_the_records_that_a_collector_would_get(collector: StubCollector, tmp_path: Path) -> None:
    file, told = tmp_path / "audit.otlp.jsonl", event("a\0\u2028b")
    sink = open_audit(f"otlp+file://{file}")
    sink.record(told)
    OtlpFileAudit(file, synced=False).record(event("bob"))
    OtlpAudit(collector.place).record(told)
    lines = file.read_text(encoding="ascii").splitlines()
    [record], [other] = map(records_in, lines)
    assert record["severityNumber"] == 9  # OTLP JSON has numbers for names
    assert plain(other["body"])["userIdentity"]["userName"] == "bob"
    (sent,) = collector.records
    assert record["body"] == sent["body"]
    assert json.loads(lines[0])["resourceLogs"][0]["resource"]["attributes"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for sick in (OtlpFileAudit(tmp_path), OtlpFileAudit(tmp_path / "missing" / "file")):
        for use in (sick.check, lambda: sick.record(event())):  # noqa: B023 - it is called at once
            with pytest.raises(AccountFault) as caught:
                use()
            assert caught.value.check == "audit"
