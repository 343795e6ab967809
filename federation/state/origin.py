"""Where a request came from: known to whoever received it, told in its audit event, and of no weight in any decision."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The surroundings of one request.

    Attributes:
        request_id: What the client is told, a UUID.
        source_ip: Address of the client; None for a call within the process.
        user_agent: What the client calls itself; None where it says nothing.
        region: Region of the endpoint that was asked; None where its name holds none.
    """

    request_id: str
    source_ip: str | None = None
    user_agent: str | None = None
    region: str | None = None


_CURRENT: ContextVar[Origin | None] = ContextVar("federation.origin", default=None)


@contextmanager
def received_from(origin: Origin) -> Iterator[None]:
    """Let every event of this thread and task tell *origin* until the block ends."""
    token = _CURRENT.set(origin)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def origin() -> Origin:
    """Return where the running request came from; for a call within the process an `Origin` with nothing but an id."""
    return _CURRENT.get() or Origin(request_id=str(uuid.uuid4()))
