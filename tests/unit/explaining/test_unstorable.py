"""A document that IAM would not store is mended where it tells what is meant, and opened by no edit."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import MalformedPolicyDocument
from federation.explaining.fixing import apply
from federation.explaining.linting.mending import mend
from federation.explaining.linting.refusals import explain_unstorable
from federation.explanation import Edit
from federation.policy import Policy
from federation.testing.strategies import policy_documents
from tests.support.policies import document, statement
from tests.support.trusts import saml, scoped
from tests.support.world import GITHUB

JOB = "repo:acme/app:environment:production"
BASE = saml()


def renamed(source: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if name == old else name: value for name, value in source.items()}


def stores(text: str) -> bool:
    """Whether an account may store *text* already, by older rules."""
    try:
        Policy.stored(text, kind="trust")
    except MalformedPolicyDocument:
        return False
    return True


def edit_of(text: str, kind: str = "trust") -> Edit:
    with pytest.raises(MalformedPolicyDocument) as caught:
        Policy.parse(text, kind=kind)
    obstacle = explain_unstorable(text, caught.value, kind=kind)
    [cause], [edit] = obstacle.causes, obstacle.edits
    assert cause.check == caught.value.check
    assert caught.value.found in cause.sentence
    assert cause.place is not None
    assert cause.place.path == caught.value.path
    return edit


@pytest.mark.parametrize(
    ("source", "old", "new"),
    [
        (document(renamed(BASE, "Condition", "Conditions")), '"Conditions"', '"Condition"'),
        (document(renamed(BASE, "Effect", "effect")), '"effect"', '"Effect"'),
        (renamed(document(BASE), "Statement", "Statements"), '"Statements"', '"Statement"'),
        (document(saml(Principal=renamed(BASE["Principal"], "Federated", "federated"))), '"federated"', '"Federated"'),
        (document(saml(Effect="allow")), '"allow"', '"Allow"'),
        (document(saml(Sid="a"), saml({"StringEquals": {"saml:sub": "x"}}, Sid="a")), '"a"', '"a2"'),
        (document(saml(Sid="my-statement 1")), '"my-statement 1"', '"mystatement1"'),
        (document(saml({"stringequals": {"saml:sub": "x"}})), '"stringequals"', '"StringEquals"'),
        (document(saml({"StringEqual": {"saml:sub": "x"}})), '"StringEqual"', '"StringEquals"'),
        (document(saml({"ForAnyValue:stringlike": {"saml:cn": "x"}})), '"ForAnyValue:stringlike"', '"ForAnyValue:StringLike"'),
        (document(BASE, version="2012-10-18"), '"2012-10-18"', '"2012-10-17"'),
        (document(saml(Resource="*")), '"*"', None),
        (document(saml(Action="sts:assumerolewithsaml")), '"sts:assumerolewithsaml"', '"sts:AssumeRoleWithSAML"'),
        (document(scoped(GITHUB, JOB, StringLike={f"https://{GITHUB}:sub": JOB})), f'"https://{GITHUB}:sub"', f'"{GITHUB}:sub"'),
    ],
)
def test_a_document_that_tells_what_is_meant(source: Any, old: str, new: str | None) -> None:
    text = json.dumps(source, indent=4)
    edit = edit_of(text)
    assert (edit.old, edit.new, edit.applicable) == (old, new, True)
    assert edit.lets_in or stores(text)
    mended = apply(text, edit.changes)
    Policy.parse(mended, kind="trust")
    assert mend(text, kind="trust").edits


def test_a_managed_policy_without_its_version() -> None:
    source = document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, version=None)
    edit = edit_of(json.dumps(source), kind="boundary")
    assert (edit.place.path, edit.old, edit.new) == ("$.Version", None, '"2012-10-17"')
    Policy.parse(apply(json.dumps(source), edit.changes), kind="boundary")


@pytest.mark.parametrize(
    "source",
    [
        document(saml(Principal="*")),
        document(saml(Foo="*")),
        document(statement(Principal={"AWS": "*"}, Action="sts:AssumeRole", Effect="allow")),
        document(renamed(scoped(GITHUB, "repo:acme*", "StringLike"), "Effect", "effect")),
        [],
        {},
        {"Foo": 1},
        {"Role": {"RoleName": "R"}},
    ],
)
def test_a_document_that_does_not_or_that_would_be_open(source: Any) -> None:
    edit = edit_of(json.dumps(source))
    assert edit.instruction
    assert not edit.applicable


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        ({"Role": {"RoleName": "R", "AssumeRolePolicyDocument": document(BASE)}}, "$.Role.AssumeRolePolicyDocument"),
        ({"RoleName": "R", "AssumeRolePolicyDocument": document(BASE)}, "$.AssumeRolePolicyDocument"),
        ({"Role": {"AssumeRolePolicyDocument": document(BASE)}, **document()}, "$.Role.AssumeRolePolicyDocument"),
    ],
)
def test_the_answer_of_get_role_is_told_from_a_policy(answer: Any, path: str) -> None:
    edit = edit_of(json.dumps(answer, indent=4))
    assert (edit.place.path, edit.old, edit.new, edit.applicable) == (path, None, None, False)
    assert edit.instruction == "pass this member alone, as `aws iam get-role --query Role.AssumeRolePolicyDocument` prints it"
    assert mend(json.dumps(answer), kind="trust").edits == ()


@pytest.mark.parametrize("spell", [quote, json.dumps], ids=["url-encoded", "json-text"])
def test_a_policy_in_a_string_is_to_be_decoded(spell: Callable[[str], str]) -> None:
    """The API of IAM answers with the URL-encoded text of a policy; the AWS CLI and SDKs decode it."""
    text = spell(json.dumps(document(BASE)))
    edit = edit_of(json.dumps({"Role": {"AssumeRolePolicyDocument": text}}))
    assert edit.place.path == "$.Role.AssumeRolePolicyDocument"
    assert edit.instruction == (
        "decode the string that stands here and pass the policy in it alone, "
        "as `aws iam get-role --query Role.AssumeRolePolicyDocument` prints it"
    )


@pytest.mark.parametrize("value", [None, 1, []])
def test_a_member_that_holds_no_policy_is_a_member_like_any_other(value: Any) -> None:
    edit = edit_of(json.dumps({"Role": {"AssumeRolePolicyDocument": value}}))
    assert (edit.place.path, edit.instruction) == ("$", "remove the member")


@given(
    policy_documents(),
    st.sampled_from(["Effect", "Action", "Principal", "Condition"]),
    st.sampled_from([str.lower, str.upper, lambda name: f"{name}s"]),
)
def test_a_misspelt_member_is_mended_or_left(given_document: Any, name: str, spelt: Any) -> None:
    statements = [renamed(each, name, spelt(name)) for each in given_document["Statement"]]
    text = json.dumps({**given_document, "Statement": statements})
    mended = mend(text, kind="trust")
    assert mended.text == text or mended.edits
