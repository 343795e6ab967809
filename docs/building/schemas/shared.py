"""Schemas that several outputs share: errors, explanations, decisions, findings."""

from __future__ import annotations

from typing import Final, get_args

from docs.building.schemas.notation import (
    ANYTHING,
    COUNT,
    FLAG,
    INSTANT,
    TEXT,
    Schema,
    data_of,
    many,
    maybe,
    named,
    one_of,
    record,
    ref,
    said,
)
from federation.evidence.cloudtrail.login_record import OPERATIONS, LoginRecord
from federation.explanation import Cause, Change, Comparison, Edit, Explanation, Listing, Obstacle, Owner, Place
from federation.identity import VerifiedIdentity
from federation.policy.decision import Decision
from federation.policy.explain import ConditionResult, ElementResult, StatementResult
from federation.policy.lint import SEVERITIES
from federation.policy.lint.finding import Finding
from federation.policy.partial import UndecidedCondition
from federation.profiles import Profile
from federation.report import CheckResult, Report

EFFECT: Final = one_of("Allow", "Deny", "ImplicitDeny")
VIA: Final = said(maybe(one_of("direct", "account", "everyone")), "How the statement covers the caller.")
PROFILE: Final = one_of(*(profile.value for profile in Profile))
_MESSAGE: Final = said(TEXT, "AWS's text where it is known, else one line of check, expected and found.")

_ERROR: Final = {
    "code": said(TEXT, "The code as on the wire of STS."),
    "http_status": said({"type": "integer"}, "The status as on the wire."),
    "check": said(TEXT, "The check that refused."),
    "expected": said(TEXT, "What it demands."),
    "found": said(TEXT, "What was there; text from outside is in backticks and cut after 160 characters."),
    "remedy": said(TEXT, "What to do."),
    "message": _MESSAGE,
}
_FAULT: Final = {
    "file": said(TEXT, "The file of the account that is at fault."),
    "path": said(TEXT, "The place in that file, or in the policy."),
    "faults": said(many(ref("error")), "Every fault of an account that has several."),
}
_FINDING: Final = {
    "id": TEXT,
    "severity": one_of(*SEVERITIES),
    "path": TEXT,
    "message": TEXT,
    "remedy": TEXT,
    "cause": said(ref("cause"), "The finding as a cause, with its place and its line."),
    "edits": said(many(ref("edit")), "What narrows or repairs it."),
    "line": said({"type": "integer", "minimum": 1}, "The line in the file."),
}
REPORT: Final = {
    "kind": TEXT,
    "profile": PROFILE,
    "accepted": said(FLAG, "Whether that profile accepts the token."),
    "verdicts": said(
        record({profile.value: ref("verdict") for profile in Profile}), "What each profile says, also the one that does not decide."
    ),
    "checks": said(many(ref("check_result")), "The result of every check, in order."),
    "identity": maybe(ref("identity")),
    "claimed": {"type": "object"},
    "notes": many(TEXT),
    "engine": one_of("fast", "python"),
}
LINE: Final = said(TEXT, "The file, relative to the account where the account was asked about.")

SHARED: Final[dict[str, Schema]] = {
    "error": said(record(_ERROR, optional=_FAULT), "A refusal. It never holds a token, a secret or a key."),
    "explained_error": said(
        record({**_ERROR, "cause": ref("cause"), "edits": many(ref("edit"))}, optional=_FAULT),
        "A refusal, with its cause and what to change.",
    ),
    "check_result": data_of(
        CheckResult,
        {
            "check": said(TEXT, "Name of the check."),
            "clause": TEXT,
            "profiles": many(PROFILE),
            "outcome": one_of("passed", "refused", "skipped"),
            "refusal": maybe(ref("error")),
            "note": TEXT,
        },
    ),
    "verdict": record(
        {
            "accepted": said(FLAG, "Whether the profile accepts the token."),
            "check": said(maybe(TEXT), "The first check that refuses."),
            "refusal": said(maybe(ref("error")), "Its refusal."),
        }
    ),
    "report": data_of(Report, REPORT),
    "identity": data_of(
        VerifiedIdentity,
        {
            "kind": TEXT,
            "provider_arn": TEXT,
            "issuer": TEXT,
            "subject": TEXT,
            "subject_type": TEXT,
            "audience": maybe(TEXT),
            "audiences": many(TEXT),
            "recipient": maybe(TEXT),
            "name_qualifier": maybe(TEXT),
            "token_id": maybe(TEXT),
            "issued_at": maybe(INSTANT),
            "not_on_or_after": maybe(INSTANT),
            "session_not_on_or_after": maybe(INSTANT),
            "attributes": named(ANYTHING),
            "context_keys": named(ANYTHING),
            "notes": many(TEXT),
        },
    ),
    "place": data_of(
        Place,
        {"owner": one_of(*get_args(Owner))},
        optional={"account": TEXT, "file": TEXT, "line": {"type": "integer", "minimum": 1}, "path": TEXT, "setting": TEXT, "source": TEXT},
    ),
    "change": data_of(
        Change,
        {"path": TEXT},
        optional={
            "old": said(ANYTHING, "The value as it stands there; left out where one is added."),
            "new": said(ANYTHING, "The value that takes its place; left out where it is removed."),
        },
    ),
    "edit": data_of(
        Edit,
        {
            "place": ref("place"),
            "instruction": TEXT,
            "old": maybe(TEXT),
            "new": maybe(TEXT),
            "applicable": said(FLAG, "Whether `federation explain --fix` makes the edit."),
            "changes": many(ref("change")),
            "command": said(maybe(TEXT), "A command that makes the edit."),
            "lets_in": said(maybe(TEXT), "Who else can log in after the edit, in one sentence."),
        },
    ),
    "comparison": data_of(Comparison, {"expected": TEXT, "found": TEXT, "expected_from": TEXT, "found_from": TEXT}),
    "listing": data_of(Listing, {"label": TEXT, "members": many(TEXT), "nearest": maybe(TEXT)}),
    "cause": data_of(
        Cause,
        {
            "check": TEXT,
            "sentence": TEXT,
            "place": maybe(ref("place")),
            "comparisons": many(ref("comparison")),
            "listings": many(ref("listing")),
            "unverified": FLAG,
        },
    ),
    "obstacle": data_of(
        Obstacle,
        {
            "causes": many(ref("cause"), minItems=1),
            "edits": many(ref("edit")),
            "alternatives": FLAG,
            "others": many(ref("cause")),
        },
    ),
    "explanation": data_of(
        Explanation,
        {
            "cause": said(TEXT, "The cause of the refusal, in one sentence."),
            "first": ref("obstacle"),
            "later": many(ref("obstacle")),
            "aws_accepts": FLAG,
            "aws_message": maybe(TEXT),
            "aws_shown_by": said(maybe(one_of("API", "console")), "Who shows that text; null where AWS shows none."),
        },
    ),
    "condition": data_of(
        ConditionResult,
        {
            "operator": TEXT,
            "key": TEXT,
            "expected": many(TEXT),
            "found": maybe(many(TEXT)),
            "matched": FLAG,
            "reason": TEXT,
            "path": TEXT,
        },
    ),
    "element": data_of(
        ElementResult,
        {
            "element": said(TEXT, "Name of the element in the policy, such as `NotAction`."),
            "expected": many(TEXT),
            "found": maybe(TEXT),
            "matched": FLAG,
            "reason": TEXT,
        },
    ),
    "statement": data_of(
        StatementResult,
        {
            "index": COUNT,
            "sid": maybe(TEXT),
            "effect": one_of("Allow", "Deny"),
            "matched": FLAG,
            "via": VIA,
            "principal": maybe(ref("element")),
            "action": ref("element"),
            "resource": maybe(ref("element")),
            "conditions": many(ref("condition")),
        },
    ),
    "near_miss": record(
        {
            "statement": said(COUNT, "Index of the Allow statement that came nearest."),
            "failures": said(many({"anyOf": [ref("element"), ref("condition")]}), "Its parts that do not match."),
            "sentence": said(TEXT, "These parts, in one line."),
        }
    ),
    "decision": data_of(
        Decision,
        {
            "effect": EFFECT,
            "via": VIA,
            "statement": said(maybe(COUNT), "Index of the statement that decides."),
            "statements": said(many(ref("statement")), "The result of every statement, in the order of the document."),
            "nearest": said(maybe(ref("near_miss")), "For an implicit deny, the Allow statement with the fewest failing parts."),
        },
        optional={"policy": TEXT},
    ),
    "login_record": data_of(
        LoginRecord,
        {
            "event_id": TEXT,
            "place": TEXT,
            "time": INSTANT,
            "operation": one_of(*OPERATIONS),
            "role_arn": TEXT,
            "provider": TEXT,
            **dict.fromkeys(
                ("subject", "subject_type", "audience", "issuer", "name_qualifier", "assertion_id", "session_name"), maybe(TEXT)
            ),
            "duration_seconds": said(maybe({"type": "integer"}), "DurationSeconds of the call, in seconds."),
            "source_identity": maybe(TEXT),
            "tags": named(TEXT),
            "transitive_tag_keys": many(TEXT),
            "policy": maybe(TEXT),
            "policy_arns": many(TEXT),
            "authorized_by_idp": maybe(FLAG),
            **dict.fromkeys(("verified_by", "error_code", "error_message", "source_ip", "user_agent", "vpc_endpoint"), maybe(TEXT)),
            **dict.fromkeys(("account", "region", "tls_host"), maybe(TEXT)),
        },
    ),
    "undecided_condition": data_of(
        UndecidedCondition,
        {
            "statement": COUNT,
            "sid": maybe(TEXT),
            "effect": one_of("Allow", "Deny"),
            "operator": TEXT,
            "key": TEXT,
            "expected": many(TEXT),
            "path": TEXT,
            "unknown": many(TEXT),
            "tells": said(many(TEXT), "What would tell the keys that are not known."),
        },
    ),
    "finding": data_of(Finding, _FINDING),
    "placed_finding": data_of(Finding, {"file": LINE, **_FINDING}),
}
