"""Noticing that account directories changed.

The system reports changes at once where the package watchfiles is installed and the file system tells of any. A look every second finds the
rest, a directory that was replaced as a whole among it. What counts is the state of the files; a report is only a reason to look.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import Final

from federation.account.snapshot import Signature, signature_of

LOOK_SECONDS: Final = 1.0
"""Between two looks where nothing is reported."""
LOOK_SHARE: Final = 50
"""A look takes at most one part in so many of the time: ten thousand files are looked at less often than ten."""
QUIET_SECONDS: Final = 0.1
"""Files that did not change for so long count as written to the end; whoever writes more slowly is judged twice."""
_STEP_MILLISECONDS: Final = 20
_GROUP_MILLISECONDS: Final = 200


class Watcher:
    """Tells one thread when directories changed. Any other thread, or a signal handler, may `rouse` or `stop` it."""

    def __init__(self, directories: Sequence[Path], *, leave_out: frozenset[str] = frozenset()) -> None:
        """Watch *directories*, but for the files whose absolute names are in *leave_out*."""
        self._directories, self._leave_out = tuple(directory.absolute() for directory in directories), leave_out
        self._roused, self._stopped = Event(), Event()
        self._cost = 0.0

    def start(self, *, unreported: Callable[[str], None]) -> None:
        """Ask the system for reports. *unreported* is called with the reason where it gives none, now or later: looking has to do then."""
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
        """Wait for a report, for `rouse`, or until it is time to look. False once stopped."""
        self._roused.wait(max(LOOK_SECONDS, LOOK_SHARE * self._cost))
        self._roused.clear()
        return not self._stopped.is_set()

    def pause(self, seconds: float) -> None:
        """Wait for *seconds*, whatever is reported, or until stopped."""
        self._stopped.wait(seconds)

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    def rouse(self) -> None:
        """End the present, or the next, `wait`."""
        self._roused.set()

    def stop(self) -> None:
        """End every wait, for good."""
        self._stopped.set()
        self._roused.set()

    def signatures(self) -> tuple[Signature, ...]:
        """Return what the directories look like now."""
        begun = time.monotonic()
        found = tuple(signature_of(directory, leave_out=self._leave_out) for directory in self._directories)
        self._cost = time.monotonic() - begun
        return found

    def settled(self, seen: tuple[Signature, ...]) -> tuple[Signature, ...]:
        """Return what the directories look like once they stay as they are for `QUIET_SECONDS`, beginning with *seen*."""
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
        except Exception as failure:  # noqa: BLE001 - whatever the system cannot do: looking goes on
            unreported(f"the system reports no changes: {type(failure).__name__}")

    def _matters(self, path: str) -> bool:
        if path in self._leave_out:
            return False
        inside = next((Path(path).relative_to(root) for root in self._directories if Path(path).is_relative_to(root)), None)
        return inside is None or not any(part.startswith(".") for part in inside.parts)
