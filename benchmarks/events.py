"""``python -m benchmarks.events [records]``: records per second and peak memory of ``federation audit --events``, by number of processes.

Each run is a new process that reads one document of CloudTrail from a pipe: start, reading, judging, counting and printing are timed. Of
ten records seven are logins of workflows, from twenty repositories and with new branches all the time, one is a SAML login, and two are
other events.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryFile
from time import perf_counter
from typing import IO, Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "fixtures" / "evidence" / "cloudtrail"
START = datetime(2026, 11, 1, tzinfo=UTC)
RUN = """
import resource, sys
from federation.cli.main import cli
status = cli(sys.argv[1:], standalone_mode=False)
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(status, peak, file=sys.stderr)
"""
REFS = ("ref:refs/heads/main", "ref:refs/heads/feature-{}", "pull_request", "environment:production", "ref:refs/tags/v{}")


def records(count: int) -> Iterator[bytes]:
    """Yield *count* records, each another event at another time."""
    github = json.loads((RECORDS / "granted.json").read_text(encoding="utf-8"))["Records"][0]
    saml = json.loads((RECORDS / "saml.json").read_text(encoding="utf-8"))["Records"][0]
    other = {**github, "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "requestParameters": {"bucketName": "logs"}}
    for number in range(count):
        at = (START + timedelta(seconds=2 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        made: dict[str, Any] = saml if number % 10 == 7 else other if number % 10 > 7 else github
        made = {**made, "eventTime": at, "eventID": f"7d4c1b90-0000-4000-8000-{number:012}"}
        if made["eventName"] == "AssumeRoleWithWebIdentity":
            made = _of_job(made, number)
        yield json.dumps(made).encode()


def _of_job(record: dict[str, Any], number: int) -> dict[str, Any]:
    name = "octo-repo" if number % 20 == 0 else f"repo-{number % 20}"
    subject = f"repo:octo-org/{name}:{REFS[number % len(REFS)].format(number)}"
    caller = record["userIdentity"]
    told = {**caller, "userName": subject, "principalId": f"{caller['identityProvider']}:sts.amazonaws.com:{subject}"}
    answer = {**record["responseElements"], "subjectFromWebIdentityToken": subject}
    return {**record, "userIdentity": told, "responseElements": answer}


def run(count: int, workers: int) -> tuple[float, float]:
    """Return seconds and the peak resident set of the largest process, MiB."""
    words = ["audit", "--events", "-", "--account", str(ROOT / "fixtures" / "account"), "--workers", str(workers), "--json"]
    started = perf_counter()
    with TemporaryFile() as out, Popen([sys.executable, "-c", RUN, *words], stdin=PIPE, stdout=out, stderr=PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        threading.Thread(target=_feed, args=(process.stdin, count)).start()
        *_, summary, last = process.stderr.read().splitlines()
        status, kibibytes = last.split()
        assert status == b"1"
        told = json.loads(summary)
        assert told["logins"] + told["other_events"] == count
    return perf_counter() - started, int(kibibytes) / 1024


def _feed(pipe: IO[bytes], count: int) -> None:
    with pipe:
        pipe.write(b'{"Records":[')
        for number, each in enumerate(records(count)):
            pipe.write(b"," * (number > 0) + each)
        pipe.write(b"]}")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    table = Table(title=f"federation audit --events, {count} records", title_justify="left")
    for heading in ("processes", "records per second", "peak MiB"):
        table.add_column(heading, justify="right")
    for workers in (1, 2):
        seconds, mebibytes = run(count, workers)
        table.add_row(str(workers), f"{count / seconds:.0f}", f"{mebibytes:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
