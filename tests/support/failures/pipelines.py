"""Failures of build services other than GitHub, by the subjects of their tokens."""

from tests.support.failures.logins import WebLogin, trusts
from tests.support.failures.model import web

GITLAB = "gitlab.com"
TERRAFORM = "app.terraform.io"
BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
CIRCLECI = "oidc.circleci.com/org/11111111-1111-4111-8111-111111111111"
BUILDKITE = "agent.buildkite.com"
VERCEL = "oidc.vercel.com"
PROJECT = "project_path:acme/shop"
RUN = "organization:acme:project:Default:workspace:prod:run_phase"
REPOSITORY_ID = "{aaaaaaaa-1111-4111-8111-111111111111}"
STEP = "{cccccccc-3333-4333-8333-333333333333}"
TEST, PROD = "{dddddddd-4444-4444-8444-444444444444}", "{eeeeeeee-5555-4555-8555-555555555555}"
JOB = "org/11111111-1111-4111-8111-111111111111/project/22222222-2222-4222-8222-222222222222/user"
BUILD = "organization:acme:pipeline:deploy:ref:refs/heads/main"

FAILURES = (
    web(
        "gitlab-tag",
        "The pipeline runs for a tag, and the policy trusts a branch",
        WebLogin(
            issuer=GITLAB,
            trust=trusts(f"{PROJECT}:ref_type:branch:ref:main", issuer=GITLAB),
            sub=f"{PROJECT}:ref_type:tag:ref:v2.0",
        ),
        cause=("tag `v2.0`", "branch `main`"),
        new=f"{PROJECT}:ref_type:tag:ref:v2.0",
        foreign=({"sub": "project_path:mallory/shop:ref_type:tag:ref:v2.0"}, {"sub": f"{PROJECT}:ref_type:tag:ref:v3.0"}),
    ),
    web(
        "gitlab-branch",
        "The pipeline runs for another branch",
        WebLogin(
            issuer=GITLAB,
            trust=trusts(f"{PROJECT}:ref_type:branch:ref:main", issuer=GITLAB),
            sub=f"{PROJECT}:ref_type:branch:ref:release",
        ),
        cause=("branch `release`", "branch `main`"),
        new="ref:release",
        foreign=({"sub": "project_path:mallory/shop:ref_type:branch:ref:release"}, {"sub": f"{PROJECT}:ref_type:branch:ref:dev"}),
    ),
    web(
        "gitlab-group",
        "The project was moved to another group",
        WebLogin(
            issuer=GITLAB,
            trust=trusts("project_path:old-group/shop:ref_type:branch:ref:main", issuer=GITLAB),
            sub=f"{PROJECT}:ref_type:branch:ref:main",
        ),
        cause=("old-group/shop", "acme/shop"),
        new=f"{PROJECT}:ref_type:branch:ref:main",
        foreign=({"sub": "project_path:mallory/shop:ref_type:branch:ref:main"},),
    ),
    web(
        "gitlab-equals-wildcard",
        "StringEquals with a wildcard for every branch",
        WebLogin(
            issuer=GITLAB,
            trust=trusts(f"{PROJECT}:ref_type:branch:ref:*", issuer=GITLAB),
            sub=f"{PROJECT}:ref_type:branch:ref:main",
        ),
        cause=("StringEquals", f"{PROJECT}:ref_type:branch:ref:*"),
        new=f"{PROJECT}:ref_type:branch:ref:main",
        foreign=({"sub": "project_path:mallory/shop:ref_type:branch:ref:main"},),
    ),
    web(
        "terraform-run-phase",
        "The policy trusts the apply, and the plan logs in",
        WebLogin(
            issuer=TERRAFORM,
            aud="aws.workload.identity",
            client_ids=("aws.workload.identity",),
            trust=trusts(f"{RUN}:apply", issuer=TERRAFORM, aud="aws.workload.identity"),
            sub=f"{RUN}:plan",
        ),
        cause=("run phase `plan`", "run phase `apply`"),
        new=f"{RUN}:plan",
        foreign=(
            {"sub": "organization:mallory:project:Default:workspace:prod:run_phase:plan"},
            {"sub": "organization:acme:project:Default:workspace:test:run_phase:plan"},
        ),
    ),
    web(
        "terraform-workspace",
        "The workspace was renamed",
        WebLogin(
            issuer=TERRAFORM,
            aud="aws.workload.identity",
            client_ids=("aws.workload.identity",),
            trust=trusts(
                "organization:acme:project:Default:workspace:production:run_phase:apply", issuer=TERRAFORM, aud="aws.workload.identity"
            ),
            sub=f"{RUN}:apply",
        ),
        cause=("workspace `prod`", "workspace `production`"),
        new=f"{RUN}:apply",
        foreign=({"sub": "organization:acme:project:Default:workspace:test:run_phase:apply"},),
    ),
    web(
        "terraform-project",
        "The policy was written before subjects named the project",
        WebLogin(
            issuer=TERRAFORM,
            aud="aws.workload.identity",
            client_ids=("aws.workload.identity",),
            trust=trusts("organization:acme:workspace:prod:run_phase:apply", issuer=TERRAFORM, aud="aws.workload.identity"),
            sub=f"{RUN}:apply",
        ),
        cause=("project `Default`", "organization:acme:workspace:prod:run_phase:apply"),
        new=f"{RUN}:apply",
        foreign=({"sub": "organization:acme:project:Other:workspace:prod:run_phase:apply"},),
    ),
    web(
        "bitbucket-environment",
        "The step deploys to another environment",
        WebLogin(
            issuer=BITBUCKET,
            trust=trusts(f"{REPOSITORY_ID}:{TEST}:*", issuer=BITBUCKET, operator="StringLike"),
            sub=f"{REPOSITORY_ID}:{PROD}:{STEP}",
        ),
        cause=(PROD, TEST),
        new=PROD,
        foreign=({"sub": f"{{aaaaaaaa-9999-4111-8111-111111111111}}:{PROD}:{STEP}"},),
    ),
    web(
        "bitbucket-step",
        "The policy names a step, and every run has a new one",
        WebLogin(
            issuer=BITBUCKET,
            trust=trusts(f"{REPOSITORY_ID}:{{cccccccc-3333-4333-8333-000000000000}}", issuer=BITBUCKET),
            sub=f"{REPOSITORY_ID}:{STEP}",
        ),
        cause=(STEP, "{cccccccc-3333-4333-8333-000000000000}"),
        new=REPOSITORY_ID,
        foreign=({"sub": f"{{aaaaaaaa-9999-4111-8111-111111111111}}:{STEP}"},),
    ),
    web(
        "circleci-project",
        "The job is of another project",
        WebLogin(
            issuer=CIRCLECI,
            aud="11111111-1111-4111-8111-111111111111",
            client_ids=("11111111-1111-4111-8111-111111111111",),
            trust=trusts(
                "org/11111111-1111-4111-8111-111111111111/project/33333333-3333-4333-8333-333333333333/user/*",
                issuer=CIRCLECI,
                operator="StringLike",
                aud="11111111-1111-4111-8111-111111111111",
            ),
            sub=f"{JOB}/99999999-9999-4999-8999-999999999999",
        ),
        cause=("22222222-2222-4222-8222-222222222222", "33333333-3333-4333-8333-333333333333"),
        new="22222222-2222-4222-8222-222222222222",
        foreign=({"sub": "org/11111111-1111-4111-8111-111111111111/project/44444444-4444-4444-8444-444444444444/user/x"},),
    ),
    web(
        "buildkite-commit",
        "The policy leaves out commit and step",
        WebLogin(issuer=BUILDKITE, trust=trusts(BUILD, issuer=BUILDKITE), sub=f"{BUILD}:commit:7fd1a60:step:deploy"),
        cause=(BUILD, "7fd1a60"),
        new=f"{BUILD}:commit:",
        foreign=({"sub": "organization:mallory:pipeline:deploy:ref:refs/heads/main:commit:7fd1a60:step:deploy"},),
    ),
    web(
        "buildkite-pipeline",
        "The build is of another pipeline",
        WebLogin(
            issuer=BUILDKITE,
            trust=trusts("organization:acme:pipeline:release:ref:refs/heads/main:*", issuer=BUILDKITE, operator="StringLike"),
            sub=f"{BUILD}:commit:7fd1a60:step:deploy",
        ),
        cause=("pipeline `deploy`", "pipeline `release`"),
        new="pipeline:deploy",
        foreign=({"sub": "organization:acme:pipeline:other:ref:refs/heads/main:commit:7fd1a60:step:deploy"},),
    ),
    web(
        "vercel-environment",
        "A preview deployment, and the policy trusts production",
        WebLogin(
            issuer=VERCEL,
            trust=trusts("owner:acme:project:shop:environment:production", issuer=VERCEL),
            sub="owner:acme:project:shop:environment:preview",
        ),
        cause=("environment `preview`", "environment `production`"),
        new="environment:preview",
        foreign=({"sub": "owner:mallory:project:shop:environment:preview"},),
    ),
)
