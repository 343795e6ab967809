"""What became of many tokens, counted: by kind, and by the check that refused."""

from __future__ import annotations

from collections import Counter
from typing import Any

from federation.judging.judge import Judgement

UNREADABLE = "unreadable"
"""The kind of what could not even be read."""


class Tally:
    """Counts of judgements; as large as there are kinds and checks, however many tokens there were."""

    __slots__ = ("_accepted", "_refused", "bugs", "refusing")

    def __init__(self) -> None:
        self._accepted: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self.refusing: Counter[tuple[str, str]] = Counter()
        self.bugs: int = 0

    def count(self, judgement: Judgement) -> None:
        """Count one judgement."""
        kind = UNREADABLE if judgement.kind is None else judgement.kind
        if judgement.accepted:
            self._accepted[kind] += 1
            return
        self._refused[kind] += 1
        self.bugs += judgement.is_bug
        if judgement.refusal is not None:
            self.refusing[str(judgement.refusal["check"]), str(judgement.refusal["code"])] += 1

    def merge(self, later: Tally) -> None:
        """Add the counts of judgements that came after those of this tally."""
        self._accepted.update(later._accepted)
        self._refused.update(later._refused)
        self.refusing.update(later.refusing)
        self.bugs += later.bugs

    @property
    def accepted(self) -> int:
        """How many were accepted."""
        return self._accepted.total()

    @property
    def refused(self) -> int:
        """How many were refused."""
        return self._refused.total()

    def by_kind(self) -> list[tuple[str, int, int]]:
        """Return kind, accepted and refused, sorted by kind."""
        return [(kind, self._accepted[kind], self._refused[kind]) for kind in sorted(self._accepted.keys() | self._refused.keys())]

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain data: the documented summary."""
        return {
            "accepted": self.accepted,
            "refused": self.refused,
            "kinds": {kind: {"accepted": accepted, "refused": refused} for kind, accepted, refused in self.by_kind()},
            "checks": [{"check": check, "code": code, "refused": count} for (check, code), count in self.refusing.most_common()],
        }
