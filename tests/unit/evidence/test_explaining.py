"""A recorded login is explained by the engine of all explanations, from the record and the account alone."""

import json
from dataclasses import replace
from typing import Any

import pytest

from federation.evidence.cloudtrail import messages
from federation.evidence.cloudtrail.explaining import CHANGED, LOST, NOT_ASKED, explain_event
from federation.evidence.cloudtrail.login_record import LoginRecord
from tests.support.events import GITHUB_PROVIDER, KEY, account, login, trusting

SUBJECT = f"{KEY}:sub"
PRODUCTION = "repo:octo-org/octo-repo:environment:production"


def test_the_condition_that_refused_with_its_edit() -> None:
    found = explain_event(login(), account())
    assert (found.granted, found.check, found.waiting, found.remarks) == (False, "trust-policy", (), ())
    assert found.explanation is not None
    assert found.explanation.cause == "the token is a GitHub token for environment `production`; the policy trusts branch `main`"
    first, second = found.explanation.edits
    (change,) = first.changes
    assert change.new == ["repo:octo-org/octo-repo:ref:refs/heads/main", PRODUCTION]
    assert second.place.owner == "workflow"


def test_a_granted_login() -> None:
    found = explain_event(login("granted"), account())
    assert (found.granted, found.check, found.explanation, found.remarks) == (True, None, None, ())


def test_a_refused_login_that_the_account_grants_is_said_to_be_changed() -> None:
    found = explain_event(login(), trusting({"StringEquals": {SUBJECT: PRODUCTION}}))
    assert (found.granted, found.remarks, found.explanation) == (True, (CHANGED,), None)


def test_a_granted_login_that_the_account_refuses() -> None:
    found = explain_event(login("granted"), trusting({"StringEquals": {SUBJECT: PRODUCTION}}))
    assert (found.granted, found.remarks) == (False, (LOST,))


def test_what_the_record_does_not_say_is_told_and_not_judged() -> None:
    found = explain_event(login(), trusting({"StringEquals": {SUBJECT: PRODUCTION, f"{KEY}:repository_id": "74"}}))
    (waiting,) = found.waiting
    assert (found.granted, found.explanation, waiting.condition.key) == (None, None, f"{KEY}:repository_id")
    assert waiting.tells == ("the claim `repository_id` of the token: `federation explain` with the token judges it",)


@pytest.mark.parametrize(
    "unknown",
    [
        {"StringEquals": {f"{KEY}:repository_id": "74"}},
        {"StringLike": {f"{KEY}:job_workflow_ref": "octo-org/*"}},
        {"StringNotEquals": {f"{KEY}:repository_id": "74"}},
        {"ForAnyValue:StringEquals": {f"{KEY}:amr": ["a", "b"]}},
        {"Null": {f"{KEY}:repository_id": "false"}},
        {"NumericGreaterThan": {f"{KEY}:repository_id": "74"}},
    ],
)
def test_a_refusal_rests_on_what_is_known(unknown: dict[str, Any]) -> None:
    """Neither cause nor edit speaks of a key that the record does not say, and it is told besides that it was not judged."""
    condition = {"StringLike": {SUBJECT: "repo:octo-org/other:*"}}
    for operator, tests in unknown.items():
        condition[operator] = {**condition.get(operator, {}), **tests}
    found = explain_event(login(), trusting(condition))
    assert (found.granted, [each.condition.unknown for each in found.waiting]) == (False, [(next(iter(unknown.popitem()[1])).lower(),)])
    assert found.explanation is not None
    assert len(found.explanation.first.causes) == 1
    (name,) = found.waiting[0].condition.unknown
    edits = [edit for edit in found.explanation.edits if edit.changes]
    assert edits
    assert not any(name in json.dumps([change.as_dict() for change in edit.changes]) for edit in edits)
    assert name not in json.dumps(found.explanation.first.as_dict()["causes"])


def test_a_deny_that_waits_is_told() -> None:
    deny = {
        "Effect": "Deny",
        "Principal": {"Federated": GITHUB_PROVIDER},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringNotEquals": {f"{KEY}:repository_id": "74"}},
    }
    found = explain_event(login(), trusting({"StringEquals": {SUBJECT: PRODUCTION}}, beside=(deny,)))
    assert (found.granted, [each.condition.effect for each in found.waiting]) == (None, ["Deny"])


def test_a_deny_that_applies_is_explained() -> None:
    deny = {
        "Effect": "Deny",
        "Principal": {"Federated": GITHUB_PROVIDER},
        "Action": "*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
    }
    found = explain_event(login(), trusting({"StringEquals": {SUBJECT: PRODUCTION}}, beside=(deny,)))
    assert found.explanation is not None
    assert "198.51.100.0/24" in found.explanation.cause


@pytest.mark.parametrize(
    ("record", "check", "words"),
    [
        (replace(login(), role_arn="arn:aws:iam::123456789012:role/GitHubDeplo"), "role", "differs in 1 character"),
        (replace(login("granted"), duration=7_200), "duration", "MaxSessionDuration"),
        (replace(login(), audience="other"), "audience", "client id"),
        (replace(login("saml"), provider="arn:aws:iam::123456789012:saml-provider/x"), "provider", "a SAML provider"),
    ],
)
def test_what_refuses_before_and_after_the_policy(record: LoginRecord, check: str, words: str) -> None:
    found = explain_event(record, account())
    assert (found.granted, found.check) == (False, check)
    assert found.explanation is not None
    assert words in found.explanation.cause
    assert found.explanation.edits


def test_another_role_may_be_asked() -> None:
    found = explain_event(login("granted"), account(), role_arn="arn:aws:iam::123456789012:role/TestSaml")
    assert (found.granted, found.record.role_arn, found.check) == (False, "arn:aws:iam::123456789012:role/TestSaml", "trust-policy")


def failed(code: str, message: str | None) -> LoginRecord:
    return replace(login(), error_code=code, error_message=message, subject=None, audience=None, provider="")


@pytest.mark.parametrize("told", messages._TABLE, ids=lambda told: told.check)
def test_every_text_of_the_table_is_recognised(told: messages.KnownText) -> None:
    text = told.text.replace("\ue000", "something: [a-z]\nelse").replace(" 0", " 1795521840")
    found = explain_event(failed("InvalidIdentityToken", text), account())
    assert (found.granted, found.check, found.remarks) == (False, told.check, (NOT_ASKED,))
    assert found.explanation is not None
    assert (found.explanation.cause, found.explanation.edits[0].instruction) == (told.cause, told.edit)


@pytest.mark.parametrize("text", ["Token expired: some other time", "Unheard of", None])
def test_another_text_is_repeated(text: str | None) -> None:
    found = explain_event(failed("InvalidIdentityToken", text), account())
    assert (found.granted, found.check) == (False, "InvalidIdentityToken")
    assert found.explanation is not None
    assert (text or "refused the token") in found.explanation.cause
