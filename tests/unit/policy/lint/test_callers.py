"""On whose behalf a role is assumed, with what proof, until when; and what nobody filled in."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.policies import statement
from tests.support.trusts import EKS, RECIPIENT, findings, ids, saml, scoped, web
from tests.support.world import GITHUB, SAML_PROVIDER

OWN = {"AWS": "arn:aws:iam::123456789012:root"}
OTHER = {"AWS": "arn:aws:iam::111122223333:role/Deploy"}
SUBJECT = "system:serviceaccount:build:runner"


def assumable(principal: Any, **condition: Any) -> dict[str, Any]:
    return statement(Principal=principal, Action="sts:AssumeRole", Condition=condition or None)


@pytest.mark.parametrize(
    ("principal", "condition", "found"),
    [
        (OTHER, {}, True),
        ({"AWS": "111122223333"}, {}, True),
        (OWN, {}, False),
        (OTHER, {"StringEquals": {"sts:ExternalId": "x"}}, False),
        (OTHER, {"StringEqualsIfExists": {"sts:ExternalId": "x"}}, True),
        (OTHER, {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, False),
        ({"Service": "ec2.amazonaws.com"}, {}, False),
    ],
)
def test_another_account_may_act_for_anybody(principal: Any, condition: Any, *, found: bool) -> None:
    policy = assumable(principal, **condition)
    expected = [("external-id-missing", "note")] if found else []
    assert [each for each in ids(policy, providers=(SAML_PROVIDER,)) if each[0] != "absent-key-allows"] == expected
    assert "external-id-missing" not in {name for name, _ in ids(policy)}, "nobody knows whose account the role is in"
    beside = [each for each in ids(policy, saml()) if each[0] == "external-id-missing"]
    assert beside == expected, "the provider of another statement tells"


@pytest.mark.parametrize(
    ("service", "condition", "found"),
    [
        ("scheduler.amazonaws.com", {}, True),
        ("dms.eu-west-1.amazonaws.com", {}, False),
        ("scheduler.amazonaws.com", {"StringEquals": {"aws:SourceAccount": "123456789012"}}, False),
        ("scheduler.amazonaws.com", {"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:*:123456789012:*"}}, False),
        ("scheduler.amazonaws.com", {"StringLike": {"aws:SourceAccount": "*"}}, True),
        ("lambda.amazonaws.com", {}, False),
    ],
)
def test_a_service_says_for_what_it_calls(service: str, condition: Any, *, found: bool) -> None:
    assert ids(assumable({"Service": service}, **condition)) == ([("service-source-missing", "note")] if found else [])


def test_tags_come_with_an_assumption() -> None:
    alone = ("tag-session-alone", "warning")
    tags = {"Action": "sts:TagSession"}
    assert ids(saml(**tags)) == [alone]
    assert ids(saml(Action=["sts:SetSourceIdentity", "sts:TagSession"])) == [alone]
    assert ids(saml(), saml(**tags)) == []
    assert alone in ids(assumable(OTHER), saml(**tags)), "of another principal"
    role = {"AWS": "arn:aws:iam::123456789012:role/Deploy"}
    assert ids(assumable(OWN), statement(Principal=role, **tags)) == [], "whoever is of the account"
    assert ids(saml(**tags, Effect="Deny")) == []


@pytest.mark.parametrize(
    ("effect", "condition", "new"),
    [
        ("Allow", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, "Bool"),
        ("Allow", {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, None),
        ("Deny", {"Bool": {"aws:MultiFactorAuthPresent": "false"}}, "BoolIfExists"),
        ("Deny", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, None),
        ("Allow", {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}, "Null": {"aws:MultiFactorAuthPresent": "false"}}, None),
    ],
)
def test_access_keys_have_no_mfa_to_speak_of(effect: str, condition: Any, new: str | None) -> None:
    found = findings(assumable(OWN), {**assumable(OWN, **condition), "Effect": effect})
    assert [(each.id, each.severity, each.new) for each in found] == ([("mfa-by-presence", "warning", new)] if new else [])


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({"DateLessThan": {"aws:CurrentTime": "2026-11-29T00:00:00Z"}}, True),
        ({"DateLessThanEquals": {"aws:CurrentTime": "2026-12-01"}}, False),
        ({"NumericLessThan": {"aws:EpochTime": "1"}}, True),
        ({"DateGreaterThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}, False),
    ],
)
def test_time_passes(condition: Any, *, found: bool) -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    assert ids(saml(condition), at=now) == ([("time-passed", "note")] if found else [])
    assert ids(saml(condition)) == [], "without a time nothing is said of it"


def test_revoked_sessions_are_no_finding() -> None:
    revoked = {"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}
    deny = {**assumable(OWN, **revoked), "Effect": "Deny"}
    assert ids(assumable(OWN), deny, at=datetime(2026, 11, 30, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    ("recipient", "new"),
    [
        ("https://signin.aws.amazon.com/saml/", "https://signin.aws.amazon.com/saml"),
        ("http://signin.aws.amazon.com/saml", "https://signin.aws.amazon.com/saml"),
        ("https://eu-west-1.SignIn.aws.amazon.com/saml", "https://eu-west-1.signin.aws.amazon.com/saml"),
        ("https://signin.amazonaws.cn/saml", "https://signin.aws.amazon.com/saml"),
        ("https://signin.amazonaws-us-gov.com/saml", "https://signin.aws.amazon.com/saml"),
        (RECIPIENT["saml:aud"], None),
        ("https://eu-west-1.signin.aws.amazon.com/saml", None),
        ("https://signin.aws.amazon.com/saml/acs/SAMLSP0EXAMPLE", None),
        ("https://login.example.com/saml/", None),
    ],
)
def test_an_endpoint_has_one_spelling(recipient: str, new: str | None) -> None:
    found = findings(statement(Condition={"StringEquals": {"SAML:aud": recipient}}))
    assert [(each.id, each.severity, each.new) for each in found] == ([("saml-recipient-unknown", "warning", new)] if new else [])


def test_an_old_version_is_told_once() -> None:
    for version in (None, "2008-10-17"):
        assert ids(saml(Sid="a"), saml(Sid="b", Action="sts:*"), version=version) == [("version-old", "note")]
    assert ids(saml({"StringEquals": {"aws:RequestTag/a": "${saml:sub}"}}), version=None) == [("variables-need-2012", "error")]


@pytest.mark.parametrize(
    "key", ["$OIDC_PROVIDER:sub", "${OIDC_PROVIDER}:sub", "${var.issuer}:sub", "<ISSUER>:sub", "{{ issuer }}:sub", "local.x}:sub"]
)
def test_a_key_that_nobody_filled_in(key: str) -> None:
    """It is said of the key; that the role trusts every identity, or for any audience, would not be true."""
    [found] = findings(web(EKS, Condition={"StringEquals": {key: SUBJECT}}))
    assert (found.id, found.severity, found.new) == ("placeholder-left", "warning", f"{EKS}:sub")
    [open_] = [each for each in findings(web(EKS, Condition={"StringNotEquals": {key: SUBJECT}})) if each.id == "placeholder-left"]
    assert open_.severity == "error", "it always holds"


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {f"{EKS}:sub": []}},
        {"StringEquals": {f"{EKS.replace('0123', '9876')}:sub": SUBJECT}},
        {"StringEquals": {"localhost/:sub": SUBJECT}},
        {"StringEquals": {"ldap:ou": "crew"}},
        {"StringEquals": {EKS: SUBJECT}},
    ],
)
def test_what_never_applies_is_not_open(condition: Any) -> None:
    assert {"issuer-unscoped", "audience-unscoped"}.isdisjoint({name for name, _ in ids(web(EKS, Condition=condition))})
    assert len(ids(web(EKS, Condition=condition))) == 1
    unknown = {"StringEquals": {"aws:SomethingNew": "x"}}
    assert ("issuer-unscoped", "warning") in ids(web(EKS, Condition=unknown)), "AWS may make a key of it"


@pytest.mark.parametrize("value", ["repo:$OWNER/app:*", "repo:acme/${var.repo}:*", "repo:<owner>/app:*", "repo:YOUR_ORG/app:*"])
def test_a_value_that_nobody_filled_in(value: str) -> None:
    assert ids(scoped(GITHUB, value, "StringLike")) == [("placeholder-left", "warning")]


@pytest.mark.parametrize("value", ["${saml:sub}", "a${*}", "a${$}b", "100$", "a<b"])
def test_what_is_no_placeholder(value: str) -> None:
    assert ids(saml({"StringEquals": {"aws:RequestTag/x": value}})) == []


def test_a_principal_that_nobody_filled_in() -> None:
    for name in (
        "arn:aws:iam::123456789012:oidc-provider/${OIDC_PROVIDER}",
        "arn:aws:iam::<account>:oidc-provider/ci.example",
        "$PROVIDER",
    ):
        found = findings(web("x.example", Principal={"Federated": name}), providers=())
        assert [each.path for each in found if each.id == "placeholder-left"] == ["$.Statement[0].Principal.Federated"]
        assert {"principal-never-matches", "provider-unregistered"}.isdisjoint({each.id for each in found})


def test_two_clusters_are_no_slip_of_the_pen() -> None:
    one, other = ("oidc.eks.eu-west-1.amazonaws.com/id/AB12", "oidc.eks.us-west-2.amazonaws.com/id/AB12")
    [found] = findings(web(one, Condition={"StringEquals": {f"{other}:sub": SUBJECT}}))
    assert (found.id, "misspelt" in found.message) == ("key-of-another-provider", False)
    [whole] = findings(web(one, Condition={"StringEquals": {one: SUBJECT}}))
    assert (whole.id, whole.new) == ("key-unknown", f"{one}:sub")
