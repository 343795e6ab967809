"""The two readings of every rule, and how often one token is taken.

``aws`` is what the service was observed to do, bug for bug; ``strict`` is what a careful verifier demands. Each check says by which of
the two it is enforced, and a report always shows both verdicts.
"""

from __future__ import annotations

from enum import StrEnum


class Profile(StrEnum):
    """Whose reading of the rules decides: ``aws`` or ``strict`` (the default everywhere)."""

    AWS = "aws"
    STRICT = "strict"


class Replay(StrEnum):
    """How often one token may be exchanged: ``once`` (the default) where profile and provider say so, ``as-aws`` until it ends."""

    ONCE = "once"
    AS_AWS = "as-aws"
