"""Where the files of an account are kept: a directory, or memory."""

from __future__ import annotations

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Final

from federation.account.reading.faults import Faults
from federation.account.reading.files import DirectoryTree, FileContent, Tree
from federation.account.reading.memory import MemoryFiles, MemoryTree
from federation.account.writing.atomic import NewFile, apply_changes
from federation.errors import AccountFault

try:
    import fcntl
except ImportError:  # not POSIX
    fcntl = None  # type: ignore[assignment]

LOCK_SECONDS: Final = 30
"""Longest time to wait for another writer of the account. A change takes a fraction of a second."""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.0005, 0.004

Changes = Mapping[str, NewFile | None]
"""Files to write, by relative name. None stands for a file to remove."""


class Store(ABC):
    """The files of one account, which one writer at a time may change."""

    @abstractmethod
    def tree(self, faults: Faults) -> Tree:
        """Return the files. Reading records faults in *faults*."""

    @abstractmethod
    def alone(self) -> AbstractContextManager[object]:
        """Lock the files against other writers, so that the checked state cannot change before the changes are written.

        Raises:
            AccountFault: Another writer holds the lock for longer than `LOCK_SECONDS`.
        """

    @abstractmethod
    def apply(self, changes: Changes) -> None:
        """Write *changes*, all or none.

        Raises:
            AccountFault: The file system refuses. Files that were written are restored.
        """


class DirectoryStore(Store):
    """The files of an account directory.

    Attributes:
        root: The directory.
    """

    def __init__(self, root: Path, *, names_synced: bool = True) -> None:
        """Use the directory *root*. *names_synced* as for `apply_changes`."""
        self.root: Path = root
        self._names_synced = names_synced

    def tree(self, faults: Faults) -> Tree:
        """Return the files. Reading records faults in *faults*."""
        return DirectoryTree(self.root, faults)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Lock the directory against other writers, of this process and of others."""
        with ExitStack() as stack:
            with suppress(OSError):  # a file system without locks: the operator must then ensure one writer at a time
                if fcntl is not None:
                    handle = os.open(self.root, os.O_RDONLY)
                    stack.callback(os.close, handle)
                    _lock(handle)
            yield

    def apply(self, changes: Changes) -> None:
        """Write *changes* atomically (`apply_changes`)."""
        apply_changes(self.root, changes, names_synced=self._names_synced)


class MemoryStore(Store):
    """Files in memory.

    Attributes:
        files: The files.
    """

    def __init__(self, files: Mapping[str, FileContent]) -> None:
        self.files: MemoryFiles = MemoryFiles(files)
        self._lock = RLock()

    def tree(self, faults: Faults) -> Tree:
        """Return the files. Reading records faults in *faults*."""
        return MemoryTree(self.files, faults)

    def alone(self) -> AbstractContextManager[object]:
        """Lock the files against other threads."""
        return self._lock

    def apply(self, changes: Changes) -> None:
        """Write *changes*."""
        for file, new in changes.items():
            if new is None:
                self.files.remove(file)
            else:
                self.files.put(file, FileContent(new.octets, new.mode))


def _lock(handle: int) -> None:
    ends, pause = time.monotonic() + LOCK_SECONDS, _FIRST_PAUSE_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > ends:
                raise AccountFault(
                    file=".",
                    path="",
                    expected="an account that nobody else is changing",
                    found=f"a writer that has held it for {LOCK_SECONDS} s",
                    remedy="wait for it, or end it, and try again",
                    check="write",
                ) from None
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        else:
            return
