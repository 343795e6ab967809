"""What refuses calls of the engine: clock, plug-ins, judging, explaining, state, test material."""

from __future__ import annotations

from typing import Literal

EngineCheck = Literal[
    "account",
    "algorithms",
    "arrow-extra",
    "audit",
    "audit-extra",
    "audit-url",
    "capture",
    "clock",
    "clock-skew",
    "columns",
    "edit",
    "engine",
    "instant",
    "internal",
    "json-path",
    "max-age",
    "mfa-device",
    "plug-in",
    "provider",
    "report-extra",
    "results",
    "shape",
    "signing-key",
    "snapshot",
    "state",
    "state-extra",
    "state-url",
    "testing-extra",
    "text",
    "validator",
    "validity",
    "workload",
]
