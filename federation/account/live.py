"""An account that changes while it is in use: every change is checked and written file by file, and costs the same in any account."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import RLock

from federation.account.model import Account
from federation.account.reading.directory import Contents, read_contents, root_of, uncollected
from federation.account.reading.faults import Faults
from federation.account.reading.files import FileContent
from federation.account.writing.accounts import new_account_files
from federation.account.writing.draft import Changeable, Draft
from federation.account.writing.stores import DirectoryStore, MemoryStore, Store
from federation.profiles import Profile


class LiveAccount(Changeable):
    """An account that changes while it is in use. Every method may be called from any thread.

    A change is one or more calls of the writers in `federation.account.writing`. It is written as a whole or not at all::

        with live.changing() as draft:
            add_role(draft, name="Deploy", trust_policy=trust)
        live.account.role_named("Deploy")

    A writer may also be given the account itself, which makes a change of this call alone.
    """

    @staticmethod
    def open(path: str | os.PathLike[str]) -> StoredAccount:
        """Load the account directory at *path*. Changes by others are seen after `StoredAccount.reload`.

        Raises:
            AccountFaults: *path* is no account directory, or at least one file is at fault.
        """
        return StoredAccount(DirectoryStore(root_of(path, Faults())))

    @classmethod
    def in_memory(
        cls, account_id: str = "123456789012", *, partition: str = "aws", profile: Profile | str = Profile.STRICT
    ) -> StoredAccount:
        """Return a new account without a directory. It has a new keyring and nothing else.

        Args:
            account_id: Twelve digits.
            partition: ``aws``, ``aws-cn``, ``aws-us-gov`` …
            profile: The default profile of the account's providers.

        Raises:
            ValidationError: An argument is invalid.
        """
        return StoredAccount.of_files(new_account_files(account_id=account_id, partition=partition, profile=profile))

    @property
    def account(self) -> Account:
        """The account as it is now. It is immutable."""
        return self.present().account

    @abstractmethod
    def present(self) -> Contents:
        """Return what the files say now."""


class StoredAccount(LiveAccount):
    """A live account that one process changes, in a directory or in memory."""

    def __init__(self, store: Store) -> None:
        """Load the files in *store*.

        Raises:
            AccountFaults: At least one file is at fault. Every fault is listed.
        """
        self._store, self._lock = store, RLock()
        self._contents = loaded(store)

    @classmethod
    def of_files(cls, files: Mapping[str, FileContent]) -> StoredAccount:
        """Return the account of *files*, by their name in an account directory. They are kept in memory.

        Raises:
            AccountFaults: At least one file is at fault.
        """
        return cls(MemoryStore(files))

    @contextmanager
    def changing(self) -> Iterator[Draft]:
        """Begin a change. When the block ends without an exception, the change is checked and written; other writers wait until then.

        Raises:
            AccountFaults: The change would bring a fault. Nothing is written.
            AccountFault: The file system refuses, or another writer does not end. Nothing is changed.
        """
        with self._lock, self._store.alone():
            present = self._contents
            draft = Draft(self._store, present.settings, present)
            yield draft
            if draft.changes:
                contents = draft.contents()
                self._store.apply(draft.changes)
                self._contents = contents

    def reload(self) -> None:
        """Read all files again.

        Raises:
            AccountFaults: At least one file is at fault. The account stays as it was.
        """
        with self._lock, self._store.alone():
            self._contents = loaded(self._store)

    def present(self) -> Contents:
        """Return what the files say now."""
        return self._contents


def loaded(store: Store) -> Contents:
    """Return what the files in *store* say.

    Raises:
        AccountFaults: At least one file is at fault.
    """
    faults = Faults()
    with uncollected():
        contents = read_contents(store.tree(faults), faults)
    if contents is None or len(faults):
        raise faults.error()
    return contents
