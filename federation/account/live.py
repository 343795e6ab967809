"""An account that changes while it is in use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from federation.account.model import Account
from federation.account.reading.directory import load_account
from federation.account.writing.draft import Draft, drafting


class LiveAccount:
    """An account that changes while it is in use. Every method may be called from any thread."""

    def __init__(self, directory: Path) -> None:
        """Load the account in *directory*.

        Raises:
            AccountFaults: A file of the directory is at fault. Every fault is listed.
        """
        self._directory, self._lock = directory, RLock()
        self._account = load_account(directory)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> LiveAccount:
        """Load the account directory at *path*.

        Raises:
            AccountFaults: *path* is no account directory, or a file is at fault. Every fault is listed.
        """
        return cls(Path(path))

    @property
    def account(self) -> Account:
        """The account as it is now. It is immutable."""
        return self._account

    @contextmanager
    def changing(self) -> Iterator[Draft]:
        """Begin a change: writers of the account take the draft. It is written whole at the end of the block, or not at all.

        Raises:
            AccountFaults: The change would bring a fault. Nothing is written.
            AccountFault: The file system refuses. Nothing is changed.
        """
        with self._lock:
            with drafting(self._directory) as draft:
                yield draft
            self._account = load_account(self._directory)
