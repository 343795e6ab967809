"""The source of a request. It is part of the audit event and has no effect on any decision."""

from __future__ import annotations

import uuid

from federation.records import record


@record(kw_only=True)
class Origin:
    """The source of one request.

    Attributes:
        request_id: Id of the request in the response, a UUID.
        source_ip: IP address of the client; None for a call within the process.
        user_agent: User-Agent header of the request; None where there is none.
        region: Region of the endpoint; None where its host name has none.
    """

    request_id: str
    source_ip: str | None = None
    user_agent: str | None = None
    region: str | None = None

    @classmethod
    def here(cls) -> Origin:
        """Return the origin of a call within the process, which has only a request id."""
        return cls(request_id=str(uuid.uuid4()))
