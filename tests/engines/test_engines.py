"""The same judge on this machine, under Ray and under Spark: equal results, a killed worker loses nothing, and no token in results or logs.

`make engines TOKENS=n` runs these with so many tokens, and prints rates and memory.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from federation.judging.columns.schema import VERDICTS
from tests.engines.tokens import SECRETS, write_tokens
from tests.support.paths import REPOSITORY

pytestmark = pytest.mark.engines

ACCOUNT = REPOSITORY / "fixtures" / "account"
RECIPES = REPOSITORY / "docs" / "recipes"
TOKENS = int(os.environ.get("TOKENS", "8000"))
LIMIT = 120 + TOKENS / 200
"""Seconds that a run may take."""
RAY, SPARK = ("ray", "pyspark")


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Captured tokens, SAML and OIDC mixed, one in eight refused."""
    directory = tmp_path_factory.mktemp("captured")
    write_tokens(directory, TOKENS)
    return directory


@pytest.fixture(scope="module")
def local(captured: Path, tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    """What `federation audit` says of them."""
    path = tmp_path_factory.mktemp("local") / "results.parquet"
    words = ["audit", str(captured), "--account", str(ACCOUNT), "--at", "issued", "--workers", "2", "--output", str(path)]
    started = time.monotonic()
    done = subprocess.run([Path(sys.executable).with_name("federation"), *words], check=False, capture_output=True, timeout=LIMIT)
    assert done.returncode == 1, done.stderr
    tell("this machine", time.monotonic() - started)
    return ordered(pq.read_table(path))


def tell(engine: str, seconds: float) -> None:
    """Print what a run took."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    sys.stderr.write(
        f"\n{engine}: {TOKENS} tokens in {seconds:.1f} s, {TOKENS / seconds:.0f} a second; largest process so far {peak} MiB\n"
    )


def ordered(table: pa.Table) -> pa.Table:
    assert table.num_rows == TOKENS
    return table.cast(VERDICTS).sort_by("id").combine_chunks().replace_schema_metadata(None)


def run(engine: str, captured: Path, folder: Path, *, meanwhile: Callable[[int], None] = lambda _: None) -> pa.Table:
    """Run the recipe of *engine* in a process group of its own, which ends with it."""
    if find_spec(engine) is None:
        pytest.skip(f"{engine} is not installed: run `make engines`")
    recipe = RECIPES / {RAY: "audit_ray.py", SPARK: "audit_spark.py"}[engine]
    out, logs = folder / "out", Path(tempfile.mkdtemp(prefix="e-"))  # Ray's sockets need a short path
    environment = os.environ | {
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": " ".join(
            f"--conf {each}"
            for each in (
                "spark.master=local[2,4]",
                "spark.ui.enabled=false",
                "spark.driver.host=127.0.0.1",
                "spark.driver.bindAddress=127.0.0.1",
                f"spark.local.dir={logs}",
                f"spark.sql.warehouse.dir={logs}",
                "spark.sql.files.maxPartitionBytes=64k",
            )
        )
        + " pyspark-shell",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "disabled",  # else it writes a token into the home directory
        "RAY_TMPDIR": str(logs),
        "RAY_OVERRIDE_NODE_IP_ADDRESS": "127.0.0.1",
    }
    started = time.monotonic()
    with (logs / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(recipe), str(ACCOUNT), str(captured), str(out)],
            stdout=output,
            stderr=output,
            env=environment,
            start_new_session=True,
        )
        killer = threading.Thread(target=meanwhile, args=(process.pid,))
        killer.start()
        try:
            status = process.wait(timeout=LIMIT)
        finally:
            killer.join()
            end_session(process.pid)
            said = (logs / "output").read_text(errors="replace")
            check_logs(logs)
            shutil.rmtree(logs)
    assert status == 0, said[-3000:]
    tell(engine, time.monotonic() - started)
    return ordered(pq.read_table(out))


def session_of(leader: int) -> Iterator[tuple[int, str]]:
    """Yield the processes of the session of *leader*, each with its command line."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == leader:
                    yield int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (OSError, ProcessLookupError):
                continue


def end_session(leader: int) -> None:
    """Kill what a run left behind."""
    for pid, _ in list(session_of(leader)):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def check_logs(logs: Path) -> None:
    """Require that no file that the engine wrote beside its results holds a token."""
    files = [path for path in logs.rglob("*") if path.is_file() and path.stat().st_size < 50_000_000]
    assert files
    for path in files:
        octets = path.read_bytes()
        assert not any(secret in octets for secret in SECRETS), path


@pytest.mark.parametrize("engine", [RAY, SPARK])
def test_an_engine_says_what_this_machine_says(engine: str, captured: Path, local: pa.Table, tmp_path: Path) -> None:
    found = run(engine, captured, tmp_path)
    assert found.equals(local)
    assert not any(secret in str(found.column("refusal").combine_chunks()).encode() for secret in SECRETS)


@pytest.mark.parametrize(("engine", "worker"), [(RAY, "MapWorker"), (SPARK, "pyspark.daemon")])
def test_a_worker_that_is_killed_loses_nothing(engine: str, worker: str, captured: Path, local: pa.Table, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_one(leader: int) -> None:
        deadline = time.monotonic() + LIMIT / 2
        while not killed and time.monotonic() < deadline:
            time.sleep(0.2)
            workers = [pid for pid, command in session_of(leader) if worker in command]
            if len(workers) > 1:
                time.sleep(1)
                os.kill(workers[-1], signal.SIGKILL)
                killed.append(workers[-1])

    assert run(engine, captured, tmp_path, meanwhile=kill_one).equals(local)
    assert killed, "a worker was killed in the middle"


def test_the_page_shows_the_recipes() -> None:
    page = (REPOSITORY / "docs" / "how-to" / "engines.md").read_text(encoding="utf-8")
    for recipe in sorted(RECIPES.glob("*.py")):
        assert recipe.read_text(encoding="utf-8") in page
