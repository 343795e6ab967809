"""Interleaved timing: every contestant runs in every round, so that a slow moment of the machine slows them all.

Processor time is counted: that of the thread, and of processes that it ran and waited for. Other work of the machine then matters less.
"""

from __future__ import annotations

import gc
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from statistics import median
from time import perf_counter, thread_time_ns

from benchmarks.matrix.model import Contestant, Question, Skip, Timed
from benchmarks.matrix.results import Cell, Table, machine, versions

FEWEST = 3
"""Rounds that even a contestant takes part in whose time is up."""


class InProcess:
    """A call in this process."""

    def __init__(self, run: Callable[[], object]) -> None:
        self._run = run
        self._calls = 0

    def round(self, nanoseconds: int) -> float:
        """See `Timed`. The first says how many calls fill the next."""
        started, calls = processor_ns(), 0
        while calls < self._calls or (not self._calls and processor_ns() - started < nanoseconds):
            self._run()
            calls += 1
        self._calls = calls
        return (processor_ns() - started) / calls / 1000

    def close(self) -> None:
        """Nothing was started."""


def processor_ns() -> int:
    """Processor time of this thread and of the processes that ended, nanoseconds."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return thread_time_ns() + int((ended.ru_utime + ended.ru_stime) * 1e9)


def measured(question: Question, *, seconds: float, progress: Callable[[str], None]) -> Table:
    """Return the table of *question*, with about *seconds* for each cell."""
    columns = []
    for case in question.cases:
        started = perf_counter()
        columns.append(_column(question, question.prepare(case), seconds))
        progress(f"{question.name}: {case.label} ({perf_counter() - started:.0f} s)")
    rows = {each.label: tuple(column[each.label] for column in columns) for each in question.contestants}
    return Table(
        name=question.name,
        title=question.title,
        told=question.told,
        command=question.command,
        unit=question.unit,
        base=question.base,
        charted=question.charted,
        columns=tuple(case.label for case in question.cases),
        rows=rows,
        machine=machine(),
        versions=versions(question, rows),
    )


def _column(question: Question, sample: object, seconds: float) -> dict[str, Cell | str]:
    """Measure all contestants with *sample*: their cell, or why there is none."""
    cells: dict[str, Cell | str] = {}
    ready: dict[str, Timed] = {}
    slice_ns = int(seconds * 1e9 / question.rounds)
    try:
        for each in question.contestants:
            found = _ready(each, sample, slice_ns)
            if isinstance(found, str):
                cells[each.label] = found
            else:
                ready[each.label] = found
        gc.collect()
        rounds = list(_rounds(ready, cells, question.rounds, seconds, slice_ns))
    finally:
        for timed in ready.values():
            with suppress(OSError):
                timed.close()
    for label in ready.keys() - cells.keys():
        taken = [each[label] for each in rounds if label in each]
        ratios = [each[label] / each[question.base] for each in rounds if label in each and question.base in each]
        cells[label] = Cell(median(taken), min(taken), median(ratios) if ratios else None)
    return cells


def _ready(contestant: Contestant, sample: object, slice_ns: int) -> Timed | str:
    """Return *contestant* after a round that does not count, unless it is measured cold; or why it is skipped."""
    try:
        timed = contestant.make(sample)
    except Skip as skipped:
        return str(skipped)
    except Exception as failure:
        if contestant.ours:
            raise
        return _told(failure)
    if contestant.cold:
        return timed
    try:
        timed.round(slice_ns)
    except Exception as failure:
        timed.close()
        if contestant.ours:
            raise
        return _told(failure)
    return timed


def _rounds(
    ready: Mapping[str, Timed], cells: dict[str, Cell | str], count: int, seconds: float, slice_ns: int
) -> Iterator[dict[str, float]]:
    """Yield the microseconds of each contestant, round by round; who has used its time up rests after `FEWEST` rounds.

    Who gives up is skipped from then on, and *cells* says why.
    """
    spent = dict.fromkeys(ready, 0.0)
    for number in range(count):
        found: dict[str, float] = {}
        for label, timed in ready.items():
            if label in cells or (number >= FEWEST and spent[label] > 2 * seconds):
                continue
            started = perf_counter()
            try:
                found[label] = timed.round(slice_ns)
            except Skip as skipped:
                cells[label] = str(skipped)
            spent[label] += perf_counter() - started
        yield found


def _told(failure: Exception) -> str:
    """Return why a peer failed, in one short line."""
    said = " ".join(str(failure).split())[:100]
    print(f"  {type(failure).__name__}: {said}", file=sys.stderr)
    return f"refuses the sample ({type(failure).__name__})"
