"""What people have when the token is gone: records of logins, and the files in which trust policies are written.

for found in read_logins(["AWSLogs/"]):
    if isinstance(found, LoginRecord):
        explain_event(found, account).explanation
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.lazy import lazily

if TYPE_CHECKING:
    from federation.evidence.cloudtrail.event_audit import judge_events
    from federation.evidence.cloudtrail.event_judgement import AccountsLoginsJudge, EventJudgement, EventOutcome
    from federation.evidence.cloudtrail.event_tally import EventTally, GroupCounts, LoginGroup, OutcomeCounter, federated_roles
    from federation.evidence.cloudtrail.explaining import EventExplanation, SuspectCondition, WaitingCondition, explain_event
    from federation.evidence.cloudtrail.found import PassedEvents, RecordFault
    from federation.evidence.cloudtrail.login_record import LoginRecord
    from federation.evidence.cloudtrail.reading import read_logins
    from federation.evidence.cloudtrail.verdict import LoginVerdict

__all__ = [
    "AccountsLoginsJudge",
    "EventExplanation",
    "EventJudgement",
    "EventOutcome",
    "EventTally",
    "GroupCounts",
    "LoginGroup",
    "LoginRecord",
    "LoginVerdict",
    "OutcomeCounter",
    "PassedEvents",
    "RecordFault",
    "SuspectCondition",
    "WaitingCondition",
    "explain_event",
    "federated_roles",
    "judge_events",
    "read_logins",
]

_HOMES: Final = {
    "AccountsLoginsJudge": "cloudtrail.event_judgement",
    "EventExplanation": "cloudtrail.explaining",
    "EventJudgement": "cloudtrail.event_judgement",
    "EventOutcome": "cloudtrail.event_judgement",
    "EventTally": "cloudtrail.event_tally",
    "GroupCounts": "cloudtrail.event_tally",
    "LoginGroup": "cloudtrail.event_tally",
    "LoginRecord": "cloudtrail.login_record",
    "LoginVerdict": "cloudtrail.verdict",
    "OutcomeCounter": "cloudtrail.event_tally",
    "PassedEvents": "cloudtrail.found",
    "RecordFault": "cloudtrail.found",
    "SuspectCondition": "cloudtrail.explaining",
    "WaitingCondition": "cloudtrail.explaining",
    "explain_event": "cloudtrail.explaining",
    "federated_roles": "cloudtrail.event_tally",
    "judge_events": "cloudtrail.event_audit",
    "read_logins": "cloudtrail.reading",
}

if not TYPE_CHECKING:  # a checker would take any name from it
    __getattr__ = lazily(__name__, _HOMES)
