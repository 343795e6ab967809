"""Attack matrix, section 11: the rows a policy engine answers for. Each test is named by its row."""

import json
from typing import Any

import pytest

from federation.errors import MalformedPolicyDocument, ValidationError
from federation.policy import Policy, Principal, RequestContext
from federation.policy.lint import lint
from federation.policy.wildcard import Pattern
from tests.support.growth import spends_at_most
from tests.support.policies import PROVIDER, ask, document, effect, statement, trust
from tests.support.world import GITHUB

GITHUB_ARN = f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"
WEB = "sts:AssumeRoleWithWebIdentity"
RECIPIENT = {"StringEquals": {"saml:aud": "https://signin.aws.amazon.com/saml"}}


def github(condition: Any) -> dict[str, Any]:
    return document(statement(Principal={"Federated": GITHUB_ARN}, Action=WEB, Condition=condition))


def test_a01_a20_shared_issuer_without_subject() -> None:
    source = github({"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}})
    with pytest.raises(MalformedPolicyDocument) as refusal:
        Policy.parse(source, kind="trust")
    assert refusal.value.check == "policy-shared-issuer"
    stored = Policy.stored(source, kind="trust")
    assert [finding.id for finding in lint(stored)] == ["shared-issuer-unscoped"]
    caller = Principal.federated(GITHUB_ARN)
    keys = {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": "repo:anybody/x:ref:refs/heads/main"}
    assert ask(stored, keys, principal=caller, action=WEB).effect == "Allow", "evaluation stays literal"


@pytest.mark.parametrize(
    ("pattern", "subject", "matches"),
    [
        ("repo:org/*", "repo:org-evil/x:ref:refs/heads/main", False),
        ("repo:org*", "repo:org-evil/x:ref:refs/heads/main", True),
        ("repo:org/app:*:prod", "repo:org/app:ref:refs/heads/x:environment:prod", True),
        ("repo:org/app:environment:prod", "repo:org/app:ref:refs/heads/x:environment:prod", False),
    ],
)
def test_a02_a03_what_a_star_takes_in(*, pattern: str, subject: str, matches: bool) -> None:
    assert (effect({"StringLike": {"saml:sub": pattern}}, {"saml:sub": subject}) == "Allow") is matches


@pytest.mark.parametrize("pattern", ["repo:org*", "repo:*/x:ref:refs/heads/main", "*:ref:refs/heads/main"])
def test_a02_a_wildcard_before_the_owner_ends_is_an_error(pattern: str) -> None:
    scoped = {"StringLike": {f"{GITHUB}:sub": pattern}, "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}
    assert "error" in {finding.severity for finding in lint(Policy.stored(github(scoped), kind="trust"))}
    within = {**scoped, "StringLike": {f"{GITHUB}:sub": "repo:org/app:ref:refs/heads/*"}}
    assert [finding.id for finding in lint(Policy.stored(github(within), kind="trust"))] == ["subject-without-ids"]


def test_a20_cognito_without_audience_or_amr() -> None:
    name = "cognito-identity.amazonaws.com"
    source = document(statement(Principal={"Federated": name}, Action=WEB, Condition=None))
    found = {(finding.id, finding.severity) for finding in lint(Policy.stored(source, kind="trust"))}
    assert found == {("shared-issuer-unscoped", "error"), ("cognito-guests", "error")}


def test_a04_substituted_text_is_literal() -> None:
    condition = {"StringLike": {"saml:sub": "${aws:PrincipalTag/x}"}}
    assert effect(condition, {"saml:sub": "anything", "aws:PrincipalTag/x": "*"}) == "ImplicitDeny"
    assert effect(condition, {"saml:sub": "anything", "aws:PrincipalTag/x": "${saml:sub}"}) == "ImplicitDeny"


def test_a05_for_all_values_on_an_absent_key() -> None:
    assert effect({"ForAllValues:StringEquals": {"saml:cn": "a"}}) == "Allow"
    assert [finding.severity for finding in lint(trust({"ForAllValues:StringEquals": {"saml:cn": "a"}, **RECIPIENT}))] == ["error"]


@pytest.mark.parametrize("pattern", ["*a" * 1000 + "b", "*?a" * 700 + "b", "*" * 2000 + "b", "?" * 1000 + "*" + "a?" * 500 + "b"])
def test_a06_wildcards_cost_linear_time(pattern: str) -> None:
    compiled = Pattern.read(pattern)
    with spends_at_most(1):
        assert not compiled.matches("a" * 20_000)


@pytest.mark.parametrize("value", ["abcdefghijklmnopqrstuvwxyz" * 2_000, "ab" * 25_000, "\u4e00b" * 25_000])
def test_a06_thousands_of_patterns_with_question_marks(value: str) -> None:
    patterns = [f"*{chr(97 + number % 26)}?{chr(97 + number // 26 % 26)}?b*!" for number in range(2_000)]
    with spends_at_most(1):
        assert effect({"StringLike": {"saml:sub": patterns}}, {"saml:sub": value + "!?"}) == "ImplicitDeny"


def test_a06_question_marks_between_stars_are_found_where_they_fit() -> None:
    pattern = Pattern.read("x*a?c*??*e?*z")
    assert pattern.matches("xabcdeefgz")
    assert pattern.matches("x" + "aac" * 3 + "..e.z")
    assert not pattern.matches("xabdd..e.z")
    assert not pattern.matches("xabc..ez")
    assert Pattern.read("*\u4e00?\U00010400*").matches("\u4e00\u4e01\ud801\udc00"), "beyond U+FFFF two units stand for one character"


@pytest.mark.parametrize("value", ["a" * 60_000, ("abcdefghij",) * 6_000, ("",) * 60_000])
def test_d04_an_explanation_does_not_amplify_what_it_explains(value: Any) -> None:
    statements = [statement(Condition={"StringEquals": {"saml:sub": "x"}})] * 500
    decision = ask(Policy.stored(document(*statements), kind="trust"), {"saml:sub": value})
    assert len(json.dumps(decision.as_dict())) < 20 * 131_072
    assert decision.statements[0].conditions[0].found == (value if isinstance(value, tuple) else (value,)), "whole to a program that asks"


def test_a06_repeated_variables_are_not_put_together_to_see_that_they_are_too_long() -> None:
    with spends_at_most(0.5):
        for operator in ("StringLike", "StringEquals", "StringEqualsIgnoreCase"):
            condition = {operator: {"saml:cn": "${saml:sub}" * 4_000}}
            assert effect(condition, {"saml:sub": "a" * 50_000, "saml:cn": "b"}) == "ImplicitDeny"
            assert (
                effect({operator: {"saml:cn": "${saml:sub}" * 4}}, {"saml:sub": "\U00010400\u0130", "saml:cn": "\U00010400\u0130" * 4})
                == "Allow"
            )


def test_a07_negation_and_if_exists_on_absent_keys() -> None:
    for operator in ("StringNotEquals", "StringEqualsIfExists", "NotIpAddress"):
        assert effect({operator: {"saml:sub": "a"}}) == "Allow"


def test_a08_keys_fold_and_values_do_not() -> None:
    assert effect({"StringEquals": {"TOKEN.example.com:SUB": "repo:a"}}, {"token.example.com:sub": "repo:a"}) == "Allow"
    assert effect({"StringEquals": {"token.example.com:sub": "Repo:a"}}, {"token.example.com:sub": "repo:a"}) == "ImplicitDeny"
    assert effect({"StringEquals": {"\u212aey:sub": "a"}}, {"key:sub": "a"}) == "ImplicitDeny", "only ASCII folds"


def test_a09_ignoring_case() -> None:
    assert effect({"StringEqualsIgnoreCase": {"saml:sub": "k"}}, {"saml:sub": "\u212a"}) == "Allow"
    for one, other in (("s", "\u017f"), ("ss", "\u00df"), ("I", "\u0131")):
        assert effect({"StringEqualsIgnoreCase": {"saml:sub": one}}, {"saml:sub": other}) == "ImplicitDeny"


def test_a10_multivalued_keys_under_plain_operators() -> None:
    for operator in ("StringEquals", "StringNotEquals", "StringEqualsIfExists"):
        assert effect({operator: {"saml:cn": "a"}}, {"saml:cn": ["a"]}) == "ImplicitDeny"


@pytest.mark.parametrize(
    "provider",
    [
        PROVIDER.replace("123456789012", "111122223333"),
        PROVIDER + "2",
        PROVIDER.lower(),
        PROVIDER.replace("saml-provider", "oidc-provider"),
        PROVIDER + "/x",
    ],
)
def test_a11_a12_principals_match_exactly(provider: str) -> None:
    assert ask(trust({}), principal=Principal.federated(provider)).effect == "ImplicitDeny"
    assert ask(trust({}, Principal={"AWS": "*"})).effect == "ImplicitDeny"


def test_a14_deny_wins_in_any_order() -> None:
    allow, deny = statement(), statement(Effect="Deny")
    for statements in ((allow, deny), (deny, allow)):
        assert ask(Policy.stored(document(*statements), kind="trust")).effect == "Deny"


def test_a15_negated_elements_are_literal_and_found() -> None:
    policy = Policy.stored(document(statement(Action=None, NotAction="sts:TagSession", Condition=RECIPIENT)), kind="trust")
    assert ask(policy, {"saml:aud": "https://signin.aws.amazon.com/saml"}).allowed
    assert [finding.id for finding in lint(policy)] == ["allow-notaction"]


@pytest.mark.parametrize(
    "text",
    [
        '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": {"StringEqual": {"a:b": "c"}}}}',
        '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": {"Bool": {"a:b": "true"}}, "Condition": {}}}',
        '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Conditions": {"Bool": {"a:b": "true"}}}}',
        '{"Statement": {"Effect": ["Allow"], "Principal": "*", "Action": "*"}}',
    ],
)
def test_a16_malformed_policies_are_refused(text: str) -> None:
    with pytest.raises(MalformedPolicyDocument):
        Policy.stored(text, kind="trust")


def test_a17_variables_by_version() -> None:
    condition = {"StringEquals": {"saml:sub": "${saml:iss}"}}
    keys = {"saml:sub": "a", "saml:iss": "a"}
    effects = {}
    for version in ("2012-10-17", "2008-10-17"):
        policy = Policy.stored(document(statement(Condition=condition), version=version), kind="trust")
        effects[version] = ask(policy, keys).effect
    assert effects == {"2012-10-17": "Allow", "2008-10-17": "ImplicitDeny"}


def test_a18_keys_that_differ_by_case_alone() -> None:
    with pytest.raises(ValidationError) as refusal:
        RequestContext(
            principal=Principal.federated(PROVIDER), action=WEB, keys={"aws:RequestTag/Admin": "no", "aws:RequestTag/admin": "yes"}
        )
    assert refusal.value.check == "context-keys"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 131_072,
        '{"a":' * 26_000,
        '"' + "\\" * 131_000,
        '{"Statement":[' + ",".join(['{"Effect":"Allow"}'] * 6000) + "]}",
        '{"Statement":{"Effect":"Allow","Principal":"*","Action":["' + "*a" * 60_000 + '"]}}',
        '{"Statement":{"Effect":"Allow","Principal":"*","Action":"a","Condition":{"StringLike":{"a:b":"' + "${" * 60_000 + '"}}}}',
        '{"Statement":{"Effect":"Allow","Principal":"*","Action":"a","Condition":{"NumericEquals":{"a:b":' + "9" * 120_000 + "}}}}",
    ],
)
def test_oversized_and_deep_documents_cost_little(text: str) -> None:
    with spends_at_most(1):
        try:
            lint(Policy.stored(text, kind="trust"))
        except MalformedPolicyDocument as refusal:
            assert len(str(refusal)) < 2000  # noqa: PT017 - either outcome is fine, the cost is what counts
