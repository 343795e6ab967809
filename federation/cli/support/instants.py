"""The instant at which a verb judges a token."""

from __future__ import annotations

from datetime import datetime

from federation.cli.rendering.plain import note
from federation.identity import timestamp
from federation.judging.records import ISSUED
from federation.judging.unverified_token import UnverifiedToken


def instant_for(at: datetime | str | None, token: bytes) -> datetime | None:
    """Return the instant of ``--at``: for ``issued`` the one at which *token* says that it was issued, which is told, and is not verified.

    Raises:
        InvalidIdentityToken: check ``instant``, the token does not say when it was issued.
    """
    if at != ISSUED:
        return at if isinstance(at, datetime) else None
    issued = UnverifiedToken(token).issued_at
    note(f"judged at {timestamp(issued)}, when the token says that it was issued; nothing verifies that")
    return issued
