"""Failures of jobs of GitHub Actions."""

from tests.support.failures.logins import AUDIENCE, SAML, WebLogin, allow, oidc_arn, policy, trusts
from tests.support.failures.model import web
from tests.support.world import ACCOUNT, GITHUB, OTHER

REPOSITORY = "repo:octo-org/octo-repo"
MAIN = f"{REPOSITORY}:ref:refs/heads/main"
PROD = f"{REPOSITORY}:environment:prod"
PULL_REQUEST = f"{REPOSITORY}:pull_request"
TAG = f"{REPOSITORY}:ref:refs/tags/v1.2.3"
STRANGER = {"sub": "repo:mallory/octo-repo:ref:refs/heads/main"}
OTHER_REPOSITORY = {"sub": "repo:octo-org/other-repo:ref:refs/heads/main"}
FOREIGN = (STRANGER, OTHER_REPOSITORY)
_DENY = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity"}

SUBJECTS = (
    web(
        "github-environment",
        "The job names an environment, and the policy trusts a branch",
        WebLogin(trust=trusts(MAIN), sub=PROD, claims={"environment": "prod"}),
        cause=("environment `prod`", "branch `main`"),
        old=MAIN,
        new=PROD,
        foreign=(*FOREIGN, {"sub": f"{REPOSITORY}:environment:test"}),
    ),
    web(
        "github-no-environment",
        "The policy trusts an environment, and the job names none",
        WebLogin(trust=trusts(PROD)),
        cause=("branch `main`", "environment `prod`"),
        new=MAIN,
        foreign=(*FOREIGN, {"sub": f"{REPOSITORY}:ref:refs/heads/dev"}),
    ),
    web(
        "github-pull-request",
        "The workflow runs on a pull request, and the policy trusts a branch",
        WebLogin(trust=trusts(MAIN), sub=PULL_REQUEST, claims={"event_name": "pull_request"}),
        cause=("pull requests", "branch `main`"),
        new=PULL_REQUEST,
        foreign=(STRANGER, {"sub": "repo:octo-org/other-repo:pull_request"}),
    ),
    web(
        "github-tag",
        "The workflow runs on a tag, and the policy trusts a branch",
        WebLogin(trust=trusts(MAIN), sub=TAG, claims={"ref_type": "tag"}),
        cause=("tag `v1.2.3`", "branch `main`"),
        new=TAG,
        foreign=(*FOREIGN, {"sub": f"{REPOSITORY}:ref:refs/tags/v9"}),
    ),
    web(
        "github-branch",
        "The workflow runs on another branch",
        WebLogin(trust=trusts(MAIN), sub=f"{REPOSITORY}:ref:refs/heads/release"),
        cause=("branch `release`", "branch `main`"),
        new="refs/heads/release",
        foreign=(*FOREIGN, {"sub": f"{REPOSITORY}:ref:refs/heads/dev"}),
    ),
    web(
        "github-case",
        "The policy writes the repository in other upper and lower case",
        WebLogin(trust=trusts("repo:Octo-Org/octo-repo:ref:refs/heads/main")),
        cause=("upper and lower case", "Octo-Org", "octo-org"),
        old="repo:Octo-Org/octo-repo",
        new=MAIN,
        foreign=FOREIGN,
    ),
    web(
        "github-equals-wildcard",
        "StringEquals with a wildcard",
        WebLogin(trust=trusts(f"{REPOSITORY}:*")),
        cause=("StringEquals", f"{REPOSITORY}:*"),
        new=MAIN,
        foreign=(*FOREIGN, {"sub": f"{REPOSITORY}:ref:refs/heads/dev"}),
    ),
    web(
        "github-prefix",
        "The policy leaves out `repo:`",
        WebLogin(trust=trusts("octo-org/octo-repo:ref:refs/heads/main")),
        cause=("`repo:`", "octo-org/octo-repo:ref:refs/heads/main"),
        old="octo-org/octo-repo:ref:refs/heads/main",
        new=MAIN,
        foreign=FOREIGN,
    ),
    web(
        "github-immutable-ids",
        "A new repository: its subject holds the ids of owner and repository",
        WebLogin(trust=trusts(MAIN), sub="repo:octo-org@65/octo-repo@74:ref:refs/heads/main"),
        cause=("octo-org@65/octo-repo@74", MAIN),
        new="repo:octo-org@65/octo-repo@74:ref:refs/heads/main",
        foreign=(*FOREIGN, {"sub": "repo:octo-org@66/octo-repo@75:ref:refs/heads/main"}),
    ),
    web(
        "github-immutable-ids-pattern",
        "A pattern of the repository, and a subject with immutable ids",
        WebLogin(trust=trusts(f"{REPOSITORY}:*", operator="StringLike"), sub="repo:octo-org@65/octo-repo@74:environment:prod"),
        cause=("octo-org@65/octo-repo@74", f"{REPOSITORY}:*"),
        new="octo-org@65/octo-repo@74",
        foreign=(STRANGER, {"sub": "repo:octo-org@66/octo-repo@75:environment:prod"}),
    ),
    web(
        "github-renamed",
        "The repository was renamed",
        WebLogin(trust=trusts("repo:octo-org/octo-app:ref:refs/heads/main")),
        cause=("octo-org/octo-repo", "octo-org/octo-app"),
        new=MAIN,
        foreign=FOREIGN,
    ),
    web(
        "github-reusable-workflow",
        "A customised subject: the reusable workflow is in it",
        WebLogin(trust=trusts(MAIN), sub=f"{REPOSITORY}:job_workflow_ref:octo-org/ci/.github/workflows/deploy.yml@refs/heads/main"),
        cause=("octo-org/ci/.github/workflows/deploy.yml@refs/heads/main", "branch `main`"),
        new="job_workflow_ref:octo-org/ci/.github/workflows/deploy.yml",
        foreign=(*FOREIGN, {"sub": f"{REPOSITORY}:job_workflow_ref:mallory/ci/.github/workflows/deploy.yml@refs/heads/main"}),
    ),
    web(
        "github-workflow-version",
        "The reusable workflow is called at another reference",
        WebLogin(
            trust=trusts(MAIN, job_workflow_ref="octo-org/ci/.github/workflows/deploy.yml@refs/tags/v1"),
            claims={"job_workflow_ref": "octo-org/ci/.github/workflows/deploy.yml@refs/heads/main"},
        ),
        cause=("octo-org/ci/.github/workflows/deploy.yml@refs/heads/main", "octo-org/ci/.github/workflows/deploy.yml@refs/tags/v1"),
        new="deploy.yml@refs/heads/main",
        foreign=FOREIGN,
    ),
    web(
        "github-short-ref",
        "The policy writes the branch without `refs/heads/`",
        WebLogin(trust=trusts(f"{REPOSITORY}:ref:main")),
        cause=(f"{REPOSITORY}:ref:main", MAIN),
        new=MAIN,
        foreign=FOREIGN,
    ),
    web(
        "github-white-space",
        "A blank at the end of the policy's value",
        WebLogin(trust=trusts(f"{MAIN} ")),
        cause=(MAIN,),
        new=MAIN,
        foreign=FOREIGN,
    ),
    web(
        "github-pattern-without-end",
        "StringLike without `:*` after the repository",
        WebLogin(trust=trusts(REPOSITORY, operator="StringLike")),
        cause=(REPOSITORY, MAIN),
        new=MAIN,
        foreign=FOREIGN,
    ),
)

KEYS = (
    web(
        "github-claim-environment",
        "A condition on `:environment`, and the job names none",
        WebLogin(trust=trusts(f"{REPOSITORY}:*", operator="StringLike", environment="prod")),
        cause=("`environment`",),
        new="prod",
        owner="workflow",
        foreign=FOREIGN,
    ),
    web(
        "github-key-iss",
        "A condition on `:iss`",
        WebLogin(trust=trusts(MAIN, iss=f"https://{GITHUB}")),
        cause=("condition key", "`iss`"),
        old=f"{GITHUB}:iss",
        foreign=FOREIGN,
    ),
    web(
        "github-key-repository-owner",
        "A condition on `:repository_owner`",
        WebLogin(trust=trusts(MAIN, repository_owner="octo-org")),
        cause=("`repository_owner`", "repository_owner_id"),
        old="repository_owner",
        new="repository_owner_id",
        foreign=FOREIGN,
    ),
    web(
        "github-key-scheme",
        "`https://` in the condition key",
        WebLogin(trust=policy(allow({"StringEquals": {f"{GITHUB}:aud": AUDIENCE, f"https://{GITHUB}:sub": MAIN}}))),
        cause=(f"https://{GITHUB}:sub", "https://"),
        old=f"https://{GITHUB}:sub",
        new=f"{GITHUB}:sub",
        foreign=FOREIGN,
    ),
    web(
        "github-policy-audience",
        "The policy misspells the audience",
        WebLogin(trust=trusts(MAIN, aud="sts.amazon.com")),
        cause=("sts.amazon.com", AUDIENCE),
        old="sts.amazon.com",
        new=AUDIENCE,
        foreign=FOREIGN,
    ),
    web(
        "github-null",
        "`Null` with `true` demands that the claim is absent",
        WebLogin(
            trust=policy(allow({"StringEquals": {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": MAIN}, "Null": {f"{GITHUB}:sub": "true"}}))
        ),
        cause=("Null", f"{GITHUB}:sub"),
        old="true",
        new="false",
        foreign=FOREIGN,
    ),
    web(
        "github-negated",
        "StringNotEquals where StringEquals was meant",
        WebLogin(trust=policy(allow({"StringEquals": {f"{GITHUB}:aud": AUDIENCE}, "StringNotEquals": {f"{GITHUB}:sub": MAIN}}))),
        cause=("StringNotEquals", MAIN),
        old=MAIN,
        owner="token",
        chosen={"sub": f"{REPOSITORY}:ref:refs/heads/dev"},
    ),
    web(
        "github-deny",
        "A Deny statement hits the login",
        WebLogin(
            trust=policy(
                *trusts(f"{REPOSITORY}:*", operator="StringLike")["Statement"],
                {**_DENY, "Condition": {"StringLike": {f"{GITHUB}:sub": "*:pull_request"}}},
            ),
            sub=PULL_REQUEST,
        ),
        cause=("statement 1 denies", "*:pull_request", PULL_REQUEST),
        old=PULL_REQUEST,
        owner="token",
        chosen={"sub": MAIN},
        foreign=FOREIGN,
    ),
)

STATEMENTS = (
    web(
        "github-action",
        "The policy allows sts:AssumeRole",
        WebLogin(trust=policy(allow({"StringEquals": {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": MAIN}}, Action="sts:AssumeRole"))),
        cause=("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"),
        old="sts:AssumeRole",
        new="sts:AssumeRoleWithWebIdentity",
        foreign=FOREIGN,
    ),
    web(
        "github-action-saml",
        "The policy allows sts:AssumeRoleWithSAML",
        WebLogin(trust=policy(allow({"StringEquals": {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": MAIN}}, Action=SAML))),
        cause=("sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"),
        new="sts:AssumeRoleWithWebIdentity",
        foreign=FOREIGN,
    ),
    web(
        "github-principal-aws",
        "The principal is the account's root",
        WebLogin(trust=policy(allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Action="sts:AssumeRole"))),
        cause=(f"arn:aws:iam::{ACCOUNT}:root", oidc_arn(GITHUB)),
        new=oidc_arn(GITHUB),
        foreign=FOREIGN,
    ),
    web(
        "github-principal-service",
        "The principal is a service",
        WebLogin(trust=policy(allow(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole"))),
        cause=("ec2.amazonaws.com", oidc_arn(GITHUB)),
        new=oidc_arn(GITHUB),
        foreign=FOREIGN,
    ),
    web(
        "github-principal-account",
        "The principal is the provider of another account",
        WebLogin(
            trust=policy(
                allow(
                    {"StringEquals": {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": MAIN}},
                    Principal={"Federated": oidc_arn(GITHUB, OTHER)},
                )
            )
        ),
        cause=(OTHER, ACCOUNT),
        old=oidc_arn(GITHUB, OTHER),
        new=oidc_arn(GITHUB),
        foreign=FOREIGN,
    ),
    web(
        "github-principal-scheme",
        "`https://` in the ARN of the provider",
        WebLogin(
            trust=policy(
                allow(
                    {"StringEquals": {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": MAIN}},
                    Principal={"Federated": oidc_arn(f"https://{GITHUB}")},
                )
            )
        ),
        cause=(oidc_arn(f"https://{GITHUB}"),),
        old=oidc_arn(f"https://{GITHUB}"),
        new=oidc_arn(GITHUB),
        foreign=FOREIGN,
    ),
    web(
        "github-principal-other",
        "The conditions are GitHub's, and the principal is another provider",
        WebLogin(
            trust=policy(
                allow({"StringEquals": {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": MAIN}}, Principal={"Federated": oidc_arn("gitlab.com")})
            ),
            registered=(GITHUB, "gitlab.com"),
        ),
        cause=(oidc_arn("gitlab.com"), oidc_arn(GITHUB)),
        old=oidc_arn("gitlab.com"),
        new=oidc_arn(GITHUB),
        foreign=FOREIGN,
    ),
    web(
        "github-key-other",
        "The principal is GitHub, and the condition keys are GitLab's",
        WebLogin(trust=policy(allow({"StringEquals": {f"{GITHUB}:aud": AUDIENCE, "gitlab.com:sub": MAIN}}))),
        cause=("gitlab.com:sub", GITHUB),
        old="gitlab.com:sub",
        new=f"{GITHUB}:sub",
        foreign=FOREIGN,
    ),
)

FAILURES = (*SUBJECTS, *KEYS, *STATEMENTS)
