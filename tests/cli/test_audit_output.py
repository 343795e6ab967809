"""`federation audit --output`: every form says the same, and a killed run goes on where it was."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from federation.judging import results
from federation.judging.columns.parquet import read_judgements
from tests.support.cli import Run
from tests.support.paths import REPOSITORY
from tests.support.world import JUDGED_TEXT

ACCOUNT = REPOSITORY / "fixtures" / "account"
GITHUB = (REPOSITORY / "fixtures" / "oidc" / "github.jwt").read_text(encoding="ascii").strip()
TAMPERED = (REPOSITORY / "fixtures" / "saml" / "refused" / "tampered.b64").read_text(encoding="ascii").strip()
RECORDS = [{"token": TAMPERED if number % 3 == 0 else GITHUB, "at": JUDGED_TEXT, "id": f"n{number}"} for number in range(20)]


@pytest.fixture
def captured(tmp_path: Path) -> Path:
    path = tmp_path / "captured.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in RECORDS), encoding="ascii")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return [judgement.as_dict() for judgement in read_judgements(path)]
    octets = path.read_bytes()
    if path.suffix == ".gz":
        octets = gzip.decompress(octets)
    if path.suffix == ".zst":
        octets = pa.CompressedInputStream(pa.py_buffer(octets), "zstd").read()
    return [json.loads(line) for line in octets.splitlines()]


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.wide)])
@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.parquet"])
def test_each_form_says_what_standard_output_says(name: str, workers: str, run: Run, captured: Path, tmp_path: Path) -> None:
    said = run("audit", captured, "--account", ACCOUNT)
    result = run("audit", captured, "--account", ACCOUNT, "--output", tmp_path / name, "--workers", workers)
    assert (result.exit_code, result.stdout) == (1, "")
    assert read(tmp_path / name) == [json.loads(line) for line in said.stdout.splitlines()]


def test_a_process_of_its_own_and_its_copies_say_what_one_says(captured: Path, tmp_path: Path) -> None:
    """On Linux a process with one thread is copied, with the account it has loaded: not the one that runs this suite."""
    for workers in ("1", "2"):
        words = ["audit", str(captured), "--account", str(ACCOUNT), "--workers", workers, "--output", str(tmp_path / f"{workers}.jsonl")]
        done = subprocess.run([Path(sys.executable).with_name("federation"), *words], capture_output=True, check=False)
        assert done.returncode == 1, done.stderr
    assert read(tmp_path / "2.jsonl") == read(tmp_path / "1.jsonl")
    assert len(read(tmp_path / "1.jsonl")) == len(RECORDS)


def test_tokens_in_parquet(run: Run, tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(RECORDS), tmp_path / "captured.parquet")
    result = run("audit", tmp_path / "captured.parquet", "--account", ACCOUNT, "--json")
    assert json.loads(result.stderr)["accepted"] == 13
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [record["id"] for record in RECORDS]
    piped = run("audit", "-", "--format", "parquet", "--account", ACCOUNT, stdin=(tmp_path / "captured.parquet").read_bytes())
    assert piped.exit_code in (0, 1)


def test_a_killed_run_goes_on_and_says_what_one_run_says(run: Run, captured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = tmp_path / "many.jsonl"
    many.write_bytes(captured.read_bytes() * 40)
    statements = ("import sys", "from federation.cli.main import cli", "from federation.judging import results")
    script = "; ".join((*statements, "results.PART_TOKENS = 20", "cli(sys.argv[1:])"))
    words = ["audit", str(many), "--account", str(ACCOUNT), "--output", str(tmp_path / "out"), "--json"]
    process = subprocess.Popen([sys.executable, "-c", script, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    parts = tmp_path / "out" / "part-000002.jsonl.gz"
    while not parts.exists() and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=60) == -signal.SIGKILL, "it was killed in the middle"
    monkeypatch.setattr(results, "PART_TOKENS", 100)
    resumed = run(*words, "--resume")
    whole = run("audit", many, "--account", ACCOUNT, "--json")
    assert json.loads(resumed.stderr) == json.loads(whole.stderr)
    lines = [line for part in sorted((tmp_path / "out").glob("part-*")) for line in read(part)]
    assert lines == [json.loads(line) for line in whole.stdout.splitlines()]


def test_every_run_judges_at_the_instant_of_the_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.jwt").write_text(GITHUB, encoding="ascii")
    run("audit", tmp_path / "t.jwt", "--account", ACCOUNT, "--output", tmp_path / "out")
    first = json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))["at"]
    (tmp_path / "out" / "part-000000.jsonl.gz").unlink()
    run("audit", tmp_path / "t.jwt", "--account", ACCOUNT, "--output", tmp_path / "out", "--resume")
    (line,) = read(tmp_path / "out" / "part-000000.jsonl.gz")
    assert line["at"] == first


def test_changed_tokens_are_not_continued(run: Run, captured: Path, tmp_path: Path) -> None:
    run("audit", captured, "--account", ACCOUNT, "--output", tmp_path / "out", "--output-format", "parquet")
    captured.write_bytes(captured.read_bytes() * 2)
    result = run("audit", captured, "--account", ACCOUNT, "--output", tmp_path / "out", "--output-format", "parquet", "--resume")
    assert result.exit_code == 3
    assert "fault: results" in result.stderr
    assert "`tokens`" in result.stderr


def test_what_cannot_be_meant(run: Run, captured: Path, tmp_path: Path) -> None:
    for words in (
        ["--resume"],
        ["--resume", "--output", tmp_path / "x.jsonl"],
        ["--no-lines", "--output", tmp_path / "x"],
    ):
        assert run("audit", captured, "--account", ACCOUNT, *words).exit_code == 2
    assert run("audit", captured, "--account", ACCOUNT, "--output", captured / "x").exit_code == 3
    assert run("audit", captured, "--account", ACCOUNT, "--output", captured / "x.jsonl").exit_code == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["captured.jsonl"]


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.parquet"])
def test_a_full_disk_leaves_nothing_half_written(name: str, captured: Path, tmp_path: Path) -> None:
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)); from federation.cli.main import main; main()"
    words = ["audit", str(captured), "--account", str(ACCOUNT), "--output", str(tmp_path / name)]
    bare = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}  # the limit would cut the bytecode of modules off, for everybody
    done = subprocess.run([sys.executable, "-c", limited, *words], capture_output=True, text=True, check=False, env=bare)
    assert done.returncode == 3
    assert "fault: results" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["captured.jsonl"]
