"""How a worker follows the generations: it serves what the board marks as served, and prepares the generation that is offered."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, RLock
from typing import Final, Generic, TypeVar

from federation.account.writing.stores import DirectoryStore
from federation.errors import FederationError
from federation.server.failures import as_failure
from federation.server.generations import Board, FaultRecord, Mark, faults_of, place_of, vote
from federation.server.journal import Journal, JournalEntry

T = TypeVar("T")

LOOK_SECONDS: Final = 0.05
"""Pause between two readings of the board, in seconds; each request reads it as well."""
FIRST_LOOK_SECONDS: Final = 0.5
"""Pause before the first reading, in seconds. Where the worker before this one died on an offer, the supervisor withdraws it meanwhile."""


@dataclass(frozen=True, slots=True)
class _Held(Generic[T]):
    """What a worker serves: the changes of a generation that *value* includes, and where they end in the journal."""

    mark: Mark
    end: int
    value: T


class Follower(Generic[T]):
    """Holds what one worker serves: the generation that the board marks as served, with the changes that it counts, and nothing else."""

    def __init__(
        self, directory: Path, load: Callable[[Path], T], advance: Callable[[T, Sequence[JournalEntry]], T], *, voter: int
    ) -> None:
        """Load what is served now.

        Args:
            directory: The directory that supervisor and workers share.
            load: Takes the directory of a generation and returns what serves it.
            advance: Takes what serves, and changes of the account, and returns what serves after them.
            voter: Process id of this worker.

        Raises:
            FederationError: The generation cannot be loaded.
        """
        self._directory, self._load, self._advance, self._voter = directory, load, advance, voter
        self._board, self._lock, self._loading = Board(directory), RLock(), Lock()
        self._prepared: _Held[T] | None = None
        self._seen = 0
        self._held = self._caught_up(None)

    def current(self) -> T:
        """Return what serves a request that begins now.

        Raises:
            FederationError: This worker cannot load the generation that the others serve. It refuses requests rather than serve an older
                generation.
        """
        if self._held.mark != self._board.served:
            self._take_over()
        return self._held.value

    def write(self, change: Callable[[T, Journal, int], T]) -> None:
        """Count one more change, which *change* writes and journals. The caller has the writer's lock and has called `recover`.

        Args:
            change: Takes what is served, the journal, and where it ends; returns what serves after the change.
        """
        with self._lock:
            held = self._held
            journal = Journal(place_of(self._directory, held.mark.generation))
            value = change(held.value, journal, held.end)
            mark = Mark(held.mark.generation, held.mark.changes + 1)
            self._held = _Held(mark, journal.end(), value)
            self._board.count(mark)

    def recover(self, store: DirectoryStore) -> T:
        """Complete the change of a writer that ended in the middle, and return what is served then. The caller has the writer's lock."""
        with self._lock:
            self.current()
            mark, end = self._held.mark, self._held.end
            more = Journal(place_of(self._directory, mark.generation)).recover(store, end)
            if more:
                self._board.count(Mark(mark.generation, mark.changes + more))
            return self.current()

    def follow(self, supervisor: int) -> None:
        """Read the board until *supervisor* is no longer the parent of this process; then end it, since it would miss later changes.

        The shared directory is removed as well: no other process is left to do so, and the copies of the account include a keyring.
        """
        time.sleep(FIRST_LOOK_SECONDS)
        while os.getppid() == supervisor:
            self.look()
            time.sleep(LOOK_SECONDS)
        end_worker(self._directory)

    def look(self) -> None:
        """Prepare the generation that is offered and vote on it; take over the one that is served."""
        offered = self._board.offered
        if offered > self._seen:
            self._seen = offered
            faults = self._prepare(offered)
            with suppress(OSError):  # no space, or no shared directory: without this vote the offer is not served
                vote(self._directory, offered, voter=self._voter, faults=faults)
        if self._held.mark != self._board.served:
            try:
                self._take_over()
            except FederationError:
                return  # the next request tries again, and reports it
        elif not offered:
            with self._loading:
                self._prepared = None  # the offer was withdrawn

    def _prepare(self, number: int) -> list[FaultRecord]:
        # Without the lock on what is held: meanwhile requests are served, and changes are taken over.
        try:
            with self._loading:
                self._prepared = self._loaded(number)
        except FederationError as refusal:
            return faults_of(refusal)
        return []

    def _take_over(self) -> None:
        with self._lock:
            self._held = self._caught_up(self._held)

    def _caught_up(self, held: _Held[T] | None) -> _Held[T]:
        while True:
            mark = self._board.served
            if held is not None and held.mark == mark:
                return held
            if held is not None and held.mark.generation != mark.generation:
                held = None
            try:
                held = self._advanced(self._begun(mark) if held is None else held)
            except FederationError:
                if self._board.served.generation == mark.generation:  # otherwise it was replaced, and removed, while it was read
                    raise

    def _begun(self, mark: Mark) -> _Held[T]:
        """Return what serves the generation of *mark* without changes, prepared or loaded."""
        with self._loading:
            prepared, self._prepared = self._prepared, None
            return prepared if prepared is not None and prepared.mark.generation == mark.generation else self._loaded(mark.generation)

    def _advanced(self, held: _Held[T]) -> _Held[T]:
        """Return *held* with the changes that the board counts."""
        mark = self._board.served
        if mark.generation != held.mark.generation or mark.changes == held.mark.changes:
            return held
        try:
            entries, end = Journal(place_of(self._directory, mark.generation)).entries(held.end, mark.changes - held.mark.changes)
            return _Held(mark, end, self._advance(held.value, entries))
        except FederationError:
            raise
        except Exception as bug:  # noqa: BLE001 - a worker that cannot read a change must not serve an older account
            raise as_failure(bug) from None

    def _loaded(self, number: int) -> _Held[T]:
        try:
            return _Held(Mark(number, 0), 0, self._load(place_of(self._directory, number)))
        except FederationError:
            raise
        except Exception as bug:  # noqa: BLE001 - a bug in loading one generation must not end the worker, which serves another
            raise as_failure(bug) from None


def end_worker(directory: Path) -> None:
    """End this process, and remove the *directory* that it shared with its supervisor, which is gone."""
    shutil.rmtree(directory, ignore_errors=True)
    while True:  # a worker that is still starting ignores the signal
        os.kill(os.getpid(), signal.SIGINT)  # not SIGTERM: nobody takes the place of this worker
        time.sleep(FIRST_LOOK_SECONDS)
