"""Files of an account that are kept in memory."""

from __future__ import annotations

from collections.abc import Collection, ItemsView, Mapping

from federation.account.reading.faults import Faults
from federation.account.reading.files import ACCOUNT_FILE_OCTETS, FileContent, Tree


class MemoryFiles:
    """Files in memory, by name, and the names in each directory."""

    __slots__ = ("_contents", "_names")

    def __init__(self, files: Mapping[str, FileContent]) -> None:
        self._contents: dict[str, FileContent] = {}
        self._names: dict[str, dict[str, int]] = {}
        for file, content in files.items():
            self.put(file, content)

    def get(self, file: str) -> FileContent | None:
        """Return the content of *file*; None where there is none."""
        return self._contents.get(file)

    def names(self, directory: str) -> Collection[str]:
        """Return the names in *directory*; empty where there is none."""
        return self._names.get(directory, {}).keys()

    def items(self) -> ItemsView[str, FileContent]:
        """Return all files with their content."""
        return self._contents.items()

    def put(self, file: str, content: FileContent) -> None:
        """Add *file*, or replace it."""
        if file not in self._contents:
            self._count(file, 1)
        self._contents[file] = content

    def remove(self, file: str) -> None:
        """Remove *file*, where it is present."""
        if self._contents.pop(file, None) is not None:
            self._count(file, -1)

    def _count(self, file: str, change: int) -> None:
        """Count *file* in each of the directories above it, so that a directory without files disappears."""
        below = file
        while below:
            directory, _, name = below.rpartition("/")
            names = self._names.setdefault(directory, {})
            names[name] = names.get(name, 0) + change
            if not names[name]:
                del names[name]
            if not names:
                del self._names[directory]
            below = directory


class MemoryTree(Tree):
    """Files in memory."""

    __slots__ = ("_files",)

    def __init__(self, files: MemoryFiles, faults: Faults) -> None:
        super().__init__(faults)
        self._files = files

    def listed(self, directory: str) -> Collection[str]:
        """Return the names in *directory*; empty where there is none."""
        return self._files.names(directory)

    def holds(self, name: str) -> bool:
        """Return whether there is a file or directory *name*."""
        return self._files.get(name) is not None or self.is_directory(name)

    def is_directory(self, name: str) -> bool:
        """Return whether a file is below *name*."""
        return bool(self._files.names(name))

    def read(self, file: str, *, longest: int = ACCOUNT_FILE_OCTETS) -> bytes | None:
        """Return the octets of *file*, at most *longest*; None after recording a fault."""
        content = self._files.get(file)
        if content is not None:
            return self.bounded(file, content.octets, longest)
        self.missing(file)
        return None

    def mode(self, file: str) -> int | None:
        """Return the permission bits of *file*; None where there is no such file."""
        content = self._files.get(file)
        return None if content is None else content.mode
