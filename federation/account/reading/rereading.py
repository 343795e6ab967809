"""One change of single files: the account so far, and what is common to the readers of its parts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from federation.account.model import Account, Group, ManagedPolicy, Role, User
from federation.account.reading.directory import Contents
from federation.account.reading.entities import JSON, Files
from federation.account.reading.faults import Faults
from federation.account.reading.files import DIRECTORY_ENTRIES, Tree
from federation.account.reading.layered import changed
from federation.account.reading.names import name_of, read_name
from federation.account.reading.settings import Settings
from federation.errors import show

E = TypeVar("E")
T = TypeVar("T", Role, User, Group, ManagedPolicy)


class Rereading:
    """One run of `federation.account.reading.changes.reread`.

    Attributes:
        account: The account after the steps so far.
        settings: The settings of the account.
        tree: The files as they are now.
        files: The changed files.
        faults: Receives the faults that the change brings.
    """

    def __init__(self, contents: Contents, tree: Tree, files: Collection[str], faults: Faults) -> None:
        self.account: Account = contents.account
        self.settings: Settings = contents.settings
        self.tree, self.files, self.faults = tree, files, faults

    def files_in(self, directory: str) -> Files:
        """Return the changed files in *directory*, with the names of their entities."""
        found = []
        for file in self.files:
            parent, _, entry = file.rpartition("/")
            if parent == directory:
                name = name_of(entry, JSON)
                if name is None and self.tree.holds(file):
                    read_name(entry, directory=directory, suffix=JSON, faults=self.faults)
                elif name is not None:
                    found.append((file, name))
        return found

    def left(self, files: Files) -> Files:
        """Return those of *files* that are there."""
        return [(file, name) for file, name in files if self.tree.holds(file)]

    def directories(self, below: str) -> tuple[str, ...]:
        """Return the directories of the changed files below *below*."""
        return tuple(dict.fromkeys(file.rpartition("/")[0] for file in self.files if file.startswith(f"{below}/")))

    def renamed(self, names: Mapping[str, T], gone: Collection[T], read: Collection[T], directory: str) -> Mapping[str, T]:
        """Return *names* without *gone* and with *read*, the entities in *directory*, and record names that differ by case alone."""
        left, added = {each.name.lower() for each in gone}, dict[str, T]()
        for each in read:
            lower = each.name.lower()
            twin = added.get(lower) or (None if lower in left else names.get(lower))
            added[lower] = each
            if twin is not None and twin.name != each.name:
                file = f"{directory}/{each.name}{JSON}"
                expected, remedy = "names that differ by more than case", "IAM names are unique whatever the case"
                self.faults.add(file, "", expected, show(twin.name), remedy)
        after = changed(names, left, added)
        if len(after) > DIRECTORY_ENTRIES:
            self.faults.add(directory, "", f"at most {DIRECTORY_ENTRIES} entries", str(len(after)), "split the account")
        return after

    def fault(self, file: str, path: str, expected: str, found: str) -> None:
        """Record that *file* names something at *path* that is not there."""
        self.faults.add(file, path, expected, show(found), "add what the file names, or correct the name")


def known_before(names: Mapping[str, T], files: Files) -> list[T]:
    """Return the entities of *files* as they were."""
    known = [(names.get(name.lower()), name) for _, name in files]
    return [each for each, name in known if each is not None and each.name == name]
