"""What the supervisor knows of the generation that is served: its journal, and what the account directories held."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from federation.account.snapshot import Stamp
from federation.server.generations import Mark, place_of
from federation.server.journal import Journal, JournalEntry


@dataclass(slots=True)
class Published:
    """A generation, and what the directories held when it was copied or changed.

    Attributes:
        generation: Its number.
        signatures: The stamps of the directories, with those of the changes that were read from the journal.
        included: How many changes of the generation before it the copy includes.
        changes: How many entries of its journal were read.
        end: Where these entries end, in octets.
    """

    generation: int
    signatures: list[dict[str, Stamp]]
    included: int = 0
    changes: int = 0
    end: int = 0
    lock: Lock = field(default_factory=Lock)

    def journal(self, shared: Path) -> Journal:
        """Return the journal of the generation."""
        return Journal(place_of(shared, self.generation))

    def read_journal(self, shared: Path, mark: Mark) -> None:
        """Take the stamps of the changes that *mark* counts."""
        if mark.generation != self.generation or mark.changes <= self.changes:
            return
        with self.lock:
            entries, self.end = self.journal(shared).entries(self.end, max(mark.changes - self.changes, 0))
            self.changes = max(mark.changes, self.changes)
            for entry in entries:
                for name, stamp in entry.stamps.items():
                    if stamp is None:
                        self.signatures[0].pop(name, None)
                    else:
                        self.signatures[0][name] = stamp

    def entries_after(self, shared: Path, count: int, mark: Mark) -> list[JournalEntry]:
        """Return the entries after the first *count* that *mark* counts."""
        entries, _ = self.journal(shared).entries(0, mark.changes)
        return entries[count:]
