"""Contestants of other languages answer lines; what they cannot do skips them, and a process that ended is not waited for."""

import sys
from collections.abc import Iterator

import pytest

from benchmarks.matrix.model import Skip
from benchmarks.matrix.outside import LONG_NS, SHORT_NS, Outside, Process

PROGRAM = """
import sys
from pathlib import Path
for line in sys.stdin:
    word, name, *fields = line.rstrip().split("\\t")
    if word == "add" and fields[0] == "broken":
        print("failed\\taccepts a forged token", flush=True)
    elif word == "add":
        print("ok" if (Path(fields[1]) / "token").read_text() == "t" else "failed\\tno token", flush=True)
    elif fields[0] == "0":
        break
    else:
        print(int(fields[0]) / 1000, flush=True)
"""


@pytest.fixture
def process() -> Iterator[Process]:
    started = Process([sys.executable, "-c", PROGRAM])
    yield started
    started.end()


def test_a_round_is_answered_by_its_microseconds(process: Process) -> None:
    timed = Outside(process, "library", {"token": "t"})
    assert process.warm
    assert timed.round(2_500) == 2.5
    timed.close()
    assert Outside(process, "library", {"token": "t"}).round(1_000) == 1.0
    assert LONG_NS > SHORT_NS


def test_what_fails_says_why(process: Process) -> None:
    with pytest.raises(Skip, match=r"^accepts a forged token$"):
        Outside(process, "broken", {"token": "t"})
    with pytest.raises(Skip, match=r"^no token$"):
        Outside(process, "library", {"token": "another"})


def test_a_process_that_ended_is_said_to_have_ended(process: Process) -> None:
    timed = Outside(process, "library", {"token": "t"})
    for _ in range(2):
        with pytest.raises(Skip, match=r"^its process ended$"):
            timed.round(0)
