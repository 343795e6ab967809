"""Lines of JSON that are written one for each event. A later version may add members, so none of these schemas is closed."""

from __future__ import annotations

from typing import Final

from docs.building.schemas.notation import COUNT, FLAG, INSTANT, TEXT, Schema, data_of, many, maybe, named, one_of, record, ref, said
from docs.building.schemas.shared import EFFECT, PROFILE
from federation.evidence.cloudtrail.event_judgement import EventOutcome
from federation.evidence.cloudtrail.login_record import OPERATIONS
from federation.judging.judge import Judgement
from federation.profiles import Profile
from federation.state.event import EVENT_VERSION

_PROFILED: Final = record({profile.value: record({"accepted": FLAG, "check": maybe(TEXT), "code": maybe(TEXT)}) for profile in Profile})

_ANSWER: Final = one_of("granted", "refused", "undecided")
_COUNTED: Final = record({"name": TEXT, "granted": COUNT, "refused": COUNT})
_BY: Final = {"roles": "by role", "providers": "by provider", "audiences": "by audience", "subjects": "by form of subject"}

LOGS: Final[dict[str, tuple[str, Schema]]] = {
    "audit-line": (
        "A line of federation audit",
        data_of(
            Judgement,
            {
                "id": TEXT,
                "kind": maybe(TEXT),
                "account": maybe(TEXT),
                "provider": maybe(TEXT),
                "profile": maybe(PROFILE),
                "at": maybe(INSTANT),
                "accepted": FLAG,
                "verdicts": _PROFILED,
                "issuer": maybe(TEXT),
                "subject": maybe(TEXT),
                "token_id": maybe(TEXT),
                "claimed": maybe(record({"issuer": maybe(TEXT), "subject": maybe(TEXT)})),
                "role": maybe(record({"arn": TEXT, "effect": maybe(EFFECT)})),
                "refusal": maybe(ref("error")),
            },
        ),
    ),
    "audit-summary": (
        "The summary of federation audit --json",
        record(
            {
                "accepted": COUNT,
                "refused": COUNT,
                "kinds": said(named(record({"accepted": COUNT, "refused": COUNT})), "By kind of token."),
                "checks": said(many(record({"check": TEXT, "code": TEXT, "refused": COUNT})), "The most frequent first."),
            }
        ),
    ),
    "event-line": (
        "A line of federation audit --events",
        record(
            {
                "event_id": TEXT,
                "place": said(TEXT, "Where the record was read: file and number."),
                "time": INSTANT,
                "operation": one_of(*OPERATIONS),
                "role_arn": TEXT,
                "provider": TEXT,
                "audience": maybe(TEXT),
                "subject": maybe(TEXT),
                "error_code": said(maybe(TEXT), "The code under which it was refused when it was recorded."),
                "before": said(_ANSWER, "By the record, or by the account that is compared with."),
                "now": said(_ANSWER, "By the account; undecided also where no policy was asked."),
                "outcome": one_of(*EventOutcome),
                "check": said(maybe(TEXT), "The check that refuses."),
                "reason": said(maybe(TEXT), "Why it is refused, where it was granted before, or what the answer waits for."),
                "waits_for": said(many(TEXT), "The condition keys that the record does not say and that would decide."),
            }
        ),
    ),
    "event-summary": (
        "The summary of federation audit --events --json",
        record(
            {
                "logins": COUNT,
                "outcomes": record({each.value: COUNT for each in EventOutcome}),
                "groups": said(
                    many(
                        record(
                            {
                                "outcome": one_of("lost", "gained", "undecided"),
                                "role_arn": TEXT,
                                "provider": TEXT,
                                "subject": said(TEXT, "The form of the subjects."),
                                "depends_on": said(TEXT, "The check that refuses, or the keys that the records do not say."),
                                "reason": TEXT,
                                "count": COUNT,
                                "first": maybe(INSTANT),
                                "last": maybe(INSTANT),
                                "samples": many(record({"event_id": TEXT, "time": INSTANT, "subject": TEXT})),
                            }
                        )
                    ),
                    "Who would lose or gain access, and what is not decided; at most 100 of each, the largest first.",
                ),
                "unused_roles": said(many(TEXT), "Federated roles to which no login was granted."),
                **{name: said(many(_COUNTED), f"Logins {words}, as they were recorded.") for name, words in _BY.items()},
                "token_errors": said(many(record({"code": TEXT, "count": COUNT})), "Tokens that proved nobody, by code."),
                "other_events": COUNT,
                "unread": said(COUNT, "Records and files that could not be read."),
                "faults": said(many(record({"place": TEXT, "expected": TEXT, "found": TEXT})), "The first of them."),
            }
        ),
    ),
    "audit-event": (
        "A line of the audit trail",
        record(
            {
                "eventVersion": {"const": EVENT_VERSION},
                "userIdentity": said(
                    {"type": "object", "required": ["type"]}, "As in CloudTrail; the type alone where no identity was proved."
                ),
                "eventTime": INSTANT,
                "eventSource": one_of("sts.amazonaws.com", "iam.amazonaws.com"),
                "eventName": said(TEXT, "The operation."),
                "awsRegion": TEXT,
                "sourceIPAddress": maybe(TEXT),
                "userAgent": maybe(TEXT),
                "requestParameters": said(maybe({"type": "object"}), "Without tokens, codes and keys."),
                "responseElements": said(maybe({"type": "object"}), "Without secrets."),
                "requestID": maybe(TEXT),
                "eventID": said({"type": "string", "format": "uuid"}, "Unique to the event."),
                "readOnly": FLAG,
                "eventType": {"const": "AwsApiCall"},
                "managementEvent": {"const": True},
                "recipientAccountId": TEXT,
                "eventCategory": {"const": "Management"},
                "federation": said(
                    record(
                        {"outcome": one_of("granted", "refused"), "time": said(INSTANT, "The exact time.")},
                        optional={
                            **dict.fromkeys(("provider", "issuer", "subject", "tokenId"), said(maybe(TEXT), "Proved.")),
                            **dict.fromkeys(("check", "expected", "found", "remedy"), said(TEXT, "Of the refusal.")),
                        },
                    ),
                    "What CloudTrail does not have.",
                ),
            },
            optional={
                "errorCode": said(TEXT, "Code of the refusal."),
                "errorMessage": said(maybe(TEXT), "AWS's text of the refusal."),
                "resources": many(record({"accountId": maybe(TEXT), "type": TEXT, "ARN": TEXT})),
            },
        ),
    ),
    "access-log": (
        "A line of the access log of federation serve",
        {
            "anyOf": [
                said(
                    record(
                        {"time": INSTANT, "status": {"type": "integer"}, "octets": COUNT, "micros": said(COUNT, "Duration, microseconds.")},
                        optional={
                            "request_id": TEXT,
                            "trace_id": said(TEXT, "Of the `traceparent` of the request, or a new one; 32 hexadecimal digits."),
                            "parent_id": said(TEXT, "The span of the client, of its `traceparent`; 16 hexadecimal digits."),
                            "span_id": said(TEXT, "The span of the request, where traces are recorded; 16 hexadecimal digits."),
                            "peer": said(TEXT, "Address of the client, or of a proxy before it."),
                            "client": said(TEXT, "Address of the client, as a trusted proxy told it."),
                            "operation": TEXT,
                            "code": said(TEXT, "Code of the refusal."),
                            "check": said(TEXT, "Check that refused."),
                            "principal": TEXT,
                            "refusal": said(TEXT, "The refusal in one line."),
                            "cause": said(TEXT, "Why, in one sentence."),
                            "edits": many(ref("edit")),
                            "explained": said({"const": False}, "There was no time left to explain the refusal."),
                        },
                    ),
                    "A request.",
                ),
                said(
                    record(
                        {"time": INSTANT, "event": one_of("account", "logged", "stopping")},
                        optional={
                            "outcome": said(TEXT, "What became of a change of the account."),
                            "generation": said(COUNT, "The account that is served now, counted since the start."),
                            "reason": TEXT,
                            "hint": TEXT,
                            "logger": said(TEXT, "Who said it, for `logged`."),
                            "level": said(TEXT, "`WARNING` or more."),
                            "text": TEXT,
                            **dict.fromkeys(("file", "path", "check", "expected", "found", "remedy"), said(TEXT, "Of a fault.")),
                        },
                    ),
                    "A change of the account, what a logger said, or a stop.",
                ),
            ]
        },
    ),
}
"""Name of the schema to its title and itself."""
