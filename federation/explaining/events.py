"""Audit events with what explains a refusal, for those who keep the last calls."""

from __future__ import annotations

import json
from typing import Any, Final

from federation.state import AuditEvent

_MOST_OCTETS: Final = 65_536
"""Longest event with its explanation, in octets. Of a longer one, what would refuse later is left out, and then the edits."""


def explained_event(event: AuditEvent) -> dict[str, Any]:
    """Return *event* as plain data; that of a refused call has under ``federation`` also ``cause`` and ``explanation``.

    It is explained at once, while the account and the token it is about are at hand, and holds no token, secret or key.
    """
    told = event.as_dict()
    if event.refusal is not None:
        explanation = event.refusal.explanation.as_dict()
        told["federation"] |= {"cause": explanation["cause"], "explanation": explanation}
        if len(json.dumps(told)) > _MOST_OCTETS:
            explanation["later"] = []
        if len(json.dumps(told)) > _MOST_OCTETS:
            explanation["first"] |= {"edits": [], "others": []}
    return told
