"""How a worker begins and ends so that no request is lost: it tells when it listens, and leaves after what has begun."""

from __future__ import annotations

import os
import signal
from asyncio import AbstractEventLoop
from contextlib import suppress
from pathlib import Path
from typing import Final

from federation import limits
from federation.server.generations import Board
from federation.server.listeners import is_connected, is_listening, prefer_newest, take_no_more

QUEUE_SECONDS: Final = 0.1
"""Time in which a worker accepts the connections that wait for it, before it closes its listener."""
_LOOK_SECONDS: Final = 0.05
_LISTENING: Final = "listening-"


class Attendance:
    """A worker among those that share a port. SIGTERM ends it after what has begun, SIGINT as soon as open requests are answered."""

    def __init__(self, directory: Path, *, port: int, workers: int) -> None:
        """Attend at *port*, one of *workers*, which share *directory* with their supervisor."""
        self._directory, self._board, self._port, self._workers = directory, Board(directory), port, workers
        self._leaves = False

    @property
    def ends(self) -> bool:
        """Whether each answer is the last of its connection, because the worker or the whole server is about to end."""
        return self._leaves or self._board.draining

    @property
    def draining(self) -> bool:
        """Whether the whole server is about to end."""
        return self._board.draining

    def begin(self, loop: AbstractEventLoop) -> None:
        """Watch for the listener, which is opened after this call, and take SIGTERM over from granian, whose SIGINT stays."""
        with suppress(NotImplementedError):  # not on Windows: there granian's handler stays
            loop.add_signal_handler(signal.SIGTERM, self._leave, loop)
        self._await_listener(loop)

    def _await_listener(self, loop: AbstractEventLoop) -> None:
        if is_listening(self._port):
            prefer_newest(self._port, self._workers)
            with suppress(OSError):  # without the mark a worker that is to be replaced stays
                _mark(self._directory, os.getpid()).touch()
        else:
            loop.call_later(_LOOK_SECONDS, self._await_listener, loop)

    def _leave(self, loop: AbstractEventLoop) -> None:
        if self._leaves:
            return
        self._leaves = True
        if self._board.draining:
            take_no_more(self._port)  # otherwise this worker is replaced by one that gets all new connections
        loop.call_later(QUEUE_SECONDS, self._end, loop, loop.time() + limits.REQUEST_SECONDS)

    def _end(self, loop: AbstractEventLoop, latest: float) -> None:
        if self._board.draining or loop.time() >= latest or not is_connected(self._port):
            os.kill(os.getpid(), signal.SIGINT)  # granian finishes open requests and ends
        else:
            loop.call_later(_LOOK_SECONDS, self._end, loop, latest)


def has_begun(directory: Path, worker: int) -> bool:
    """Return whether the process *worker* listens."""
    return _mark(directory, worker).exists()


def forget(directory: Path, worker: int) -> None:
    """Forget a worker that has ended."""
    _mark(directory, worker).unlink(missing_ok=True)


def _mark(directory: Path, worker: int) -> Path:
    return directory / f"{_LISTENING}{worker}"
