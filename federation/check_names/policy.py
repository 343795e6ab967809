"""What refuses policy documents and requests to evaluate them."""

from __future__ import annotations

from typing import Literal

PolicyCheck = Literal[
    "action",
    "context-keys",
    "policy-action",
    "policy-condition-key",
    "policy-effect",
    "policy-grammar",
    "policy-json",
    "policy-kind",
    "policy-principal",
    "policy-resource",
    "policy-shared-issuer",
    "policy-size",
    "policy-value",
    "policy-variable",
    "policy-version",
    "principal",
    "request-context",
]
