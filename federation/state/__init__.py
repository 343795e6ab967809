"""State that outlives a call: the record of used tokens and codes, and the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.lazy import lazily
from federation.state.audit import AuditSink, AuditSinks, JsonLinesAudit
from federation.state.audit_opening import open_audit
from federation.state.event import AuditEvent
from federation.state.memory import MemoryState, State, UsedCodes
from federation.state.opening import beside, open_state
from federation.state.origin import Origin
from federation.state.replay import MemoryReplayCache, ReplayCache

if TYPE_CHECKING:
    from federation.state.otlp_audit import OtlpAudit, OtlpFileAudit
    from federation.state.postgresql_audit import PostgresqlAudit

__all__ = [
    "AuditEvent",
    "AuditSink",
    "AuditSinks",
    "JsonLinesAudit",
    "MemoryReplayCache",
    "MemoryState",
    "Origin",
    "OtlpAudit",
    "OtlpFileAudit",
    "PostgresqlAudit",
    "ReplayCache",
    "State",
    "UsedCodes",
    "beside",
    "open_audit",
    "open_state",
]

_LATER: Final = {"OtlpAudit": "otlp_audit", "OtlpFileAudit": "otlp_audit", "PostgresqlAudit": "postgresql_audit"}
"""Those that need an extra."""
if not TYPE_CHECKING:  # a checker would take any name from it
    __getattr__ = lazily(__name__, _LATER)
