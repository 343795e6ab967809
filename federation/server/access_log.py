"""The access log of the server: one line of JSON per request and per change of the account. It holds no secret."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, Final

from federation import clock
from federation.identity import timestamp
from federation.server.logged_explanations import Explainer
from federation.server.messages import LoggedResponse, Request
from federation.server.trace_context import TraceContext, trace_of

STDERR: Final = 2


class AccessLog:
    """Writes one line per request to a file descriptor, standard error by default.

    A line holds the time, the request id, the trace, the operation, how it ended and how long it took; never parameters, bodies or other
    headers than the digits of ``traceparent``. A line is one write, so workers that share the descriptor do not mix theirs.
    """

    def __init__(self, descriptor: int = STDERR, *, logged: bool = True) -> None:
        """Write to *descriptor*; no requests unless *logged*, and events in any case."""
        self._descriptor, self._logged = descriptor, logged
        self._explainer = Explainer()

    def write(self, request: Request, answer: LoggedResponse, *, micros: int, trace: TraceContext | None = None) -> None:
        """Record *answer*, which took *micros* microseconds, with the *trace* it belongs to; None takes that of the request."""
        if not self._logged:
            return
        response = answer.response
        trace = trace_of(request, response.request_id) if trace is None else trace
        entry = {
            "time": timestamp(clock.resolve(None)),
            "request_id": response.request_id,
            "trace_id": trace.trace_id,
            "parent_id": trace.parent_id,
            "span_id": trace.span_id,
            "peer": request.peer,
            "client": request.forwarded,
            "operation": answer.operation,
            "status": response.status,
            "code": answer.code,
            "check": answer.check,
            "principal": answer.principal,
            "octets": len(request.body),
            "micros": micros,
            "refusal": answer.refusal,
        }
        raised = answer.raised
        explained = {} if raised is None or raised.question is None else self._explainer.members(raised, micros=micros)
        self._write({**{name: value for name, value in entry.items() if value != ""}, **explained})

    def tell(self, event: str, **members: str | float) -> None:
        """Record *event*, which is not a request: such as the outcome of a change of the account, or a stop of the server."""
        self._write({"time": timestamp(clock.resolve(None)), "event": event, **members})

    def _write(self, entry: Mapping[str, Any]) -> None:
        # ASCII: no line break or bidirectional mark of a subject reaches a terminal or forges a second line (attack row D07).
        line = json.dumps(entry).encode("ascii")
        try:
            os.write(self._descriptor, line + b"\n")
        except OSError:
            self._descriptor = os.open(os.devnull, os.O_WRONLY)  # the reader of the log closed it; the server continues without a log
