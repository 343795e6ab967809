"""What the server tells the page of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from federation.page.recent import RecentCalls


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """What the server tells the page of itself.

    Attributes:
        directories: Directory of each account by id, so that causes and edits name the lines of its files.
        recent: The last calls that this process answered; None where they are not kept.
        workers: Number of processes of the server, each of which keeps its own last calls.
    """

    directories: Mapping[str, Path] = field(default_factory=dict)
    recent: RecentCalls | None = None
    workers: int = 1
