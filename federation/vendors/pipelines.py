"""Services that build and test code, and the claims of the tokens of their jobs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from federation.vendors import subjects
from federation.vendors.model import HOST, Bound, OidcShape, RequiredCondition, Vendor

_WITH_IDS: Final = re.compile(r"(?P<owner>[^/@]+)(?:@(?P<owner_id>\d+))?/(?P<name>[^/@]+)(?:@(?P<name_id>\d+))?", re.ASCII)
"""Owner and repository, as a subject names them with or without their ids."""


def _github(subject: str) -> dict[str, Any]:
    named = subject.removeprefix("repo:").partition(":")[0]
    match = _WITH_IDS.fullmatch(named)
    repository = named if match is None else f"{match['owner']}/{match['name']}"
    pull_request = subject.endswith(":pull_request")
    ref = subject.partition(":ref:")[2] or ("refs/pull/1/merge" if pull_request else "refs/heads/main")
    workflow = f"{repository}/.github/workflows/deploy.yml@{ref}"
    claims = {
        "ref": ref,
        "ref_type": "tag" if ref.startswith("refs/tags/") else "branch",
        "ref_protected": "false" if pull_request else "true",
        "sha": "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d",
        "repository": repository,
        "repository_id": (match and match["name_id"]) or "74",
        "repository_owner": repository.partition("/")[0],
        "repository_owner_id": (match and match["owner_id"]) or "65",
        "repository_visibility": "private",
        "actor": "octocat",
        "actor_id": "12",
        "workflow": "deploy",
        "workflow_ref": workflow,
        "job_workflow_ref": workflow,
        "event_name": "pull_request" if pull_request else "push",
        "run_id": "30433642",
        "run_number": "10",
        "run_attempt": "1",
        "runner_environment": "github-hosted",
    }
    environment = subject.partition(":environment:")[2]
    return {**claims, "environment": environment.replace("%3A", ":")} if environment else claims


_GITHUB_ISSUER: Final = "token.actions.githubusercontent.com"
_GITHUB: Final = Vendor(
    "GitHub",
    issuers=(_GITHUB_ISSUER,),
    customers="strangers",
    bounds=(
        # The owner ends at a slash, or at the @ before its number; customised subjects begin with other claims.
        Bound(
            "sub",
            r"(?:repo|repository):[^/@:]+[/@]|repository_owner(?:_id)?:[^:]+:|repository_id:[^:]+:|enterprise(?:_id)?:[^:]+:"
            r"|job_workflow_ref:[^/]+/",
        ),
        Bound("job_workflow_ref", r"[^/]+/"),
        Bound("repository", r"[^/]+/"),
        Bound("repository_id"),
        Bound("repository_owner_id"),
        Bound("enterprise_id"),
    ),
    example="repo:acme/app:ref:refs/heads/main",
    pull_request=":pull_request",
    further_claims=(
        "actor",
        "actor_id",
        "enterprise_id",
        "environment",
        "job_workflow_ref",
        "ref",
        "repository",
        "repository_id",
        "repository_owner_id",
        "workflow",
    ),
    documented_claims=frozenset(
        [
            "actor",
            "actor_id",
            "base_ref",
            "check_run_id",
            "enterprise",
            "enterprise_id",
            "environment",
            "environment_node_id",
            "event_name",
            "head_ref",
            "issuer_scope",
            "job_workflow_ref",
            "job_workflow_sha",
            "ref",
            "ref_protected",
            "ref_type",
            "repository",
            "repository_id",
            "repository_owner",
            "repository_owner_id",
            "repository_visibility",
            "run_attempt",
            "run_id",
            "run_number",
            "runner_environment",
            "sha",
            "workflow",
            "workflow_ref",
            "workflow_sha",
        ]
    ),
    documented_beginnings=("repo_property_",),
    required=RequiredCondition(("sub", "job_workflow_ref"), by_prefix=True, strict=True),
    shape=OidcShape(
        name="github",
        issuer=f"https://{_GITHUB_ISSUER}",
        subject="repo:octo-org/octo-repo:ref:refs/heads/main",
        claims=_github,
        not_before=True,
        left_out=("enterprise_id", "environment"),
    ),
    subjects=subjects.GITHUB,
)
# A path of an enterprise on github.com, and GitHub Enterprise Cloud with data residency.
_GITHUB_ENTERPRISE: Final = replace(
    _GITHUB,
    name="GitHub Enterprise",
    issuers=(),
    family=rf"{re.escape(_GITHUB_ISSUER)}/[^/]+|token\.actions\.{HOST}\.ghe\.com|github\.com/enterprises/[^/]+",
    customers="one",
    required=None,
    shape=None,
)
# A server that a customer runs. AWS documents the further keys for GitHub's own issuers alone.
_GITHUB_SERVER: Final = replace(
    _GITHUB_ENTERPRISE,
    name="GitHub Enterprise Server",
    family=rf"{HOST}(?::\d{{1,5}})?/_services/token",
    bounds=tuple(bound for bound in _GITHUB_ENTERPRISE.bounds if bound.claim == "sub"),
    further_claims=(),
)


def _gitlab(subject: str) -> dict[str, Any]:
    path = subject.removeprefix("project_path:").partition(":")[0]
    return {
        "namespace_id": "72",
        "namespace_path": path.rpartition("/")[0],
        "project_id": "20",
        "project_path": path,
        "user_id": "1",
        "user_login": "sample-user",
        "user_email": "sample-user@example.com",
        "user_access_level": "developer",
        "pipeline_id": "574",
        "pipeline_source": "push",
        "job_id": "302",
        "ref": subject.partition(":ref:")[2] or "main",
        "ref_type": subject.partition(":ref_type:")[2].partition(":")[0] or "branch",
        "ref_protected": "true",
        "runner_id": 1,
        "runner_environment": "gitlab-hosted",
    }


def _circleci(subject: str) -> dict[str, Any]:
    project = subject.partition("/project/")[2].partition("/")[0]
    return {"oidc.circleci.com/project-id": project, "oidc.circleci.com/context-ids": ["33333333-3333-4333-8333-333333333333"]}


def _buildkite(subject: str) -> dict[str, Any]:
    parts = dict(zip(subject.split(":")[::2], subject.split(":")[1::2], strict=False))
    return {
        "organization_slug": parts.get("organization", ""),
        "organization_id": "44444444-4444-4444-8444-444444444444",
        "pipeline_slug": parts.get("pipeline", ""),
        "pipeline_id": "55555555-5555-4555-8555-555555555555",
        "cluster_id": "66666666-6666-4666-8666-666666666666",
        "cluster_name": "default",
        "build_number": 1,
        "build_branch": "main",
        "build_commit": "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d",
        "step_key": "deploy",
        "job_id": "77777777-7777-4777-8777-777777777777",
    }


VENDORS: Final = (
    _GITHUB,
    _GITHUB_ENTERPRISE,
    _GITHUB_SERVER,
    Vendor(
        "GitHub Actions, former issuer",
        issuers=("vstoken.actions.githubusercontent.com",),
        customers="strangers",
        bounds=_GITHUB.bounds[:1],
        example=_GITHUB.example,
        required=RequiredCondition(("sub",)),
        subjects=subjects.GITHUB,
    ),
    Vendor(
        "GitHub audit log",
        issuers=("oidc-configuration.audit-log.githubusercontent.com",),
        customers="strangers",
        bounds=(Bound("sub"),),
        example="https://github.com/acme",
        required=RequiredCondition(("sub",)),
    ),
    Vendor(
        "GitLab",
        issuers=("gitlab.com",),
        customers="strangers",
        bounds=(Bound("sub", r"project_path:[^/]+/"), Bound("project_id"), Bound("namespace_id"), Bound("user_id")),
        example="project_path:acme/app:ref_type:branch:ref:main",
        further_claims=(
            "namespace_id",
            "pipeline_source",
            "project_id",
            "ref_protected",
            "runner_environment",
            "user_access_level",
            "user_email",
            "user_id",
            "user_login",
        ),
        documented_claims=frozenset(
            [
                "ci_config_ref_uri",
                "ci_config_sha",
                "deployment_action",
                "deployment_tier",
                "environment",
                "environment_protected",
                "groups_direct",
                "job_id",
                "job_namespace_id",
                "job_namespace_path",
                "job_project_id",
                "job_project_path",
                "namespace_id",
                "namespace_path",
                "pipeline_id",
                "pipeline_source",
                "project_id",
                "project_path",
                "project_visibility",
                "ref",
                "ref_path",
                "ref_protected",
                "ref_type",
                "runner_environment",
                "runner_id",
                "sha",
                "user_access_level",
                "user_email",
                "user_id",
                "user_identities",
                "user_login",
            ]
        ),
        required=RequiredCondition(("sub",)),
        shape=OidcShape(
            name="gitlab",
            issuer="https://gitlab.com",
            subject="project_path:my-group/my-project:ref_type:branch:ref:main",
            claims=_gitlab,
            not_before=True,
            lifetime=3600,
        ),
        subjects=subjects.GITLAB,
    ),
    Vendor(
        "Bitbucket",
        family=r"api\.bitbucket\.org/2\.0/workspaces/[^/]+/pipelines-config/identity/oidc",
        customers="one",
        bounds=(Bound("sub", r"\{[^}]+\}:"),),
        example="{<UUID of the repository>}:*",
        subjects=subjects.BITBUCKET,
    ),
    Vendor(
        "CircleCI",
        family=r"oidc\.circleci\.com/org/[^/]+",
        example="org/11111111-1111-4111-8111-111111111111/project/22222222-2222-4222-8222-222222222222/user/*",
        further_claims=("oidc.circleci.com/project-id",),
        documented_claims=frozenset(
            [
                "oidc.circleci.com/context-ids",
                "oidc.circleci.com/job-id",
                "oidc.circleci.com/org-id",
                "oidc.circleci.com/pipeline-definition-id",
                "oidc.circleci.com/pipeline-id",
                "oidc.circleci.com/project-id",
                "oidc.circleci.com/ssh-rerun",
                "oidc.circleci.com/vcs-origin",
                "oidc.circleci.com/vcs-ref",
                "oidc.circleci.com/workflow-id",
            ]
        ),
        shape=OidcShape(
            name="circleci",
            issuer="https://oidc.circleci.com/org/11111111-1111-4111-8111-111111111111",
            subject=(
                "org/11111111-1111-4111-8111-111111111111/project/22222222-2222-4222-8222-222222222222/"
                "user/99999999-9999-4999-8999-999999999999"
            ),
            audience="11111111-1111-4111-8111-111111111111",
            claims=_circleci,
            lifetime=3600,
        ),
        subjects=subjects.CIRCLECI,
    ),
    Vendor(
        "Buildkite",
        issuers=("agent.buildkite.com",),
        family=rf"agent\.{HOST}\.buildkite\.(?:dev|site)",
        customers="strangers",
        bounds=(
            Bound("sub", r"organization:[^:]+:"),
            Bound("organization_id"),
            Bound("organization_slug"),
            Bound("pipeline_id"),
            Bound("cluster_id"),
        ),
        example="organization:acme:pipeline:app:ref:refs/heads/main:*",
        further_claims=(
            "build_branch",
            "cluster_id",
            "cluster_name",
            "organization_id",
            "organization_slug",
            "pipeline_id",
            "pipeline_slug",
        ),
        documented_claims=frozenset(
            [
                "agent_id",
                "build_branch",
                "build_commit",
                "build_id",
                "build_number",
                "build_source",
                "build_tag",
                "cluster_id",
                "cluster_name",
                "job_id",
                "organization_id",
                "organization_slug",
                "pipeline_id",
                "pipeline_slug",
                "queue_id",
                "queue_key",
                "runner_environment",
                "step_key",
            ]
        ),
        documented_beginnings=("agent_tag:",),
        required=RequiredCondition(("sub",)),
        shape=OidcShape(
            name="buildkite",
            issuer="https://agent.buildkite.com",
            subject="organization:acme:pipeline:deploy:ref:refs/heads/main:commit:7fd1a60:step:deploy",
            claims=_buildkite,
            not_before=True,
        ),
        subjects=subjects.BUILDKITE,
    ),
)
