"""Which sink of the audit trail a URL names, and what is refused; no URL, which may hold a password, is ever shown."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from federation import state
from federation.errors import AccountFault, FederationError, RegistrationError
from federation.server.settings import ServerSettings
from federation.state import AuditEvent, AuditSinks, JsonLinesAudit, audit_opening, line_file, open_audit
from federation.state.audit_opening import audit_cautions, audit_files, audit_kind
from federation.sts.service import SecurityTokenService
from tests.support.paths import ACCOUNT_DIRECTORY
from tests.support.world import ISSUED, USER

EVENT = AuditEvent(time=ISSUED, operation="GetCallerIdentity", user_identity={"type": "IAMUser"}, account="1")


@pytest.mark.parametrize(
    ("place", "kind", "file"),
    [
        (Path("audit.jsonl"), "jsonl", "audit.jsonl"),
        ("jsonl:///var/log/audit.jsonl", "jsonl", "/var/log/audit.jsonl"),
        ("jsonl:///var/log/audit.jsonl?sync=off", "jsonl", "/var/log/audit.jsonl"),
        ("jsonl:///var/log/100%25", "jsonl", "/var/log/100%25"),
        ("postgresql://federation@db.example.com/audit", "postgresql", None),
        ("otlp", "otlp", None),
        ("otlp+http://127.0.0.1:4318", "otlp", None),
        ("otlp+https://logs.example.com:443/v1/logs", "otlp", None),
        ("otlp+file:///var/log/audit.jsonl?sync=on", "otlp", "/var/log/audit.jsonl"),
    ],
)
def test_a_place_names_its_sink(place: str | Path, kind: str, file: str | None) -> None:
    assert audit_kind(place) == kind
    assert audit_files(place) == (() if file is None else (Path(file),))
    assert ServerSettings(account=Path("a"), audit=(place,)).own_files[1:] == audit_files(place)


@pytest.mark.skipif(find_spec("psycopg") is None or find_spec("opentelemetry") is None, reason="an extra is not installed")
def test_every_sink_is_opened_by_a_place(tmp_path: Path) -> None:
    places = (f"jsonl://{tmp_path}/a", "postgresql://localhost/a", "otlp+http://localhost:4318", f"otlp+file://{tmp_path}/b")
    opened = {type(audit_opening.audit_sink(place)).__name__ for place in places}
    assert opened == {name for name in state.__all__ if name.endswith("Audit")}


@pytest.mark.parametrize(
    "place",
    [
        "",
        "/var/log/hunter2",
        "file:///var/log/hunter2",
        "postgres://user:hunter2@host/db",
        "otlp://hunter2@host",
        "otlp:hunter2",
        "jsonl:/hunter2",
        "jsonl://",
        "jsonl:///",
        "jsonl://hunter2/audit.jsonl",
        "jsonl:///hunter2/",
        "jsonl:///hunter2#x",
        "jsonl:///hunter2?",
        "jsonl:///hunter2?sync=no",
        "jsonl:///hunter2?sync=off&sync=on&x=1",
        "otlp+file://hunter2",
    ],
)
def test_another_place_is_refused(place: str) -> None:
    with pytest.raises(RegistrationError) as caught:
        open_audit(place)
    assert caught.value.check == "audit-url"
    assert "hunter2" not in f"{caught.value!r} {caught.value} {caught.value.as_dict()}"
    with pytest.raises(RegistrationError):
        audit_files(place)


def test_a_place_that_is_no_text_is_refused() -> None:
    with pytest.raises(RegistrationError, match="found NoneType"):
        open_audit(None)  # type: ignore[arg-type]


def test_a_service_takes_a_place(tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    for audit in (f"jsonl://{first}", second, AuditSinks(open_audit(f"jsonl://{third}?sync=off"), JsonLinesAudit(first))):
        SecurityTokenService.open(ACCOUNT_DIRECTORY, audit=audit).get_caller_identity(caller=USER, at=ISSUED)
    events = [[json.loads(line)["eventName"] for line in file.read_bytes().splitlines()] for file in (first, second, third)]
    assert events == [["GetCallerIdentity"] * 2, ["GetCallerIdentity"], ["GetCallerIdentity"]]


def test_a_sink_that_takes_no_events_is_refused_at_the_start(tmp_path: Path) -> None:
    for place in (tmp_path, f"jsonl://{tmp_path}/missing/audit.jsonl", "jsonl:///dev/full", "jsonl:///dev/null"):
        with pytest.raises(AccountFault) as caught:
            SecurityTokenService.open(ACCOUNT_DIRECTORY, audit=place)
        assert caught.value.check == "audit"
    open_audit(f"jsonl://{tmp_path}/audit.jsonl")
    assert (tmp_path / "audit.jsonl").read_bytes() == b""


def test_whether_the_disk_is_waited_for_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(line_file.LineFile, "append", lambda file, _: synced.append(file._synced))
    for query in ("", "?sync=on", "?sync=off"):
        open_audit(f"jsonl://{tmp_path}/audit.jsonl{query}").record(EVENT)
    assert synced == [True, True, False]


@pytest.mark.parametrize(("place", "extra"), [("postgresql://host/db", "postgresql"), ("otlp", "otel"), ("otlp+file:///x", "otel")])
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, place: str, extra: str) -> None:
    monkeypatch.setattr("federation.extras.find_spec", lambda name: None)
    with pytest.raises(RegistrationError) as caught:
        open_audit(place)
    assert caught.value.check == "audit-extra"
    assert f"sts-federation[{extra}]" in caught.value.remedy


def test_a_missing_package_above_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [name for name in sys.modules if name.startswith("opentelemetry.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(RegistrationError) as caught:
        open_audit("otlp")
    assert caught.value.check == "audit-extra"


@pytest.mark.parametrize(
    ("place", "warned"),
    [
        (Path("/var/log/audit"), []),
        ("jsonl:///var/log/audit", []),
        ("postgresql://federation@localhost/audit", []),
        ("postgresql://federation@db.example.com/audit?sslmode=verify-full", []),
        ("postgresql://federation@db.example.com/audit", ["sslmode=verify-full"]),
        ("postgresql://federation:hunter2@127.0.0.1/audit", ["FEDERATION_AUDIT_PASSWORD"]),
        ("postgresql://127.0.0.1/audit?password=hunter2", ["FEDERATION_AUDIT_PASSWORD"]),
        ("otlp", []),
        ("otlp+http://127.0.0.1:4318", []),
        ("otlp+https://logs.example.com:443", []),
        ("otlp+http://logs.example.com:4318", ["otlp+https://"]),
    ],
)
def test_what_is_not_safe_is_warned_of(place: str | Path, warned: list[str]) -> None:
    found = list(audit_cautions(place))
    assert [line.rpartition("use ")[2] for line in found] == warned
    assert "hunter2" not in "".join(found)


def test_a_url_is_shown_by_no_setting() -> None:
    assert "hunter2" not in repr(ServerSettings(account=Path("a"), audit=("postgresql://user:hunter2@host/db",)))


@pytest.mark.skipif(find_spec("psycopg") is None, reason="the extra postgresql is not installed")
def test_the_password_of_a_database_is_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDERATION_AUDIT_PASSWORD", "hunter2")
    with pytest.raises(FederationError) as caught:
        open_audit("postgresql://user:hunter3@127.0.0.1:1/db")
    assert (caught.value.check, caught.value.expected) == ("audit-url", "one password")
    with pytest.raises(FederationError) as caught:
        open_audit("postgresql://user@127.0.0.1:1/db?no=such-parameter")
    assert caught.value.check == "audit-url"
    with pytest.raises(AccountFault) as away:
        open_audit("postgresql://user@127.0.0.1:1/db")
    assert (away.value.check, away.value.file) == ("audit", "postgresql://127.0.0.1:1/db")
    assert "hunter2" not in f"{away.value} {away.value.as_dict()}"
