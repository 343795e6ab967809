"""Failures of trust policies whose author took the value of a condition for something else than it is."""

from typing import Final

from tests.support.failures.logins import AUDIENCE, WebLogin, allow, oidc_arn, policy, trusts
from tests.support.failures.model import web
from tests.support.failures.pipelines import BITBUCKET, REPOSITORY_ID, RUN, STEP, TERRAFORM
from tests.support.failures.web_tokens import FOREIGN, INVALID, MAIN, VALIDATED
from tests.support.failures.workloads import ENTRA, GOOGLE
from tests.support.world import GITHUB

_REPOSITORY: Final = "repo:octo-org/octo-repo"
_DEV: Final = f"{_REPOSITORY}:ref:refs/heads/dev"
_CLIENT: Final = "111.apps.googleusercontent.com"
_RUN_AUDIENCE: Final = "aws.workload.identity"


FAILURES: Final = (
    web(
        "several-in-one",
        "Two subjects in one text, joined by a comma",
        WebLogin(trust=trusts(f"{MAIN},{_DEV}")),
        cause=("2 values in one text", f"{MAIN},{_DEV}"),
        old=f"{MAIN},{_DEV}",
        new=MAIN,
        foreign=(*FOREIGN, {"sub": _DEV}),
    ),
    web(
        "json-in-a-text",
        "The list of subjects is JSON inside a text",
        WebLogin(trust=trusts(f'["{_DEV}", "{MAIN}"]')),
        cause=("2 values in one text",),
        new=MAIN,
        foreign=(*FOREIGN, {"sub": _DEV}),
    ),
    web(
        "regular-expression",
        "StringLike with a regular expression",
        WebLogin(trust=trusts(f"{_REPOSITORY}:ref:refs/heads/(main|dev)", operator="StringLike")),
        cause=("regular expression", "(main|dev)"),
        old="(main|dev)",
        new=MAIN,
        foreign=(*FOREIGN, {"sub": _DEV}),
    ),
    web(
        "url-of-the-repository",
        "The URL of the repository in place of the subject",
        WebLogin(trust=trusts("https://github.com/octo-org/octo-repo")),
        cause=("URL", "https://github.com/octo-org/octo-repo"),
        old="https://github.com/octo-org/octo-repo",
        new=MAIN,
        foreign=FOREIGN,
    ),
    web(
        "reference-twice",
        "`refs/heads/` stands twice in the subject",
        WebLogin(trust=trusts(f"{_REPOSITORY}:ref:refs/heads/refs/heads/main")),
        cause=("`refs/heads/` twice",),
        old="refs/heads/refs/heads/main",
        new=MAIN,
        foreign=FOREIGN,
    ),
    web(
        "nearest-by-subject",
        "One statement names another branch, another the right branch for another audience",
        WebLogin(
            trust=policy(
                allow({"StringEquals": {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": _DEV}}),
                allow({"StringEquals": {f"{GITHUB}:aud": "api://AzureADTokenExchange", f"{GITHUB}:sub": MAIN}}),
                allow({"StringEquals": {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": f"{_REPOSITORY}:ref:refs/heads/mail"}}),
            )
        ),
        cause=("api://AzureADTokenExchange", "$.Statement[1]"),
        old="api://AzureADTokenExchange",
        new=AUDIENCE,
        foreign=FOREIGN,
    ),
    web(
        "audience-alone",
        "The policy demands nothing but the audience, and misspells it",
        WebLogin(trust=policy(allow({"StringEquals": {f"{GITHUB}:aud": "sts.amazon.com"}}))),
        cause=("sts.amazon.com", AUDIENCE),
        old="sts.amazon.com",
        new=MAIN,
        foreign=FOREIGN,
    ),
    web(
        "deny-not-principal",
        "A Deny with NotPrincipal spares another provider alone",
        WebLogin(
            trust=policy(
                allow({"StringEquals": {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": MAIN}}),
                {"Effect": "Deny", "NotPrincipal": {"Federated": oidc_arn("gitlab.com")}, "Action": "sts:AssumeRoleWithWebIdentity"},
            ),
            registered=(GITHUB, "gitlab.com"),
        ),
        cause=("NotPrincipal spares", oidc_arn("gitlab.com"), oidc_arn(GITHUB)),
        old=oidc_arn("gitlab.com"),
        new=oidc_arn(GITHUB),
        foreign=FOREIGN,
    ),
    web(
        "bitbucket-braces",
        "The UUID of the repository without its braces",
        WebLogin(
            issuer=BITBUCKET,
            trust=trusts(f"{REPOSITORY_ID.strip('{}')}:*", issuer=BITBUCKET, operator="StringLike"),
            sub=f"{REPOSITORY_ID}:{STEP}",
        ),
        cause=("braces", REPOSITORY_ID.strip("{}")),
        new=REPOSITORY_ID,
        foreign=({"sub": f"{{bbbbbbbb-2222-4222-8222-222222222222}}:{STEP}"},),
    ),
    web(
        "google-email",
        "The e-mail address in place of the subject, which is a number",
        WebLogin(
            issuer=GOOGLE,
            trust=trusts("alice@example.com", issuer=GOOGLE, aud=_CLIENT),
            sub="110169484474386276334",
            aud=_CLIENT,
            client_ids=(_CLIENT,),
            claims={"azp": _CLIENT, "email": "alice@example.com"},
        ),
        cause=("claim `email`", "110169484474386276334"),
        old="alice@example.com",
        new="110169484474386276334",
        foreign=({"sub": "110169484474386276335"},),
    ),
    web(
        "entra-user-name",
        "The user name in place of the subject, which Entra ID makes anew for each application",
        WebLogin(
            issuer=ENTRA,
            trust=trusts("alice@example.com", issuer=ENTRA, aud="api://aws"),
            sub="Yy7pDZtcbVy5Y0GFVq8DaVfMJ4tW5fEB3aQaVvN3fNs",
            aud="api://aws",
            client_ids=("api://aws",),
            claims={"upn": "alice@example.com"},
        ),
        cause=("claim `upn`",),
        old="alice@example.com",
        new="Yy7pDZtcbVy5Y0GFVq8DaVfMJ4tW5fEB3aQaVvN3fNs",
        foreign=({"sub": "object-2"},),
    ),
    web(
        "terraform-client-id",
        "The role trusts the audience of HCP Terraform, and the provider has another client id",
        WebLogin(
            issuer=TERRAFORM,
            trust=trusts(f"{RUN}:apply", issuer=TERRAFORM, aud=_RUN_AUDIENCE),
            sub=f"{RUN}:apply",
            aud=_RUN_AUDIENCE,
        ),
        seen=VALIDATED,
        check="audience",
        **INVALID,
        cause=(_RUN_AUDIENCE, AUDIENCE),
        new=_RUN_AUDIENCE,
        owner="provider",
        foreign=({"sub": f"{RUN}:plan"},),
    ),
)
