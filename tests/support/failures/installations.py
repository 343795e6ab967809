"""Failures of servers that customers run, and of vendors with several issuers: the token is of one, and the provider of another."""

from typing import Any, Final

from federation.vendors import COGNITO
from tests.support.failures.logins import AUDIENCE, WebLogin, allow, policy, trusts
from tests.support.failures.model import web
from tests.support.failures.web_tokens import MAIN, POOL, VALIDATED, none_for
from tests.support.world import GITHUB

SERVER: Final = "ghe.example.com/_services/token"
CLOUD: Final = "token.actions.acme.ghe.com"
GITLAB: Final = "gitlab.example.com"
PIPELINE: Final = "project_path:acme/app:ref_type:branch:ref:main"
TENANT: Final = "login.microsoftonline.com/88888888-8888-4888-8888-888888888888/v2.0"
COMMON: Final = "login.microsoftonline.com/common/v2.0"
OKTA: Final = "acme.okta.com"
CUSTOM: Final = f"{OKTA}/oauth2/default"
REALM, FORMER_REALM = "sso.example.com/realms/acme", "sso.example.com/auth/realms/acme"
IDENTITY_POOL: Final = "eu-west-1:87654321-4321-4321-8321-210987654321"
STRANGER: Final = ({"sub": "repo:mallory/octo-repo:ref:refs/heads/main"},)
OTHER_PIPELINE: Final = ({"sub": "project_path:mallory/app:ref_type:branch:ref:main"},)
OTHER_APP: Final = ({"sub": "app-8"},)


def other_issuer(name: str, title: str, login: WebLogin, **says: Any) -> Any:
    """A token of an issuer that is not registered."""
    told = {"seen": none_for(login.issuer), "check": "provider", "code": "InvalidIdentityToken", "owner": "provider", "new": login.issuer}
    return web(name, title, login, **{**told, **says})


FAILURES: Final = (
    other_issuer(
        "github-server",
        "The job runs on a GitHub Enterprise Server, and the provider is that of GitHub.com",
        WebLogin(issuer=SERVER, trust=trusts(MAIN), registered=(GITHUB,)),
        cause=("GitHub Enterprise Server `ghe.example.com`", "GitHub.com"),
        foreign=STRANGER,
    ),
    other_issuer(
        "github-server-path",
        "The provider of a GitHub Enterprise Server without `/_services/token`",
        WebLogin(issuer=SERVER, trust=trusts(MAIN, issuer="ghe.example.com"), registered=("ghe.example.com",)),
        cause=("https://ghe.example.com/_services/token", "another path of the same host"),
        foreign=STRANGER,
    ),
    web(
        "github-server-audience",
        "The default audience of a GitHub Enterprise Server: the job asked for none",
        WebLogin(issuer=SERVER, aud="https://ghe.example.com/octo-org", trust=trusts(MAIN, issuer=SERVER)),
        seen=VALIDATED,
        check="audience",
        code="InvalidIdentityToken",
        cause=("https://ghe.example.com/octo-org", AUDIENCE, "no audience is asked for"),
        old="audience: https://ghe.example.com/octo-org",
        new=f"audience: {AUDIENCE}",
        owner="workflow",
        foreign=STRANGER,
    ),
    other_issuer(
        "github-data-residency",
        "The job runs on GitHub Enterprise Cloud with data residency, and the provider is that of GitHub.com",
        WebLogin(issuer=CLOUD, trust=trusts(MAIN), registered=(GITHUB,)),
        cause=("`acme.ghe.com`", "GitHub.com"),
        foreign=STRANGER,
    ),
    other_issuer(
        "gitlab-self-managed",
        "The pipeline runs on a GitLab of one's own, and the provider is that of GitLab.com",
        WebLogin(
            issuer=GITLAB,
            sub=PIPELINE,
            claims={"project_path": "acme/app", "namespace_path": "acme", "pipeline_id": "7"},
            trust=trusts(PIPELINE, issuer="gitlab.com"),
            registered=("gitlab.com",),
        ),
        cause=("GitLab at `gitlab.example.com`", "GitLab.com"),
        foreign=OTHER_PIPELINE,
    ),
    web(
        "gitlab-self-managed-audience",
        "The default audience of a GitLab of one's own: the job asked for none",
        WebLogin(issuer=GITLAB, sub=PIPELINE, aud="https://gitlab.example.com", trust=trusts(PIPELINE, issuer=GITLAB)),
        seen=VALIDATED,
        check="audience",
        code="InvalidIdentityToken",
        cause=("`https://gitlab.example.com`", AUDIENCE),
        old="aud: https://gitlab.example.com",
        new=f"aud: {AUDIENCE}",
        owner="workflow",
        foreign=OTHER_PIPELINE,
    ),
    other_issuer(
        "entra-common",
        "The provider is for `common` of Entra ID",
        WebLogin(issuer=TENANT, sub="app-7", trust=trusts("app-7", issuer=COMMON), registered=(COMMON,)),
        cause=("`common`", "its own tenant"),
        foreign=OTHER_APP,
    ),
    other_issuer(
        "okta-custom-server",
        "The token is of a custom authorization server of Okta, and the provider is for the organization's",
        WebLogin(issuer=CUSTOM, sub="app-7", trust=trusts("app-7", issuer=OKTA), registered=(OKTA,)),
        cause=("custom authorization server `default`", "org authorization server"),
        old=f"https://{CUSTOM}",
        new=f"https://{OKTA}",
        owner="identity-provider",
        chosen={"issuer": OKTA},
        foreign=OTHER_APP,
    ),
    other_issuer(
        "okta-org-server",
        "The token is of Okta's org authorization server, and the provider is for a custom one",
        WebLogin(issuer=OKTA, sub="app-7", trust=trusts("app-7", issuer=CUSTOM), registered=(CUSTOM,)),
        cause=("org authorization server", "custom authorization server `default`"),
        old=f"https://{OKTA}",
        new=f"https://{CUSTOM}",
        owner="identity-provider",
        chosen={"issuer": CUSTOM},
        foreign=OTHER_APP,
    ),
    other_issuer(
        "keycloak-former-path",
        "Keycloak left `/auth` out of its issuer",
        WebLogin(issuer=REALM, sub="app-7", trust=trusts("app-7", issuer=FORMER_REALM), registered=(FORMER_REALM,)),
        cause=("https://sso.example.com/realms/acme", "https://sso.example.com/auth/realms/acme"),
        foreign=OTHER_APP,
    ),
    other_issuer(
        "cognito-user-pool",
        "The token of a Cognito user pool where that of the identity pool is trusted",
        WebLogin(
            issuer=POOL,
            sub="app-7",
            aud="client-7",
            trust=policy(allow({"StringEquals": {f"{COGNITO}:aud": IDENTITY_POOL, f"{COGNITO}:sub": "app-7"}}, issuer=COGNITO)),
            registered=(GITHUB,),
        ),
        cause=("Cognito user pool", "identity pool"),
        old=POOL,
        new=COGNITO,
        owner="call",
        chosen={
            "issuer": COGNITO,
            "aud": IDENTITY_POOL,
            "claims": {"amr": ["authenticated"]},
            "registered": None,
            "client_ids": (IDENTITY_POOL,),
        },
        foreign=OTHER_APP,
    ),
)
