"""Exit statuses of the command line."""

from __future__ import annotations

from enum import IntEnum

from federation.errors import AccountFault, FederationError, InternalFailure, RegistrationError


class Exit(IntEnum):
    """The exit statuses."""

    GRANTED = 0
    REFUSED = 1
    USAGE = 2
    FAULT = 3
    BUG = 70
    INTERRUPTED = 130
    UNHEARD = 141
    """The reader of the output closed the pipe before its end; no verdict. Shells report this status for SIGPIPE."""


def status_of(refusal: FederationError) -> Exit:
    """Return the status under which *refusal* ends the process."""
    if isinstance(refusal, InternalFailure):
        return Exit.BUG
    if isinstance(refusal, AccountFault | RegistrationError):
        return Exit.FAULT
    return Exit.REFUSED
