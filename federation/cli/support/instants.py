"""The instant at which a verb judges a token: ``--at``."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import click

from federation.cli.rendering.plain import note
from federation.cli.support.options import Decorator, Instant
from federation.identity import timestamp
from federation.judging.records import ISSUED


class InstantOrIssued(Instant):
    """An instant, or ``issued`` for the time of issue of each token."""

    words = ", issued or now"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return *value* as an aware `datetime`; ``issued`` is returned unchanged."""
        return value if value == ISSUED else super().convert(value, param, ctx)  # type: ignore[return-value]


judged_at_option: Final[Decorator] = click.option(
    "--at",
    type=InstantOrIssued(),
    help="Judge at this instant instead of now (ISO 8601), or when the token says that it was issued: issued.",
)


def instant_for(at: datetime | str | None, token: bytes) -> datetime | None:
    """Return the instant of ``--at``: for ``issued`` the one at which *token* says that it was issued, which is told, and is not verified.

    Raises:
        InvalidIdentityToken: check ``instant``, the token does not say when it was issued.
    """
    if at != ISSUED:
        return at if isinstance(at, datetime) else None
    from federation.judging.unverified_token import UnverifiedToken  # noqa: PLC0415 - most calls name no token's instant

    issued = UnverifiedToken(token).issued_at
    note(f"judged at {timestamp(issued)}, when the token says that it was issued; nothing verifies that")
    return issued
