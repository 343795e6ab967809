"""Whom a trust policy lets in, in words: every statement, principal and condition of it is accounted for."""

from typing import Any

import pytest

from federation.policy import Policy
from federation.policy.operators import QUALIFIED
from federation.policy.ways_in import EVERYBODY, WaysIn, ways_in
from tests.support.policies import document, statement
from tests.support.trusts import SAML, WEB, saml, scoped, web
from tests.support.world import GITHUB

ROOT = "arn:aws:iam::111122223333:root"


def read(*statements: Any, version: str | None = "2012-10-17") -> WaysIn:
    return ways_in(Policy.stored(document(*statements, version=version)))


def words(condition: Any, version: str | None = "2012-10-17") -> list[str]:
    [way] = read(statement(Principal={"AWS": ROOT}, Action="sts:AssumeRole", Condition=condition), version=version).open
    return [demand.words for demand in way.demands]


def test_each_principal_comes_in_by_its_own_operation() -> None:
    principals = {"Federated": "arn:aws:iam::123456789012:saml-provider/X", "AWS": ROOT, "Service": "ec2.amazonaws.com"}
    found = read(statement(Principal=principals, Action="sts:AssumeRole*"), web(GITHUB))
    assert [(way.principal, way.operation, way.statement) for way in found.open] == [
        (principals["Federated"], SAML, 0),
        (ROOT, "sts:AssumeRole", 0),
        ("ec2.amazonaws.com", "sts:AssumeRole", 0),
        (f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}", WEB, 1),
    ]
    assert found.idle == found.denies == ()


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"StringEquals": {"SAML:aud": "x"}}, "saml:aud is `x`"),
        ({"StringNotLike": {"a.b:sub": ["x*", "y"]}}, "a.b:sub is not like any of `x*`, `y`, or it is absent"),
        ({"StringLike": {"a.b:sub": "x"}}, "a.b:sub is `x`"),
        ({"StringEqualsIgnoreCaseIfExists": {"a.b:sub": "x"}}, "a.b:sub is, in any case, `x`, or it is absent"),
        ({"ForAnyValue:StringLike": {"a.b:amr": ["x*", "y*"]}}, "a value of a.b:amr is like one of `x*`, `y*`"),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": "x"}}, "every value of aws:TagKeys is `x`, or it is absent"),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "aws:SourceIp does not lie in `10.0.0.0/8`, or it is absent"),
        ({"Null": {"a.b:sub": "true"}}, "a.b:sub is absent"),
        ({"Null": {"a.b:sub": False}}, "a.b:sub is present"),
        ({"Null": {"a.b:sub": ["true", "false"]}}, "a.b:sub is absent or present"),
        ({"StringEquals": {"a.b:sub": []}}, "a.b:sub is compared with no value, which no request satisfies"),
        ({"StringNotEquals": {"a.b:sub": []}}, "a.b:sub is absent"),
        ({"NumericLessThan": {"a.b:n": ["many"]}}, "a.b:n is below `many` (of which `many` is malformed)"),
    ],
)
def test_a_condition_in_words(condition: Any, told: str) -> None:
    assert words(condition) == [told]


def test_every_operator_has_words() -> None:
    for name, qualified in QUALIFIED.items():
        [told] = words({name: {"a.b:c": "dHJ1ZQ==" if qualified.operator.family.name == "Binary" else "true"}})
        assert told.startswith(("a.b:c ", "a value of a.b:c ", "every value of a.b:c "))
        assert ("absent" in told) is (qualified.matches_absence or name.endswith("Null")), name


def test_a_variable_of_the_old_version_is_said_to_be_none() -> None:
    told = "aws:PrincipalArn is `${aws:username}`"
    assert words({"StringEquals": {"aws:PrincipalArn": "${aws:username}"}}) == [told]
    assert words({"StringEquals": {"aws:PrincipalArn": "${aws:username}"}}, version=None) == [
        f"{told} (where ${{…}} is no variable, since the policy is not of version 2012-10-17)"
    ]


def test_equal_conditions_are_equal_however_they_are_written() -> None:
    one = read(scoped(GITHUB, ["b", "a", "b"])).open[0].demands
    other = read(scoped(GITHUB.upper().lower(), ["a", "b"])).open[0].demands
    assert one == other
    assert [demand.bounding for demand in one] == [True, True]


def test_whom_everybody_means() -> None:
    [anybody] = read(statement(Principal="*", Action="sts:*")).open
    assert (anybody.principal, anybody.operation) == (EVERYBODY, "sts:AssumeRole")
    others = read(statement(NotPrincipal={"AWS": ROOT}, Action="sts:*", Principal=None)).open
    assert {way.operation for way in others} == {"sts:AssumeRole", SAML, WEB}
    assert {way.spared for way in others} == {(f"AWS:{ROOT}",)}


def test_what_opens_nothing_is_told() -> None:
    found = read(saml(Action="sts:AssumeRole"), statement(Principal={"Federated": "*", "AWS": f"{ROOT}*"}, Action="sts:*"))
    assert found.open == ()
    assert [each.partition("` ")[2] for each in found.idle] == [
        f"cannot come in by statement 1: it allows `sts:AssumeRole`, not {SAML}",
        "of statement 2 is nobody: a principal has no wildcards",
        "of statement 2 is nobody: a principal has no wildcards",
    ]
    assert read(saml(), saml(Action="sts:TagSession")).idle == ()


def test_a_deny_is_told_whole() -> None:
    denies = read(
        saml(),
        statement(Effect="Deny", Principal="*", Action=None, NotAction="sts:TagSession", Condition={"Null": {"aws:SourceIp": "true"}}),
        statement(Effect="Deny", Sid="Out", NotPrincipal={"AWS": ROOT}, Principal=None, Action="sts:*"),
    ).denies
    assert denies == (
        "statement 2 denies everything but `sts:TagSession` to everybody where aws:SourceIp is absent",
        f"statement `Out` denies everything to everybody but `{ROOT}`",
    )
