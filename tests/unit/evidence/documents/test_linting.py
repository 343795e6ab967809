"""Lint of policies of which a part is unknown: a finding that rests on that part is not made, and what is found has its place."""

import json
from typing import Any

import pytest

from federation.evidence.documents.filling import COUNT, fillings
from federation.evidence.documents.linting import LintedDocument, lint_document
from federation.evidence.documents.rendering import FIRST
from tests.support.evidence import PROVIDER, at, only, read, trust
from tests.support.world import GITHUB

SUBJECT = f'$.Statement[0].Condition.StringLike["{GITHUB}:sub"]'
UNKNOWN = {"Ref": "Open"}
CONDITION = trust()["Statement"][0]["Condition"]


def linted(document: object) -> LintedDocument:
    template = {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}}}
    return lint_document(only(read("template.json", template)))


def rules(document: object) -> list[str]:
    return [each.finding.id for each in linted(document).findings]


def changed(**members: Any) -> dict[str, Any]:
    document = trust()
    document["Statement"][0] |= members
    return document


def test_a_finding_has_its_place_in_the_file() -> None:
    result = linted(trust("repo:acme*"))
    [explained] = result.findings
    place = explained.obstacle.causes[0].place
    assert place is not None
    assert (place.file, place.line) == ("template.json", result.found.region(SUBJECT).line)
    assert at(result.found, place.path) == '"repo:acme*"'
    assert all(not edit.applicable for edit in explained.edits)
    assert (result.accepted, result.refusal) == (True, None)
    assert result.policy is not None


def test_what_iam_would_not_store_is_refused_at_its_place() -> None:
    result = linted(changed(Effect="Maybe"))
    assert result.refusal is not None
    assert (result.accepted, result.refusal.path) == (False, "$.Statement[0].Effect")
    assert result.obstacle is not None
    place = result.obstacle.causes[0].place
    assert place is not None
    assert at(result.found, place.path) == '"Maybe"'


@pytest.mark.parametrize(
    "subject",
    [UNKNOWN, {"Fn::Sub": "${Open}acme*"}, {"Fn::Sub": "repo:${Open}/app:*"}, ["repo:acme/app:ref:refs/heads/main", UNKNOWN]],
    ids=json.dumps,
)
def test_nothing_is_found_of_a_subject_that_may_be_sound(subject: object) -> None:
    result = linted(trust(subject))
    assert {each.finding.id for each in result.findings} <= {"pull-request-trusted"}
    assert (result.accepted, result.policy) == (None, None)


def test_a_finding_that_holds_whatever_the_unknown_part_is() -> None:
    [explained] = linted(trust({"Fn::Sub": "repo:acme*${Open}"})).findings
    assert explained.finding.id == "subject-too-wide"
    assert "${Open}" in explained.finding.message
    assert not any(ord(character) >= 0xF0000 for character in json.dumps(explained.as_dict(), ensure_ascii=False))


@pytest.mark.parametrize("name", [UNKNOWN, {"Fn::Sub": "arn:aws:iam::1234:oidc-provider/${Open}"}, [UNKNOWN]], ids=json.dumps)
def test_keys_of_an_issuer_are_not_foreign_to_an_unknown_provider(name: object) -> None:
    assert rules(trust(provider=name)) == []


def test_an_unknown_account_does_not_hide_what_is_wrong() -> None:
    name = {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{GITHUB}"}
    assert rules(trust("repo:acme*", provider=name)) == ["subject-too-wide"]
    assert "shared-issuer-unscoped" in rules(changed(Principal={"Federated": name}, Condition={}))


@pytest.mark.parametrize(
    "members",
    [
        {"Condition": UNKNOWN},
        {"Condition": {"StringLike": UNKNOWN}},
        {"Principal": UNKNOWN, "Condition": {}},
        {"Effect": UNKNOWN, "Condition": {}},
    ],
    ids=json.dumps,
)
def test_a_statement_of_unknown_structure_is_not_judged(members: dict[str, Any]) -> None:
    result = linted(changed(**members))
    assert result.findings == ()
    assert (result.unjudged, result.accepted) == (("$.Statement[0]",), None)


def test_beside_a_statement_that_is_not_judged_the_others_are() -> None:
    document = trust("repo:acme*")
    document["Statement"].append(UNKNOWN)
    result = linted(document)
    assert [each.finding.id for each in result.findings] == ["subject-too-wide"]
    assert result.unjudged == ("$.Statement[1]",)


@pytest.mark.parametrize("document", [UNKNOWN, {"Version": "2012-10-17", "Statement": UNKNOWN}], ids=json.dumps)
def test_of_a_policy_that_is_unknown_nothing_is_said(document: object) -> None:
    result = linted(document)
    assert (result.unjudged, result.findings, result.refusal, result.accepted) == (("$",), (), None, None)


@pytest.mark.parametrize(
    ("members", "path"),
    [({"Effect": "Maybe"}, "$.Statement[0].Effect"), ({"Nonsense": 1}, "$.Statement[0]")],
)
def test_a_refusal_that_no_unknown_part_changes_is_made(members: dict[str, Any], path: str) -> None:
    result = linted(changed(Principal={"Federated": UNKNOWN}, **members))
    assert result.refusal is not None
    assert result.refusal.path == path


@pytest.mark.parametrize(
    "members",
    [{"Action": UNKNOWN}, {"Sid": UNKNOWN}, {"Condition": {**CONDITION, "DateLessThan": {"aws:CurrentTime": UNKNOWN}}}],
    ids=json.dumps,
)
def test_a_refusal_that_rests_on_an_unknown_part_is_not_made(members: dict[str, Any]) -> None:
    assert linted(changed(**members)).refusal is None


def test_a_member_that_is_there_twice_is_refused_whatever_is_unknown() -> None:
    text = json.dumps(trust()).replace('"Effect"', '"Effect": "Deny", "Effect"').replace(PROVIDER, "${Open}")
    result = linted({"Fn::Sub": text})
    assert result.refusal is not None
    assert result.refusal.check == "policy-json"


def test_every_filling_is_without_placeholders() -> None:
    found = only(
        read("t.json", {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust([UNKNOWN] * 3)}}}})
    )
    filled = fillings(found)
    assert len(filled.each) == COUNT
    assert all(chr(FIRST) not in each.text for each in filled.each)
    assert len({each.text for each in filled.each}) > 1
    assert filled.whole == tuple(f"{SUBJECT}[{index}]" for index in range(3))
    assert filled.rests_on_unknown(f"{SUBJECT}[1]")
    assert not filled.rests_on_unknown(SUBJECT)
