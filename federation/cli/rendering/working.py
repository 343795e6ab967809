"""What a verb is doing, on standard error, where it takes longer than a second and standard error is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE_SECONDS: Final = 1.0
"""Time after which somebody wants to know what is going on."""


class _Sign:
    """A line that shows that work goes on, and for how long. Another thread shows it, and none after it was removed."""

    def __init__(self, doing: str) -> None:
        self._doing, self._lock, self._over = doing, Lock(), False
        self._progress: Progress | None = None

    def show(self) -> None:
        # Loaded only now: work that is done within a second starts no slower.
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as said

        from federation.cli.rendering.results import stderr_console  # noqa: PLC0415 - as said

        with self._lock:
            if not self._over:
                columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
                self._progress = Progress(*columns, console=stderr_console(), transient=True, redirect_stdout=False, redirect_stderr=False)
                self._progress.add_task(self._doing, total=None)
                self._progress.start()

    def remove(self) -> None:
        with self._lock:
            self._over = True
            if self._progress is not None:
                self._progress.stop()


@contextmanager
def working(doing: str) -> Iterator[None]:
    """Show *doing*, such as ``reading the account``, while the block runs, after a second; the line is gone when it ends.

    Nothing may be printed within the block.
    """
    if not sys.stderr.isatty():
        yield
        return
    sign = _Sign(doing)
    timer = Timer(PATIENCE_SECONDS, sign.show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        sign.remove()
