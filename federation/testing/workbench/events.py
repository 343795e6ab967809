"""The last calls with their outcome, and of refusals why they were refused and what to change."""

from __future__ import annotations

import json
from typing import Any, Final

from federation.explaining.events import explained_event
from federation.state import AuditEvent
from federation.testing.workbench.shelf import KEPT_LINES, Shelf

_NAME: Final = "events"


class Events:
    """An `AuditSink` that keeps the last calls. It holds no token, secret or key, as no event and no explanation does."""

    def __init__(self, shelf: Shelf) -> None:
        """Keep the events on *shelf*."""
        self._shelf = shelf

    def record(self, event: AuditEvent) -> None:
        """Keep *event*, explained at once: the account and the token it is about are at hand now."""
        self._shelf.append(_NAME, json.dumps(explained_event(event)).encode("ascii"))

    def last(self, count: int = 1, *, refused: bool = False) -> list[dict[str, Any]]:
        """Return the last *count* events, the newest first; with *refused* those of refused calls alone.

        An event is that of ``serve --audit-log``. A refused one has under ``federation`` also ``cause``, one sentence, and ``explanation``
        with causes and edits, in the schema of ``federation explain --json``.
        """
        found: list[dict[str, Any]] = []
        for line in reversed(self._shelf.lines(_NAME)):
            if len(found) >= min(count, KEPT_LINES):
                break
            event = _read(line)
            if event is None:
                continue
            if not refused or event["federation"]["outcome"] == "refused":
                found.append(event)
        return found

    def forget(self) -> None:
        """Forget all events."""
        self._shelf.remove(_NAME)


def _read(line: bytes) -> dict[str, Any] | None:
    """Return the event in *line*; None for a line that a full disk or the end of a process truncated."""
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return event
