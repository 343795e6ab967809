"""Responses to what is refused, and bugs as refusals that tell nothing of the request."""

from __future__ import annotations

import traceback
from pathlib import PurePath

from federation.errors import FederationError, InternalFailure
from federation.report import kept
from federation.server.messages import LoggedResponse
from federation.server.render import NAMESPACE, render_refusal


def refused(
    refusal: FederationError,
    *,
    content_type: str,
    request_id: str,
    operation: str = "",
    principal: str = "",
    namespace: str = NAMESPACE,
) -> LoggedResponse:
    """Return the response to a refused request: AWS's message for the client, and *refusal* itself for the log."""
    response = render_refusal(refusal, namespace=namespace, content_type=content_type, request_id=request_id)
    return LoggedResponse(
        response, operation, principal, code=refusal.code, check=refusal.check, refusal=str(refusal), raised=kept(refusal)
    )


def as_failure(bug: Exception) -> InternalFailure:
    """Return *bug* as a refusal that names its type and source line only: its text may hold what the client sent."""
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    return InternalFailure(
        check="internal",
        expected="no internal error",
        found=f"{type(bug).__name__} at {PurePath(frame.filename).name}:{frame.lineno}",
        remedy="report this as a bug, with this line",
    )
