"""Explanations of refusals for the access log: bounded in size, and in time by the time that judging takes."""

from __future__ import annotations

import json
import time
from typing import Any, Final

from federation.errors import FederationError

MOST_MICROS: Final = 100_000
"""Time that may be saved up for explanations, microseconds."""
MOST_CHARS: Final = 2_000
"""Characters of the edits in one line of the log: workers share its descriptor, and a line must be one write."""


class Explainer:
    """Explains refusals for the log as long as that takes no longer than judging did: a flood of refusals costs twice its judging at most.

    It is used by one thread.
    """

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MOST_MICROS

    def members(self, refusal: FederationError, *, micros: int) -> dict[str, Any]:
        """Return ``cause`` and ``edits`` of *refusal*, whose judging took *micros*; ``explained``, false, where no time is left for it."""
        self._left = min(self._left + micros, MOST_MICROS)
        if self._left <= 0:
            return {"explained": False}
        started = time.perf_counter_ns()
        explanation = refusal.explanation
        edits = [edit.as_dict() for edit in explanation.first.edits]
        while edits and len(json.dumps(edits)) > MOST_CHARS:
            del edits[-1]
        self._left -= (time.perf_counter_ns() - started) // 1000
        return {"cause": explanation.cause[:MOST_CHARS], "edits": edits}
