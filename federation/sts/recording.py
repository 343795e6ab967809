"""Answering a call and writing down what became of it: what cannot be recorded is not granted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from federation.errors import FederationError, InternalFailure
from federation.state import AuditEvent, AuditSink

T = TypeVar("T")


def recorded(
    answer: Callable[[], T],
    *,
    audit: AuditSink | None,
    granted: Callable[[T], AuditEvent],
    refused: Callable[[FederationError], AuditEvent],
) -> T:
    """Return what *answer* returns, after one event about it.

    Args:
        answer: The call.
        audit: Takes the event; None for none.
        granted: Makes the event of a result.
        refused: Makes the event of a refusal.

    Raises:
        FederationError: Whatever the call refuses; a bug comes out as `InternalFailure`, with its cause chained.
    """
    try:
        result = answer()
    except Exception as error:
        refusal = error if isinstance(error, FederationError) else _bug(error)
        if audit is not None:
            audit.record(refused(refusal))
        if refusal is error:
            raise
        raise refusal from error
    if audit is not None:
        audit.record(granted(result))
    return result


def _bug(bug: Exception) -> InternalFailure:
    return InternalFailure(
        check="internal",
        expected="an answer",
        found=type(bug).__name__,
        remedy="report this as a bug; the cause is chained to this error",
        message="An internal failure occurred",
    )
