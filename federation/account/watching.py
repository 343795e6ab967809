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
from typing import Final, TypeVar

from federation.account.snapshot import Fingerprint, signature_of

T = TypeVar("T")

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

    def __init__(
        self,
        directories: Sequence[Path],
        *,
        leave_out: frozenset[str] = frozenset(),
        known: Callable[[int, str], bool] = lambda _directory, _name: False,
    ) -> None:
        """Watch *directories*.

        Args:
            directories: The directories.
            leave_out: Absolute names of files that do not matter.
            known: Takes the number of a directory and a name in it, and returns whether what is there is known, so that a report of it does
                not matter.
        """
        self._directories, self._leave_out = tuple(directory.absolute() for directory in directories), leave_out
        self._known = known
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

    def settled(self, seen: T, look: Callable[[], T]) -> T:
        """Return the result of *look* once it is unchanged for `QUIET_SECONDS`, beginning with *seen*."""
        while not self._stopped.wait(QUIET_SECONDS):
            now = look()
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
        for number, root in enumerate(self._directories):
            if Path(path).is_relative_to(root):
                inside = Path(path).relative_to(root)
                return not any(part.startswith(".") for part in inside.parts) and not self._known(number, inside.as_posix())
        return True
