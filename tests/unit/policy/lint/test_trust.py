"""Whom a trust policy lets in: issuers that many share, wildcards, audiences, principals."""

from typing import Any

import pytest

from tests.support.policies import statement
from tests.support.trusts import EKS, WEB, findings, ids, saml, scoped, web
from tests.support.world import GITHUB

AUD = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}
SHARED = {
    GITHUB: "repo:acme/app:ref:refs/heads/main",
    "gitlab.com": "project_path:acme/app:ref_type:branch:ref:main",
    "agent.buildkite.com": "organization:acme:pipeline:app:ref:refs/heads/main:commit:0:step:build",
    "app.terraform.io": "organization:acme:project:p:workspace:w:run_phase:apply",
    "oidc.codefresh.io": "account:1:pipeline:2:initiator:system",
    "scalr.io": "account:acme:environment:e:workspace:w",
    "proidc.upbound.io": "mcp:acme/plane:provider:provider-aws",
}
WITHIN_ONE = {
    GITHUB: "repo:acme/*",
    "gitlab.com": "project_path:acme/*",
    "agent.buildkite.com": "organization:acme:*",
    "app.terraform.io": "organization:acme:*",
    "oidc.codefresh.io": "account:1:*",
    "scalr.io": "account:acme:*",
    "proidc.upbound.io": "mcp:acme/*",
}
ACROSS = {
    GITHUB: "repo:acme*",
    "gitlab.com": "project_path:acme*",
    "agent.buildkite.com": "organization:acme*",
    "app.terraform.io": "organization:acme*",
    "oidc.codefresh.io": "account:1*",
    "scalr.io": "account:*:environment:e",
    "proidc.upbound.io": "mcp:acme*",
}


OPEN_AFTER_A_STAR = [
    (GITHUB, "repo:acme/*-deploy"),
    (GITHUB, "repo:acme/*:pull_request"),
    ("agent.buildkite.com", "organization:acme:pipeline:*:ref:refs/heads/main:*"),
    ("oidc.circleci.com/org/1", "org/11111111-1111-4111-8111-111111111111/project/*/vcs-ref/refs/heads/main"),
    ("login.example.com", "team:*:admin"),
]
CLOSED_AFTER_A_STAR = [
    (GITHUB, "repo:acme/*:environment:production"),
    (GITHUB, "repo:acme/*:ref:refs/heads/main"),
    ("gitlab.com", "project_path:acme/*:ref_type:branch:ref:main"),
    ("app.terraform.io", "organization:acme:project:*:workspace:*:run_phase:apply"),
    (EKS, "system:serviceaccount:test-*:runner"),
    ("discovery.example.com/cluster", "system:serviceaccount:test-*:runner"),
]


@pytest.mark.parametrize("provider", SHARED)
def test_shared_issuers_need_a_subject(provider: str) -> None:
    aud = {"StringEquals": {f"{provider}:aud": "sts.amazonaws.com"}}
    assert ids(web(provider, Condition=aud)) == [("shared-issuer-unscoped", "error")]
    assert ("shared-issuer-unscoped", "error") in ids(web(provider))
    assert ids(scoped(provider, SHARED[provider])) == []


@pytest.mark.parametrize("provider", SHARED)
def test_a_star_must_not_reach_another_customer(provider: str) -> None:
    found = findings(scoped(provider, ACROSS[provider], "StringLike"))
    assert [(each.id, each.severity) for each in found] == [("subject-too-wide", "error")]
    assert found[0].path == f'$.Statement[0].Condition.StringLike["{provider}:sub"]'
    within = ids(scoped(provider, WITHIN_ONE[provider], "StringLike"))
    assert [each for each in within if each[1] != "note"] == []


@pytest.mark.parametrize(
    ("value", "wide"),
    [
        ("repo:acme/app:ref:refs/heads/*", False),
        ("repo:acme@1234/app@5678:*", False),
        ("repo:acme@*/app@*:environment:production", False),
        ("repository_owner_id:1234:*", False),
        ("job_workflow_ref:acme/workflows/*", False),
        ("repo:*/app:ref:refs/heads/main", True),
        ("repo:?cme/app:*", True),
        ("repo:acme", False),
        ("repo:acme-*/app:*", True),
        ("environment:production:*", True),
        ("r*", True),
        (["repo:acme/app:environment:production", "repo:acme*"], True),
        ("repo:acme${*}*", True),
        ("repo:acme/${*}*", False),
        ("repo:${aws:RequestTag/owner}/app:*", False),
    ],
)
def test_where_the_owner_ends(value: Any, *, wide: bool) -> None:
    found = [each for each in ids(scoped(GITHUB, value, "StringLike")) if each[0] == "subject-too-wide"]
    assert found == ([("subject-too-wide", "error")] if wide else [])


def test_another_claim_may_name_the_owner() -> None:
    owner = {f"{GITHUB}:repository_owner_id": "1234"}
    wide = scoped(GITHUB, "repo:acme*", "StringLike", StringEquals={f"{GITHUB}:aud": "sts.amazonaws.com", **owner})
    assert [each for each in ids(wide) if each[1] != "note"] == []
    workflow = {f"{GITHUB}:job_workflow_ref": "acme/workflows/.github/workflows/deploy.yml@refs/heads/main"}
    assert ids(web(GITHUB, Condition={"StringEquals": {**AUD["StringEquals"], **workflow}})) == []
    across = {"StringLike": {f"{GITHUB}:job_workflow_ref": "acme*/deploy.yml@refs/heads/main"}}
    assert ids(web(GITHUB, Condition={**AUD, **across})) == [("subject-too-wide", "error")]


@pytest.mark.parametrize(
    ("provider", "severity"),
    [
        (EKS, "warning"),
        (f"{GITHUB}/acme", "error"),
        ("token.actions.acme.ghe.com", "warning"),
        ("login.example.com/tenant", "note"),
    ],
)
def test_other_issuers_without_a_subject(provider: str, severity: str) -> None:
    aud = {"StringEquals": {f"{provider}:aud": "sts.amazonaws.com"}}
    [found] = findings(web(provider, Condition=aud))
    assert (found.id, found.severity) == ("shared-issuer-unscoped" if severity == "error" else "issuer-unscoped", severity)
    negated = {"StringNotEquals": {f"{provider}:sub": "somebody"}}
    assert found.id in [each for each, _ in ids(web(provider, Condition={**aud, **negated}))], "all but one is no scope"


def test_the_issuer_may_name_the_role() -> None:
    by_issuer = {"StringEquals": {f"{EKS}:aud": "sts.amazonaws.com"}, "Bool": {"sts:RoleAuthorizedByIdp": "true"}}
    assert ids(web(EKS, Condition=by_issuer)) == []
    assert ids(web(EKS, Condition={**by_issuer, "Bool": {"sts:RoleAuthorizedByIdp": "false"}})) == [("issuer-unscoped", "warning")]


def test_a_service_account_belongs_to_its_namespace() -> None:
    assert ids(scoped(EKS, "system:serviceaccount:build:runner")) == []
    assert ids(scoped(EKS, "system:serviceaccount:build:*", "StringLike")) == []
    assert ids(scoped(EKS, "system:serviceaccount:*:runner", "StringLike")) == [("subject-too-wide", "warning")]


def test_audiences() -> None:
    sub = {"StringEquals": {f"{GITHUB}:sub": SHARED[GITHUB]}}
    assert ids(web(GITHUB, Condition=sub)) == [("audience-unscoped", "note")]
    google = {"StringEquals": {"accounts.google.com:sub": "110169484474386276334"}}
    assert ids(web("accounts.google.com", Condition=google)) == [("audience-unscoped", "warning")]
    assert ids(web("accounts.google.com", Condition={"StringEquals": {"accounts.google.com:aud": "acme.apps"}})) == []
    assert ids(web("accounts.google.com", Condition={"StringLike": {"accounts.google.com:aud": "acme*"}}))[0][1] == "error"
    assert ids(web("www.amazon.com", Condition={"StringEquals": {"www.amazon.com:app_id": "amzn1.application-oa2-client.1"}})) == []
    assert ids(web("graph.facebook.com")) == [("shared-issuer-unscoped", "error")]


def test_cognito_asks_for_the_pool_and_against_guests() -> None:
    name = "cognito-identity.amazonaws.com"
    pool = {"StringEquals": {f"{name}:aud": "us-east-1:12345678-dead-beef-cafe-123456790ab"}}
    authenticated = {"ForAnyValue:StringLike": {f"{name}:amr": "authenticated"}}
    assert ids(web(name, Condition={**pool, **authenticated})) == []
    assert ids(web(name, Condition=pool)) == [("cognito-guests", "error")]
    assert ids(web(name, Condition=authenticated)) == [("shared-issuer-unscoped", "error")]
    every_pool = {"StringLike": {f"{name}:aud": "us-east-1:*"}}
    assert ids(web(name, Condition={**every_pool, **authenticated})) == [("subject-too-wide", "error")]


@pytest.mark.parametrize(
    ("value", "operator", "severity"),
    [
        ("repo:acme/app:pull_request", "StringEquals", "warning"),
        ("repo:acme/app:*", "StringLike", "note"),
        ("repo:acme/app:ref:refs/heads/main", "StringEquals", None),
        ("repo:acme/app-*", "StringLike", "note"),
        ("repo:acme@1/app@2:*", "StringLike", "note"),
        ("repo:acme/app:pull*", "StringLike", "note"),
        ("repo:acme/app:environment:*", "StringLike", None),
        ("repo:acme/app:ref:refs/heads/*", "StringLike", None),
    ],
)
def test_pull_requests(value: str, operator: str, severity: str | None) -> None:
    assert ids(scoped(GITHUB, value, operator)) == ([("pull-request-trusted", severity)] if severity else [])
    assert ids(scoped("login.example.com", value, operator)) == []


PULLS = "repo:acme/app:pull_request"


@pytest.mark.parametrize("operator", ["StringNotEquals", "StringNotLike", "StringNotEqualsIgnoreCase"])
def test_pull_requests_that_the_statement_keeps_out(operator: str) -> None:
    wide = {"StringLike": {f"{GITHUB}:sub": "repo:acme/app:*"}, **AUD}
    assert ids(web(GITHUB, Condition={**wide, operator: {f"{GITHUB}:sub": PULLS}})) == []
    assert ids(web(GITHUB, Condition={**wide, operator: {f"{GITHUB}:sub": "repo:acme/other:pull_request"}})) == [
        ("pull-request-trusted", "note")
    ]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"}}, []),
        ({"Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}}, [("pull-request-trusted", "note")]),
        ({"Action": "sts:TagSession"}, [("pull-request-trusted", "note")]),
        ({"Condition": {"StringEquals": {f"{GITHUB}:sub": PULLS, f"{GITHUB}:aud": "x"}}}, [("pull-request-trusted", "note")]),
    ],
)
def test_pull_requests_that_a_deny_keeps_out(changed: dict[str, Any], found: list[tuple[str, str]]) -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": WEB, "Condition": {"StringEquals": {f"{GITHUB}:sub": PULLS}}, **changed}
    wide = web(GITHUB, Condition={"StringLike": {f"{GITHUB}:sub": "repo:acme/app:*"}, **AUD})
    assert [each for each in ids(wide, deny) if each[0] == "pull-request-trusted"] == found


@pytest.mark.parametrize(
    "value", ["repo:acme/app", "acme/app", "repo:acme/app:refs/heads/main", "repo:acme/app:environment", "https://github.com/acme"]
)
def test_subjects_that_no_workflow_has(value: str) -> None:
    assert ids(scoped(GITHUB, value)) == [("subject-incomplete", "warning")]


@pytest.mark.parametrize("value", ["repo:acme/app:ref:refs/tags/v1", "repo:a/b:environment:c:job_workflow_ref:x", "repository_owner:acme"])
def test_subjects_that_a_workflow_can_have(value: str) -> None:
    assert ids(scoped(GITHUB, value)) == []


def test_a_service_account_has_four_parts() -> None:
    for value in ("build:runner", "system:serviceaccount:runner", "system:serviceaccounts:build:runner"):
        assert ids(scoped(EKS, value)) == [("subject-incomplete", "warning")]


def test_text_after_a_star_is_no_anchor() -> None:
    unanchored = ("subject-unanchored", "note")
    for provider, pattern in OPEN_AFTER_A_STAR:
        assert unanchored in ids(scoped(provider, pattern, "StringLike")), pattern
    for provider, pattern in CLOSED_AFTER_A_STAR:
        assert unanchored not in ids(scoped(provider, pattern, "StringLike")), pattern


def test_a_reference_can_end_like_any_other() -> None:
    """A branch may be called ``x@refs/heads/main``: the text after the star is the end of its name."""
    for pattern in ("acme/w/*@refs/heads/main", "acme/w/.github/workflows/deploy.yml@*/main"):
        workflow = {"StringLike": {f"{GITHUB}:job_workflow_ref": pattern}}
        assert ids(web(GITHUB, Condition={**AUD, **workflow})) == [("subject-unanchored", "note")]
    whole = {"StringLike": {f"{GITHUB}:job_workflow_ref": "acme/w/.github/workflows/deploy.yml@refs/heads/*"}}
    assert ids(web(GITHUB, Condition={**AUD, **whole})) == []


def test_a_saml_provider_is_trusted_for_a_recipient() -> None:
    assert ids(statement()) == [("saml-recipient-unscoped", "warning")]
    assert ids(statement(Condition={"StringEqualsIfExists": {"saml:aud": "https://signin.aws.amazon.com/saml"}}))[0] == (
        "saml-recipient-unscoped",
        "warning",
    )
    assert ids(saml()) == []
    assert ids(statement(Action="sts:TagSession")) == [("tag-session-alone", "warning")]
    assert ids(statement(Condition={"StringEquals": {"SAML:aud": "urn:amazon:webservices"}})) == [
        ("saml-audience-for-recipient", "warning")
    ]


@pytest.mark.parametrize(
    ("members", "finding"),
    [
        ({"Principal": {"AWS": "*"}}, ("everyone-trusted", "error")),
        ({"Principal": "*"}, ("everyone-trusted", "error")),
        ({"Principal": {"AWS": "*"}, "Action": "sts:TagSession"}, ("everyone-trusted", "warning")),
        ({"Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}, ("everyone-trusted", "error")),
        ({"Principal": {"AWS": "*"}, "Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}}, ("everyone-trusted", "error")),
        (
            {"Principal": {"AWS": "*"}, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}},
            ("everyone-trusted", "error"),
        ),
        ({"Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}, None),
        ({"Principal": {"AWS": "*"}, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}}, None),
        ({"Effect": "Deny", "Principal": {"AWS": "*"}}, None),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:role/*"}}, ("principal-never-matches", "warning")),
        ({"Principal": {"AWS": "AROACLKWSDQRAOEXAMPLE"}}, ("deleted-principal", "note")),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, None),
        ({"Principal": {"Service": "ec2.amazonaws.com"}}, None),
    ],
)
def test_principals(members: Any, finding: tuple[str, str] | None) -> None:
    assert ids(statement(**{"Action": "sts:AssumeRole", **members})) == ([finding] if finding else [])


@pytest.mark.parametrize("principal", [GITHUB, f"arn:aws:iam::123456789012:oidc-provider/https://{GITHUB}", "*"])
def test_a_provider_has_one_spelling(principal: str) -> None:
    [finding] = [each for each in findings(web("x.example", Principal={"Federated": principal})) if each.id == "principal-never-matches"]
    assert finding.path == "$.Statement[0].Principal.Federated"


def test_an_account_knows_its_providers() -> None:
    arn = "arn:aws:iam::123456789012:saml-provider/SAML-test"
    assert ids(saml(), providers=()) == [("provider-unregistered", "warning")]
    assert ids(saml(), providers=(arn,)) == []
    assert ids(saml(Effect="Deny"), providers=()) == [("provider-unregistered", "warning")]
    host = web("x.example", Principal={"Federated": "auth.example.com"}, Condition={"StringEquals": {"auth.example.com:desk": "3"}})
    assert {"principal-never-matches", "claim-not-exposed"} <= {name for name, _ in ids(host, providers=())}
    assert {name for name, _ in ids(host, providers=("auth.example.com",))} == {"issuer-unscoped", "audience-unscoped"}


def test_actions_belong_to_principals() -> None:
    assert ids(saml(Action="sts:AssumeRole")) == [("action-of-another-principal", "warning")]
    assert ids(saml(Action=["sts:AssumeRoleWithSAML", "sts:TagSession"])) == []
    assert ids(statement(Principal={"AWS": "123456789012"}, Action=WEB)) == [("action-of-another-principal", "warning")]
    both = {"AWS": "123456789012", "Federated": "arn:aws:iam::123456789012:saml-provider/SAML-test"}
    assert ids(saml(Principal=both, Action=["sts:AssumeRole", "sts:AssumeRoleWithSAML"])) == []


@pytest.mark.parametrize(
    ("members", "finding"),
    [
        ({"Principal": None, "NotPrincipal": {"AWS": "123456789012"}}, ("allow-notprincipal", "error")),
        ({"Action": None, "NotAction": "sts:TagSession"}, ("allow-notaction", "warning")),
    ],
)
def test_negated_elements(members: Any, finding: tuple[str, str]) -> None:
    assert ids(saml(**members)) == [finding]
    assert ids(saml(**members, Effect="Deny")) == []


@pytest.mark.parametrize("subject", ["acme/app:environment:production", "repo:acme/app:ref:main"])
def test_a_subject_that_lacks_the_prefix_or_the_kind_of_its_reference(subject: str) -> None:
    [found] = findings(scoped(GITHUB, subject))
    assert (found.id, found.severity, found.about) == ("subject-incomplete", "warning", subject)
    assert found.new == ("" if subject.startswith("repo:") else f"repo:{subject}")


def test_not_resource() -> None:
    allow = {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"}
    assert ids(allow, kind="identity") == [("allow-notresource", "warning")]
    assert ids({**allow, "Effect": "Deny"}, kind="identity") == []
