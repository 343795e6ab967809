"""Changes to one account directory, gathered, judged by the loader itself, then made together or not at all."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from federation.account.directory import read_account, root_of
from federation.account.faults import Faults
from federation.account.files import ACCOUNT_FILE_OCTETS, Tree
from federation.account.model import Account
from federation.account.settings import Settings, read_settings
from federation.account.writing.atomic import PUBLIC_MODE, NewFile, apply_changes
from federation.errors import AccountFault

try:
    import fcntl
except ImportError:  # not POSIX
    fcntl = None  # type: ignore[assignment]


LOCK_SECONDS: Final = 30
"""Longest time to wait for another writer of the same account; a change takes a fraction of a second."""
_PAUSE_SECONDS: Final = 0.01


class DraftTree(Tree):
    """The files below an account directory as they are once *changes* are made. None for a file that is removed."""

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
        """Return the octets of *file*; None after recording why it cannot be read."""
        if file not in self._changes:
            return super().read(file, longest=longest)
        new = self._changes[file]
        if new is None:
            self.missing(file)
            return None
        return self.bounded(file, new.octets, longest)

    def mode(self, file: str) -> int | None:
        """Return the permission bits of *file*, None where the system has none."""
        new = self._changes.get(file)
        return super().mode(file) if new is None else new.mode


class Draft:
    """What an account directory is to become.

    Attributes:
        root: The directory.
        settings: What its ``account.toml`` says.
    """

    __slots__ = ("_changes", "root", "settings")

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root: Path = root
        self.settings: Settings = settings
        self._changes: dict[str, NewFile | None] = {}

    def tree(self, faults: Faults) -> Tree:
        """Return the files as they will be; what is wrong with one goes to *faults* when it is read."""
        return DraftTree(self.root, faults, self._changes)

    def entries(self, directory: str) -> tuple[str, ...]:
        """Return the names that *directory* will have.

        Raises:
            AccountFaults: It is no directory, or cannot be read.
        """
        faults = Faults()
        names = self.tree(faults).entries(directory)
        if len(faults):
            raise faults.error()
        return names

    def write(self, file: str, octets: bytes, *, mode: int = PUBLIC_MODE) -> None:
        """Let *file*, relative to the root, hold *octets*, whether it is there already or not."""
        self._changes[file] = NewFile(octets, mode, replaces=os.path.lexists(self.root / file))

    def remove(self, file: str) -> None:
        """Let *file*, relative to the root, be gone."""
        if os.path.lexists(self.root / file):
            self._changes[file] = None
        else:
            self._changes.pop(file, None)

    def account(self) -> Account:
        """Return the account as it will be.

        Raises:
            AccountFaults: It would not load.
        """
        faults = Faults()
        account = read_account(self.tree(faults), faults)
        if account is None or len(faults):
            raise faults.error()
        return account

    def commit(self) -> None:
        """Make the changes.

        An account that is at fault already may be mended step by step: a change is refused for the faults that it brings, and for no other.

        Raises:
            AccountFaults: The account would have a fault that it has not now. Nothing is changed.
            AccountFault: The file system refuses. What was changed is put back.
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
"""What a writer changes: the directory at a path, or a draft to which others add as well."""


@contextmanager
def drafting(account: Target) -> Iterator[Draft]:
    """Yield a draft of the account directory at a path, and make its changes when the block ends without an error.

    A draft that is given is yielded as it is: the caller's own block makes its changes, together with all others.

    Raises:
        AccountFaults: It is no account directory, ``account.toml`` is at fault, or the changes would bring faults.
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
    """Keep other writers of the account waiting: what a change was judged by must not change before it is made.

    Raises:
        AccountFault: Another writer keeps the account for `LOCK_SECONDS`.
    """
    with ExitStack() as stack:
        with suppress(OSError):  # a file system without locks: one writer at a time is then the operator's affair
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
