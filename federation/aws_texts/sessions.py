"""Sessions: duration, tags, and the size of the session token (docs/observed.md 1.1, 2.2, 9.5)."""

from __future__ import annotations

from typing import Final

DURATION: Final = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
"""DurationSeconds exceeds the maximum of the role. Observed: docs/observed.md 9.5."""
CHAINED_DURATION: Final = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
"""A role session asks for more than an hour. Observed: docs/observed.md 9.5."""
MALFORMED_TAGS: Final = "Unable to validate tags"
"""The tags of an assertion or a token violate a limit. Observed: docs/observed.md 2.2."""
REPEATED_TAG: Final = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
"""Two tags of the call have one key. Reported: docs/observed.md 9.5."""
TRANSITIVE_WITHOUT_TAG: Final = "The specified transitive tag key must be included in the requested tags."
"""A transitive key has no tag. Observed: docs/observed.md 9.5."""
TRANSITIVE_CONFLICT: Final = (
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."
)
"""A tag has the key of a tag that the calling session passes on. Observed: docs/observed.md 9.5."""


def packed_policy(percent: int) -> str:
    """Return the text for session policies that take *percent* of their room. Observed: docs/observed.md 9.5."""
    return f"Packed policy consumes {percent}% of allotted space, please use smaller policy."


def token_size(size: int, limit: int) -> str:
    """Return the text for a session token of too many octets.

    This project's wording: AWS names both sizes, in words that are not known (docs/observed.md 9.5).
    """
    return f"Session token size of {size} bytes exceeds the maximum of {limit} bytes."
