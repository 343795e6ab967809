"""Shutdown by signal: requests in flight are finished; a second interrupt (SIGINT) ends them.

SIGTERM drains first: the server says that it is not ready, and still answers, until load balancers had time to hear of it.
"""

from __future__ import annotations

import os
import signal
import time
from multiprocessing import active_children
from threading import Thread, Timer
from types import FrameType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from granian.server import MPServer

    from federation.server.access_log import AccessLog
    from federation.server.generations import Board

_PAUSE_SECONDS: Final = 0.5


class StopSignals:
    """Takes the signals that stop the main process (SIGINT, SIGTERM) while *server* serves."""

    def __init__(self, server: MPServer, log: AccessLog, board: Board, *, drain_seconds: float = 0) -> None:
        """Stop *server*; SIGTERM drains it for *drain_seconds* before, which *board* tells the workers."""
        self._server = server
        self._log = log
        self._board, self._drain_seconds = board, drain_seconds
        self._main = os.getpid()
        self._interrupts = 0

    def listen(self) -> None:
        """Replace granian's handlers, which are set before granian calls its startup hooks."""
        signal.signal(signal.SIGINT, self._interrupted)
        signal.signal(signal.SIGTERM, self._terminated)

    def settle(self) -> bool:
        """Ignore further interrupts during the clean-up, and return whether requests in flight were finished."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return self._interrupts <= 1

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() != self._main:  # a worker that has not set its own handler yet; the main process ends it
            return
        self._interrupts += 1
        if self._interrupts == 1:
            self._log.tell("stopping", hint="requests in flight are finished; interrupt again to end them")
            self._stop(number, frame)
            return
        for worker in active_children():
            worker.kill()

    def _terminated(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() != self._main or self._board.draining or not self._drain_seconds:
            self._stop(number, frame)
            return
        self._board.drain()
        self._log.tell("draining", seconds=self._drain_seconds, hint="requests are answered meanwhile; terminate again to stop now")
        timer = Timer(self._drain_seconds, self._stop, (number, None))
        timer.daemon = True
        timer.start()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._server.signal_handler_interrupt(number, frame)  # type: ignore[no-untyped-call]
        if os.getpid() == self._main:
            self._board.drain()
            Thread(target=_end_late_workers, daemon=True).start()


def _end_late_workers() -> None:
    """Tell the workers to end until none is left: one that was just forked loses a signal that comes before its own handlers are set.

    granian tells each once, and waits `limits.SHUTDOWN_SECONDS` for one that did not hear it. A worker that is ending does not mind.
    """
    while workers := active_children():
        for worker in workers:
            worker.terminate()
        time.sleep(_PAUSE_SECONDS)
