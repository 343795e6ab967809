"""Drafts: changes of an account that are checked by the loader and then written together or not at all."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from federation.account.model import Account, Group, ManagedPolicy, Role, User
from federation.account.reading.changes import reread
from federation.account.reading.directory import Contents, read_account, read_contents, root_of
from federation.account.reading.entities import GROUP, JSON, POLICY, ROLE, USER
from federation.account.reading.faults import Faults
from federation.account.reading.files import ACCOUNT_FILE_OCTETS, Tree
from federation.account.reading.names import file_name, name_of
from federation.account.reading.settings import Settings, read_settings
from federation.account.writing.atomic import PUBLIC_MODE, NewFile
from federation.account.writing.stores import Changes, DirectoryStore, Store


class DraftTree(Tree):
    """The files of *base* after *changes*."""

    __slots__ = ("_base", "_changes")

    def __init__(self, base: Tree, changes: Changes, faults: Faults) -> None:
        super().__init__(faults)
        self._base, self._changes = base, changes

    def listed(self, directory: str) -> Collection[str]:
        """Return the names in *directory*, hidden ones too; empty where it is absent or at fault."""
        names, emptied = set(self._base.listed(directory)), set()
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

    def holds(self, name: str) -> bool:
        """Return whether there is a file or directory *name*, of any kind."""
        return self._changes[name] is not None if name in self._changes else self._base.holds(name) or self._is_new_directory(name)

    def is_directory(self, name: str) -> bool:
        """Return whether *name* is a directory and not a symbolic link."""
        return self._base.is_directory(name) or self._is_new_directory(name)

    def _is_new_directory(self, name: str) -> bool:
        return any(new is not None and file.startswith(f"{name}/") for file, new in self._changes.items())

    def read(self, file: str, *, longest: int = ACCOUNT_FILE_OCTETS) -> bytes | None:
        """Return the octets of *file*, at most *longest*; None after recording a fault."""
        if file not in self._changes:
            return self._base.read(file, longest=longest)
        new = self._changes[file]
        if new is None:
            self.missing(file)
            return None
        return self.bounded(file, new.octets, longest)

    def mode(self, file: str) -> int | None:
        """Return the permission bits of *file*; None where the system has none."""
        new = self._changes.get(file)
        return self._base.mode(file) if new is None else new.mode


class Draft:
    """Pending changes of an account.

    Attributes:
        store: Where the files are.
        settings: The content of its ``account.toml``.
        changes: The files to write, and those to remove.
    """

    __slots__ = ("_changed_names", "_contents", "_read", "changes", "settings", "store")

    def __init__(self, store: Store, settings: Settings, contents: Contents | None = None) -> None:
        """Begin to change the files in *store*.

        Args:
            store: Where the files are.
            settings: The content of ``account.toml``.
            contents: What the files say now, without a fault; None where they are not loaded.
        """
        self.store: Store = store
        self.settings: Settings = settings
        self.changes: dict[str, NewFile | None] = {}
        self._changed_names: dict[str, dict[str, str | None]] = {}
        self._contents = self._read = contents

    def tree(self, faults: Faults) -> Tree:
        """Return the files with the changes. Reading records faults in *faults*."""
        return DraftTree(self.store.tree(faults), self.changes, faults)

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
        self.changes[file] = NewFile(octets, mode, replaces=self.store.tree(Faults()).holds(file))
        self._note(file, present=True)

    def remove(self, file: str) -> None:
        """Remove *file*, a path relative to the root."""
        if self.store.tree(Faults()).holds(file):
            self.changes[file] = None
        else:
            self.changes.pop(file, None)
        self._note(file, present=False)

    def _note(self, file: str, *, present: bool) -> None:
        self._read = None
        directory, _, entry = file.rpartition("/")
        name = name_of(entry, JSON)
        if name is not None:
            self._changed_names.setdefault(directory, {})[name.lower()] = name if present else None

    def named(self, directory: str, name: str) -> str | None:
        """Return the name of the entity in *directory* that is *name* without regard to case, with the changes; None where there is none.

        IAM compares the names of new entities in this way.

        Raises:
            AccountFaults: *directory* is not a directory, or cannot be read.
        """
        lower = name.lower()
        changed = self._changed_names.get(directory, {})
        if lower in changed:
            return changed[lower]
        names = None if self._contents is None else _names_in(self._contents.account, directory)
        if names is not None:
            found = names.get(lower)
            if found is not None:
                return found.name
            # Another program may have made the file since the account was loaded. It must not be overwritten.
            return name if self.store.tree(Faults()).holds(f"{directory}/{file_name(name, JSON)}") else None
        known = (name_of(entry, JSON) for entry in self.entries(directory))
        return next((each for each in known if each is not None and each.lower() == lower), None)

    @property
    def loaded(self) -> Account | None:
        """The account without the changes; None where it is not loaded."""
        return None if self._contents is None else self._contents.account

    def account(self) -> Account:
        """Return the account with the changes.

        Raises:
            AccountFaults: The account with the changes has faults.
        """
        return self.contents().account

    def contents(self) -> Contents:
        """Return what the files say with the changes. Of a loaded account only the changed files are read.

        Raises:
            AccountFaults: The account with the changes has faults.
        """
        if self._read is not None:
            return self._read
        faults = Faults()
        if self._contents is None:
            contents = read_contents(self.tree(faults), faults)
        else:
            contents = reread(self._contents, self.tree(faults), self.changes.keys(), faults)
        if contents is None or len(faults):
            raise faults.error()
        self._read = contents
        return contents

    def check(self) -> None:
        """Require that the changes bring no fault. Present faults are no reason to refuse, so that they can be repaired step by step.

        Raises:
            AccountFaults: The changes would add a fault.
        """
        brought = Faults()
        read_account(self.tree(brought), brought)
        if len(brought):
            present = Faults()
            read_account(self.store.tree(present), present)
            brought.forget(present)
        if len(brought):
            raise brought.error()


def _names_in(account: Account, directory: str) -> Mapping[str, Role | User | Group | ManagedPolicy] | None:
    """Return the entities of *directory* by name in lower case; None where the account does not keep them by name."""
    names = account.names
    match directory:
        case ROLE.directory:
            return names.roles
        case USER.directory:
            return names.users
        case GROUP.directory:
            return names.groups
        case POLICY.directory:
            return names.policies
        case _:
            return None


class Changeable(ABC):
    """An account that takes changes."""

    @abstractmethod
    def changing(self) -> AbstractContextManager[Draft]:
        """Begin a change. It is written when the block ends without an exception."""


Target = Draft | Changeable | str | os.PathLike[str]
"""The target of a change: the path of an account directory, a loaded account, or a draft that collects several changes."""


@contextmanager
def drafting(account: Target) -> Iterator[Draft]:
    """Yield a draft of *account*, and write its changes when the block ends without an exception.

    A draft is yielded unchanged; the block that created it writes its changes.

    Raises:
        AccountFaults: A path is no account directory, ``account.toml`` is at fault, or the changes would add faults. Nothing is written.
        AccountFault: The file system refuses. Files that were written are restored.
    """
    if isinstance(account, Draft):
        yield account
        return
    if isinstance(account, Changeable):
        with account.changing() as draft:
            yield draft
        return
    faults = Faults()
    store = DirectoryStore(root_of(account, faults))
    with store.alone():
        settings = read_settings(store.tree(faults), faults)
        if settings is None:
            raise faults.error()
        draft = Draft(store, settings)
        yield draft
        if draft.changes:
            draft.check()
            store.apply(draft.changes)
