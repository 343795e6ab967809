"""Explanations of refusals for the access log, limited in size and in time."""

from __future__ import annotations

import json
import time
from typing import Any, Final

from federation.errors import FederationError

MOST_MICROS: Final = 100_000
"""Largest time budget for explanations, in microseconds."""
MOST_CHARS: Final = 2_000
"""Largest length of the cause, and of the edits as JSON, in characters: workers share the log, so a line must fit one write."""


class Explainer:
    """Explains refusals for the log within a time budget, to which each refusal adds the time that judging it took.

    So explanations at most double the cost of a flood of refusals. An instance is used by one thread only.
    """

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MOST_MICROS

    def members(self, refusal: FederationError, *, micros: int) -> dict[str, Any]:
        """Return ``cause`` and ``edits`` of *refusal*, judged in *micros* microseconds; ``explained: false`` where no budget is left."""
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
