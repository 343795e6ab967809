"""What lives longer than one call: which tokens were used, and what was granted or refused."""

from __future__ import annotations

from federation.state.audit import AuditEvent, AuditSink, JsonLinesAudit
from federation.state.replay import MemoryReplayCache, ReplayCache

__all__ = ["AuditEvent", "AuditSink", "JsonLinesAudit", "MemoryReplayCache", "ReplayCache"]
