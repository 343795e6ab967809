"""The counts of all processes of a server, in files that they map into memory. No count is lost or doubled when a process is killed.

A process counts in a slot of its own, which it locks. When it ends, however it ends, the system releases the lock and keeps the counts. The
next process takes the slot over and counts on. A scrape adds the slots up, so any worker can answer it, and no sum goes down while the
server lives. ADR 49 has the reasons.
"""

from __future__ import annotations

import mmap
import os
from bisect import bisect_left
from pathlib import Path
from threading import Lock
from typing import Final

from federation.server.metrics.catalogue import PLACES, WORDS, Counted

try:
    import fcntl
except ImportError:  # not POSIX
    fcntl = None  # type: ignore[assignment]

_PREFIX: Final = "counts-"
_WORD_OCTETS: Final = 8


class Slot:
    """The counts of one process. Words are 64 bits, written whole; threads of the process take turns.

    Attributes:
        words: All counts. Who changes one holds *turn*.
        turn: The lock.
    """

    __slots__ = ("_handle", "turn", "words")

    def __init__(self, handle: int) -> None:
        """Count in the open file *handle*, which stays open."""
        self._handle, self.turn = handle, Lock()
        self.words = memoryview(mmap.mmap(handle, WORDS * _WORD_OCTETS)).cast("Q")

    def add(self, metric: Counted, row: int, column: int = 0) -> None:
        """Count one more in a row and column of the counter *metric*."""
        place = PLACES[metric.name] + row * metric.width + column
        with self.turn:
            self.words[place] += 1

    def observe(self, metric: Counted, row: int, nanoseconds: int) -> None:
        """Add a duration to a row of the histogram *metric*."""
        begin = PLACES[metric.name] + row * metric.width
        with self.turn:
            self.words[begin + bisect_left(metric.bounds, nanoseconds)] += 1
            self.words[begin + metric.width - 1] += nanoseconds


def claim(directory: Path) -> Slot:
    """Return a slot that no living process has, among those in *directory*."""
    number = 0
    while True:
        handle = os.open(directory / f"{_PREFIX}{number}", os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        if _locks(handle):
            os.ftruncate(handle, WORDS * _WORD_OCTETS)
            return Slot(handle)
        os.close(handle)
        number += 1


def _locks(handle: int) -> bool:
    if fcntl is None:  # without such locks no slot is taken over: a new file is one of size 0
        return os.fstat(handle).st_size == 0
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class Totals:
    """The sums over all slots, as they are at this moment."""

    __slots__ = ("_slots",)

    def __init__(self, directory: Path) -> None:
        """Read the slots in *directory*."""
        slots = (path.read_bytes() for path in sorted(directory.glob(f"{_PREFIX}*")))
        self._slots = [slot for slot in slots if len(slot) == WORDS * _WORD_OCTETS]  # not one that is being made

    def row(self, metric: Counted, row: int) -> list[int]:
        """Return the sums of one row of *metric*; an empty list where nothing was counted."""
        begin = (PLACES[metric.name] + row * metric.width) * _WORD_OCTETS
        rows = [slot[begin : begin + metric.width * _WORD_OCTETS] for slot in self._slots]
        counted = [memoryview(words).cast("Q") for words in rows if words.strip(b"\0")]
        return [sum(column) for column in zip(*counted, strict=True)] if counted else []
