"""Generations of the account, which the supervisor and its workers share in a private directory.

A generation is a copy of the account directories as they were at one instant, numbered from 1, and the changes that workers wrote since
(`federation.server.journal`). One page of shared memory holds what is served, and the number of the generation that is offered. Workers
read it at the beginning of every request, so that one write of the supervisor, or of the worker that changed the account, switches all of
them (docs/adr/0018, 0030).
"""

from __future__ import annotations

import json
import mmap
from pathlib import Path
from typing import Any, Final, NamedTuple

from federation.errors import AccountFaults, FederationError

_BOARD_FILE: Final = "board"
_WORD_OCTETS: Final = 8
_SERVED, _OFFERED, _DRAINING = 0, 1, 2
_WORDS: Final = 3
_COUNT_BITS: Final = 40
_COUNT_MASK: Final = (1 << _COUNT_BITS) - 1
_FAULTS_TOLD: Final = 20

FaultRecord = dict[str, Any]
"""A refusal of a generation as plain data, made by `FederationError.as_dict`."""


class Mark(NamedTuple):
    """What all workers serve.

    Attributes:
        generation: Number of the generation.
        changes: Number of entries of its journal that count.
    """

    generation: int
    changes: int


class Board:
    """What is served, the generation offered for preparation (0 for none), and whether the server is about to stop, in shared memory."""

    def __init__(self, directory: Path) -> None:
        """Open the board in *directory*; create it where it is absent."""
        path = directory / _BOARD_FILE
        if not path.exists():
            path.write_bytes(bytes(_WORDS * _WORD_OCTETS))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _WORDS * _WORD_OCTETS)
        self._words = memoryview(self._page).cast("Q")  # an aligned word is read and written atomically

    @property
    def served(self) -> Mark:
        """What serves every request that begins now."""
        word = self._words[_SERVED]
        return Mark(word >> _COUNT_BITS, word & _COUNT_MASK)

    @property
    def offered(self) -> int:
        """Number of the generation that workers prepare and vote on; 0 for none."""
        return self._words[_OFFERED]

    @property
    def draining(self) -> bool:
        """Whether the server is about to stop: it is not ready, and each answer is the last of its connection."""
        return self._words[_DRAINING] != 0

    def drain(self) -> None:
        """Tell all workers that the server is about to stop."""
        self._words[_DRAINING] = 1

    def offer(self, number: int) -> None:
        """Ask the workers to prepare generation *number*; 0 withdraws the offer."""
        self._words[_OFFERED] = number

    def serve(self, number: int, *, changes: int = 0) -> None:
        """Make generation *number* with *changes* the one that all workers serve from now on, and withdraw the offer."""
        self._words[_SERVED] = number << _COUNT_BITS | changes
        self._words[_OFFERED] = 0

    def count(self, served: Mark) -> None:
        """Make *served*, the present generation with more changes, what all workers serve from now on. The caller has the writer's lock."""
        self._words[_SERVED] = served.generation << _COUNT_BITS | served.changes


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
