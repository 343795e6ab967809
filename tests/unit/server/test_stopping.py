"""Workers end when the server is told to, whenever they were started."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from federation.server.access_log import AccessLog
from federation.server.generations import Board
from federation.server.stopping import StopSignals

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
SECONDS = 60


@pytest.fixture
def stops(tmp_path: Path) -> Iterator[list[int]]:
    """The signals that the main process passed on to granian, with our handlers set."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    passed: list[int] = []
    server: Any = SimpleNamespace(signal_handler_interrupt=lambda number, frame: passed.append(number))
    StopSignals(server, AccessLog(), Board(tmp_path)).listen()
    yield passed
    for number, handler in before.items():
        signal.signal(number, handler)


def deaf(heard: Any) -> None:
    """A worker that loses the first signal, and sets its handler then."""
    lost: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: lost.append(number))
    heard.set()
    while not lost:
        time.sleep(0.01)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    time.sleep(SECONDS)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_lost_the_first_signal_ends(stops: list[int], number: signal.Signals) -> None:
    """The stop took twenty seconds where a worker was forked right before it."""
    fork = multiprocessing.get_context("fork")
    heard = fork.Event()
    worker = fork.Process(target=deaf, args=(heard,))
    worker.start()
    assert heard.wait(SECONDS)
    os.kill(os.getpid(), number)
    worker.join(SECONDS)
    assert worker.exitcode == -signal.SIGTERM
    assert stops == [number]
