"""A worker's side of the generations: serve the one that the board names, prepare the one it offers."""

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
"""Between two looks at the board, apart from the one at the beginning of every request."""
FIRST_LOOK_SECONDS: Final = 0.5
"""A worker that takes the place of one that died of an offer leaves the supervisor time to take the offer back."""


class Follower(Generic[T]):
    """Holds what one worker serves: *load* of the generation that the board names, and of no other."""

    def __init__(self, directory: Path, load: Callable[[Path], T], *, voter: int) -> None:
        """Load what is served now.

        Args:
            directory: What supervisor and workers share.
            load: Makes what serves a generation from the place where it lies.
            voter: Id of this process.

        Raises:
            FederationError: What is served cannot be loaded.
        """
        self._directory, self._load, self._voter = directory, load, voter
        self._board, self._lock = Board(directory), Lock()
        self._prepared: tuple[int, T] | None = None
        self._seen = 0
        self._held = self._served()

    def current(self) -> T:
        """Return what serves a request that begins now.

        Raises:
            FederationError: This worker cannot load what the others serve; it serves nothing then, least of all what was before.
        """
        if self._held[0] != self._board.served:
            self._take_over()
        return self._held[1]

    def follow(self, supervisor: int) -> None:
        """Look at the board until *supervisor* is not the parent of this process any more; then end it, since nobody tells it of changes.

        What is shared goes with it: nobody else is left to remove the copies, and a keyring is among them.
        """
        time.sleep(FIRST_LOOK_SECONDS)
        while os.getppid() == supervisor:
            self.look()
            time.sleep(LOOK_SECONDS)
        shutil.rmtree(self._directory, ignore_errors=True)
        while True:  # a worker that only starts does not heed it yet
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(FIRST_LOOK_SECONDS)

    def look(self) -> None:
        """Prepare what is offered and vote on it; take over what is served."""
        offered = self._board.offered
        if offered > self._seen:
            self._seen = offered
            faults = self._prepare(offered)
            with suppress(OSError):  # no room, or what is shared is gone: whoever stays silent keeps the offer from being served
                vote(self._directory, offered, voter=self._voter, faults=faults)
        if self._held[0] != self._board.served:
            try:
                self._take_over()
            except FederationError:
                return  # the next request tries again, and tells
        elif not offered:
            with self._lock:
                self._prepared = None  # taken back

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
        except Exception as bug:  # noqa: BLE001 - a bug that one account touches must not end the worker that serves another
            raise as_failure(bug) from None
