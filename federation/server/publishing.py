"""How the supervisor publishes generations: it copies the account directories, has every worker prepare the copy, then makes all serve it.

Once workers run, the supervisor does not parse an account itself: it forks new workers, and a fork during a parse inherits held locks.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final, TypeVar

from federation.account.reading.directory import root_of
from federation.account.reading.faults import Faults, located
from federation.account.snapshot import Stamp, copy_account, stamp_of
from federation.account.watching import Watcher
from federation.account.writing.stores import DirectoryStore
from federation.errors import AccountFault, AccountFaults
from federation.server.access_log import AccessLog
from federation.server.failures import as_failure
from federation.server.generations import Board, FaultRecord, Mark, copies_in, faults_of, forget_votes, place_of, votes_on
from federation.server.published_generation import Published, Reached

VOTING_SECONDS: Final = 120
"""Time that workers have to prepare a generation, in seconds; an account of ten thousand roles loads in a few."""
_ATTEMPTS: Final = 3
"""How often the same state of the directories is offered, where workers end without a vote."""
_AGAIN_SECONDS: Final = 6.0
"""Pause before the next offer, in seconds: granian stops when a worker ends twice within 5.5 seconds."""
JOURNAL_OCTETS: Final = 67_108_864
"""Length of a journal, in octets, beyond which the account is published anew, so that a new worker has no more to read."""
IN_FLIGHT_SECONDS: Final = 0.1
"""Time in which a worker that has written the account directory also writes the journal."""
_POLL_SECONDS: Final = 0.02
_COPY_PAUSE_SECONDS: Final = 0.1
_COPY_ATTEMPTS: Final = 100

Checked = TypeVar("Checked")
Difference = frozenset[tuple[int, str, Stamp | None]]
"""Names in the directories, by number, whose stamp differs from what is served."""


class Publisher:
    """Publishes generations of account directories to the workers that follow them."""

    def __init__(
        self,
        directories: Sequence[Path],
        shared: Path,
        *,
        leave_out: frozenset[str] = frozenset(),
        log: AccessLog,
        living: Callable[[], frozenset[int]],
    ) -> None:
        """Publish *directories* in *shared*.

        Args:
            directories: The account directory, then those of the neighbours.
            shared: A private directory, which the workers read too.
            leave_out: Absolute paths of files in the directories that do not belong to the account.
            log: Receives the outcome of each change.
            living: Returns the process ids of the running workers.
        """
        self._directories, self._shared, self._leave_out = tuple(directories), shared, leave_out
        self._log, self._living = log, living
        self._board = Board(shared)
        self._watcher = Watcher(directories, leave_out=leave_out, known=self._is_known)
        self._number, self._forced = 0, Event()
        self._served, self._renewed_at = Published(0, []), JOURNAL_OCTETS
        self._refused: Difference = frozenset()
        self._thread = Thread(target=self._run, name="account-publisher", daemon=True)

    def publish_first(self, check: Callable[[Path], Checked]) -> Checked:
        """Publish the first generation, once *check* accepts its directory, and return what *check* returns.

        Raises:
            AccountFaults: The directories have faults, or change too often to be copied.
            FederationError: *check* raised it.
        """
        for _ in range(_COPY_ATTEMPTS):
            copied = self._copy()
            if copied is not None:
                break
            time.sleep(_COPY_PAUSE_SECONDS)
        else:
            steady = "files that do not change during a copy"
            raise AccountFaults((_fault(self._directories[0], steady, "files that change", "wait, then start again"),))
        checked = check(place_of(self._shared, self._number))
        self._served = copied
        self._board.serve(copied.generation)
        return checked

    def start(self) -> None:
        """Begin to watch the directories."""
        self._watcher.start(unreported=lambda reason: self._log.tell("account", outcome="looked at every second", reason=reason))
        self._thread.start()

    def renew(self) -> None:
        """Publish the directories again even where nothing changed; safe in a signal handler."""
        self._forced.set()
        self._watcher.rouse()

    def stop(self) -> None:
        """Stop watching, and wait for the publication in progress."""
        self._watcher.stop()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while self._watcher.wait():
            try:
                self._look()
            except AccountFaults as faults:
                self._refuse(faults_of(faults))
            except OSError as error:
                reason = os.strerror(error.errno) if error.errno else type(error).__name__
                self._refuse(faults_of(_fault(self._shared, "space for a copy of the account", reason, "free space there")))
            except Exception as bug:  # noqa: BLE001 - a bug is logged, and the watching goes on
                self._refuse(faults_of(as_failure(bug)))

    def _look(self) -> None:
        forced = self._forced.is_set()
        self._forced.clear()
        seen = self._difference()
        if not seen and self._served.end > self._renewed_at:
            forced, self._renewed_at = True, 2 * self._served.end  # where this generation is refused, the next attempt is not at once
        if not forced and seen in (frozenset(), self._refused):
            return
        # Set before the outcome: a refused state is not tried again unchanged.
        self._refused = self._watcher.settled(seen, self._difference)
        if not forced and not self._is_changed_by_hand():
            self._refused = frozenset()
            return
        for _ in range(_ATTEMPTS):
            copied = self._copy()
            if copied is None:
                self._refused = frozenset()
                self._watcher.rouse()
                return
            faults = self._ask()
            if faults is not None:
                self._decide(copied, faults)
                return
            self._board.offer(0)
            self._watcher.pause(_AGAIN_SECONDS)
        self._refuse(
            faults_of(
                _fault(self._directories[0], "an account that workers can load", "workers that end while they load it", "undo the change")
            )
        )

    def _difference(self) -> Difference:
        """Return what differs in the directories from what is served, without changes that a worker is writing."""
        signatures = self._watcher.signatures()
        self._served.read_journal(self._shared, self._board.served)
        if list(signatures) == self._served.signatures:
            return frozenset()
        named = {
            (number, name)
            for number, (seen, known) in enumerate(zip(signatures, self._served.signatures, strict=True))
            for name in seen.keys() | known.keys()
            if seen.get(name) != known.get(name)
        }
        if not named:
            return frozenset()
        self._watcher.pause(IN_FLIGHT_SECONDS)  # a worker writes the directory first, and then the journal
        self._served.read_journal(self._shared, self._board.served)
        present = {(number, name): stamp_of(self._directories[number] / name) for number, name in named}
        return frozenset(
            (number, name, stamp) for (number, name), stamp in present.items() if stamp != self._served.signatures[number].get(name)
        )

    def _is_changed_by_hand(self) -> bool:
        """Return whether the directories differ from what is served while no worker writes: a slow one may seem to have changed them."""
        with self._writing_excluded(self._directories[0]):
            return bool(self._difference())

    def _is_known(self, directory: int, name: str) -> bool:
        """Return whether the directory *directory* holds under *name* what is served. Called by the thread of the watcher."""
        served = self._served
        served.read_journal(self._shared, self._board.served)
        return stamp_of(self._directories[directory] / name) == served.signatures[directory].get(name)

    def _copy(self) -> Published | None:
        """Copy the directories as the next generation. None where one changed during the copy."""
        self._remove(self._number)
        self._number += 1
        place, signatures, included = place_of(self._shared, self._number), [], Reached()
        place.mkdir(mode=0o700)
        for directory, copy in zip(self._directories, copies_in(place, len(self._directories)), strict=True):
            root_of(directory, Faults())
            try:
                with self._writing_excluded(directory):
                    if directory is self._directories[0]:
                        included = self._served.reached
                    signature = copy_account(directory, copy, leave_out=self._leave_out)
            except AccountFaults as faults:
                raise located(faults, directory) from None
            if signature is None:
                return None
            signatures.append(dict(signature))
        return Published(self._number, signatures, included=included)

    @contextmanager
    def _writing_excluded(self, directory: Path) -> Iterator[None]:
        """Lock *directory* against writers. A change that a worker did not finish is completed first."""
        store = DirectoryStore(directory)
        with store.alone():
            if directory is self._directories[0] and self._served.generation:
                mark = self._board.served
                self._served.read_journal(self._shared, mark)
                more = self._served.journal(self._shared).recover(store, self._served.end)
                if more:
                    self._board.count(Mark(mark.generation, mark.changes + more))
                    self._served.read_journal(self._shared, self._board.served)
            yield

    def _ask(self) -> list[FaultRecord] | None:
        """Offer the last copy and return the faults that a worker found, none where all accept it; None where a vote is missing."""
        asked, deadline = self._living(), time.monotonic() + VOTING_SECONDS
        self._board.offer(self._number)
        try:
            while not self._watcher.stopped and time.monotonic() < deadline:
                votes = votes_on(self._shared, self._number)
                faults = next((found for found in votes.values() if found), [])
                silent = asked - votes.keys()
                if faults or (votes and not silent):
                    return faults
                if not silent or not silent <= self._living():
                    return None
                self._watcher.pause(_POLL_SECONDS)
            return None
        finally:
            forget_votes(self._shared)

    def _decide(self, copied: Published, faults: list[FaultRecord]) -> None:
        if faults:
            self._refuse(faults)
            return
        with self._writing_excluded(self._directories[0]):
            before, mark = self._served, self._board.served
            later = before.entries_after(copied.included, self._shared, mark)
            copied.journal(self._shared).extend(later)
            # What workers wrote since the copy belongs to the new generation, too.
            self._board.serve(copied.generation, changes=len(later))
            self._served, self._refused, self._renewed_at = copied, frozenset(), JOURNAL_OCTETS
        self._remove(before.generation)
        self._log.tell("account", outcome="taken over", generation=copied.generation)

    def _refuse(self, faults: list[FaultRecord]) -> None:
        self._board.offer(0)
        for fault in faults:
            members = {name: fault[name] for name in ("file", "path", "check", "expected", "found", "remedy") if fault.get(name)}
            self._log.tell("account", outcome="refused", generation=self._board.served.generation, **members)

    def _remove(self, number: int) -> None:
        if number != self._board.served.generation:
            shutil.rmtree(place_of(self._shared, number), ignore_errors=True)


def _fault(place: Path, expected: str, found: str, remedy: str) -> AccountFault:
    return AccountFault(file=str(place.absolute()), path="", expected=expected, found=found, remedy=remedy)
