"""What every sink of audit events has in common: the refusal of a call whose event cannot be recorded, and of a URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from federation.errors import AccountFault, RegistrationError, printable, show
from federation.loggers import logger

AUDIT_PASSWORD_VARIABLE: Final = "FEDERATION_AUDIT_PASSWORD"  # noqa: S105 - the name of a variable
"""Holds the password of the server, which on the command line every user of the machine could read."""
_LOGGER: Final = logger("state")
_CONSEQUENCE: Final = "without its audit event nothing is granted"


def unrecorded(place: str, found: str, *, expected: str, remedy: str, secret: str | None = None) -> AccountFault:
    """Return the refusal of a call, or of the start, because *place* cannot take its event.

    Args:
        place: The sink, without what is secret.
        found: What was found. Its first line is shown.
        expected: What was expected.
        remedy: What to do.
        secret: A password that *found* may repeat.
    """
    line = found.strip().partition("\n")[0]
    fault = AccountFault(
        file=printable(place),
        path="",
        expected=expected,
        found=show(line.replace(secret, "…") if secret else line),
        remedy=f"{remedy}: {_CONSEQUENCE}",
        check="audit",
    )
    _LOGGER.warning("the audit trail cannot be written: %s", fault)
    return fault


def audit_url_fault(scheme: str, *, expected: str, found: str, remedy: str = "correct the URL of the audit trail") -> RegistrationError:
    """Return the refusal of a URL of a sink. *found* never repeats the URL, which may hold a password."""
    return RegistrationError(check="audit-url", expected=expected, found=f"{scheme}://…: {found}", remedy=remedy)


@contextmanager
def as_unwritten() -> Iterator[None]:
    """Turn what keeps a file from taking an event into the refusal of the call, or of the start."""
    try:
        yield
    except (OSError, ValueError) as cause:
        expected, remedy = "a file that can be read and appended to", "make room or correct the permissions"
        raise unrecorded("audit log", reason_of(cause), expected=expected, remedy=remedy) from cause


def reason_of(cause: OSError | ValueError) -> str:
    """Return what *cause* says, without a path."""
    return (cause.strerror if isinstance(cause, OSError) else None) or str(cause) or type(cause).__name__
