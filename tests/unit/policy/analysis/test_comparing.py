"""`federation.policy.compare`: each operator, each kind of caller, and what is left undecided."""

from typing import Any

import pytest

from federation import limits
from federation.errors import ValidationError
from federation.policy import Policy, TrustComparison, compare
from federation.policy.operators import QUALIFIED
from tests.support.analysis import SECOND, TAG, USER
from tests.support.policies import SAML, document, statement
from tests.support.trusts import scoped
from tests.support.world import ACCOUNT, GITHUB, OTHER, SAML_PROVIDER

SUB, CN, IP, TIME, NUMBER = "saml:sub", "saml:cn", "aws:SourceIp", "aws:CurrentTime", "aws:SomethingNew"
ROOT = f"arn:aws:iam::{OTHER}:root"
ROLE = f"arn:aws:iam::{OTHER}:role/way/job"
SESSION = f"arn:aws:sts::{OTHER}:assumed-role/job/s"


def policy(*statements: Any, version: str = "2012-10-17") -> Policy:
    return Policy.stored(document(*statements, version=version))


def allow(condition: Any = None, **members: Any) -> dict[str, Any]:
    return statement(Condition=condition or {}, **members)


def deny(condition: Any = None, **members: Any) -> dict[str, Any]:
    return statement(**{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", "Condition": condition or {}, **members})


def relation(old: Any, new: Any, version: str = "2012-10-17") -> str:
    return compare(policy(allow(old), version=version), policy(allow(new), version=version)).relation


def same(operator: str, key: str, values: list[str], other: str, others: list[str]) -> tuple[Any, Any]:
    return {operator: {key: values}}, {other: {key: others}}


EQUAL = [
    same("StringEquals", SUB, ["a", "b"], "StringLike", ["b", "a"]),
    same("StringLike", SUB, ["*"], "StringLike", ["?*", ""]),
    same("StringLike", SUB, ["a*", "ab*"], "StringLike", ["a*"]),
    same("StringLike", SUB, ["a?*"], "StringLike", ["a?", "a??*"]),
    same("StringNotEquals", SUB, [], "StringEquals", []),
    same("StringEqualsIgnoreCase", SUB, ["K"], "StringEquals", ["k", "K", "\u212a"]),
    same("StringNotLike", SUB, ["a*"], "StringNotLikeIfExists", ["a*"]),
    same("StringLike", SUB, ["arn:*:*:*:*:*"], "StringLike", ["arn:*:*:*:*:*", "arn:a:*:*:*:*"]),
    same("ArnLike", SUB, ["arn:*:*:*:*:*"], "StringLike", ["arn:*:*:*:*:*"]),
    same("ArnEquals", SUB, ["arn:aws:iam::1:role/a"], "StringEquals", ["arn:aws:iam::1:role/a"]),
    same("ArnNotLike", SUB, ["arn:a:b:c:d:*"], "ArnNotEquals", ["arn:a:b:c:d:*"]),
    same("ArnNotLike", SUB, ["no arn"], "StringEquals", []),
    same("StringNotEqualsIgnoreCase", SUB, ["a"], "StringNotEquals", ["a", "A"]),
    same("NumericLessThan", NUMBER, ["2", "1"], "NumericLessThan", ["2.0"]),
    same("NumericEquals", NUMBER, ["1e1"], "NumericEquals", ["10"]),
    same("DateLessThan", TIME, ["2020-01-01"], "DateLessThan", ["1577836800"]),
    same("DateLessThanEquals", TIME, ["2020-01-01"], "DateLessThan", ["2020-01-01T00:00:00.001Z"]),
    same("IpAddress", IP, ["10.0.0.0/8", "10.1.0.0/16"], "IpAddress", ["10.0.0.0/8"]),
    same("IpAddress", IP, ["10.0.0.0/9", "10.128.0.0/9"], "IpAddress", ["10.0.0.0/8"]),
    same("NotIpAddress", IP, ["0.0.0.0/0", "::/0"], "Null", ["true"]),
    same("Bool", SUB, ["true"], "StringEqualsIgnoreCase", ["TRUE"]),
    same("Bool", SUB, ["true", "false"], "StringLike", ["*"]),
    same("BinaryEquals", SUB, ["YQ=="], "StringEquals", ["YQ=="]),
    same("ForAnyValue:StringLike", CN, ["*"], "Null", ["false"]),
    same("ForAllValues:StringEquals", CN, [], "Null", ["true"]),
    same("StringEquals", CN, ["a"], "StringEquals", []),
    same("ForAnyValue:StringEquals", SUB, ["a"], "ForAllValues:StringEquals", ["a"]),
    ({"Null": {SUB: "false"}}, {}),
    ({"Bool": {"aws:SecureTransport": "true"}}, {}),
    ({"StringEquals": {"saml:doc": f"{ACCOUNT}/SAML-test"}}, {}),
    ({"StringLike": {SUB: "a*"}, "StringNotLike": {SUB: "ab*"}}, {"StringLike": {SUB: ["a", "a*"]}, "StringNotLike": {SUB: ["ab", "ab*"]}}),
]
NARROWER = [
    same("StringLike", SUB, ["a*"], "StringEquals", ["ab"]),
    same("StringLike", SUB, ["*a*", "*b*"], "StringLike", ["*a*b*"]),
    same("StringNotEquals", SUB, ["a"], "StringNotLike", ["a*"]),
    same("StringEqualsIgnoreCase", SUB, ["k"], "StringEquals", ["k", "K"]),
    same("StringLike", SUB, ["arn:aws:iam:*"], "ArnLike", ["arn:aws:iam:*:*:*"]),
    same("ArnLike", SUB, ["arn:*:iam::*:role/*"], "ArnLike", ["arn:aws:iam::1:role/a*"]),
    same("ArnNotLike", SUB, ["arn:a:b:c:d:e"], "ArnNotLike", ["arn:a:b:c:d:*"]),
    same("NumericLessThan", NUMBER, ["2"], "NumericLessThanEquals", ["1.9999999999999999999999"]),
    same("NumericNotEquals", NUMBER, ["1"], "NumericGreaterThan", ["1"]),
    same("NumericGreaterThanEquals", NUMBER, ["1"], "NumericGreaterThan", ["1"]),
    same("DateGreaterThanEquals", TIME, ["2020-01-01"], "DateGreaterThan", ["2020-01-01"]),
    same("DateNotEquals", TIME, ["2020-01-01"], "DateGreaterThan", ["2020-01-01"]),
    same("DateLessThanEquals", TIME, ["2020-01-01"], "DateEquals", ["2020-01-01"]),
    same("IpAddress", IP, ["10.0.0.0/8"], "IpAddress", ["10.1.0.0/16"]),
    same("NotIpAddress", IP, ["10.1.0.0/16"], "NotIpAddress", ["10.0.0.0/8"]),
    same("BoolIfExists", NUMBER, ["true"], "Bool", ["true"]),
    same("StringEqualsIfExists", NUMBER, ["a"], "StringEquals", ["a"]),
    same("ForAllValues:StringEquals", CN, ["a", "b"], "ForAllValues:StringEquals", ["a"]),
    same("ForAnyValue:StringEquals", CN, ["a", "b"], "ForAnyValue:StringEquals", ["a"]),
    same("ForAnyValue:StringNotEquals", CN, ["a"], "ForAnyValue:StringNotEquals", ["a", "b"]),
    same("BinaryEquals", SUB, ["YQ==", "YWI="], "BinaryEquals", ["YQ=="]),
    ({"Null": {NUMBER: "true"}}, {"Null": {NUMBER: "true"}, "StringLike": {SUB: "a"}}),
    ({"ForAnyValue:StringLike": {CN: "a*"}}, {"ForAnyValue:StringLike": {CN: "a*"}, "ForAllValues:StringNotLike": {CN: "ab*"}}),
]
BOTH = [
    same("StringEquals", SUB, ["a"], "StringEquals", ["b"]),
    same("StringLike", SUB, ["a?"], "StringLike", ["?a"]),
    same("IpAddress", IP, ["10.0.0.0/8"], "IpAddress", ["::/0"]),
    same("ForAllValues:StringEquals", CN, ["a"], "ForAnyValue:StringEquals", ["a"]),
    same("NumericEquals", NUMBER, ["1"], "NumericNotEquals", ["1"]),
]


@pytest.mark.parametrize(("old", "new"), EQUAL)
def test_equal(old: Any, new: Any) -> None:
    found = compare(policy(allow(old)), policy(allow(new)))
    assert (found.relation, found.lets_nobody_new_in, found.gained.changes, found.lost.changes) == ("equal", True, (), ())


@pytest.mark.parametrize(("wide", "narrow"), NARROWER)
def test_narrower_and_wider(wide: Any, narrow: Any) -> None:
    assert (relation(wide, narrow), relation(narrow, wide)) == ("narrower", "wider")


@pytest.mark.parametrize(("old", "new"), BOTH)
def test_both(old: Any, new: Any) -> None:
    assert relation(old, new) == "both"


def test_every_operator_is_compared() -> None:
    told = {
        name.rpartition(":")[2].removesuffix("IfExists")
        for rows in (EQUAL, NARROWER, BOTH)
        for pair in rows
        for side in pair
        for name in side
    }
    assert {each.operator.name for each in QUALIFIED.values()} <= told


def test_a_deny_takes_away() -> None:
    old, new = policy(allow()), policy(allow(), deny({"StringLike": {SUB: "a*"}}))
    found = compare(old, new)
    assert (found.relation, [each.login.request.keys[SUB] for each in found.lost.changes]) == ("narrower", ["ax"])
    assert compare(new, old).relation == "wider"
    assert compare(policy(allow(), deny()), policy(deny())).relation == "equal"
    assert compare(new, policy(allow({"StringNotLike": {SUB: "a*"}}))).relation == "equal"


def test_a_malformed_arn_makes_a_deny_apply() -> None:
    malformed = {"ArnLike": {SUB: "no arn"}}
    assert compare(policy(allow(), deny(malformed)), policy(allow(), deny({"StringLike": {SUB: "arn:*:*:*:*:*"}}))).relation == "equal"
    assert relation(malformed, {"StringEquals": {SUB: []}}) == "equal"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (["${saml:iss}"], ["*"], "wider"),
        (["*"], ["x${saml:iss}"], "narrower"),
        (["${saml:iss}", "a"], ["a", "${saml:iss}"], "equal"),
        (["${saml:iss}"], ["${saml:iss}", "a"], "wider"),
        (["a"], ["${saml:cn}", "a"], "undecided"),
        (["${saml:gone, 'a'}"], ["a"], "both"),
        (["${*}"], ["*"], "wider"),
    ],
)
def test_policy_variables(old: list[str], new: list[str], found: str) -> None:
    assert relation({"StringLike": {SUB: old}}, {"StringLike": {SUB: new}}) == found


def test_the_version_without_variables_reads_them_as_text() -> None:
    literal = {"StringEquals": {SUB: "${saml:iss}"}}
    assert relation(literal, {"StringLike": {SUB: "$*"}}, version="2008-10-17") == "wider"
    assert compare(policy(allow(literal)), policy(allow(literal), version="2008-10-17")).relation == "both"


def of(old: Any, new: Any, action: Any = "sts:AssumeRole", **members: Any) -> TrustComparison:
    made = [policy(statement(Principal=each, Action=action, **members)) for each in (old, new)]
    return compare(*made)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"AWS": OTHER}, {"AWS": ROOT}, "equal"),
        ({"AWS": ROOT}, {"AWS": "*"}, "wider"),
        ({"AWS": ROOT}, {"AWS": USER}, "both"),  # the user then needs no policy of its own
        ({"AWS": ROLE}, {"AWS": SESSION}, "both"),  # no boundary then limits the session
        ({"AWS": [ROLE, USER]}, {"AWS": USER}, "narrower"),
        ({"AWS": "*"}, "*", "equal"),
        ({"Service": "ec2.amazonaws.com"}, {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}, "wider"),
        ({"AWS": "AIDAEXAMPLE"}, {"AWS": "AROAEXAMPLE"}, "both"),
        ({"AWS": f"arn:aws:iam::{OTHER}:user/*"}, {"Service": "*"}, "equal"),
    ],
)
def test_principals(old: Any, new: Any, found: str) -> None:
    assert of(old, new).relation == found


def test_naming_a_user_beside_its_account_is_a_change_of_standing() -> None:
    [change] = of({"AWS": ROOT}, {"AWS": [ROOT, USER]}).gained.changes
    assert (change.standing, change.login.caller.entry) == ("named", USER)
    [change] = of({"AWS": ROLE}, {"AWS": [ROLE, SESSION]}).gained.changes
    assert (change.standing, change.login.caller.entry) == ("itself", SESSION)


def test_not_principal() -> None:
    others = policy(statement(Principal=None, NotPrincipal={"Federated": SAML_PROVIDER}, Action="sts:*"))
    assert compare(policy(allow()), others).relation == "both"
    spared = deny(Principal=None, NotPrincipal={"Federated": SAML_PROVIDER})
    both = allow(Principal={"Federated": [SAML_PROVIDER, SECOND]})
    assert compare(policy(both, spared), policy(allow())).relation == "equal"


def test_not_action() -> None:
    assert (
        compare(policy(allow(Action=None, NotAction="sts:AssumeRole")), policy(allow(Action=[SAML, TAG, "sts:SetSourceIdentity"]))).relation
        == "equal"
    )


def test_the_principal_and_its_keys_agree() -> None:
    everybody = {"AWS": "*"}
    of_account = {"StringEquals": {"aws:PrincipalAccount": OTHER}}
    listed = policy(statement(Principal={"AWS": [ROOT, USER]}, Action="sts:AssumeRole"))
    keyed = policy(statement(Principal=everybody, Action="sts:AssumeRole", Condition=of_account))
    assert compare(listed, keyed).gained.exists is False
    by_arn = {"ArnEquals": {"aws:PrincipalArn": ROLE}}
    assert of(everybody, everybody, Condition=by_arn).relation == "equal"
    named = policy(statement(Principal={"AWS": ROLE}, Action="sts:AssumeRole"))
    assert compare(named, policy(statement(Principal=everybody, Action="sts:AssumeRole", Condition=by_arn))).gained.exists is False


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (f"{GITHUB}:sub", "equal"),  # no request of a SAML caller has it
        ("saml:sub", "narrower"),
        ("aws:PrincipalArn", "equal"),
        ("aws:RequestTag/a", "equal"),  # nothing may be tagged
        ("sts:ExternalId", "equal"),
        ("aws:SourceVpc", "narrower"),
    ],
)
def test_keys_that_callers_do_not_have(key: str, found: str) -> None:
    condition = {"StringNotEquals": {key: "a"}}
    assert relation({}, condition) == found


def test_tags_need_an_action_of_their_own() -> None:
    plain, tagging = policy(allow()), policy(allow(Action=[SAML, TAG]))
    found = compare(plain, tagging)
    assert (found.relation, [each.login.actions for each in found.gained.changes]) == ("wider", [(SAML, TAG)])
    only = policy(allow(Action=[SAML, TAG]), deny({"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}}))
    value = policy(allow(Action=[SAML, TAG]), deny({"Null": {"aws:RequestTag/a": "true"}, "ForAnyValue:StringLike": {"aws:TagKeys": "*"}}))
    assert compare(value, only).gained.exists is False
    assert compare(only, value).gained.exists is True


def test_each_caller_and_statement_that_differs_is_told_once() -> None:
    found = compare(policy(scoped(GITHUB, "repo:acme/app:*", "StringLike")), policy(scoped(GITHUB, "repo:acme/*", "StringLike"), allow()))
    assert sorted(each.statement for each in found.gained.changes) == [0, 1]
    subjects = [each.login.request.keys.get(f"{GITHUB}:sub") for each in found.gained.changes]
    assert "repo:acme/x:ref:refs/heads/main" in subjects


def test_the_login_is_one_that_a_reader_recognises() -> None:
    branch, more = scoped(GITHUB, "repo:acme/app:ref:refs/heads/main", "StringLike"), scoped(GITHUB, "repo:acme/shop:*", "StringLike")
    [change] = compare(policy(branch), policy(branch, more)).gained.changes
    assert change.login.request.keys[f"{GITHUB}:sub"] == "repo:acme/shop:ref:refs/heads/main"
    [change] = compare(policy(branch), policy(scoped(GITHUB, "repo:acme/app:*", "StringLike"))).gained.changes
    assert change.login.request.keys[f"{GITHUB}:sub"] == "repo:acme/app:ref:refs/heads/develop"
    customised = scoped(GITHUB, "repo:acme/shop:context:*", "StringLike")
    [change] = compare(policy(branch), policy(branch, customised)).gained.changes
    assert str(change.login.request.keys[f"{GITHUB}:sub"]).startswith("repo:acme/shop:context:")


def test_alike_callers_are_told_together() -> None:
    accounts = [f"{number:012d}" for number in range(300)]
    [change] = of({"AWS": accounts[:200]}, {"AWS": accounts}).gained.changes
    assert len(change.login.caller.everyone) == 100


def test_what_the_bound_ends_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    hard = [{"StringLike": {SUB: ["*a" + "?" * n + "*"]}, "StringNotLike": {SUB: ["*b" + "?" * n + "b*", "*ab*"]}} for n in (30, 31)]
    monkeypatch.setattr(limits, "ANALYSIS_STEPS", 20_000)
    found = compare(
        policy(allow(hard[0])), policy(allow(hard[0]), allow({**hard[0], "StringNotLike": {SUB: ["*b" + "?" * 30 + "b*", "*ab?*"]}}))
    )
    assert (found.relation, found.lets_nobody_new_in, found.gained.decided) == ("undecided", False, False)


def test_what_no_procedure_decides_is_undecided() -> None:
    mixed = {"StringLike": {NUMBER: "*5*"}, "NumericLessThan": {NUMBER: "4"}, "NumericGreaterThan": {NUMBER: "3"}}
    assert relation({"StringEquals": {SUB: []}}, mixed) in {"undecided", "wider"}
    assert relation(mixed, mixed) == "equal"


def test_only_trust_policies_are_compared() -> None:
    identity = Policy.stored({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}, kind="identity")
    with pytest.raises(ValidationError) as raised:
        compare(identity, policy(allow()))
    assert raised.value.check == "policy-kind"
