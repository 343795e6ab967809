"""Detection of changes of account directories.

With the package watchfiles, and a file system that supports it, the system reports changes at once. Other changes, such as the replacement
of a whole directory, are found by comparing signatures every second. A report only starts such a comparison earlier.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import Final

from federation.account.snapshot import Fingerprint, signature_of

LOOK_SECONDS: Final = 1.0
"""Interval between two comparisons without a report."""
LOOK_SHARE: Final = 50
"""Comparisons take at most 1/50 of the time, so that large directories are compared less often."""
QUIET_SECONDS: Final = 0.1
"""Time without a change after which files count as completely written."""
_STEP_MILLISECONDS: Final = 20
_GROUP_MILLISECONDS: Final = 200


class Watcher:
    """Watches directories for one thread. Any other thread, or a signal handler, may call `rouse` and `stop`."""

    def __init__(self, directories: Sequence[Path], *, leave_out: frozenset[str] = frozenset()) -> None:
        """Watch *directories*, without the files whose absolute names are in *leave_out*."""
        self._directories, self._leave_out = tuple(directory.absolute() for directory in directories), leave_out
        self._roused, self._stopped = Event(), Event()
        self._cost = 0.0

    def start(self, *, unreported: Callable[[str], None]) -> None:
        """Start the system's watcher. *unreported* is called with the reason where it fails, now or later."""
        if find_spec("watchfiles") is None:
            unreported("the package watchfiles is not installed")
            return
        from watchfiles import watch  # noqa: PLC0415 - an optional part of the installation

        reports = watch(
            *self._directories,
            watch_filter=lambda _, path: self._matters(path),
            debounce=_GROUP_MILLISECONDS,
            step=_STEP_MILLISECONDS,
            stop_event=self._stopped,
            recursive=True,
        )
        Thread(target=self._listen, args=(reports, unreported), name="account-reports", daemon=True).start()

    def wait(self) -> bool:
        """Wait for a report, for `rouse`, or for the next comparison. Return False after `stop`."""
        self._roused.wait(max(LOOK_SECONDS, LOOK_SHARE * self._cost))
        self._roused.clear()
        return not self._stopped.is_set()

    def pause(self, seconds: float) -> None:
        """Wait for *seconds*, or until `stop`, regardless of reports."""
        self._stopped.wait(seconds)

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    def rouse(self) -> None:
        """End the present or the next `wait`."""
        self._roused.set()

    def stop(self) -> None:
        """End the present wait and every later one."""
        self._stopped.set()
        self._roused.set()

    def signatures(self) -> tuple[Fingerprint, ...]:
        """Return the present signatures of the directories."""
        begun = time.monotonic()
        found = tuple(signature_of(directory, leave_out=self._leave_out) for directory in self._directories)
        self._cost = time.monotonic() - begun
        return found

    def settled(self, seen: tuple[Fingerprint, ...]) -> tuple[Fingerprint, ...]:
        """Return the signatures of the directories once they are unchanged for `QUIET_SECONDS`, beginning with *seen*."""
        while not self._stopped.wait(QUIET_SECONDS):
            now = self.signatures()
            if now == seen:
                break
            seen = now
        return seen

    def _listen(self, reports: Iterator[object], unreported: Callable[[str], None]) -> None:
        try:
            for _ in reports:
                self._roused.set()
        except Exception as failure:  # noqa: BLE001 - the watcher may fail in any way; comparisons continue
            unreported(f"the system reports no changes: {type(failure).__name__}")

    def _matters(self, path: str) -> bool:
        if path in self._leave_out:
            return False
        inside = next((Path(path).relative_to(root) for root in self._directories if Path(path).is_relative_to(root)), None)
        return inside is None or not any(part.startswith(".") for part in inside.parts)
