"""A progress bar on standard error."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from federation.cli.rendering.results import console


class ProgressBar:
    """Shows the number of judged tokens, and the read share of the files; a context manager."""

    def __init__(self, octets: int | None) -> None:
        """Measure progress against *octets*, the length of all files; None where it is unknown."""
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

    def advance(self, tokens: int, octets: int) -> None:
        """Record that *tokens* more were judged, which took *octets* of their sources."""
        self._tokens += tokens
        self._progress.update(self._task, advance=octets, tokens=self._tokens)
