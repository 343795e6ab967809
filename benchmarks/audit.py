"""``python -m benchmarks.audit [tokens]``: tokens per second and peak memory of ``federation audit``, by kind and number of processes.

Each run is a new process that reads the lines from a pipe: start, reading, judging under both profiles and printing are timed. All lines of
one kind hold the same token, which is judged each time.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryFile
from time import perf_counter
from typing import IO

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
TOKENS = {"ID token, RS256": "oidc/github.jwt", "SAML response": "saml/documented.b64"}
RUN = """
import resource, sys
from federation.cli.main import cli
status = cli(sys.argv[1:], standalone_mode=False)
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(status, peak, file=sys.stderr)
"""


def run(token: bytes, count: int, workers: int) -> tuple[float, float]:
    """Return seconds and the peak resident set of the largest process, MiB."""
    account = str(ROOT / "fixtures" / "account")
    words = ["audit", "-", "--format", "lines", "--account", account, "--at", "2026-11-24T12:00:30Z", "--workers", str(workers)]
    started = perf_counter()
    with TemporaryFile() as out, Popen([sys.executable, "-c", RUN, *words], stdin=PIPE, stdout=out, stderr=PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        threading.Thread(target=_feed, args=(process.stdin, token, count)).start()
        status, kibibytes = process.stderr.read().splitlines()[-1].split()
        assert status == b"0"
    return perf_counter() - started, int(kibibytes) / 1024


def _feed(pipe: IO[bytes], token: bytes, count: int) -> None:
    with pipe:
        for _ in range(count):
            pipe.write(token + b"\n")


def runs(count: int) -> Iterator[tuple[str, int, float, float]]:
    for name, file in TOKENS.items():
        token = b"".join((ROOT / "fixtures" / file).read_bytes().split())
        for workers in (1, 2):
            yield name, workers, *run(token, count, workers)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    table = Table(title=f"federation audit, {count} tokens", title_justify="left")
    table.add_column("token")
    for heading in ("processes", "tokens per second", "peak MiB"):
        table.add_column(heading, justify="right")
    for name, workers, seconds, mebibytes in runs(count):
        table.add_row(name, str(workers), f"{count / seconds:.0f}", f"{mebibytes:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
