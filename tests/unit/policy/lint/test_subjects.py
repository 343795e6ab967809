"""Subjects that no token has, that anybody can have, and that name owner and repository without or with their ids."""

import pytest

from tests.support.trusts import EKS, WITHOUT_IDS, findings, ids, scoped
from tests.support.world import GITHUB

IMPOSSIBLE = [
    (GITHUB, "repo:acme/app:branch:main", "repo:acme/app:ref:refs/heads/main"),
    (GITHUB, "repo:acme/app:tag:v1", "repo:acme/app:ref:refs/tags/v1"),
    (GITHUB, "repo:acme/app:pull-request", "repo:acme/app:pull_request"),
    (GITHUB, "repo:acme/app:refs/heads/main", "repo:acme/app:ref:refs/heads/main"),
    (GITHUB, "Repo:acme/app:ref:refs/heads/main", "repo:acme/app:ref:refs/heads/main"),
    (GITHUB, "repo:acme/app:Environment:production", "repo:acme/app:environment:production"),
    (GITHUB, "repo:acme/app:environment:eu:prod", "repo:acme/app:environment:eu%3Aprod"),
    (GITHUB, "repo:acme/app:env:prod", "repo:acme/app:environment:prod"),
    (GITHUB, "repo:acme/app:ref:main", ""),
    (GITHUB, "repo:acme/app:ref", ""),
    (GITHUB, "repo:app:environment:production", ""),
    (GITHUB, "repo:acme@me/app@1:environment:production", ""),
    (GITHUB, "repo:acme/app::environment:production", ""),
    (GITHUB, "deploy", ""),
    ("gitlab.com", "project_path:app:ref_type:branch:ref:main", ""),
    ("gitlab.com", "Project_path:acme/app:ref_type:branch:ref:main", "project_path:acme/app:ref_type:branch:ref:main"),
    ("gitlab.com", "project_path:acme/app:branch:main", ""),
    (EKS, "system:serviceaccount:Build:runner", ""),
    (EKS, "system:serviceaccount:build", ""),
    ("app.terraform.io", "organization:acme:workspace:w:run_phase:apply", ""),
    ("agent.buildkite.com", "organization:acme:pipeline:app:branch:main", ""),
    ("oidc.vercel.com", "owner:acme:project:app:env:production", ""),
    ("oidc.circleci.com/org/1", "org/acme/project/app/user/me", ""),
]


@pytest.mark.parametrize(("provider", "subject", "mended"), IMPOSSIBLE)
def test_no_token_has_the_subject(provider: str, subject: str, mended: str) -> None:
    found = [each for each in findings(scoped(provider, subject)) if each.id == "subject-incomplete"]
    assert [(each.severity, each.about, each.new) for each in found] == [("warning", subject, mended)]
    if mended:
        assert ids(scoped(provider, mended)) in ([], [("pull-request-trusted", "warning")])


@pytest.mark.parametrize(
    ("provider", "pattern"),
    [
        (GITHUB, "repo:app:*"),
        (GITHUB, "repo:acme/app:branch:*"),
        (GITHUB, "repo:acme/app:ref:main*"),
        (GITHUB, "acme/app:*"),
        (GITHUB, "Repo:acme/*"),
        (EKS, "system:serviceaccounts:*"),
        (EKS, "system:serviceaccount:Build:*"),
        ("gitlab.com", "project_path:acme:*"),
    ],
)
def test_nothing_after_the_star_makes_a_subject_of_it(provider: str, pattern: str) -> None:
    """That says more than where it is open: a pattern that no token meets lets in nobody."""
    assert ids(scoped(provider, pattern, "StringLike")) == [("subject-incomplete", "warning")]


@pytest.mark.parametrize(
    ("provider", "subject"),
    [
        (GITHUB, "repo:acme/app:environment:eu%3Aprod"),
        (GITHUB, "repo:acme@65/app@74:pull_request:workflow:x"),
        (GITHUB, "repo:acme/app:ref:refs/pull/7/merge"),
        (GITHUB, "repository_owner_id:65:repo_property_team:blue"),
        (GITHUB, "repo:acme/app:job_workflow_ref:acme/w/.github/workflows/d.yml@refs/heads/main"),
        ("gitlab.com", "project_path:acme/sub/app:ref_type:tag:ref:v1/2"),
        ("gitlab.com", "project_path:acme/app:ref:main:ref_type:branch"),
        (EKS, "system:serviceaccount:build:runner.one"),
        ("app.terraform.io", "organization:acme:project:My App:stack:s:deployment:d:operation:plan"),
        ("agent.buildkite.com", "organization:acme:pipeline:app:ref:refs/heads/main:commit:0:step:a:b"),
        ("agent.buildkite.com", "0190f1f2-0000-7000-8000-000000000000"),
    ],
)
def test_a_token_can_have_the_subject(provider: str, subject: str) -> None:
    assert "subject-incomplete" not in {name for name, _ in ids(scoped(provider, subject))}


@pytest.mark.parametrize("pattern", ["*", "r*", "?epo:acme/app:*", "repo:*", "*/app:ref:refs/heads/main", "repo:*:branch:main"])
def test_a_star_in_front_may_stand_for_anything(pattern: str) -> None:
    found = {(name, severity) for name, severity in ids(scoped(GITHUB, pattern, "StringLike"))}
    assert found & {("shared-issuer-unscoped", "error"), ("subject-too-wide", "error")}
    assert "subject-incomplete" not in {name for name, _ in found}


def test_words_in_any_case_match_where_case_is_ignored() -> None:
    assert ids(scoped(GITHUB, "Repo:acme/app:ref:refs/heads/main", "StringEqualsIgnoreCase")) == []


@pytest.mark.parametrize("subject", ["project_path:acme/app", "project_path:acme/app:ref:main"])
def test_what_a_customised_project_has_is_said_so(subject: str) -> None:
    [found] = findings(scoped("gitlab.com", subject))
    assert (found.id, "unless its form is customised" in found.message) == ("subject-incomplete", True)


@pytest.mark.parametrize(
    ("subject", "severity"),
    [
        ("environment:production", "error"),
        ("ref:refs/heads/main:environment:production", "error"),
        ("repo_property_team:blue", "error"),
        ("workflow:deploy:repo:acme/app", "warning"),
        ("actor:octocat", None),
        ("job_workflow_ref:acme/w/.github/workflows/d.yml@refs/heads/main", None),
        ("repository_id:74:environment:production", None),
    ],
)
def test_whose_choice_a_subject_is(subject: str, severity: str | None) -> None:
    assert [each for each in ids(scoped(GITHUB, subject)) if each[0] == "subject-chosen"] == (
        [("subject-chosen", severity)] if severity else []
    )
    own = scoped("token.actions.acme.ghe.com", subject)
    assert [each for each in ids(own) if each == ("subject-chosen", "error")] == [], "no stranger is a customer of such an issuer"


def test_whose_choice_is_of_no_matter_where_the_owner_is_demanded() -> None:
    owner = {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:repository_owner_id": "65"}
    assert ("subject-chosen", "error") in ids(scoped(GITHUB, "environment:production"))
    assert ids(scoped(GITHUB, "environment:production", "StringLike", StringEquals=owner)) == []


def test_all_of_an_organization_is_told_once() -> None:
    [found] = findings(scoped(GITHUB, ["repo:acme/*", "repo:acme@65/*"], "StringLike"))
    assert (found.id, "for whatever job" in found.message) == ("organization-trusted", True)
    assert ids(scoped("gitlab.com", "project_path:acme/*", "StringLike")) == [("organization-trusted", "note")]
    assert ids(scoped(EKS, "system:serviceaccount:build:*", "StringLike")) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("repo:acme/app:ref:refs/heads/main", True),
        ("repo:acme/*:ref:refs/heads/main", True),
        (["repo:acme/app:ref:refs/heads/main", "repo:acme@65/app@74:ref:refs/heads/main"], False),
        ("repo:acme@65/app@74:*", False),
        ("repo:acme?65/app?74:*", False),
        ("repository_id:74:environment:production", False),
    ],
)
def test_repositories_have_ids_since_july(value: object, *, found: bool) -> None:
    notes = [each.id for each in findings(scoped(GITHUB, value, "StringLike"), whole=True) if each.id == WITHOUT_IDS]
    assert notes == (["subject-without-ids"] if found else [])
    server = scoped("github.example.com/_services/token", value, "StringLike")
    assert WITHOUT_IDS not in {each.id for each in findings(server, whole=True)}, "a server of one's own writes none"


@pytest.mark.parametrize("value", ["repo:acme@*/app@*:*", "repo:acme@65/app@*:environment:x", "repo:acme@*/app:environment:x"])
def test_any_id_is_no_id(value: str) -> None:
    assert ("ids-by-wildcard", "warning") in ids(scoped(GITHUB, value, "StringLike"))
    assert ids(scoped(GITHUB, "repo:acme@65/app@74:environment:x")) == []
