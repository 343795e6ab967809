"""What a worker serves, and how it changes the account that all workers serve."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import Final

from federation import limits
from federation.account.live import LiveAccount
from federation.account.reading.changes import is_read_alone, reread, unit_of
from federation.account.reading.directory import Contents
from federation.account.reading.faults import Faults
from federation.account.reading.memory import MemoryFiles, MemoryTree
from federation.account.writing.atomic import PUBLIC_MODE, NewFile
from federation.account.writing.draft import Draft
from federation.account.writing.stores import Changes, DirectoryStore
from federation.server.endpoint import Endpoint
from federation.server.following import Follower
from federation.server.journal import Journal, JournalEntry, stamps_of

TAKEN_OVER_SECONDS: Final = 30
"""Longest time to wait until a change that concerns the whole account is served."""
_POLL_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Serving:
    """What serves requests: what the account's files say, and the endpoint of their generation."""

    contents: Contents
    endpoint: Endpoint


def advanced(serving: Serving, entries: Sequence[JournalEntry]) -> Serving:
    """Return *serving* after the changes *entries*.

    Raises:
        AccountFaults: The files say something else than when they were written.
    """
    changes: dict[str, NewFile | None] = {}
    for entry in entries:
        changes.update(entry.changes)
    faults = Faults()
    tree = MemoryTree(MemoryFiles({name: new for name, new in changes.items() if new is not None}), faults)
    contents = reread(serving.contents, tree, changes.keys(), faults)
    if contents is None or len(faults):
        raise faults.error()
    return replace(serving, contents=contents)


class SharedAccount(LiveAccount):
    """The account that all workers of a server serve. A change by one worker is served by all of them from its next request on.

    A change is written to the account directory and to the journal of the generation. It survives the end of any process. A power cut may
    undo the last changes, each as a whole file, as it may forget the last uses of tokens (docs/adr/0017).
    """

    def __init__(self, directory: Path) -> None:
        """Change the account in *directory*. `follow` must be called before any other method."""
        self._store, self._lock = DirectoryStore(directory, names_synced=False), RLock()
        self._follower: Follower[Serving] | None = None

    def follow(self, follower: Follower[Serving]) -> None:
        """Take what is served from *follower*."""
        self._follower = follower

    @property
    def _followed(self) -> Follower[Serving]:
        if self._follower is None:
            raise RuntimeError("the account follows no generation yet")
        return self._follower

    def present(self) -> Contents:
        """Return what the files say that are served now."""
        return self._followed.current().contents

    @contextmanager
    def changing(self) -> Iterator[Draft]:
        """Begin a change. When the block ends without an exception, it is written, and every request that begins later is served with it.

        Raises:
            AccountFaults: The change would bring a fault. Nothing is written.
            AccountFault: The file system refuses, or another writer does not end. Nothing is changed.
        """
        awaited = False
        with self._lock:
            with self._store.alone():
                present = self._followed.recover(self._store).contents
                draft = Draft(self._store, present.settings, present)
                yield draft
                if draft.changes:
                    contents = draft.contents()
                    if all(map(is_read_alone, draft.changes)):
                        self._write(draft, contents)
                    else:
                        self._store.apply(draft.changes)
                        awaited = True
            if awaited:
                self._await(present)

    def _write(self, draft: Draft, contents: Contents) -> None:
        def write(serving: Serving, journal: Journal, end: int) -> Serving:
            journal.intend(_whole(draft))
            try:
                self._store.apply(draft.changes)
            except BaseException:
                journal.withdraw(end)
                raise
            journal.confirm(stamps_of(self._store.root, draft.changes))
            return replace(serving, contents=contents)

        self._followed.write(write)

    def _await(self, before: Contents) -> None:
        """Wait until the supervisor has published a change that cannot be journalled, or refuses it, which the log tells."""
        ends = time.monotonic() + TAKEN_OVER_SECONDS
        while self.present() is before and time.monotonic() < ends:
            time.sleep(_POLL_SECONDS)


def _whole(draft: Draft) -> Changes:
    """Return the changes of *draft*, and the other files of the directories of providers that change, which are read together."""
    changes = dict(draft.changes)
    faults = Faults()
    tree = draft.tree(faults)
    for directory in {unit_of(file) for file in draft.changes} - draft.changes.keys():
        for entry in tree.entries(directory):
            file = f"{directory}/{entry}"
            if file not in changes and not tree.is_directory(file):
                octets = tree.read(file, longest=limits.METADATA_OCTETS)
                if octets is not None:
                    changes[file] = NewFile(octets, tree.mode(file) or PUBLIC_MODE)
    if len(faults):
        raise faults.error()
    return changes
