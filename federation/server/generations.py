"""Generations of the account: what the supervisor and its workers share, in one private directory of theirs.

A generation is a copy of the account directories as they stood at one instant, numbered from 1. One page of shared memory says which is
served and which is offered. Workers read the served number at the beginning of every request, so that all of them go over with one store of
the supervisor (docs/adr/0018).
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
"""A refusal of a generation as plain data, by `FederationError.as_dict`."""


class Board:
    """The numbers that all processes see: the generation served, and the one offered for preparation (0 for none)."""

    def __init__(self, directory: Path) -> None:
        """Open the board in *directory*; the first to come makes it."""
        path = directory / _BOARD_FILE
        if not path.exists():
            path.write_bytes(bytes(2 * _WORD_OCTETS))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), 2 * _WORD_OCTETS)
        self._words = memoryview(self._page).cast("Q")  # an aligned word is read and written at once

    @property
    def served(self) -> int:
        """The generation that every request beginning now is served by."""
        return self._words[_SERVED]

    @property
    def offered(self) -> int:
        """The generation that workers should prepare and vote on."""
        return self._words[_OFFERED]

    def offer(self, number: int) -> None:
        """Ask the workers to prepare generation *number*; 0 takes the offer back."""
        self._words[_OFFERED] = number

    def serve(self, number: int) -> None:
        """Let generation *number* be served, by all and from now on."""
        self._words[_SERVED] = number
        self._words[_OFFERED] = 0


def place_of(directory: Path, number: int) -> Path:
    """Return where generation *number* lies."""
    return directory / f"generation-{number}"


def copies_in(place: Path, count: int) -> list[Path]:
    """Return where the copies of *count* account directories lie in the generation at *place*, in the order they were named."""
    return [place / str(number) for number in range(count)]


def vote(directory: Path, number: int, *, voter: int, faults: list[FaultRecord]) -> None:
    """Record what the worker *voter* says of generation *number*: sound where *faults* is empty."""
    ballot = directory / f"vote-{number}-{voter}"
    unfinished = ballot.with_suffix(".new")
    unfinished.write_text(json.dumps(faults), encoding="ascii")
    unfinished.replace(ballot)


def votes_on(directory: Path, number: int) -> dict[int, list[FaultRecord]]:
    """Return the faults that each worker found in generation *number*, by worker; none for those that find it sound."""
    ballots = (path for path in directory.glob(f"vote-{number}-*") if path.suffix != ".new")
    return {int(path.name.rpartition("-")[2]): json.loads(path.read_text(encoding="ascii")) for path in ballots}


def forget_votes(directory: Path) -> None:
    """Remove all votes: the matter is decided."""
    for path in directory.glob("vote-*"):
        path.unlink(missing_ok=True)


def faults_of(refusal: FederationError) -> list[FaultRecord]:
    """Return *refusal*, or the faults of a directory that it holds, as plain data."""
    faults: tuple[FederationError, ...] = refusal.faults if isinstance(refusal, AccountFaults) else (refusal,)
    return [fault.as_dict() for fault in faults[:_FAULTS_TOLD]]
