"""What people have when the token is gone: records of logins, and the files in which trust policies are written.

for found in read_logins(["AWSLogs/"]):
    if isinstance(found, LoginRecord):
        explain_event(found, account).explanation
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.lazy import lazily

if TYPE_CHECKING:
    from federation.evidence.cloudtrail.explaining import EventExplanation, WaitingCondition, explain_event
    from federation.evidence.cloudtrail.found import PassedEvents, RecordFault
    from federation.evidence.cloudtrail.login_record import LoginRecord
    from federation.evidence.cloudtrail.reading import read_logins
    from federation.evidence.cloudtrail.verdict import LoginVerdict

__all__ = [
    "EventExplanation",
    "LoginRecord",
    "LoginVerdict",
    "PassedEvents",
    "RecordFault",
    "WaitingCondition",
    "explain_event",
    "read_logins",
]

_HOMES: Final = {
    "EventExplanation": "cloudtrail.explaining",
    "LoginRecord": "cloudtrail.login_record",
    "LoginVerdict": "cloudtrail.verdict",
    "PassedEvents": "cloudtrail.found",
    "RecordFault": "cloudtrail.found",
    "WaitingCondition": "cloudtrail.explaining",
    "explain_event": "cloudtrail.explaining",
    "read_logins": "cloudtrail.reading",
}

if not TYPE_CHECKING:  # a checker would take any name from it
    __getattr__ = lazily(__name__, _HOMES)
