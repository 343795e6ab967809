import fcntl
import json
import os
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from federation.errors import AccountFault
from federation.state import AuditEvent, AuditSinks, JsonLinesAudit, Origin, audit
from tests.support.world import ISSUED

AT = ISSUED


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


def test_several_sinks_get_each_event_and_one_that_cannot_take_it_refuses(tmp_path: Path) -> None:
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
    AuditSinks(JsonLinesAudit(one), JsonLinesAudit(other)).record(event())
    assert one.read_bytes() == other.read_bytes() != b""
    (tmp_path / "directory").mkdir()
    with pytest.raises(AccountFault):
        AuditSinks(JsonLinesAudit(one), JsonLinesAudit(tmp_path / "directory")).record(event("bob"))


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


def readable(file: Path) -> list[str]:
    """The users of all events that can be read; what is torn is passed over."""
    users = []
    for line in file.read_bytes().splitlines():
        with suppress(ValueError):
            users.append(json.loads(line)["userIdentity"]["userName"])
    return users


def test_a_line_torn_by_another_process_spoils_no_event_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_bytes(b'{"eventVersion": "1.08", "userIdent')
    JsonLinesAudit(file).record(event("alice"))
    assert readable(file) == ["alice"]
    assert file.read_bytes().startswith(b'{"eventVersion": "1.08", "userIdent\n')


def test_an_event_that_lacks_its_line_end_alone_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Refused, it would stand there as the event of a granted call once the next one ends its line.
    file = tmp_path / "audit.jsonl"
    sink, write = JsonLinesAudit(file), os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda handle, octets: write(handle, octets[:-1]))
        sink.record(event("alice"))
        assert readable(file) == ["alice"]
        full.setattr(os, "write", lambda handle, octets: write(handle, octets[:-2]))
        with pytest.raises(AccountFault) as refused:
            sink.record(event("bob"))
    assert refused.value.found.startswith("`room for ")
    JsonLinesAudit(file).record(event("carol"))
    assert readable(file) == ["alice", "carol"]


RECORDING = """
import os, resource, sys
from datetime import UTC, datetime
from federation.errors import AccountFault
from federation.state import audit, AuditEvent, JsonLinesAudit
file, name, room = sys.argv[1], sys.argv[2], int(sys.argv[3])
if room:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
sink = JsonLinesAudit(file)
for number in range(200):
    user = {"type": "SAMLUser", "userName": f"{name}-{number}", "note": "x" * (number * 37 % 1900)}
    try:
        sink.record(AuditEvent(time=datetime(2026, 11, 24, tzinfo=UTC), operation="AssumeRoleWithSAML", user_identity=user, account="1"))
    except AccountFault as fault:
        assert fault.check == "audit"
    else:
        os.write(1, f"{name}-{number}\\n".encode())
"""


def recording(file: Path, name: str, room: int = 0) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", RECORDING, str(file), name, str(room)], stdout=subprocess.PIPE)


def granted_by(process: subprocess.Popen[bytes]) -> list[str]:
    """What the process was told to be recorded, before it ended or was killed."""
    output, _ = process.communicate(timeout=60)
    return output.decode().splitlines()


def test_every_event_of_several_processes_on_a_full_disk_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    # Two find the disk full at different sizes of the file, one never does.
    processes = [recording(file, "a", 40_000), recording(file, "b", 90_001)]
    for _ in range(10_000):  # else the third may fill the file before the others find room
        if file.exists() and file.stat().st_size:
            break
        time.sleep(0.001)
    processes.append(recording(file, "c"))
    granted = [name for process in processes for name in granted_by(process)]
    assert all(process.returncode == 0 for process in processes)
    assert 200 < len(granted) < 600
    assert sorted(readable(file)) == sorted(granted)


def test_every_event_can_be_read_though_processes_are_killed_while_they_write(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    granted = []
    for number in range(4):
        doomed, other = recording(file, f"doomed{number}"), recording(file, f"other{number}")
        assert doomed.stdout is not None
        doomed.stdout.read(1)
        doomed.kill()
        granted += [name for name in granted_by(doomed) if name.startswith("doomed")] + granted_by(other)
    assert set(granted) <= set(readable(file))


def test_a_file_that_is_rotated_loses_nothing(tmp_path: Path) -> None:
    file, sink = tmp_path / "audit.jsonl", JsonLinesAudit(tmp_path / "audit.jsonl")
    sink.record(event("alice"))
    file.rename(tmp_path / "audit.jsonl.1")
    sink.record(event("bob"))
    file.write_bytes(b"")  # as copytruncate does
    sink.record(event("carol"))
    assert (readable(tmp_path / "audit.jsonl.1"), readable(file)) == (["alice"], ["carol"])


def test_a_lock_that_nobody_gives_back_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "audit.jsonl"
    monkeypatch.setattr(audit, "BUSY_SECONDS", 0.05)
    with file.open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AccountFault) as refused:
            JsonLinesAudit(file).record(event())
    assert refused.value.found == "`locked by another process for 0.05 seconds`"
    JsonLinesAudit(file).record(event("alice"))
    assert readable(file) == ["alice"]


def test_nothing_but_a_regular_file_takes_events(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, found in ((tmp_path / "pipe", "something else than a regular file"), ("/dev/full", "something else than a regular file")):
        with pytest.raises(AccountFault) as refused:
            JsonLinesAudit(path).record(event())
        assert refused.value.found == f"`{found}`"
