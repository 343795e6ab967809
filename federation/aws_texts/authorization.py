"""Denials: by a policy, by the kind of the credentials, and for a wrong MFA code (docs/observed.md 1.0, 4.3, 9.6)."""

from __future__ import annotations

from typing import Final

ROOT_CALLER: Final = "Roles may not be assumed by root accounts."
"""The root user calls AssumeRole. Observed: docs/observed.md 9.6."""
FEDERATED_USER_CALLER: Final = "GetWebIdentityToken does not support federated user sessions"
"""A federated user calls GetWebIdentityToken. Recorded: docs/observed.md 9.6."""
MFA_DEVICE: Final = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  "
    "Please verify your MFA serial number is valid and associated with this user."
)
"""SerialNumber names no device of the caller; two spaces follow the full stop. Observed: docs/observed.md 9.6."""
MFA_CODE: Final = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
"""The code is wrong or was used; a space ends the text. Observed: docs/observed.md 9.6."""
ENCODED_MESSAGE: Final = "Message is not valid"
"""DecodeAuthorizationMessage cannot open the message. Reported: docs/observed.md 1.5."""


def federated(operation: str) -> str:
    """Return the text for a federated login that the trust policy of the role refuses. Recorded: docs/observed.md 9.6."""
    return f"Not authorized to perform sts:{operation}"


def signed(caller: str, action: str, resource: str | None, reason: str = "") -> str:
    """Return the text for a caller who may not perform *action*.

    The end is the resource where the action has one, and a *reason* where AWS gives one. Recorded: docs/observed.md 9.6.
    """
    where = "" if resource is None else f" on resource: {resource}"
    return f"User: {caller} is not authorized to perform: {action}{where}" + (f" {reason}" if reason else "")


def not_allowed(layer: str, action: str) -> str:
    """Return the reason where no policy of *layer* allows *action*. Recorded: docs/observed.md 9.6."""
    return f"because no {layer} allows the {action} action"


def denied(layer: str, arn: str) -> str:
    """Return the reason where a policy of *layer* denies the action, with its *arn* where AWS tells it.

    Observed: docs/observed.md 9.6.
    """
    return f"with an explicit deny in {'an' if layer.startswith('i') else 'a'} {layer}" + (f": {arn}" if arn else "")


def session_caller(operation: str) -> str:
    """Return the text for a session that calls an *operation* for long-term keys alone. Observed: docs/observed.md 9.6."""
    return f"Cannot call {operation} with session credentials"
