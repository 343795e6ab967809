"""What lives longer than one call: which tokens were used, and what was granted or refused."""

from __future__ import annotations

from federation.state.audit import AuditSink, JsonLinesAudit
from federation.state.event import AuditEvent
from federation.state.origin import Origin, origin, received_from
from federation.state.replay import MemoryReplayCache, ReplayCache

__all__ = ["AuditEvent", "AuditSink", "JsonLinesAudit", "MemoryReplayCache", "Origin", "ReplayCache", "origin", "received_from"]
