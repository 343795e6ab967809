"""Shutdown by interrupt (SIGINT): after the first, requests in flight are finished; the second ends them."""

from __future__ import annotations

import os
import signal
from multiprocessing import active_children
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from granian.server import MPServer

    from federation.server.access_log import AccessLog


class Interrupts:
    """Counts interrupts (SIGINT) of the main process while *server* serves."""

    def __init__(self, server: MPServer, log: AccessLog) -> None:
        self._server = server
        self._log = log
        self._main = os.getpid()
        self._seen = 0

    def listen(self) -> None:
        """Replace granian's handler of SIGINT, which is set before granian calls its startup hooks."""
        signal.signal(signal.SIGINT, self._interrupted)

    def settle(self) -> bool:
        """Ignore further interrupts during the clean-up, and return whether requests in flight were finished."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return self._seen <= 1

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() != self._main:  # a worker that has not set its own handler yet; the main process ends it
            return
        self._seen += 1
        if self._seen == 1:
            self._log.tell("stopping", hint="requests in flight are finished; interrupt again to end them")
            self._server.signal_handler_interrupt(number, frame)  # type: ignore[no-untyped-call]
            return
        for worker in active_children():
            worker.kill()
