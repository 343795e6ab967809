"""Shutdown by signal: requests in flight are finished; a second interrupt (SIGINT) ends them."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing import active_children
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from granian.server import MPServer

    from federation.server.access_log import AccessLog

_PAUSE_SECONDS: Final = 0.5


class StopSignals:
    """Takes the signals that stop the main process (SIGINT, SIGTERM) while *server* serves."""

    def __init__(self, server: MPServer, log: AccessLog) -> None:
        self._server = server
        self._log = log
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
            self._terminated(number, frame)
            return
        for worker in active_children():
            worker.kill()

    def _terminated(self, number: int, frame: FrameType | None) -> None:
        self._server.signal_handler_interrupt(number, frame)  # type: ignore[no-untyped-call]
        if os.getpid() == self._main:
            Thread(target=_end_late_workers, daemon=True).start()


def _end_late_workers() -> None:
    """Tell the workers to end until none is left: one that was just forked loses a signal that comes before its own handlers are set.

    granian tells each once, and waits `limits.SHUTDOWN_SECONDS` for one that did not hear it. A worker that is ending does not mind.
    """
    while workers := active_children():
        for worker in workers:
            worker.terminate()
        time.sleep(_PAUSE_SECONDS)
