"""Drafts: changes of an account directory that are checked by the loader and then written together or not at all."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from federation.account.model import Account
from federation.account.reading.directory import read_account, root_of
from federation.account.reading.faults import Faults
from federation.account.reading.files import ACCOUNT_FILE_OCTETS, Tree
from federation.account.reading.settings import Settings, read_settings
from federation.account.writing.atomic import PUBLIC_MODE, NewFile, apply_changes
from federation.errors import AccountFault

try:
    import fcntl
except ImportError:  # not POSIX
    fcntl = None  # type: ignore[assignment]


LOCK_SECONDS: Final = 30
"""Longest time to wait for another writer of the account. A change takes a fraction of a second."""
_PAUSE_SECONDS: Final = 0.01


class DraftTree(Tree):
    """The files of an account directory after *changes*. None stands for a file that is removed."""

    __slots__ = ("_changes",)

    def __init__(self, root: Path, faults: Faults, changes: Mapping[str, NewFile | None]) -> None:
        super().__init__(root, faults)
        self._changes = changes

    def _listed(self, directory: str) -> Collection[str]:
        names, emptied = set(super()._listed(directory)), set()
        prefix = f"{directory}/" if directory else ""
        for file, new in self._changes.items():
            if not file.startswith(prefix):
                continue
            name, below, _ = file[len(prefix) :].partition("/")
            if new is not None:
                names.add(name)
            elif below:
                emptied.add(name)
            else:
                names.discard(name)
        return names - {name for name in emptied if not self.entries(prefix + name)}

    def read(self, file: str, *, longest: int = ACCOUNT_FILE_OCTETS) -> bytes | None:
        """Return the octets of *file*, at most *longest*; None after recording a fault."""
        if file not in self._changes:
            return super().read(file, longest=longest)
        new = self._changes[file]
        if new is None:
            self.missing(file)
            return None
        return self.bounded(file, new.octets, longest)

    def mode(self, file: str) -> int | None:
        """Return the permission bits of *file*; None where the system has none."""
        new = self._changes.get(file)
        return super().mode(file) if new is None else new.mode


class Draft:
    """Pending changes of an account directory.

    Attributes:
        root: The directory.
        settings: The content of its ``account.toml``.
    """

    __slots__ = ("_changes", "root", "settings")

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root: Path = root
        self.settings: Settings = settings
        self._changes: dict[str, NewFile | None] = {}

    def tree(self, faults: Faults) -> Tree:
        """Return the files with the changes. Reading records faults in *faults*."""
        return DraftTree(self.root, faults, self._changes)

    def entries(self, directory: str) -> tuple[str, ...]:
        """Return the names in *directory* with the changes.

        Raises:
            AccountFaults: *directory* is not a directory, or cannot be read.
        """
        faults = Faults()
        names = self.tree(faults).entries(directory)
        if len(faults):
            raise faults.error()
        return names

    def write(self, file: str, octets: bytes, *, mode: int = PUBLIC_MODE) -> None:
        """Write *octets* to *file*, a path relative to the root. An existing file is replaced."""
        self._changes[file] = NewFile(octets, mode, replaces=os.path.lexists(self.root / file))

    def remove(self, file: str) -> None:
        """Remove *file*, a path relative to the root."""
        if os.path.lexists(self.root / file):
            self._changes[file] = None
        else:
            self._changes.pop(file, None)

    def account(self) -> Account:
        """Return the account with the changes.

        Raises:
            AccountFaults: The account with the changes has faults.
        """
        faults = Faults()
        account = read_account(self.tree(faults), faults)
        if account is None or len(faults):
            raise faults.error()
        return account

    def commit(self) -> None:
        """Write the changes.

        A change is refused only for new faults, so that an account with faults can be repaired step by step.

        Raises:
            AccountFaults: The changes would add a fault. Nothing is written.
            AccountFault: The file system refuses. Files that were written are restored.
        """
        if not self._changes:
            return
        brought = Faults()
        read_account(self.tree(brought), brought)
        if len(brought):
            present = Faults()
            read_account(Tree(self.root, present), present)
            brought.forget(present)
        if len(brought):
            raise brought.error()
        apply_changes(self.root, self._changes)


Target = Draft | str | os.PathLike[str]
"""The target of a change: the path of an account directory, or a draft that collects several changes."""


@contextmanager
def drafting(account: Target) -> Iterator[Draft]:
    """Yield a draft of *account*. For a path, write its changes when the block ends without an exception.

    A draft is yielded unchanged; the block that created it writes its changes.

    Raises:
        AccountFaults: The path is no account directory, ``account.toml`` is at fault, or the changes would add faults.
        AccountFault: The file system refuses.
    """
    if isinstance(account, Draft):
        yield account
        return
    faults = Faults()
    root = root_of(account, faults)
    with _alone_in(root):
        settings = read_settings(Tree(root, faults), faults)
        if settings is None:
            raise faults.error()
        draft = Draft(root, settings)
        yield draft
        draft.commit()


@contextmanager
def _alone_in(root: Path) -> Iterator[None]:
    """Lock the account against other writers, so that the checked state cannot change before the changes are written.

    Raises:
        AccountFault: Another writer holds the lock for longer than `LOCK_SECONDS`.
    """
    with ExitStack() as stack:
        with suppress(OSError):  # a file system without locks: the operator must then ensure one writer at a time
            if fcntl is not None:
                handle = os.open(root, os.O_RDONLY)
                stack.callback(os.close, handle)
                _lock(handle)
        yield


def _lock(handle: int) -> None:
    ends = time.monotonic() + LOCK_SECONDS
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
            time.sleep(_PAUSE_SECONDS)
        else:
            return
