"""Processes that grant sessions are killed at random points: every session that was given out has exactly one event that can be read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.collectors import StubCollector, plain, records_in
from tests.support.paths import ACCOUNT_DIRECTORY, REPOSITORY
from tests.support.stores import Store
from tests.support.world import USER

GRANTING = """
import os, random, signal, sys, time
from federation.sts.service import SecurityTokenService

account, place, caller, kills, seed = sys.argv[1:]
chance = random.Random(int(seed))
sts = SecurityTokenService.open(account, audit=place)

def grant():
    child = os.fork()
    while not child:
        session = sts.get_session_token(caller=caller)
        os.write(1, f"{session.credentials.access_key_id}\\n".encode())
    return child

workers = [grant(), grant()]
for _ in range(int(kills)):
    time.sleep(chance.uniform(0.002, 0.06))
    doomed = workers.pop(0)
    os.kill(doomed, signal.SIGKILL)
    os.waitpid(doomed, 0)
    workers.append(grant())
for worker in workers:
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
"""
"""Two workers grant sessions, and are killed and replaced in turns. What a worker wrote to the pipe, a client has."""

Read = Callable[[], list[dict[str, Any]]]


@contextmanager
def json_lines(folder: Path, _: pytest.FixtureRequest) -> Iterator[tuple[str, Read]]:
    file = folder / "audit.jsonl"
    yield f"jsonl://{file}", lambda: list(whole(file, lambda line: [json.loads(line)]))


@contextmanager
def otlp_lines(folder: Path, _: pytest.FixtureRequest) -> Iterator[tuple[str, Read]]:
    pytest.importorskip("opentelemetry.proto", reason="the extra otel is not installed")
    file = folder / "audit.otlp.jsonl"
    yield f"otlp+file://{file}?sync=off", lambda: list(whole(file, lambda line: [plain(each["body"]) for each in records_in(line)]))


@contextmanager
def collector(_: Path, __: pytest.FixtureRequest) -> Iterator[tuple[str, Read]]:
    pytest.importorskip("opentelemetry.proto", reason="the extra otel is not installed")
    with StubCollector() as running:
        yield running.place, running.events


@contextmanager
def database(_: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, Read]]:
    store: Store = request.getfixturevalue("postgresql")
    store.clear()
    yield store.url, lambda: [row for (row,) in store.ask("SELECT event FROM federation.audit_events")]


def whole(file: Path, read: Callable[[str], list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """The events of the lines that can be read; those of killed processes are passed over."""
    for line in file.read_text(encoding="ascii").splitlines():
        with suppress(ValueError):
            yield from read(line)


SINKS = [json_lines, otlp_lines, collector, pytest.param(database, marks=pytest.mark.stores)]


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 10))])
@pytest.mark.parametrize("sink", SINKS)
def test_every_session_that_was_given_out_has_one_event(sink: Any, seed: int, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    kills = 15 if seed == 1 else 150
    with sink(tmp_path, request) as (place, read):
        words = [sys.executable, "-c", GRANTING, str(ACCOUNT_DIRECTORY), place, USER, str(kills), str(seed)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=300, cwd=REPOSITORY, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        given = re.findall(r"^ASIA\w+$", done.stdout, re.MULTILINE)
        recorded = Counter(event["responseElements"]["credentials"]["accessKeyId"] for event in read())
    assert len(given) == len(set(given)) > kills
    assert [key for key in given if recorded[key] != 1] == []
    assert set(recorded.values()) == {1}
    assert 0 <= len(recorded) - len(given) <= kills + 2  # recorded, and killed before it was given out
