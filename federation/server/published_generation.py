"""What the supervisor knows of the generation that is served: its journal, and what the account directories held."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from federation.account.snapshot import Stamp
from federation.server.generations import Mark, place_of
from federation.server.journal import Journal, JournalEntry


class Reached(NamedTuple):
    """A place in a journal.

    Attributes:
        changes: How many entries stand before it.
        end: Where they end, in octets.
    """

    changes: int = 0
    end: int = 0


@dataclass(slots=True)
class Published:
    """A generation, and what the directories held when it was copied or changed.

    Attributes:
        generation: Its number.
        signatures: The stamps of the directories, with those of the changes that were read from the journal.
        included: What the copy includes of the journal of the generation before it.
        reached: What was read of its own journal.
    """

    generation: int
    signatures: list[dict[str, Stamp]]
    included: Reached = Reached()  # noqa: RUF009 - immutable
    reached: Reached = Reached()  # noqa: RUF009 - immutable
    lock: Lock = field(default_factory=Lock)

    @property
    def end(self) -> int:
        """Where the entries end that were read of its journal, in octets."""
        return self.reached.end

    def journal(self, shared: Path) -> Journal:
        """Return the journal of the generation."""
        return Journal(place_of(shared, self.generation))

    def read_journal(self, shared: Path, mark: Mark) -> None:
        """Take the stamps of the changes that *mark* counts."""
        if mark.generation != self.generation:
            return
        with self.lock:
            more = mark.changes - self.reached.changes
            if more <= 0:
                return
            entries, end = self.journal(shared).entries(self.reached.end, more)
            self.reached = Reached(mark.changes, end)
            for entry in entries:
                for name, stamp in entry.stamps.items():
                    if stamp is None:
                        self.signatures[0].pop(name, None)
                    else:
                        self.signatures[0][name] = stamp

    def entries_after(self, reached: Reached, shared: Path, mark: Mark) -> list[JournalEntry]:
        """Return the entries after *reached* that *mark* counts."""
        entries, _ = self.journal(shared).entries(reached.end, mark.changes - reached.changes)
        return entries
