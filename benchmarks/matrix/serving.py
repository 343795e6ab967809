"""Requests per second of a worker, beside moto's server. moto verifies nothing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from multiprocessing import Pool
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.load import free_port, listening, run
from benchmarks.matrix.model import Labelled, Skip
from benchmarks.server import ACCOUNT, OPERATIONS

ROUNDS = 3
REQUESTS = 240
"""Of a worker in a round; moto takes a quarter."""
_OF_A_ROUND = REQUESTS + 2 * REQUESTS + REQUESTS // 4


@dataclass(frozen=True, slots=True)
class Load:
    """Requests, each with a token of its own, since a SAML response is accepted once."""

    requests: Iterator[bytes]


def load(case: Labelled) -> Load:
    """Sign the tokens of *case* for every round, for the one before them, and for all workers."""
    at = datetime.now(UTC).replace(microsecond=0)
    with Pool() as pool:
        made = pool.map(partial(OPERATIONS[case.label], at=at), range(_OF_A_ROUND * (ROUNDS + 1)), chunksize=100)
    return Load(iter(made))


class Server:
    """A server that runs until it is closed."""

    def __init__(self, command: Sequence[str], port: int, given: Load, *, requests: int, connections: int, verifying: bool) -> None:
        self._stack, self._port, self._given = ExitStack(), port, given
        self._requests, self._connections, self._verifying = requests, connections, verifying
        self._stack.enter_context(listening(command, port))

    def round(self, nanoseconds: int) -> float:
        """See `Timed`. A round is a number of requests, however long it takes."""
        del nanoseconds
        batch = list(islice(self._given.requests, self._requests))
        measured = run(self._port, batch, connections=self._connections)
        if measured.refused and self._verifying:
            raise RuntimeError(f"{measured.refused} of {measured.requests} requests refused")
        if measured.refused:
            raise Skip(f"refuses {measured.refused} of {measured.requests} requests")
        return measured.seconds / measured.requests * 1e6

    def close(self) -> None:
        """End it."""
        self._stack.close()


class Ours(Server):
    """`federation serve` with its state in a file, as several workers need it."""

    def __init__(self, given: Load, workers: int) -> None:
        port, self._folder = free_port(), TemporaryDirectory()
        program = "from federation.cli.main import main; main()"
        options = ["--account", str(ACCOUNT), "--port", str(port), "--workers", str(workers)]
        command = [sys.executable, "-c", program, "serve", *options, "--state", f"sqlite:///{self._folder.name}/state.sqlite"]
        super().__init__(command, port, given, requests=REQUESTS * workers, connections=16 * workers, verifying=True)

    def close(self) -> None:
        """End it and remove its state."""
        super().close()
        self._folder.cleanup()


def ours(workers: int) -> Callable[[Load], Server]:
    """`federation serve` with *workers*."""
    return lambda given: Ours(given, workers)


def moto(given: Load) -> Server:
    """`moto_server`, which has one process."""
    program = shutil.which("moto_server", path=str(Path(sys.executable).parent)) or shutil.which("moto_server")
    if program is None:
        raise Skip("moto_server is not installed")
    port = free_port()
    return Server([program, "-p", str(port)], port, given, requests=REQUESTS // 4, connections=16, verifying=False)
