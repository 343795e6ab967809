"""What every store tells the logger ``federation.state``."""

from __future__ import annotations

from typing import Final

from federation.errors import AccountFault
from federation.loggers import logger

_LOGGER: Final = logger("state")


def told(fault: AccountFault) -> AccountFault:
    """Return *fault*, for which a store cannot be used, and tell the logger of it."""
    _LOGGER.warning("the record of used tokens cannot be used: %s", fault)
    return fault
