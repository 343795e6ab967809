"""How a worker follows the generations: it serves the one that the board marks as served, and prepares the one that is offered."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final, Generic, TypeVar

from federation.errors import FederationError
from federation.server.endpoint import as_failure
from federation.server.generations import Board, FaultRecord, faults_of, place_of, vote

T = TypeVar("T")

LOOK_SECONDS: Final = 0.05
"""Pause between two readings of the board, in seconds; each request reads it as well."""
FIRST_LOOK_SECONDS: Final = 0.5
"""Pause before the first reading, in seconds. Where the worker before this one died on an offer, the supervisor withdraws it meanwhile."""


class Follower(Generic[T]):
    """Holds what one worker serves: the result of *load* for the generation that the board marks as served, and for no other."""

    def __init__(self, directory: Path, load: Callable[[Path], T], *, voter: int) -> None:
        """Load the generation that is served now.

        Args:
            directory: The directory that supervisor and workers share.
            load: Takes the directory of a generation and returns what serves it.
            voter: Process id of this worker.

        Raises:
            FederationError: That generation cannot be loaded.
        """
        self._directory, self._load, self._voter = directory, load, voter
        self._board, self._lock = Board(directory), Lock()
        self._prepared: tuple[int, T] | None = None
        self._seen = 0
        self._held = self._served()

    def current(self) -> T:
        """Return what serves a request that begins now.

        Raises:
            FederationError: This worker cannot load the generation that the others serve. It refuses requests rather than serve an older
                generation.
        """
        if self._held[0] != self._board.served:
            self._take_over()
        return self._held[1]

    def follow(self, supervisor: int) -> None:
        """Read the board until *supervisor* is no longer the parent of this process; then end it, since it would miss later changes.

        The shared directory is removed as well: no other process is left to do so, and the copies of the account include a keyring.
        """
        time.sleep(FIRST_LOOK_SECONDS)
        while os.getppid() == supervisor:
            self.look()
            time.sleep(LOOK_SECONDS)
        shutil.rmtree(self._directory, ignore_errors=True)
        while True:  # a worker that is still starting ignores the signal
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(FIRST_LOOK_SECONDS)

    def look(self) -> None:
        """Prepare the generation that is offered and vote on it; take over the one that is served."""
        offered = self._board.offered
        if offered > self._seen:
            self._seen = offered
            faults = self._prepare(offered)
            with suppress(OSError):  # no space, or no shared directory: without this vote the offer is not served
                vote(self._directory, offered, voter=self._voter, faults=faults)
        if self._held[0] != self._board.served:
            try:
                self._take_over()
            except FederationError:
                return  # the next request tries again, and reports it
        elif not offered:
            with self._lock:
                self._prepared = None  # the offer was withdrawn

    def _prepare(self, number: int) -> list[FaultRecord]:
        try:
            with self._lock:
                self._prepared = number, self._loaded(number)
        except FederationError as refusal:
            return faults_of(refusal)
        return []

    def _take_over(self) -> None:
        with self._lock:
            if self._held[0] != self._board.served:
                self._held, self._prepared = self._served(), None

    def _served(self) -> tuple[int, T]:
        while True:
            number = self._board.served
            if self._prepared is not None and self._prepared[0] == number:
                return self._prepared
            try:
                return number, self._loaded(number)
            except FederationError:
                if self._board.served == number:  # otherwise it was replaced, and removed, while it was read
                    raise

    def _loaded(self, number: int) -> T:
        try:
            return self._load(place_of(self._directory, number))
        except FederationError:
            raise
        except Exception as bug:  # noqa: BLE001 - a bug in loading one generation must not end the worker, which serves another
            raise as_failure(bug) from None
