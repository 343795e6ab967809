"""A progress bar on standard error, for whoever watches."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from federation.cli.rendering.results import console


class ProgressBar:
    """How many tokens are judged, and how far into the files that is; a context manager."""

    def __init__(self, octets: int | None) -> None:
        """Measure by *octets*, the length of all that will be read; None where that is unknown."""
        columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.fields[tokens]} tokens"), TimeRemainingColumn(compact=True))
        self._progress = Progress(
            *columns,
            console=console(sys.stderr),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,  # stdout is the result
        )
        self._task = self._progress.add_task("", total=octets, tokens=0)
        self._tokens = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.stop()

    def advance(self, octets: int) -> None:
        """Note that one token, which took *octets* of its source, was judged."""
        self._tokens += 1
        self._progress.update(self._task, advance=octets, tokens=self._tokens)
