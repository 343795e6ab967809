"""State that outlives a call: the record of used tokens and codes, and the audit trail."""

from __future__ import annotations

from federation.state.audit import AuditSink, AuditSinks, JsonLinesAudit
from federation.state.event import AuditEvent
from federation.state.memory import MemoryState, State, UsedCodes
from federation.state.opening import beside, open_state
from federation.state.origin import Origin
from federation.state.replay import MemoryReplayCache, ReplayCache

__all__ = [
    "AuditEvent",
    "AuditSink",
    "AuditSinks",
    "JsonLinesAudit",
    "MemoryReplayCache",
    "MemoryState",
    "Origin",
    "ReplayCache",
    "State",
    "UsedCodes",
    "beside",
    "open_state",
]
