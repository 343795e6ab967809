"""The two profiles of the checks, and the two rules for replay.

``aws`` is the behaviour of the service as observed, including its errors. ``strict`` is what the specifications require of a careful
verifier. Each check lists the profiles that enforce it, and a report shows the verdicts of both.
"""

from __future__ import annotations

from enum import StrEnum


class Profile(StrEnum):
    """The profile whose verdict decides: ``aws`` or ``strict``. The default is ``strict`` everywhere."""

    AWS = "aws"
    STRICT = "strict"


class Replay(StrEnum):
    """How often one token may be exchanged.

    ``once``, the default, refuses the second use of a SAML assertion under profile ``strict``, and of a web identity token whose
    provider has ``reuse="refused"``. ``as-aws`` accepts a token until it expires, as AWS does.
    """

    ONCE = "once"
    AS_AWS = "as-aws"
