"""Generations of the account, which the supervisor and its workers share in a private directory.

A generation is a copy of the account directories as they were at one instant, numbered from 1. One page of shared memory holds the number
of the generation served and of the one offered. Workers read the served number at the beginning of every request, so that one write of the
supervisor switches all of them (docs/adr/0018).
"""

from __future__ import annotations

import json
import mmap
from pathlib import Path
from typing import Any, Final

from federation.errors import AccountFaults, FederationError

_BOARD_FILE: Final = "board"
_WORD_OCTETS: Final = 8
_SERVED, _OFFERED = 0, 1
_FAULTS_TOLD: Final = 20

FaultRecord = dict[str, Any]
"""A refusal of a generation as plain data, made by `FederationError.as_dict`."""


class Board:
    """Two numbers in shared memory: the generation served, and the one offered for preparation (0 for none)."""

    def __init__(self, directory: Path) -> None:
        """Open the board in *directory*; create it where it is absent."""
        path = directory / _BOARD_FILE
        if not path.exists():
            path.write_bytes(bytes(2 * _WORD_OCTETS))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), 2 * _WORD_OCTETS)
        self._words = memoryview(self._page).cast("Q")  # an aligned word is read and written atomically

    @property
    def served(self) -> int:
        """Number of the generation that serves every request that begins now."""
        return self._words[_SERVED]

    @property
    def offered(self) -> int:
        """Number of the generation that workers prepare and vote on; 0 for none."""
        return self._words[_OFFERED]

    def offer(self, number: int) -> None:
        """Ask the workers to prepare generation *number*; 0 withdraws the offer."""
        self._words[_OFFERED] = number

    def serve(self, number: int) -> None:
        """Make generation *number* the one that all workers serve from now on, and withdraw the offer."""
        self._words[_SERVED] = number
        self._words[_OFFERED] = 0


def place_of(directory: Path, number: int) -> Path:
    """Return the directory of generation *number*."""
    return directory / f"generation-{number}"


def copies_in(place: Path, count: int) -> list[Path]:
    """Return the paths of the copies of *count* account directories in the generation at *place*, in the order of the directories."""
    return [place / str(number) for number in range(count)]


def vote(directory: Path, number: int, *, voter: int, faults: list[FaultRecord]) -> None:
    """Write the vote of the worker *voter* on generation *number*: it accepts where *faults* is empty."""
    ballot = directory / f"vote-{number}-{voter}"
    unfinished = ballot.with_suffix(".new")
    unfinished.write_text(json.dumps(faults), encoding="ascii")
    unfinished.replace(ballot)


def votes_on(directory: Path, number: int) -> dict[int, list[FaultRecord]]:
    """Return the faults that each worker found in generation *number*, by worker; an empty list where it accepts."""
    ballots = (path for path in directory.glob(f"vote-{number}-*") if path.suffix != ".new")
    return {int(path.name.rpartition("-")[2]): json.loads(path.read_text(encoding="ascii")) for path in ballots}


def forget_votes(directory: Path) -> None:
    """Remove all votes, once the offer is decided."""
    for path in directory.glob("vote-*"):
        path.unlink(missing_ok=True)


def faults_of(refusal: FederationError) -> list[FaultRecord]:
    """Return *refusal*, or the faults of a directory that it holds, as plain data."""
    faults: tuple[FederationError, ...] = refusal.faults if isinstance(refusal, AccountFaults) else (refusal,)
    return [fault.as_dict() for fault in faults[:_FAULTS_TOLD]]
