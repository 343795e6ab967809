"""Records are read out of everything that people have them in; what cannot be read is one finding, and the rest is read."""

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from federation.evidence.cloudtrail.choosing import choose_login
from federation.evidence.cloudtrail.found import PassedEvents, RecordFault
from federation.evidence.cloudtrail.login_record import LoginRecord
from federation.evidence.cloudtrail.reading import read_logins
from federation.limits import EVENT_OCTETS
from tests.support.events import RECORDS, event, login, octets, written


def read(*sources: Path | str, standard_input: bytes = b"") -> list[LoginRecord | RecordFault | PassedEvents]:
    return list(read_logins(sources, standard_input=io.BufferedReader(io.BytesIO(standard_input))))


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("refused.json", [1]),
        ("granted.json", [2]),
        ("saml.json", [3]),
        ("lookup-events.json", [1, 2]),
        ("records.jsonl", [2, 1, 4]),
        ("AWSLogs", [2, 3, 1, 4]),
    ],
)
def test_every_form(name: str, ids: list[int]) -> None:
    logins = [each for each in read(RECORDS / name) if isinstance(each, LoginRecord)]
    assert [int(each.event_id[-12:]) for each in logins] == ids
    assert all(f"{name}" in each.place for each in logins)


def test_other_events_are_counted() -> None:
    assert [each.events for each in read(RECORDS / "AWSLogs") if isinstance(each, PassedEvents)] == [1]


def test_standard_input_and_compression(tmp_path: Path) -> None:
    whole = octets({"Records": [event()]})
    (tmp_path / "a.zst").write_bytes(pa.Codec("zstd").compress(whole))
    assert read("-", tmp_path / "a.zst", standard_input=gzip.compress(whole)) == [login(), login()]


def test_a_broken_record_is_one_finding(tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", event(), event(userIdentity="AssumeRoleWith"), event("granted"))
    assert read(file) == [
        login(),
        RecordFault(f"{file}#2", "the record as one whose userIdentity is an object or null", "another value"),
        login("granted"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "expected", "found"),
    [
        ("a.json.gz", gzip.compress(octets({"Records": [event()]}), mtime=0)[:-200], "a file that can be read", "EOFError"),
        ("a.csv", b"time,user\n", f"an object of JSON of at most {EVENT_OCTETS} octets, nested at most 32 deep", "something else"),
        ("a.parquet", b"PAR1nothing", "a Parquet file that can be read", "ArrowInvalid"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_finding(name: str, content: bytes, expected: str, found: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    written(tmp_path / "b.json", event())
    fault, *rest = read(tmp_path)
    assert fault == RecordFault(str(tmp_path / name), expected, found) or fault == RecordFault(f"{tmp_path / name}#1", expected, found)
    assert rest == [login()]


def test_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert read(tmp_path, tmp_path / "none") == [
        RecordFault(str(tmp_path / "link"), "a file", "something else, or a link to none"),
        RecordFault(str(tmp_path / "none"), "a file that can be read", "No such file or directory"),
    ]


def test_zstd_and_parquet_without_pyarrow_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.extras.find_spec", lambda _: None)
    (tmp_path / "a").write_bytes(b"PAR1")
    assert [each.expected for each in read(tmp_path / "a") if isinstance(each, RecordFault)] == ["the package pyarrow"]


def parquet(path: Path, columns: dict[str, Any]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet_with_a_record_in_each_row(tmp_path: Path) -> None:
    texts = [json.dumps(event()), json.dumps({"eventName": "ListBuckets"}), "{AssumeRoleWith", None]
    passed, fault = PassedEvents(2, 0), RecordFault
    found = read(parquet(tmp_path / "a.parquet", {"eventJson": texts}))
    assert found[0] == login()
    assert isinstance(found[1], fault)
    assert found[2] == passed


def test_parquet_as_athena_writes_it(tmp_path: Path) -> None:
    made = event("saml")
    caller = {name.lower(): value for name, value in made["userIdentity"].items()}
    columns = {
        "useridentity": [caller, caller],
        "eventtime": [made["eventTime"]] * 2,
        "eventsource": ["sts.amazonaws.com"] * 2,
        "eventname": ["AssumeRoleWithSAML", "AssumeRole"],
        "awsregion": ["us-east-1"] * 2,
        "sourceipaddress": ["AWS Internal"] * 2,
        "useragent": [made["userAgent"]] * 2,
        "requestparameters": [json.dumps(made["requestParameters"])] * 2,
        "responseelements": [json.dumps(made["responseElements"])] * 2,
        "errorcode": [None, None],
        "eventid": [made["eventID"]] * 2,
        "recipientaccountid": ["123456789012"] * 2,
        "tlsdetails": [{"clientprovidedhostheader": "sts.us-east-1.amazonaws.com"}] * 2,
        "year": ["2026"] * 2,
    }
    assert read(parquet(tmp_path / "a.parquet", columns)) == [login("saml"), PassedEvents(1, 0)]


def test_parquet_as_cloudtrail_lake_writes_it(tmp_path: Path) -> None:
    made = event()
    asked = {**{name: str(value) for name, value in made["requestParameters"].items()}, "principalTags": '{"team": "blue"}'}
    kind = pa.map_(pa.string(), pa.string())
    columns = {
        "eventTime": pa.array([datetime(2026, 11, 24, 12, 3, tzinfo=UTC)], pa.timestamp("ms", tz="UTC")),
        "eventSource": ["sts.amazonaws.com"],
        "eventName": ["AssumeRoleWithWebIdentity"],
        "userIdentity": [made["userIdentity"]],
        "requestParameters": pa.array([list(asked.items())], kind),
        "responseElements": pa.array([None], kind),
        "errorCode": ["AccessDenied"],
    }
    (found,) = read(parquet(tmp_path / "a.parquet", columns))
    assert isinstance(found, LoginRecord)
    assert (found.role_arn, found.duration, found.time, found.subject) == (login().role_arn, 3600, login().time, login().subject)
    assert [(each.key, each.value) for each in found.tags] == [("team", "blue")]


def test_parquet_of_something_else(tmp_path: Path) -> None:
    assert [type(each) for each in read(parquet(tmp_path / "a.parquet", {"colour": ["red"]}))] == [RecordFault]


def test_the_login_that_is_meant() -> None:
    logins = [each for each in read(RECORDS / "records.jsonl") if isinstance(each, LoginRecord)]
    granted, refused, expired = logins
    assert choose_login(logins).record == expired
    assert choose_login([expired, refused]).record == expired, "the last by its time"
    assert choose_login([granted]).record == granted
    assert choose_login(logins, event_id=refused.event_id).record == refused
    assert choose_login(logins, event_id="none").record is None
    fault = RecordFault("a", "b", "c")
    choice = choose_login([fault, *logins, PassedEvents(5, 0), *[fault] * 4])
    assert (choice.logins, choice.refused, choice.passed, choice.unread, choice.faults) == (3, 2, 5, 5, [fault] * 3)
