"""The named loggers of the library, below ``federation``. A program that configures none of them sees nothing, and pays nothing.

What they say is what `FederationError` says, which holds no token, secret or key.
"""

from __future__ import annotations

import logging
from typing import Final

LOGGERS: Final = {
    "federation.sts": "INFO: each call that is refused, with operation and refusal",
    "federation.state": "WARNING: the record of used tokens, or the audit trail, cannot be used",
}
"""Each logger, and what it says at which level."""

logging.getLogger("federation").addHandler(logging.NullHandler())


def logger(room: str) -> logging.Logger:
    """Return the logger of *room*, which `LOGGERS` lists."""
    name = f"federation.{room}"
    if name not in LOGGERS:
        raise ValueError(f"{name} is not listed")
    return logging.getLogger(name)
