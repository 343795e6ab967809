"""What refuses HTTP requests before an operation runs, and settings of the server."""

from __future__ import annotations

from typing import Literal

WireCheck = Literal[
    "account",
    "action",
    "content-length",
    "content-type",
    "control-body",
    "control-query",
    "duplicate-parameter",
    "global-endpoint",
    "host",
    "internal",
    "issuer",
    "list-index",
    "listen-address",
    "metrics-peer",
    "origin",
    "parameter-boolean",
    "parameter-count",
    "parameter-escape",
    "parameter-integer",
    "parameter-shape",
    "parameter-source",
    "parameter-text",
    "peer-rate",
    "peer-requests",
    "request-body",
    "request-size",
    "request-time",
    "route",
    "server-extra",
    "tls-certificate",
    "traces",
    "traces-extra",
    "version",
]
