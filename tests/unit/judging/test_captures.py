"""What is taken for a token in files, directories and streams."""

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from federation import limits
from federation.judging.capture import Capture
from federation.judging.captures import LONGEST_LINE, Form, octets_in, read_captures

JWT = b"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln"
RESPONSE = b"PHNhbWxwOlJlc3BvbnNl" * 20
WRAPPED = b"\r\n".join(RESPONSE[n : n + 76] for n in range(0, len(RESPONSE), 76))


def stream(content: bytes, form: Form = Form.AUTO) -> list[Capture]:
    return list(read_captures(["-"], standard_input=io.BytesIO(content), form=form))


def files(*sources: Path, form: Form = Form.AUTO) -> list[Capture]:
    return list(read_captures(sources, standard_input=io.BytesIO(), form=form))


@pytest.mark.parametrize("content", [RESPONSE, b"\n\n " + RESPONSE + b" \r\n\n", WRAPPED, WRAPPED + b"\n"])
def test_one_token_wrapped_or_not(content: bytes) -> None:
    (capture,) = stream(content)
    assert (capture.id, b"".join(capture.token.split()), capture.fault) == ("-", RESPONSE, None)


@pytest.mark.parametrize("token", [JWT, RESPONSE])
def test_one_token_per_line_with_blank_lines_between(token: bytes) -> None:
    found = stream(token + b"\r\n\n" + token + b"\n \n" + token)
    assert [(capture.id, capture.token) for capture in found] == [("-:1", token), ("-:3", token), ("-:5", token)]


def test_a_single_jwt_is_one_token() -> None:
    assert [capture.id for capture in stream(JWT + b"\n")] == ["-"]


def test_records() -> None:
    lines = [
        {"token": JWT.decode(), "at": "2026-11-24T13:00:00+01:00", "id": "one", "seen_by": "proxy-7"},
        {"token": f" {RESPONSE.decode()}\n", "at": "issued"},
        {"token": JWT.decode()},
    ]
    one, two, three = stream(b"\xef\xbb\xbf" + b"\n".join(json.dumps(line).encode() for line in lines))
    assert (one.id, one.token, one.at, one.issued) == ("one", JWT, datetime(2026, 11, 24, 12, tzinfo=UTC), False)
    assert (two.id, two.token, two.at, two.issued) == ("-:2", RESPONSE, None, True)
    assert (three.id, three.at, three.issued) == ("-:3", None, False)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b'{"token":1}',
        b'{"token":"a","token":"b"}',
        b'{"token":"a","at":"2026-11-24T12:00:00"}',
        b'{"token":"a","at":"0001-01-01T00:00:00+14:00"}',
        b'{"token":"a","at":1764000000}',
        b'{"token":"a","id":7}',
        b'{"token":"a","id":""}',
        b'{"token":"\\ud800"}',
        b'{"token":"\xff"}',
        b'{"token":"a"}}',
        b'{"token":"a"} {"token":"b"}',
        b"{" * 100_000 + b"}",
    ],
)
def test_a_broken_record_is_a_fault_and_the_next_is_read(line: bytes) -> None:
    broken, good = stream(line + b'\n{"token":"a"}\n', Form.RECORDS)
    assert broken.fault is not None
    assert broken.token == b""
    assert (good.token, good.fault) == (b"a", None)


def test_the_form_can_be_said() -> None:
    short = b"opaque-1\nopaque-2\n"
    assert [capture.token for capture in stream(short)] == [b"opaque-1\nopaque-2"]
    assert [capture.token for capture in stream(short, Form.LINES)] == [b"opaque-1", b"opaque-2"]
    assert len(stream(JWT + b"\n" + JWT, Form.WHOLE)) == 1
    assert stream(b"", Form.LINES) == []
    assert [capture.token for capture in stream(b"")] == [b""]  # an empty file is no token, and says so


@pytest.mark.parametrize("content", [b"<html>\n<body>\n", b'{\n  "keys": []\n}\n', b"[\n1]"])
def test_other_documents_are_one_wrong_token_each(content: bytes) -> None:
    assert len(stream(content)) == 1


def test_a_line_too_long_is_cut_and_the_next_is_read() -> None:
    long, next_one = stream(b"a" * (LONGEST_LINE + 200_000) + b"\n" + JWT + b"\n")
    assert len(long.token) == limits.SAML_RESPONSE_CHARS + 1
    assert next_one.token == JWT
    assert long.octets + next_one.octets == LONGEST_LINE + 200_000 + len(JWT) + 2


def test_a_file_too_long_is_read_no_further_than_needed() -> None:
    endless = io.BytesIO((b"a" * 60 + b"\n") * 100_000)
    (capture,) = read_captures(["-"], standard_input=endless)
    assert len(capture.token) == limits.SAML_RESPONSE_CHARS + 1
    assert endless.tell() < 2 * limits.SAML_RESPONSE_CHARS


def test_a_directory_in_order(tmp_path: Path) -> None:
    for name in ("b/2.jwt", "b/1.jwt", "a.jwt", "c.jwt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(JWT)
    found = files(tmp_path, tmp_path / "a.jwt")
    assert [Path(capture.id).relative_to(tmp_path).as_posix() for capture in found] == ["a.jwt", "b/1.jwt", "b/2.jwt", "c.jwt", "a.jwt"]
    assert octets_in([tmp_path]) == 4 * len(JWT)
    assert octets_in(["-"]) is None


def test_what_cannot_be_read_is_a_fault_each(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    (tmp_path / "token.jwt").write_bytes(JWT)
    found = {Path(capture.id).name: capture for capture in files(tmp_path)}
    assert {name for name, capture in found.items() if capture.fault is not None} == {"pipe", "loop", "nowhere"}
    (missing,) = files(tmp_path / "missing")
    (odd,) = files(Path("nul\0"))
    assert missing.fault is not None
    assert odd.fault is not None
    assert octets_in([tmp_path / "missing"]) is None


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jwt")).write_bytes(JWT)
    (capture,) = files(tmp_path)
    assert capture.id.endswith("\\xff.jwt")
