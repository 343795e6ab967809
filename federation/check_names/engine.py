"""What refuses calls of the engine: clock, plug-ins, judging, explaining, state, test material."""

from __future__ import annotations

from typing import Literal

EngineCheck = Literal[
    "account",
    "algorithms",
    "audit",
    "audit-extra",
    "audit-url",
    "capture",
    "clock",
    "clock-skew",
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
