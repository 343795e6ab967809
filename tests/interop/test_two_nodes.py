"""Two minutes of mixed traffic on two servers with one state and one keyring, with a fault each twelve seconds.

It asks for little, so that the rest of the suite runs beside it. `make nodes` has two minutes at 80 % of what the servers can do.
"""

from __future__ import annotations

import http.client
import itertools
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.account.writing.keyring import rotate_keyring
from tests.support.paths import ACCOUNT_DIRECTORY
from tests.support.server import Served, need_server, resident_kilobytes, serve
from tests.support.shown import SHOWN
from tests.support.traffic.client import Client
from tests.support.traffic.load import Report, User, run

USERS, RATE = 4, 6.0
"""Who asks, and for how many answers a second all together."""
SECONDS, FAULT_SECONDS = 120.0, 12.0
AHEAD = timedelta(seconds=8)
"""How long before it seals a new key is in the account; longer than a server takes to read it."""


class Nodes:
    """Two servers of one account, with one embedded state."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._starts, self._turns = folder, itertools.count(1), itertools.count()
        self.account = folder / "account"
        shutil.copytree(ACCOUNT_DIRECTORY, self.account, copy_function=shutil.copy)
        self.running = [self._start(), self._start()]

    def _start(self) -> Served:
        log = self._folder / f"{next(self._starts)}.log"
        return serve(log, "--state", f"sqlite:///{self._folder}/state.sqlite", account=self.account)

    def client(self) -> Client:
        """A client that asks the one, and the other where the one does not answer."""
        return Client(*(lambda number=number: self._connect(number) for number in range(2)))

    def _connect(self, number: int) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.running[number].port, timeout=30)

    def kilobytes(self) -> list[int]:
        return [resident_kilobytes(node.process.pid) for node in self.running]

    def kill(self) -> None:
        number = next(self._turns) % 2
        self.running[number].process.kill()
        self.running[number].ended()
        self.running[number] = self._start()

    def kill_worker(self) -> None:
        os.kill(self.running[next(self._turns) % 2].workers()[0], signal.SIGKILL)

    def restart(self) -> None:
        """Stop each as a service manager does, and start it again, one after the other."""
        for number in range(2):
            assert self.running[number].stop() == 0
            self.running[number] = self._start()

    def reload(self) -> None:
        for node in self.running:
            node.process.send_signal(signal.SIGHUP)

    def rotate(self) -> None:
        rotate_keyring(self.account, seals_from=datetime.now(UTC) + AHEAD)


@contextmanager
def two(folder: Path) -> Iterator[Nodes]:
    """Start two servers, and stop those that run in the end."""
    nodes = Nodes(folder)
    try:
        yield nodes
    finally:
        for node in nodes.running:
            node.stop()


@pytest.mark.minutes
def test_mixed_traffic_for_two_minutes_with_faults(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    need_server()
    report = Report(RATE)
    with two(tmp_path) as nodes, ThreadPoolExecutor(USERS) as threads:
        faults = {
            "a node is killed": nodes.kill,
            "the keyring is rotated": nodes.rotate,
            "a worker is killed": nodes.kill_worker,
            "the account is read again": nodes.reload,
            "rolling restart": nodes.restart,
        }
        users = [User(nodes.client(), number) for number in range(USERS)]
        run(report, users, threads, seconds=SECONDS, every=FAULT_SECONDS, faults=faults, kilobytes=nodes.kilobytes)
    record_property(SHOWN, report.text())
    assert report.failed() == []
    assert report.unexpected() == []
    assert len(report.answers) == RATE * SECONDS
    assert len(report.faults) >= 9
    assert max(report.growth()) < 1.1
