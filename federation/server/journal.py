"""The journal of a generation: the changes that workers wrote to the account since the generation was copied.

A change is journalled before the account directory is written, so that a worker that ends between the two leaves nothing half-done: the
next writer completes the change. It counts once the board says so. All writers hold the lock of the account directory (docs/adr/0030).
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from federation.account.snapshot import Stamp, stamp_of
from federation.account.writing.atomic import PRIVATE_MODE, NewFile
from federation.account.writing.stores import Changes, DirectoryStore

_FILE: Final = "changes"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One change that was written.

    Attributes:
        changes: The files that were written, and those that were removed.
        stamps: What the directory held afterwards under the names of these files and of the directories above them; None for nothing.
    """

    changes: Changes
    stamps: Mapping[str, Stamp | None]


class Journal:
    """The journal of one generation. An entry has two lines: the change before it is written, and the stamps afterwards."""

    def __init__(self, place: Path) -> None:
        """Use the journal of the generation at *place*; it is empty where there is no file."""
        self._path = place / _FILE

    def end(self) -> int:
        """Return where the journal ends, in octets."""
        return self._path.stat().st_size if self._path.exists() else 0

    def intend(self, changes: Changes) -> int:
        """Append *changes*, which will be written next, and return where the journal ended before."""
        files = {name: None if new is None else [new.mode, base64.b64encode(new.octets).decode("ascii")] for name, new in changes.items()}
        return self._append({"files": files})

    def confirm(self, stamps: Mapping[str, Stamp | None]) -> None:
        """Append *stamps*, with which the last change is complete."""
        self._append({"stamps": stamps})

    def withdraw(self, end: int) -> None:
        """Remove what was appended after *end*, a result of `intend`: the change was refused."""
        os.truncate(self._path, end)

    def extend(self, entries: Iterable[JournalEntry]) -> None:
        """Append *entries*, which were written."""
        for entry in entries:
            self.intend(entry.changes)
            self.confirm(entry.stamps)

    def entries(self, start: int, count: int) -> tuple[list[JournalEntry], int]:
        """Return *count* complete entries from the octet *start*, and the octet where they end.

        Raises:
            ValueError: The journal has fewer.
        """
        found = []
        lines, end = self._lines(start, 2 * count)
        if len(lines) < 2 * count:
            raise ValueError("the journal ends before the entries that the board counts")
        for change, written in zip(lines[::2], lines[1::2], strict=True):
            found.append(JournalEntry(_changes(change), _stamps(written)))
        return found, end

    def recover(self, store: DirectoryStore, end: int) -> int:
        """Complete the change of a writer that ended in the middle, and return how many entries follow the octet *end*.

        Args:
            store: The account directory, which the caller has locked.
            end: Where the entries end that the board counts.
        """
        lines, whole = self._lines(end, None)
        if self._path.exists() and self._path.stat().st_size > whole:
            self.withdraw(whole)  # the writer ended while it appended a line
        if len(lines) % 2:
            changes = _changes(lines[-1])
            present = {name: new for name, new in changes.items() if new is not None or os.path.lexists(store.root / name)}
            store.apply(_replacing(present, store.root))
            self.confirm(stamps_of(store.root, changes))
        return (len(lines) + 1) // 2

    def _append(self, line: Mapping[str, Any]) -> int:
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_MODE)
        with os.fdopen(handle, "ab") as stream:
            end = stream.tell()
            stream.write(json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n")
        return end

    def _lines(self, start: int, count: int | None) -> tuple[list[dict[str, Any]], int]:
        """Return up to *count* whole lines from the octet *start*, all where it is None, and the octet where they end."""
        lines: list[dict[str, Any]] = []
        if not self._path.exists():
            return lines, start
        with self._path.open("rb") as stream:
            stream.seek(start)
            while count is None or len(lines) < count:
                line = stream.readline()
                if not line.endswith(b"\n"):
                    break
                lines.append(json.loads(line))
                start += len(line)
        return lines, start


def stamps_of(root: Path, files: Iterable[str]) -> dict[str, Stamp | None]:
    """Return what the directory *root* holds under the names of *files* and of the directories above them."""
    names: dict[str, None] = {}
    for file in files:
        parts = file.split("/")
        names.update(dict.fromkeys("/".join(parts[: depth + 1]) for depth in range(len(parts))))
    return {name: stamp_of(root / name) for name in names}


def _changes(line: Mapping[str, Any]) -> Changes:
    return {
        name: None if given is None else NewFile(base64.b64decode(given[1]), given[0], replaces=True)
        for name, given in line["files"].items()
    }


def _stamps(line: Mapping[str, Any]) -> dict[str, Stamp | None]:
    return {name: None if stamp is None else tuple(stamp) for name, stamp in line["stamps"].items()}


def _replacing(changes: Changes, root: Path) -> Changes:
    return {
        name: None if new is None else NewFile(new.octets, new.mode, replaces=os.path.lexists(root / name)) for name, new in changes.items()
    }
