"""Every lint rule on the smallest policy it speaks about, and the policies it keeps silent on."""

from typing import Any

import pytest

from federation.policy import Policy
from federation.policy.lint import RULES, lint
from tests.unit.policy.policies import document, statement

WEB = "sts:AssumeRoleWithWebIdentity"
GITLAB = {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}


def findings(*statements: Any, version: str | None = "2012-10-17", kind: str = "trust") -> list[tuple[str, str, str]]:
    found = lint(Policy.stored(document(*statements, version=version), kind=kind))
    assert all(each.as_dict()["remedy"] for each in found)
    return [(each.id, each.severity, each.path) for each in found]


@pytest.mark.parametrize(
    ("members", "finding"),
    [
        (
            {"Condition": {"StringEquals": {"saml:sub": "b*"}}},
            ("literal-wildcard", "warning", '$.Statement[0].Condition.StringEquals["saml:sub"]'),
        ),
        (
            {"Condition": {"ForAllValues:StringEquals": {"saml:cn": "a"}}},
            ("for-all-values-absent", "error", '$.Statement[0].Condition["ForAllValues:StringEquals"]["saml:cn"]'),
        ),
        (
            {"Condition": {"StringEqualsIfExists": {"saml:sub": "a"}}},
            ("absent-key-allows", "warning", '$.Statement[0].Condition.StringEqualsIfExists["saml:sub"]'),
        ),
        (
            {"Condition": {"StringNotEquals": {"saml:sub": "a"}}},
            ("absent-key-allows", "warning", '$.Statement[0].Condition.StringNotEquals["saml:sub"]'),
        ),
        ({"Principal": None, "NotPrincipal": {"AWS": "123456789012"}}, ("allow-notprincipal", "error", "$.Statement[0].NotPrincipal")),
        ({"Action": None, "NotAction": "sts:TagSession"}, ("allow-notaction", "warning", "$.Statement[0].NotAction")),
        ({"Condition": {}}, ("empty-condition", "warning", "$.Statement[0].Condition")),
        ({"Condition": {"Bool": {}}}, ("empty-condition", "warning", "$.Statement[0].Condition")),
        ({"Condition": {"StringEquals": {"saml:sub": []}}}, ("no-values", "warning", '$.Statement[0].Condition.StringEquals["saml:sub"]')),
        (
            {"Condition": {"NumericEquals": {"aws:x": "one"}}},
            ("malformed-value", "error", '$.Statement[0].Condition.NumericEquals["aws:x"]'),
        ),
        ({"Principal": GITLAB, "Action": WEB}, ("shared-issuer-unscoped", "error", "$.Statement[0].Condition")),
    ],
)
def test_rules(members: Any, finding: tuple[str, str, str]) -> None:
    assert findings(statement(**members)) == [finding]


def test_statements_that_repeat_or_never_count() -> None:
    assert findings(statement(Sid="a"), statement(Sid="b")) == [("duplicate-statement", "note", "$.Statement[1]")]
    assert findings(statement(Condition={"Bool": {"aws:x": "true"}}), statement(Effect="Deny")) == [
        ("unreachable-statement", "warning", "$.Statement[0]")
    ]


def test_variables_need_the_current_version() -> None:
    condition = {"StringEquals": {"aws:RequestTag/a": "${aws:username}"}}
    assert findings(statement(Condition=condition), version=None) == [
        ("variables-need-2012", "error", '$.Statement[0].Condition.StringEquals["aws:RequestTag/a"]')
    ]
    home = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}"}
    assert findings(home, version="2008-10-17", kind="identity") == [("variables-need-2012", "error", "$.Statement[0].Resource")]


@pytest.mark.parametrize(
    "members",
    [
        {"Condition": {"StringEquals": {"saml:aud": "https://signin.aws.amazon.com/saml", "saml:sub": "a${*}"}}},
        {"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:TagKeys": "false"}}},
        {"Effect": "Deny", "Condition": {"StringNotEquals": {"saml:sub": "a"}}},
        {"Effect": "Deny", "Principal": None, "NotPrincipal": {"AWS": "123456789012"}},
        {"Principal": GITLAB, "Action": WEB, "Condition": {"StringLike": {"gitlab.com:sub": "project_path:g/p:*"}}},
    ],
)
def test_silence(members: Any) -> None:
    assert findings(statement(**members)) == []


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.__name__ for rule in RULES}) == len(RULES)
