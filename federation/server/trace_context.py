"""The trace that a request belongs to: that of its ``traceparent``, or a new one (W3C Trace Context, 3.2)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from federation.server.messages import Request

_TRACEPARENT: Final = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<parent>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<rest>-.*)?"
)
_NO_VERSION: Final = "ff"
_FIRST: Final = "00"
_LONGEST: Final = 512


class TraceContext(NamedTuple):
    """The place of a request in a trace. It is hexadecimal digits alone, whatever a client sent.

    Attributes:
        trace_id: 32 digits.
        parent_id: The span of the client, 16 digits; empty where the trace begins here.
        sampled: Whether the client records the trace.
        span_id: The span of this request, 16 digits; empty where no traces are recorded.
    """

    trace_id: str
    parent_id: str = ""
    sampled: bool = False
    span_id: str = ""


def trace_of(request: Request, request_id: str) -> TraceContext:
    """Return the trace of *request*. One that begins here has the digits of *request_id*, a random UUID.

    A ``traceparent`` that is malformed, all zeros or there twice is ignored, as the recommendation demands.
    """
    field = request.header("traceparent").strip()
    found = _TRACEPARENT.fullmatch(field) if 0 < len(field) <= _LONGEST else None
    if found is not None and _is_valid(found):
        return TraceContext(found["trace"], found["parent"], sampled=bool(int(found["flags"], 16) & 1))
    return TraceContext(request_id.replace("-", ""))


def _is_valid(found: re.Match[str]) -> bool:
    if found["version"] == _NO_VERSION or (found["version"] == _FIRST and found["rest"]):
        return False
    return bool(found["trace"].strip("0")) and bool(found["parent"].strip("0"))
