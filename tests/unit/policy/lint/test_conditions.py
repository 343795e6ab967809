"""How a policy says it: operators, keys, values, statements among each other."""

import json
from typing import Any

import pytest

from federation.policy import Policy
from federation.policy.lint import MAX_FINDINGS, RULES, SEVERITIES, lint, worst
from tests.support.growth import spends_at_most
from tests.support.policies import document, statement
from tests.support.trusts import EKS, findings, ids, saml, scoped
from tests.support.world import GITHUB


@pytest.mark.parametrize(
    ("condition", "finding"),
    [
        ({"StringEquals": {"saml:sub": "b*"}}, ("literal-wildcard", "warning")),
        ({"StringEquals": {"saml:sub": "b${*}"}}, None),
        ({"ForAllValues:StringEquals": {"saml:cn": "a"}}, ("for-all-values-absent", "error")),
        ({"ForAllValues:StringEquals": {"saml:cn": "a"}, "Null": {"saml:cn": "false"}}, None),
        ({"ForAllValues:StringEquals": {"saml:cn": "a"}, "ForAnyValue:StringLike": {"saml:cn": "*"}}, None),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "project"]}}, None),
        ({"ForAllValues:StringLike": {"saml:sub": "a*"}}, ("for-all-values-absent", "error")),
        ({"StringEqualsIfExists": {"saml:sub": "a"}}, ("absent-key-allows", "warning")),
        ({"StringNotEquals": {"saml:sub": "a"}}, ("absent-key-allows", "warning")),
        ({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, ("absent-key-allows", "warning")),
        ({"DateNotEquals": {"aws:CurrentTime": "2026-11-24"}}, None),
        ({"StringEqualsIfExists": {"aws:RequestTag/team": "blue"}}, None),
        ({"Null": {"saml:edupersonprincipalname": "true"}}, ("absence-demanded", "note")),
        ({"Null": {"aws:TagKeys": "true"}}, None),
        ({"StringEquals": {"saml:cn": "a"}}, ("plain-operator-multivalued", "warning")),
        ({"ForAnyValue:StringEquals": {"saml:cn": "a"}}, None),
        ({"ForAnyValue:StringEquals": {"saml:sub": "a"}}, ("set-operator-single-valued", "warning")),
        ({"Bool": {}}, ("empty-condition", "warning")),
        ({"StringEquals": {"saml:sub": []}}, ("no-values", "warning")),
        ({"NumericEquals": {"saml:sub": "one"}}, ("malformed-value", "error")),
        ({"StringEquals": {"saml:iss": ["a", "b"]}, "StringLike": {"saml:iss": "c*"}}, ("contradictory-conditions", "warning")),
        ({"StringEquals": {"saml:iss": ["a", "b"]}, "StringNotEquals": {"saml:iss": "a"}}, None),
        ({"StringEquals": {"saml:iss": "a"}, "Null": {"saml:iss": "true"}}, ("contradictory-conditions", "warning")),
    ],
)
def test_operators(condition: Any, finding: tuple[str, str] | None) -> None:
    found = [each for each in ids(saml(condition)) if each[0] != "saml-recipient-unscoped"]
    beside = [("absence-demanded", "note")] if "true" in str(condition.get("Null")) and finding and finding[0] != "absence-demanded" else []
    assert found == sorted([*([finding] if finding else []), *beside])


def test_a_deny_on_a_list_stops_nobody() -> None:
    deny = saml({"StringEquals": {"saml:cn": "a"}}, Effect="Deny")
    assert ids(deny) == [("plain-operator-multivalued", "error")]
    assert ids(saml({"StringNotEquals": {"saml:sub": "a"}}, Effect="Deny")) == []
    amr = scoped(GITHUB, "repo:acme/app:environment:production", Bool={f"{GITHUB}:amr": "true"})
    assert ids(amr) == [("plain-operator-multivalued", "warning")]
    several = scoped(GITHUB, "repo:acme/app:environment:production", "ForAnyValue:StringEquals")
    assert ids(several) == [("set-operator-single-valued", "warning")]


GOOD = "repo:acme/app:environment:production"


@pytest.mark.parametrize(
    ("key", "rule", "instead"),
    [
        (f"https://{GITHUB}:sub", "key-with-scheme", f"{GITHUB}:sub"),
        (f"{GITHUB}:iss", "claim-not-exposed", f"{GITHUB}:sub"),
        (f"{GITHUB}:repository_owner", "claim-not-exposed", f"{GITHUB}:repository_owner_id"),
        (f"{GITHUB}:enviroment", "claim-not-exposed", f"{GITHUB}:environment"),
        (f"{GITHUB}:visibility", "claim-not-exposed", "actor"),
        ("token.actions.githubusercontents.com:sub", "key-of-another-provider", f"{GITHUB}:sub"),
        ("gitlab.com:sub", "key-of-another-provider", f"{GITHUB}:sub"),
        ("aws:RequestTags/team", "key-unknown", "aws:RequestTag/"),
        ("aws:PrincipleArn", "key-unknown", "aws:PrincipalArn"),
        ("sts:RoleSesionName", "key-unknown", "sts:RoleSessionName"),
        ("aws:invented", "key-unknown", "IAM reference"),
        ("saml:aud", "key-out-of-place", "a key that these requests have"),
        ("sts:ExternalId", "key-out-of-place", "a key that these requests have"),
        ("aws:PrincipalArn", "key-out-of-place", "a key that these requests have"),
        ("sts:DurationSeconds", "key-out-of-place", "a key that these requests have"),
    ],
)
def test_keys_that_no_request_has(key: str, rule: str, instead: str) -> None:
    for operator, severity in (("StringEqualsIgnoreCase", "warning"), ("StringNotLike", "error")):
        further: dict[str, Any] = {operator: {key: "https://a"}}
        found = [each for each in findings(scoped(GITHUB, GOOD, **further)) if each.id == rule]
        assert [(each.severity, instead in each.remedy) for each in found] == [(severity, True)], found
    deny = scoped(GITHUB, GOOD, StringEqualsIgnoreCase={key: "a"})
    assert (rule, "error") in ids({**deny, "Effect": "Deny"}), "a Deny that never applies"


@pytest.mark.parametrize(
    "key", ["aws:sourceip", "STS:RoleSessionName", "aws:RequestTag/any thing", f"{GITHUB.upper()}:ACTOR", "sts:SourceIdentity"]
)
def test_keys_that_requests_have(key: str) -> None:
    assert ids(scoped(GITHUB, GOOD, StringLike={key: "a*b"})) == []


def test_keys_of_other_services_are_their_own_affair() -> None:
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    for key in ("s3:prefix", "ec2:SourceInstanceArn", "aws:SomethingNew", "kms:ViaService"):
        assert ids({**allow, "Condition": {"StringEquals": {key: "a"}}}, kind="identity") == []
    assert ids({**allow, "Condition": {"StringEquals": {"aws:SourceVpcs": "a"}}}, kind="identity") == [("key-unknown", "warning")]
    instance = {"ArnEquals": {"ec2:SourceInstanceArn": "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"}}
    assert ids(statement(Principal={"AWS": "123456789012"}, Action="sts:AssumeRole", Condition=instance)) == []


def test_a_key_of_a_provider_that_is_no_principal() -> None:
    assert ids(saml({"StringEquals": {f"{GITHUB}:sub": "a"}})) == [("key-of-another-provider", "warning")]
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:*", "Condition": {"StringNotEquals": {"gitlab.com:sub": "a"}}}
    assert ids(deny) == [], "a Deny of everybody stops callers of every provider"
    other_cluster = EKS.replace("0123", "9876")
    [found] = findings(scoped(EKS, "system:serviceaccount:a:b", StringLike={f"{other_cluster}:sub": "a"}))
    assert (found.id, found.severity) == ("key-of-another-provider", "warning")


def test_statements_that_repeat_or_never_count() -> None:
    assert ids(saml(Sid="a"), saml(Sid="b")) == [("duplicate-statement", "note")]
    assert ids(saml(), saml(Effect="Deny", Condition=None)) == [("unreachable-statement", "warning")]
    everybody = statement(Effect="Deny", Principal={"AWS": "*"}, Action="sts:Assume*")
    assert ids(saml(), everybody) == [("unreachable-statement", "warning")]
    assert ids(saml(), {**everybody, "Action": "sts:AssumeRole"}) == []
    assert ids(saml(), {**everybody, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}) == []
    one, all_of_it = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/c/*"}, "arn:aws:s3:::b/*"
    assert ids(one, {"Effect": "Deny", "Action": "s3:*", "Resource": all_of_it}, kind="identity") == [("unreachable-statement", "warning")]
    assert ids(one, {"Effect": "Deny", "Action": "s3:Get?", "Resource": all_of_it}, kind="identity") == []
    assert ids(one, {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}*"}, kind="identity") == []


def test_variables_need_the_current_version() -> None:
    variable = {"StringEquals": {"aws:RequestTag/a": "${saml:sub}"}}
    assert ids(saml(variable), version=None) == [("variables-need-2012", "error")]
    home = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}"}
    [found] = findings(home, version="2008-10-17", kind="identity")
    assert (found.id, found.path) == ("variables-need-2012", "$.Statement[0].Resource")
    assert ids(home, kind="identity") == []


def test_rules_are_named_and_said_once() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.severity in SEVERITIES
        assert rule.finds.endswith(".")
        assert rule.because.endswith(".")
    assert worst(()) is None
    assert worst(findings(statement(Action=None, NotAction="sts:TagSession", Condition={"StringEquals": {"saml:cn": "a*"}}))) == "warning"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(document(saml({"ForAllValues:StringEquals": {f"saml:k{n}": "a" for n in range(4000)}}))),
        json.dumps(document(*(saml({"StringEquals": {"aws:SourceIpp": "a"}}, Sid=f"s{n}") for n in range(400)))),
        json.dumps(document(scoped(GITHUB, ["repo:acme" + "*" * n for n in range(400)], "StringLike"))),
        json.dumps(
            document(*({"Effect": e, "Principal": {"AWS": "*"}, "Action": f"sts:*{n}*"} for n in range(600) for e in ("Allow", "Deny")))
        ),
        json.dumps(
            document(
                statement(
                    Principal={"Federated": [f"h{n}.example" for n in range(1500)]},
                    Condition={"StringLike": {f"h{n}.example:sub": "*" for n in range(1500)}},
                )
            )
        ),
    ],
)
def test_findings_and_their_cost_are_bounded(text: str) -> None:
    policy = Policy.stored(text, kind="trust")
    with spends_at_most(1):
        assert len(lint(policy)) <= MAX_FINDINGS
