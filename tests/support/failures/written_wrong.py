"""Failures of trust policies whose author took the value of a condition for something else than it is."""

from typing import Final

from tests.support.failures.logins import AUDIENCE, SAML, SIGN_IN, WEB, SamlLogin, WebLogin, allow, allow_saml, oidc_arn, policy, trusts
from tests.support.failures.model import saml, web
from tests.support.failures.pipelines import BITBUCKET, REPOSITORY_ID, RUN, STEP, TERRAFORM
from tests.support.failures.saml_messages import FOREIGN as OTHER_SUBJECT
from tests.support.failures.web_tokens import FOREIGN, IDP, INVALID, MAIN, VALIDATED
from tests.support.failures.workloads import ENTRA, GOOGLE
from tests.support.world import GITHUB

_REPOSITORY: Final = "repo:octo-org/octo-repo"
_DEV: Final = f"{_REPOSITORY}:ref:refs/heads/dev"
_CLIENT: Final = "111.apps.googleusercontent.com"
_RUN_AUDIENCE: Final = "aws.workload.identity"


_OWN: Final = {f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": MAIN}
_AUTH0: Final = "acme.eu.auth0.com/"

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
    web(
        "actions-joined",
        "Two actions in one text",
        WebLogin(trust=policy(allow({"StringEquals": _OWN}, Action=f"{WEB},sts:TagSession"))),
        cause=("2 actions in one text", f"{WEB},sts:TagSession"),
        old=f"{WEB},sts:TagSession",
        new=WEB,
        foreign=FOREIGN,
    ),
    web(
        "action-misspelt",
        "The action is misspelt",
        WebLogin(trust=policy(allow({"StringEquals": _OWN}, Action="sts:AssumeRoleWithWebIdentiy"))),
        cause=("no service has an action of that name", "sts:AssumeRoleWithWebIdentiy"),
        old="sts:AssumeRoleWithWebIdentiy",
        new=WEB,
        foreign=FOREIGN,
    ),
    web(
        "action-of-iam",
        "The action of another service",
        WebLogin(trust=policy(allow({"StringEquals": _OWN}, Action="iam:AssumeRoleWithWebIdentity"))),
        cause=("the service `iam` has no such action",),
        old="iam:AssumeRoleWithWebIdentity",
        new=WEB,
        foreign=FOREIGN,
    ),
    web(
        "action-unseen",
        "A zero-width space in the action",
        WebLogin(trust=policy(allow({"StringEquals": _OWN}, Action=f"{WEB}\u200b"))),
        cause=("U+200B ZERO WIDTH SPACE",),
        old="\\u200b",
        new=WEB,
        foreign=FOREIGN,
    ),
    web(
        "reference-without-ref",
        "`ref:` is left out of the subject",
        WebLogin(trust=trusts(f"{_REPOSITORY}:refs/heads/main")),
        cause=("lacks `ref:` before `refs/`",),
        old=f"{_REPOSITORY}:refs/heads/main",
        new=MAIN,
        foreign=FOREIGN,
    ),
    web(
        "two-colons",
        "Two colons where the subject has one",
        WebLogin(trust=trusts(f"{_REPOSITORY}::ref:refs/heads/main")),
        cause=("two colons",),
        old="octo-repo::ref",
        new=MAIN,
        foreign=FOREIGN,
    ),
    web(
        "bool-of-a-text",
        "Bool with a claim that is a text",
        WebLogin(trust=policy(allow({"StringEquals": _OWN, "Bool": {f"{GITHUB}:ref": "true"}}))),
        cause=("Bool tells true from false alone", "refs/heads/main"),
        old="true",
        new="refs/heads/main",
        foreign=FOREIGN,
    ),
    web(
        "auth0-connection",
        "The user's id without its connection",
        WebLogin(issuer=_AUTH0, trust=trusts("5f7c8ec7c33c6c004bbafe82", issuer=_AUTH0), sub="auth0|5f7c8ec7c33c6c004bbafe82"),
        cause=("lacks `auth0|` at the beginning",),
        new="auth0|5f7c8ec7c33c6c004bbafe82",
        foreign=({"sub": "auth0|5f7c8ec7c33c6c004bbafe83"},),
    ),
    web(
        "tags-of-another-statement",
        "The statement for sts:TagSession demands another tag",
        WebLogin(
            issuer=IDP,
            trust=policy(
                allow({"StringEquals": {f"{IDP}:aud": AUDIENCE, f"{IDP}:sub": "app-7"}}, issuer=IDP),
                allow({"StringEquals": {"aws:RequestTag/Team": "web"}}, issuer=IDP, Action="sts:TagSession"),
            ),
            sub="app-7",
            claims={"https://aws.amazon.com/tags": {"principal_tags": {"Team": ["shop"]}}},
        ),
        cause=("of the statement that allows `sts:TagSession`", "`shop`", "`web`"),
        old="web",
        new="shop",
        foreign=({"sub": "app-8"},),
    ),
    saml(
        "saml-subject-mail",
        "The e-mail address in place of the NameID",
        SamlLogin(
            trust=policy(allow_saml({"StringEquals": {"SAML:aud": SIGN_IN, "SAML:sub": "alice@example.com"}})),
            attributes={"urn:oid:0.9.2342.19200300.100.1.3": ("alice@example.com",)},
        ),
        cause=("attribute `urn:oid:0.9.2342.19200300.100.1.3`", "subject-123"),
        old="alice@example.com",
        new="subject-123",
        foreign=OTHER_SUBJECT,
    ),
    saml(
        "saml-tag-attribute",
        "The attribute of the session tag is misspelt",
        SamlLogin(
            trust=policy(
                allow_saml(
                    {"StringEquals": {"SAML:aud": SIGN_IN, "SAML:sub": "subject-123", "aws:RequestTag/Department": "shop"}},
                    Action=[SAML, "sts:TagSession"],
                )
            ),
            attributes={"PrincipalTags:Department": ("shop",)},
        ),
        cause=("PrincipalTags:Department", "PrincipalTag:Department"),
        old="PrincipalTags:Department",
        new="PrincipalTag:Department",
        owner="identity-provider",
        chosen={"attributes": {"PrincipalTag:Department": ("shop",)}},
        foreign=OTHER_SUBJECT,
    ),
)
