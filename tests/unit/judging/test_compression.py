"""Compressed captures are read as plain ones; damaged ones are a fault, and nothing escapes."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest

from federation.errors import RegistrationError
from federation.judging.captures import read_captures
from federation.judging.compression import compressed
from tests.support.streams import no_input

LINES = b"".join(json.dumps({"token": f"token-{number}", "id": str(number)}).encode() + b"\n" for number in range(500))
GZIPPED = gzip.compress(LINES, mtime=0)  # the workers of the suite must see the same octets
ZSTD = bytes(pa.Codec("zstd").compress(LINES))


@pytest.mark.parametrize(
    ("name", "octets"), [("a.gz", GZIPPED), ("a.zst", ZSTD), ("a.jsonl", LINES), ("b", GZIPPED)], ids=["gzip", "zstd", "plain", "any name"]
)
def test_what_was_compressed(name: str, octets: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(octets)
    captures = list(read_captures([tmp_path], standard_input=no_input()))
    assert [(capture.id, capture.token) for capture in captures] == [(str(n), f"token-{n}".encode()) for n in range(500)]
    assert sum(capture.octets for capture in captures) == len(octets), "what progress is measured by"


@pytest.mark.parametrize(
    "octets",
    [GZIPPED[:-9], GZIPPED[:40] + b"\0" * 40, b"\x1f\x8b", ZSTD[:-9], ZSTD[:20]],
    ids=["cut", "overwritten", "its mark alone", "zstd, cut", "zstd, its beginning"],
)
def test_what_is_damaged_is_a_fault_behind_what_could_be_read(octets: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(octets)
    *before, last = read_captures([tmp_path / "a"], standard_input=no_input())
    assert last.fault is not None
    assert all(capture.fault is None or capture is last for capture in before[:-1])


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_what_is_written_is_read(name: str, tmp_path: Path) -> None:
    with compressed(tmp_path / "beside", like=tmp_path / name) as file:
        file.write(LINES)
    assert len(list(read_captures([tmp_path / "beside"], standard_input=no_input()))) == 500


def test_zstd_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("federation.extras.find_spec", lambda _: None)
    (tmp_path / "a").write_bytes(ZSTD)
    (capture,) = read_captures([tmp_path / "a"], standard_input=no_input())
    assert capture.fault is not None
    assert capture.fault.expected == "the package pyarrow"
    with pytest.raises(RegistrationError) as caught:
        compressed(tmp_path / "b", like=tmp_path / "b.zst")
    assert caught.value.check == "arrow-extra"
