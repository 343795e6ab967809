"""The service itself: its failures, and what an endpoint or an account does not offer (docs/observed.md 1.4, 1.11)."""

from __future__ import annotations

from typing import Final

FAILURE: Final = "The request processing has failed because of an unknown error, exception or failure."
"""A failure of the service, on the wire. Documented: STS API reference, common errors."""
INTERNAL_FAILURE: Final = "An internal failure occurred"
"""A failure of the engine, for callers of the library. This project's wording: the service sends `FAILURE`."""
UNKNOWN_OPERATION: Final = "Unknown Operation"
"""The global endpoint does not know the operation. Recorded: docs/observed.md 1.4."""
NOT_GLOBAL: Final = "Operation not supported on STS global endpoint"
"""The operation exists at regional endpoints alone. Recorded: docs/observed.md 1.11."""
OUTBOUND_DISABLED: Final = "OutboundWebIdentityFederation is disabled."
"""The account does not issue web identity tokens. Recorded: docs/observed.md 1.11."""
