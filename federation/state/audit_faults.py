"""What every sink of audit events has in common: the refusal of a call whose event cannot be recorded."""

from __future__ import annotations

from typing import Final

from federation.errors import AccountFault, show
from federation.loggers import logger

_LOGGER: Final = logger("state")
_CONSEQUENCE: Final = "without its audit event nothing is granted"


def unrecorded(place: str, found: str, *, expected: str, remedy: str) -> AccountFault:
    """Return the refusal of a call, or of the start, because *place* cannot take its event. The first line of *found* is shown."""
    line = found.strip().partition("\n")[0]
    fault = AccountFault(file=place, path="", expected=expected, found=show(line), remedy=f"{remedy}: {_CONSEQUENCE}", check="audit")
    _LOGGER.warning("the audit trail cannot be written: %s", fault)
    return fault
