"""The claims that issuers of web identity tokens put into them, by vendor, as each publishes them. All values are invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcShape:
    """How one issuer writes its tokens.

    Attributes:
        name: Name by which the command line knows it.
        issuer: An issuer URL in its style.
        subject: A subject in its style.
        audience: The audience it issues for when set up for AWS.
        claims: Its other claims, for a subject.
        header: Header parameters beside ``alg`` and ``kid``.
        lifetime: Seconds from ``iat`` to ``exp``.
        not_before: Whether it issues ``nbf``.
        audience_list: Whether ``aud`` is a list even of one.
    """

    name: str
    issuer: str
    subject: str
    audience: str = "sts.amazonaws.com"
    claims: Callable[[str], Mapping[str, Any]] = field(default=lambda _: {})
    header: Mapping[str, Any] = field(default_factory=lambda: {"typ": "JWT"})
    lifetime: int = 600
    not_before: bool = False
    audience_list: bool = False


def _github(subject: str) -> dict[str, Any]:
    repository = subject.removeprefix("repo:").partition(":")[0]
    ref = subject.partition(":ref:")[2] or "refs/heads/main"
    workflow = f"{repository}/.github/workflows/deploy.yml@{ref}"
    claims = {
        "ref": ref,
        "ref_type": "branch",
        "ref_protected": "true",
        "sha": "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d",
        "repository": repository,
        "repository_id": "74",
        "repository_owner": repository.partition("/")[0],
        "repository_owner_id": "65",
        "repository_visibility": "private",
        "actor": "octocat",
        "actor_id": "12",
        "workflow": "deploy",
        "workflow_ref": workflow,
        "job_workflow_ref": workflow,
        "event_name": "push",
        "run_id": "30433642",
        "run_number": "10",
        "run_attempt": "1",
        "runner_environment": "github-hosted",
    }
    environment = subject.partition(":environment:")[2]
    return {**claims, "environment": environment} if environment else claims


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
        "ref_type": "branch",
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


def _eks(subject: str) -> dict[str, Any]:
    namespace, _, account = subject.removeprefix("system:serviceaccount:").partition(":")
    return {
        "kubernetes.io": {
            "namespace": namespace,
            "pod": {"name": f"{account}-5d9f", "uid": "d3ab92bf-a8e6-4abe-a255-ab59e8dfe264"},
            "serviceaccount": {"name": account, "uid": "7c442cc3-5f48-44f5-b2c7-7b33e9d18a13"},
        }
    }


def _google(subject: str) -> dict[str, Any]:
    return {"azp": "115607654321098765432", "email": f"{subject}@example.com", "email_verified": True}


def _entra(subject: str) -> dict[str, Any]:
    return {
        "tid": "88888888-8888-4888-8888-888888888888",
        "oid": subject,
        "idp": "https://sts.windows.net/88888888-8888-4888-8888-888888888888/",
        "appid": "99999999-1111-4111-8111-000000000000",
        "appidacr": "2",
        "ver": "1.0",
    }


def _okta(subject: str) -> dict[str, Any]:
    return {"ver": 1, "amr": ["pwd", "mfa"], "idp": "00o1fixture0example", "preferred_username": f"{subject}@example.com", "auth_time": 1}


def _cognito(subject: str) -> dict[str, Any]:
    return {"token_use": "id", "cognito:username": subject, "email": "alice@example.com", "email_verified": True, "auth_time": 1}


def _cognito_identity(_: str) -> dict[str, Any]:
    return {"amr": ["authenticated", "login.example.com", "login.example.com:alice"]}


def _terraform(subject: str) -> dict[str, Any]:
    parts = dict(zip(subject.split(":")[::2], subject.split(":")[1::2], strict=False))
    return {
        "terraform_organization_name": parts.get("organization", ""),
        "terraform_project_name": parts.get("project", ""),
        "terraform_workspace_name": parts.get("workspace", ""),
        "terraform_run_phase": parts.get("run_phase", ""),
        "terraform_run_id": "run-fixture0example",
        "terraform_full_workspace": subject,
    }


OIDC_SHAPES: Final[dict[str, OidcShape]] = {
    shape.name: shape
    for shape in (
        OidcShape(name="generic", issuer="https://issuer.example.com", subject="workload-7"),
        OidcShape(
            name="github",
            issuer="https://token.actions.githubusercontent.com",
            subject="repo:octo-org/octo-repo:ref:refs/heads/main",
            claims=_github,
            not_before=True,
        ),
        OidcShape(
            name="gitlab",
            issuer="https://gitlab.com",
            subject="project_path:my-group/my-project:ref_type:branch:ref:main",
            claims=_gitlab,
            not_before=True,
            lifetime=3600,
        ),
        OidcShape(
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
        OidcShape(
            name="buildkite",
            issuer="https://agent.buildkite.com",
            subject="organization:acme:pipeline:deploy:ref:refs/heads/main:commit:7fd1a60:step:deploy",
            claims=_buildkite,
            not_before=True,
        ),
        OidcShape(
            name="eks",
            issuer="https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE0123456789ABCDEF01234567",
            subject="system:serviceaccount:default:my-service-account",
            claims=_eks,
            header={},
            not_before=True,
            audience_list=True,
            lifetime=86_400,
        ),
        OidcShape(name="google", issuer="https://accounts.google.com", subject="115607654321098765432", claims=_google, lifetime=3600),
        OidcShape(
            name="entra",
            issuer="https://sts.windows.net/88888888-8888-4888-8888-888888888888/",
            subject="99999999-0000-4000-8000-000000000000",
            audience="api://aws-federation",
            claims=_entra,
            not_before=True,
            lifetime=3600,
        ),
        OidcShape(
            name="okta",
            issuer="https://acme.okta.com/oauth2/default",
            subject="00u1fixture0example",
            audience="0oa1fixture0example",
            claims=_okta,
            header={},
            lifetime=3600,
        ),
        OidcShape(
            name="cognito",
            issuer="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE00",
            subject="aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
            audience="1example23456789",
            claims=_cognito,
            header={},
            lifetime=3600,
        ),
        OidcShape(
            name="cognito-identity",
            issuer="https://cognito-identity.amazonaws.com",
            subject="us-east-1:12345678-1234-4234-8234-123456789012",
            audience="us-east-1:87654321-4321-4321-8321-210987654321",
            claims=_cognito_identity,
        ),
        OidcShape(
            name="terraform",
            issuer="https://app.terraform.io",
            subject="organization:acme:project:Default:workspace:prod:run_phase:apply",
            audience="aws.workload.identity",
            claims=_terraform,
            not_before=True,
            lifetime=7200,
        ),
    )
}
