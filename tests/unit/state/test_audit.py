import errno
import fcntl
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from federation.errors import AccountFault
from federation.state import AuditEvent, AuditSinks, JsonLinesAudit, Origin, line_file
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


def test_what_a_full_disk_cut_off_is_removed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "audit.jsonl"
    sink, write = JsonLinesAudit(file), os.write
    sink.record(event("alice"))
    before = file.read_bytes()
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda handle, octets: write(handle, octets[:20]))
        with pytest.raises(AccountFault) as refused:
            sink.record(event("bob"))
    assert refused.value.check == "audit"
    assert file.read_bytes() == before
    sink.record(event("carol"))
    assert [json.loads(line)["userIdentity"]["userName"] for line in file.read_bytes().splitlines()] == ["alice", "carol"]


def test_what_somebody_else_appended_without_a_lock_is_not_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "audit.jsonl"
    sink, write = JsonLinesAudit(file), os.write

    def torn(handle: int, octets: bytes) -> int:
        written = write(handle, octets[:20])
        write(handle, b"\nnot ours\n")
        return written

    with monkeypatch.context() as full:
        full.setattr(os, "write", torn)
        with pytest.raises(AccountFault, match="room for 20 octets"):
            sink.record(event("alice"))
    sink.record(event("bob"))
    assert b"\nnot ours\n{" in file.read_bytes()


def test_an_event_is_on_the_disk_before_its_call_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, synced = tmp_path / "audit.jsonl", list[int]()
    for call in ("fdatasync", "fsync"):
        monkeypatch.setattr(os, call, lambda handle: synced.append(os.fstat(handle).st_ino), raising=False)
    sink = JsonLinesAudit(file)
    sink.record(event())
    assert synced == [file.stat().st_ino, tmp_path.stat().st_ino]  # the name of a new file as well
    sink.record(event())
    assert synced[2:] == [file.stat().st_ino]
    JsonLinesAudit(file, synced=False).record(event())
    assert synced[3:] == []


def test_an_event_that_the_disk_does_not_take_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", fail, raising=False)
    with pytest.raises(AccountFault) as refused:
        JsonLinesAudit(tmp_path / "audit.jsonl").record(event())
    assert (refused.value.check, refused.value.found) == ("audit", "`Input/output error`")


def test_others_append_while_one_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, waits = tmp_path / "audit.jsonl", list[str]()

    def wait(handle: int) -> None:
        if not waits:
            waits.append("waits")
            JsonLinesAudit(file).record(event("bob"))

    monkeypatch.setattr(os, "fdatasync", wait, raising=False)
    sink = JsonLinesAudit(file)
    sink.record(event("alice"))
    assert readable(file) == ["alice", "bob"]


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
from federation.state import AuditEvent, JsonLinesAudit
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
    assert len(file.read_bytes().splitlines()) == len(granted)  # and nothing else is there


def test_a_full_file_system_takes_whole_events_or_none(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small file system")
    try:
        processes = [recording(disk / "audit.jsonl", name) for name in ("a", "b")]
        granted = [name for process in processes for name in granted_by(process)]
        with pytest.raises(AccountFault, match=r"No space left on device|room for") as refused:
            JsonLinesAudit(disk / "audit.jsonl").record(event("x" * 2000))
        assert refused.value.remedy == "make room or correct the permissions: without its audit event nothing is granted"
        assert 20 < len(granted) < 100
        lines = (disk / "audit.jsonl").read_bytes().splitlines()
        assert sorted(json.loads(line)["userIdentity"]["userName"] for line in lines) == sorted(granted)
    finally:
        subprocess.run(["umount", disk], check=True)


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


@pytest.mark.parametrize("is_there_again", [True, False])
def test_a_file_that_is_rotated_between_opening_and_locking_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_there_again: bool
) -> None:
    """A file that is renamed then may be compressed and deleted before the event is written to it."""
    file, rotated, lock = tmp_path / "audit.jsonl", tmp_path / "audit.jsonl.1", fcntl.flock

    def rotate(handle: int, how: int) -> None:
        if not rotated.exists():
            file.rename(rotated)
            if is_there_again:
                file.touch()
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", rotate)
    JsonLinesAudit(file).record(event("alice"))
    assert (readable(file), rotated.read_bytes()) == (["alice"], b"")


def test_a_file_that_is_replaced_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, lock = tmp_path / "audit.jsonl", fcntl.flock

    def replace(handle: int, how: int) -> None:
        file.unlink()
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", replace)
    with pytest.raises(AccountFault, match="replaced all the time"):
        JsonLinesAudit(file).record(event())


def test_a_file_is_rotated_again_and_again_while_processes_append(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    processes = [recording(file, name) for name in ("a", "b", "c")]
    rotations = 0
    while any(process.poll() is None for process in processes):
        if file.exists():
            file.rename(tmp_path / f"audit.jsonl.{rotations}")
            rotations += 1
        time.sleep(0.002)
    granted = [name for process in processes for name in granted_by(process)]
    assert (len(granted), rotations > 2) == (600, True)
    found = [json.loads(line)["userIdentity"]["userName"] for each in tmp_path.iterdir() for line in each.read_bytes().splitlines()]
    assert sorted(found) == sorted(granted)


def test_a_lock_that_nobody_gives_back_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "audit.jsonl"
    monkeypatch.setattr(line_file, "BUSY_SECONDS", 0.05)
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
