"""The last calls of one process, with their explanations: in memory, and without tokens, as audit events are."""

from __future__ import annotations

from collections import deque
from typing import Any, Final, NamedTuple

from federation.explaining.events import explained_event
from federation.state import AuditEvent

MOST_CALLS: Final = 1_000
"""Most calls that can be kept."""


class ShownCall(NamedTuple):
    """A call that was answered.

    Attributes:
        time: When it was judged, ISO 8601.
        operation: Name of the operation.
        granted: Whether it was granted.
        who: The caller, or the subject of a proved login; empty where nobody was proved.
        role: ARN of the role, or empty.
        code: The error code, or empty.
        check: The check that refused, or empty.
        cause: Why, in one sentence; empty for a granted call.
        edits: What to change, one sentence each.
    """

    time: str
    operation: str
    granted: bool
    who: str
    role: str
    code: str
    check: str
    cause: str
    edits: tuple[str, ...]


class RecentCalls:
    """An `AuditSink` that keeps the last calls of this process. It holds no token, secret or key, as no event and no explanation does."""

    __slots__ = ("_events",)

    def __init__(self, most: int) -> None:
        """Keep *most* calls, 1 to `MOST_CALLS`."""
        self._events: deque[dict[str, Any]] = deque(maxlen=most)

    def record(self, event: AuditEvent) -> None:
        """Keep *event* with its explanation."""
        self._events.append(explained_event(event))

    def calls(self) -> tuple[ShownCall, ...]:
        """Return the calls, the newest first."""
        return tuple(_call(event) for event in reversed(self._events.copy()))


def _call(event: dict[str, Any]) -> ShownCall:
    own, parameters = event["federation"], event.get("requestParameters") or {}
    explanation = own.get("explanation") or {}
    edits = explanation.get("first", {}).get("edits", ())
    caller = event["userIdentity"].get("arn") or event["userIdentity"].get("userName")
    return ShownCall(
        time=str(event["eventTime"]),
        operation=str(event["eventName"]),
        granted=own["outcome"] == "granted",
        who=str(own.get("subject") or caller or ""),
        role=str(parameters.get("roleArn") or ""),
        code=str(event.get("errorCode") or ""),
        check=str(own.get("check") or ""),
        cause=str(own.get("cause") or ""),
        edits=tuple(str(edit["instruction"]) for edit in edits),
    )
