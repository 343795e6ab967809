import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from federation.errors import AccountFault
from federation.state import AuditEvent, JsonLinesAudit, Origin

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def event(subject: str = "alice") -> AuditEvent:
    user = {"type": "SAMLUser", "userName": subject}
    origin = Origin(request_id="request", source_ip="192.0.2.1", user_agent="test", region="eu-west-1")
    return AuditEvent(time=AT, operation="AssumeRoleWithSAML", user_identity=user, account="123456789012", origin=origin, event_id="event")


def test_one_line_per_event(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    sink = JsonLinesAudit(file)
    sink.record(event())
    JsonLinesAudit(file).record(event("bob"))
    lines = [json.loads(line) for line in file.read_text(encoding="ascii").splitlines()]
    assert lines[0] == {
        "eventVersion": "1.08",
        "userIdentity": {"type": "SAMLUser", "userName": "alice"},
        "eventTime": "2026-11-24T12:00:00Z",
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRoleWithSAML",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "192.0.2.1",
        "userAgent": "test",
        "requestParameters": None,
        "responseElements": None,
        "requestID": "request",
        "eventID": "event",
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": "123456789012",
        "eventCategory": "Management",
        "federation": {"outcome": "granted", "time": "2026-11-24T12:00:00Z"},
    }
    assert lines[1]["userIdentity"]["userName"] == "bob"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_d07_a_value_cannot_forge_a_record(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    JsonLinesAudit(file).record(event('x"}\r\n{"outcome":"granted"\u2028\u202e'))
    assert file.read_bytes().count(b"\n") == 1


def test_a_long_value_is_cut() -> None:
    assert len(event("x" * 1_000_000).as_dict()["userIdentity"]["userName"]) < 2100


def test_what_cannot_be_recorded_is_a_fault(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / "link").symlink_to(target)
    for path in (tmp_path, tmp_path / "missing" / "audit.jsonl", tmp_path / "link", tmp_path / "nul\0"):
        with pytest.raises(AccountFault) as refused:
            JsonLinesAudit(path).record(event())
        assert refused.value.check == "audit"
    assert not target.exists()


def test_what_a_full_disk_cut_off_spoils_its_own_line_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "audit.jsonl"
    sink, write = JsonLinesAudit(file), os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda handle, octets: write(handle, octets[:20]))
        with pytest.raises(AccountFault) as refused:
            sink.record(event("alice"))
    assert refused.value.check == "audit"
    sink.record(event("bob"))
    sink.record(event("carol"))
    torn, *whole = file.read_text(encoding="ascii").splitlines()
    assert len(torn) == 20
    assert [json.loads(line)["userIdentity"]["userName"] for line in whole] == ["bob", "carol"]
