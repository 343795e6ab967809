"""granian's server of several processes, with workers that are replaced one after another without a failed request."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from granian.constants import SSLProtocols
from granian.server.mp import MPServer, WorkerProcess

from federation import limits
from federation.server.certificates import Certificates
from federation.server.departing import forget, has_begun

InWorker = Callable[..., object]
"""What granian calls in a new process."""
START_SECONDS: Final = 120
"""Time that a worker has until it listens; an account of ten thousand roles loads in a few seconds."""
_LOOK_SECONDS: Final = 0.02


class RollingServer(MPServer):
    """A server whose workers are replaced on demand. Each goes when the one in its place listens, after its connections have ended."""

    def __init__(self, shared: Path, **settings: object) -> None:
        """Take the settings of granian; workers tell in *shared* that they listen."""
        super().__init__(**settings)  # type: ignore[arg-type]
        self._shared = shared
        self._on_replaced: Callable[[bool], None] = lambda _: None

    def use(self, certificates: Certificates) -> None:
        """Let workers that start from now on speak TLS by the present pair of *certificates*.

        Raises:
            OSError: OpenSSL does not take it.
        """
        pair = certificates.present
        self.build_ssl_context(pair.certificate, pair.key, None, SSLProtocols.tls12, None, [], client_verify=False)

    def renew(self, certificates: Certificates) -> None:
        """Have all workers take over the present pair of *certificates*; where none can serve with it, keep what there is."""
        before = self.ssl_ctx

        def tell(all_replaced: bool) -> None:  # noqa: FBT001
            if all_replaced:
                certificates.taken_over()
            else:
                self.ssl_ctx = before
                certificates.not_taken_over()

        try:
            self.use(certificates)
        except OSError:  # ssl.SSLError
            tell(False)  # noqa: FBT003
        else:
            self.replace_workers(tell)

    def replace_workers(self, on_replaced: Callable[[bool], None]) -> None:
        """Have every worker replaced soon, and tell *on_replaced* whether all were; safe in any thread."""
        self._on_replaced = on_replaced
        self.signal_handler_reload()  # type: ignore[no-untyped-call]

    def _respawn_workers(self, workers: Sequence[int], spawn_target: InWorker, target_loader: InWorker, delay: float = 0) -> None:
        """Replace *workers*. granian waits *delay* and takes the new one for ready, except where the old one has ended: then it is 0."""
        if not delay:
            super()._respawn_workers(workers, spawn_target, target_loader, delay)
            return
        tell, all_replaced = self._on_replaced, True
        for index in workers:
            all_replaced = not self.interrupt_signal and self._replaced(index, spawn_target, target_loader)
            if not all_replaced:
                break
        if not self.interrupt_signal:
            tell(all_replaced)

    def _replaced(self, index: int, spawn_target: InWorker, target_loader: InWorker) -> bool:
        new: WorkerProcess = self._spawn_worker(idx=index, target=spawn_target, callback_loader=target_loader)
        new.interrupt_by_parent = True  # its end is noticed here, and is none of a worker that served
        new.start()  # type: ignore[no-untyped-call]
        if not self._listens(new):
            new.kill()  # type: ignore[no-untyped-call]
            new.join()  # type: ignore[no-untyped-call]
            return False
        old, self.wrks[index] = self.wrks[index], new
        new.interrupt_by_parent = False
        if not new.is_alive():  # type: ignore[no-untyped-call]
            self.interrupt_children.append(index)
        old.terminate()  # type: ignore[no-untyped-call]
        if not self._ended(old):
            if self.interrupt_signal:
                self.wrks.append(old)  # it is stopped with the others, and has the time that they have
                return True
            old.kill()  # type: ignore[no-untyped-call]
            old.join()  # type: ignore[no-untyped-call]
        forget(self._shared, old._id())  # type: ignore[no-untyped-call]  # noqa: SLF001 - granian has no other name for it
        return True

    def _listens(self, worker: WorkerProcess) -> bool:
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends and not self.interrupt_signal:
            if has_begun(self._shared, worker._id()):  # type: ignore[no-untyped-call]  # noqa: SLF001
                return True
            if not worker.is_alive():  # type: ignore[no-untyped-call]
                return False
            time.sleep(_LOOK_SECONDS)
        return False

    def _ended(self, worker: WorkerProcess) -> bool:
        ends = time.monotonic() + limits.REQUEST_SECONDS + limits.SHUTDOWN_SECONDS
        while worker.is_alive() and time.monotonic() < ends and not self.interrupt_signal:  # type: ignore[no-untyped-call]
            time.sleep(_LOOK_SECONDS)
        return not worker.is_alive()  # type: ignore[no-untyped-call]
