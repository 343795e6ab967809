"""Where a request came from: known to whoever received it, part of its audit event, and of no weight in any decision."""

from __future__ import annotations

import uuid
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

    @classmethod
    def here(cls) -> Origin:
        """Return the origin of a call within the process: an id and nothing else."""
        return cls(request_id=str(uuid.uuid4()))
