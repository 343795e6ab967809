"""Trust policies that refuse: the cause with both values, and the edit by which this login succeeds and no other."""

from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from tests.support.repairs import (
    AUDIENCE,
    SAML,
    WEB,
    Login,
    SamlLogin,
    WebLogin,
    equals,
    explained,
    oidc_arn,
    repaired,
    saml_statement,
    statement,
    stays_refused,
)
from tests.support.sts.saml_login import PREFIX, attributes
from tests.support.sts.saml_login import PROVIDER as SAML_PROVIDER
from tests.support.world import ACCOUNT, GITHUB

MAIN = "repo:acme/app:ref:refs/heads/main"
DEV = "repo:acme/app:ref:refs/heads/dev"
PROD = "repo:acme/app:environment:prod"
NUMBERED = "repo:acme@65/app@74:ref:refs/heads/main"
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/"
POD = "system:serviceaccount:default:app"
GITLAB, TERRAFORM, BUILDKITE, LOGIN = "gitlab.com", "app.terraform.io", "agent.buildkite.com", "login.example.com"
BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
CIRCLECI = "oidc.circleci.com/org/11111111-1111-4111-8111-111111111111"
TAGS = {"https://aws.amazon.com/tags": {"principal_tags": {"team": ["blue"]}}}
STEP = "{11111111-1111-4111-8111-111111111111}:{33333333-3333-4333-8333-333333333333}"


def web(condition: Any, **options: Any) -> WebLogin:
    """A login by a policy of one statement with *condition*."""
    issuer = options.get("issuer", GITHUB)
    members = options.pop("members", {})
    return WebLogin(statements=(statement(condition, issuer=issuer, **members),), **options)


def saml(condition: Any, attributes: dict[str, list[str]] | None = None, **members: Any) -> SamlLogin:
    return SamlLogin(statements=(saml_statement(condition, **members),), attributes=attributes or {})


class Case(NamedTuple):
    """A refused login.

    Attributes:
        login: The login.
        said: Words of the first cause, in order.
        old: What the first edit replaces; words of it.
        new: What it writes; words of it.
        other: Claims of another login, which stays refused by the repaired policy.
    """

    login: Login
    said: tuple[str, ...]
    old: str
    new: str
    other: dict[str, Any] = {"sub": "repo:evil/app:ref:refs/heads/main"}  # noqa: RUF012


CASES = {
    "environment, and the policy trusts a branch": Case(
        web(equals(MAIN), sub=PROD), ("a GitHub token for environment `prod`", "the policy trusts branch `main`"), MAIN, PROD
    ),
    "branch, and the policy trusts an environment": Case(web(equals(PROD)), ("for branch `main`", "trusts environment `prod`"), PROD, MAIN),
    "tag": Case(web(equals(MAIN), sub="repo:acme/app:ref:refs/tags/v1"), ("for tag `v1`", "trusts branch `main`"), MAIN, "refs/tags/v1"),
    "pull request": Case(
        web(equals(MAIN), sub="repo:acme/app:pull_request"), ("for pull requests", "trusts branch `main`"), MAIN, "pull_request"
    ),
    "another repository": Case(
        web(equals("repo:acme/web:*", operator="StringLike")),
        ("branch `main` of repository `acme/app`", "every job of repository `acme/web`"),
        "repo:acme/web:*",
        MAIN,
    ),
    "case alone": Case(web(equals("repo:Acme/App:ref:refs/heads/main")), ("upper and lower case alone",), "Acme/App", MAIN),
    "case alone in a pattern": Case(
        web(equals("repo:Acme/*", operator="StringLike")), ("upper and lower case alone",), "repo:Acme/*", MAIN
    ),
    "prefix": Case(web(equals("acme/app:ref:refs/heads/main")), ("lacks `repo:`",), "acme/app:ref", MAIN),
    "incomplete": Case(web(equals("repo:acme/app")), ("lacks a part",), "repo:acme/app", MAIN),
    "numbers in the token": Case(
        web(equals(MAIN), sub=NUMBERED), ("with their numbers, `acme@65/app@74`", "without"), MAIN, NUMBERED, {"sub": MAIN}
    ),
    "numbers in the token, a pattern": Case(
        web(equals("repo:acme/app:*", operator="StringLike"), sub=NUMBERED),
        ("`acme@65/app@74`",),
        "repo:acme/app:*",
        NUMBERED,
        {"sub": MAIN},
    ),
    "numbers in the token, another form": Case(
        web(equals(MAIN), sub="repo:acme@65/app@74:environment:prod"),
        ("`acme@65/app@74`", "environment `prod`", "branch `main`"),
        MAIN,
        "repo:acme@65/app@74:environment:prod",
    ),
    "numbers in the policy": Case(web(equals(NUMBERED)), ("`acme/app`", "`acme@65/app@74`"), NUMBERED, MAIN),
    "other numbers": Case(
        web(equals("repo:acme@65/app@75:ref:refs/heads/main"), sub=NUMBERED), ("`acme@65/app@74`", "`acme@65/app@75`"), "app@75", NUMBERED
    ),
    "customised": Case(
        web(equals(MAIN), sub="repository_owner:acme:repository_visibility:private"),
        ("the claims `repository_owner:acme", "customised", "branch"),
        MAIN,
        "repository_owner:acme",
    ),
    "reusable workflow": Case(
        web(equals(MAIN), sub="repo:acme/app:environment:prod:job_workflow_ref:acme/ci/.github/workflows/x.yml@refs/heads/main"),
        ("the reusable workflow `acme/ci/", "customised", "branch `main`"),
        MAIN,
        "job_workflow_ref:acme/ci",
    ),
    "workflow of another repository": Case(
        web(
            equals("repo:acme/app:*", operator="StringLike", job_workflow_ref="acme/ci/.github/workflows/x.yml@refs/heads/main"),
            claims={"job_workflow_ref": "acme/app/.github/workflows/x.yml@refs/heads/main"},
        ),
        ("`job_workflow_ref`", "acme/app/", "acme/ci/"),
        "acme/ci",
        "acme/app",
        {"job_workflow_ref": "evil/app/.github/workflows/x.yml@refs/heads/main"},
    ),
    "enterprise issuer": Case(
        web(equals(MAIN, issuer=f"{GITHUB}/acme"), sub=PROD, issuer=f"{GITHUB}/acme"),
        ("GitHub Enterprise token", "branch `main`"),
        MAIN,
        PROD,
    ),
    "an issuer known by the shape of its subjects": Case(
        web(equals(MAIN, issuer="ci.example.com/token"), sub=PROD, issuer="ci.example.com/token"),
        ("a token for environment `prod`", "branch `main`"),
        MAIN,
        PROD,
    ),
    "a GitHub Enterprise Server": Case(
        web(equals(MAIN, issuer="github.example.com/_services/token"), sub=PROD, issuer="github.example.com/_services/token"),
        ("a GitHub Enterprise Server token for environment `prod`", "branch `main`"),
        MAIN,
        PROD,
    ),
    "wildcard under StringEquals": Case(
        web(equals("repo:acme/app:*")), ("`repo:acme/app:*` holds a wildcard", "StringEquals"), "repo:acme/app:*", MAIN, {"sub": DEV}
    ),
    "wildcard under StringEquals, of another repository": Case(
        web(equals("repo:acme/web:*")), ("wildcard", "would not match either", "acme/app", "acme/web"), "repo:acme/web:*", MAIN
    ),
    "GitLab tag": Case(
        web(
            equals("project_path:acme/app:ref_type:branch:ref:main", issuer=GITLAB),
            issuer=GITLAB,
            sub="project_path:acme/app:ref_type:tag:ref:v1",
        ),
        ("a GitLab token for tag `v1`", "branch `main`"),
        "branch:ref:main",
        "tag:ref:v1",
    ),
    "HCP Terraform run phase": Case(
        web(
            equals("organization:acme:project:Default:workspace:prod:run_phase:apply", issuer=TERRAFORM),
            issuer=TERRAFORM,
            sub="organization:acme:project:Default:workspace:prod:run_phase:plan",
        ),
        ("an HCP Terraform token for run phase `plan`", "run phase `apply`"),
        "run_phase:apply",
        "run_phase:plan",
    ),
    "HCP Terraform project": Case(
        web(
            equals("organization:acme:workspace:prod:run_phase:apply", issuer=TERRAFORM),
            issuer=TERRAFORM,
            sub="organization:acme:project:Default:workspace:prod:run_phase:apply",
        ),
        ("project `Default`", "without a project"),
        "organization:acme:workspace",
        "project:Default",
    ),
    "Bitbucket deployment": Case(
        web(equals(STEP, issuer=BITBUCKET), issuer=BITBUCKET, sub=STEP.replace("}:{3", "}:{22222222-2222-4222-8222-222222222222}:{3")),
        ("Bitbucket", "deployment environment", "without deployment environment"),
        STEP,
        "22222222",
    ),
    "Bitbucket step of another run": Case(
        web(equals(STEP, issuer=BITBUCKET), issuer=BITBUCKET, sub=STEP.replace("{3", "{4")),
        ("names the step of one run",),
        "{3333",
        "{4333",
    ),
    "GitHub branch without refs": Case(web(equals("repo:acme/app:ref:main")), ("`ref:main` without `refs/heads/`",), "ref:main", MAIN),
    "GitLab without ref": Case(
        web(equals("project_path:acme/app", issuer=GITLAB), issuer=GITLAB, sub="project_path:acme/app:ref_type:branch:ref:main"),
        ("lacks a part",),
        '"project_path:acme/app"',
        "ref:main",
    ),
    "Buildkite without commit": Case(
        web(
            equals("organization:acme:pipeline:app:ref:refs/heads/main", issuer=BUILDKITE),
            issuer=BUILDKITE,
            sub="organization:acme:pipeline:app:ref:refs/heads/main:commit:7fd1a60:step:deploy",
        ),
        ("lacks a part",),
        "refs/heads/main",
        "commit:7fd1a60:step:deploy",
    ),
    "CircleCI project": Case(
        web(equals("org/o/project/p/user/u", issuer=CIRCLECI), issuer=CIRCLECI, sub="org/o/project/q/user/u"),
        ("CircleCI", "project `q`", "project `p`"),
        "project/p/",
        "project/q/",
    ),
    "Buildkite branch": Case(
        web(
            equals("organization:acme:pipeline:app:ref:refs/heads/main:*", issuer=BUILDKITE, operator="StringLike"),
            issuer=BUILDKITE,
            sub="organization:acme:pipeline:app:ref:refs/heads/dev:commit:7fd1a60:step:deploy",
        ),
        ("Buildkite", "`refs/heads/dev`", "`refs/heads/main`"),
        "refs/heads/main",
        "refs/heads/dev:commit:7fd1a60",
    ),
    "namespace": Case(
        web(equals(POD, issuer=f"{EKS}N"), issuer=f"{EKS}N", sub="system:serviceaccount:kube-system:app"),
        ("Kubernetes token for service account `app` of namespace `kube-system`", "namespace `default`"),
        POD,
        "kube-system",
    ),
    "service account": Case(
        web(equals(POD, issuer=f"{EKS}N"), issuer=f"{EKS}N", sub="system:serviceaccount:default:web"),
        ("`web`", "`app`"),
        POD,
        "default:web",
    ),
    "cluster created anew": Case(
        web(equals(POD, issuer=f"{EKS}OLD"), issuer=f"{EKS}NEW", sub=POD, members={"Principal": {"Federated": oidc_arn(f"{EKS}OLD")}}),
        ("OLD", "NEW", "created anew"),
        "OLD",
        "NEW",
    ),
    "audience misspelt": Case(
        web({"StringEquals": {f"{GITHUB}:aud": "sts.amazon.com", f"{GITHUB}:sub": MAIN}}),
        ("audience `sts.amazonaws.com`", "`sts.amazon.com`", "no client id"),
        "sts.amazon.com",
        AUDIENCE,
    ),
    "audience and subject": Case(
        web({"StringEquals": {f"{GITHUB}:aud": "sts.amazon.com", f"{GITHUB}:sub": DEV}}), ("`sts.amazon.com`",), "sts.amazon.com", MAIN
    ),
    "issuer as a key": Case(
        web(equals(MAIN, iss=f"https://{GITHUB}")),
        ("no condition key of the claim `iss`", "`:repository_owner_id`"),
        f"{GITHUB}:iss",
        oidc_arn(GITHUB),
    ),
    "owner as a key": Case(
        web(equals("repo:acme/app:*", operator="StringLike", repository_owner="acme"), claims={"repository_owner_id": "65"}),
        ("no condition key of the claim `repository_owner`", "`:repository_owner_id`"),
        f"{GITHUB}:repository_owner",
        'repository_owner_id": "65"',
        {"repository_owner_id": "66"},
    ),
    "scheme in the key": Case(
        web({"StringEquals": {f"https://{GITHUB}:sub": MAIN}}), ("`https://`", "leave out"), f"https://{GITHUB}:sub", f'"{GITHUB}:sub"'
    ),
    "scheme in the key, and another value": Case(
        web({"StringEquals": {f"https://{GITHUB}:sub": DEV}}), ("`https://`",), f"https://{GITHUB}:sub", MAIN
    ),
    "key of another provider": Case(
        web({"StringEquals": {f"{GITLAB}:sub": MAIN}}), ("the key is the half that is wrong",), f"{GITLAB}:sub", f"{GITHUB}:sub"
    ),
    "principal of another provider": Case(
        web(equals(MAIN), members={"Principal": {"Federated": oidc_arn(GITLAB)}}, others=(GITLAB,)),
        ("the principal is the half that is wrong",),
        GITLAB,
        GITHUB,
    ),
    "service": Case(
        WebLogin(statements=({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},)),
        ("AWS service `ec2.amazonaws.com`", "federated"),
        "",
        MAIN,
    ),
    "user": Case(
        web(equals(MAIN), members={"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/bob"}}), ("user/bob", "federated"), "", MAIN
    ),
    "everybody": Case(web(equals(MAIN), members={"Principal": {"AWS": "*"}}), ("`*`", "no federated one"), "*", oidc_arn(GITHUB)),
    "everybody without a condition": Case(web(None, members={"Principal": "*"}), ("`*`",), "*", oidc_arn(GITHUB)),
    "provider under AWS": Case(
        web(equals(MAIN), members={"Principal": {"AWS": oidc_arn(GITHUB)}}), ("under AWS", "under Federated"), "AWS", "Federated"
    ),
    "bare host": Case(web(equals(MAIN), members={"Principal": {"Federated": GITHUB}}), ("by its ARN",), GITHUB, oidc_arn(GITHUB)),
    "scheme in the ARN": Case(
        web(equals(MAIN), members={"Principal": {"Federated": oidc_arn(f"https://{GITHUB}")}}), ("without `https://`",), "https://", GITHUB
    ),
    "provider of another account": Case(
        web(equals(MAIN), members={"Principal": {"Federated": oidc_arn(GITHUB).replace(ACCOUNT, "111122223333")}}),
        ("the account has no provider",),
        "111122223333",
        ACCOUNT,
    ),
    "action of other callers": Case(
        web(equals(MAIN), members={"Action": "sts:AssumeRole"}), ("`sts:AssumeRole`", "AWS credentials", WEB), "sts:AssumeRole", WEB
    ),
    "action of SAML": Case(web(equals(MAIN), members={"Action": [SAML, "sts:TagSession"]}), (SAML, WEB), SAML, WEB),
    "tags": Case(web(equals(MAIN), claims=TAGS), ("`team` = `blue`", "sts:TagSession"), WEB, "sts:TagSession"),
    "source identity": Case(
        web(equals(MAIN), claims={"https://aws.amazon.com/source_identity": "alice"}),
        ("source identity `alice`", "sts:SetSourceIdentity"),
        WEB,
        "sts:SetSourceIdentity",
    ),
    "subject and tags": Case(web(equals(DEV), claims=TAGS), ("branch `main`", "branch `dev`"), DEV, "sts:TagSession"),
    "tag key not listed": Case(
        web(
            equals(MAIN) | {"ForAllValues:StringEquals": {"aws:TagKeys": ["cost"]}},
            claims=TAGS,
            members={"Action": [WEB, "sts:TagSession"]},
        ),
        ("ForAllValues", "`cost`", "`team`"),
        "cost",
        "team",
    ),
    "exception of a Deny": Case(
        WebLogin(
            statements=(
                statement(equals("repo:acme/app:*", operator="StringLike")),
                statement({"StringNotEquals": {f"{GITHUB}:sub": [DEV]}}, Effect="Deny", Principal="*", Action="sts:*", Sid="OnlyDev"),
            )
        ),
        ("statement `OnlyDev` denies", MAIN, "StringNotEquals", DEV),
        DEV,
        MAIN,
        {"sub": PROD},
    ),
    "value of a Deny": Case(
        WebLogin(
            statements=(
                statement(equals("repo:acme/app:*", operator="StringLike")),
                statement({"StringEquals": {f"{GITHUB}:sub": [MAIN, DEV]}}, Effect="Deny", Principal="*", Action="sts:*"),
            )
        ),
        ("statement 1 denies", MAIN),
        MAIN,
        f'["{DEV}"]',
        {"sub": DEV},
    ),
    "version without variables": Case(
        web({"StringEquals": {f"{GITHUB}:sub": MAIN, "sts:RoleSessionName": "${sts:RoleSessionName}"}}, version="2008-10-17"),
        ("version", "no variables"),
        "2008-10-17",
        "2012-10-17",
    ),
    "variable without a value": Case(
        web({"StringEquals": {f"{GITHUB}:sub": MAIN, "sts:RoleSessionName": "${aws:username}"}}),
        ("`${aws:username}`", "has no value"),
        "${aws:username}",
        "job-7",
    ),
    "session name pattern": Case(
        web(equals(MAIN) | {"StringLike": {"sts:RoleSessionName": "ci-*"}}), ("RoleSessionName is `job-7`", "`ci-*`"), "ci-*", "job-7"
    ),
    "Null true": Case(
        web({"StringEquals": {f"{GITHUB}:aud": AUDIENCE}, "Null": {f"{GITHUB}:sub": "true"}}), ("Null", "absent"), "Null", MAIN
    ),
    "ARN operator": Case(
        web({"StringEquals": {f"{GITHUB}:aud": AUDIENCE}, "ArnLike": {f"{GITHUB}:sub": "repo:acme/app:*"}}),
        ("type Arn",),
        "ArnLike",
        "StringLike",
    ),
    "number operator": Case(
        web({"StringEquals": {f"{GITHUB}:aud": AUDIENCE}, "NumericEquals": {f"{GITHUB}:sub": "7"}}),
        ("type Numeric",),
        "NumericEquals",
        MAIN,
    ),
    "list without quantifier": Case(
        web({"StringEquals": {f"{LOGIN}:amr": "mfa"}}, issuer=LOGIN, sub="u", claims={"amr": ["pwd", "mfa"]}),
        ("`pwd`, `mfa`", "without ForAnyValue"),
        "StringEquals",
        "ForAnyValue:StringEquals",
        {"amr": ["pwd"]},
    ),
    "oaud without azp": Case(
        web({"StringEquals": {f"{LOGIN}:oaud": AUDIENCE}}, issuer=LOGIN, sub="u"), ("no `azp`", "`:aud`"), ":oaud", ":aud", {"aud": "x"}
    ),
    "azp in the place of aud": Case(
        web(
            {"StringEquals": {f"{LOGIN}:aud": "client-a"}},
            issuer=LOGIN,
            sub="u",
            clients=("client-b", "client-a"),
            claims={"azp": "client-b", "aud": "client-a"},
        ),
        ("`azp`, `client-b`", "`:oaud`"),
        ":aud",
        ":oaud",
        {"aud": "client-b"},
    ),
    "no values": Case(web(equals([])), ("lists no value",), "[]", MAIN),
    "the nearer of two statements": Case(
        WebLogin(statements=(statement(equals("repo:acme/web:ref:refs/heads/x")), statement(equals(DEV)))), ("branch `dev`",), DEV, MAIN
    ),
    "only a Deny": Case(
        WebLogin(statements=(statement({"StringEquals": {f"{GITHUB}:sub": DEV}}, Effect="Deny"),)), ("no Allow statement",), "", MAIN
    ),
    "Recipient": Case(
        saml({"StringEquals": {"SAML:aud": "urn:amazon:webservices"}}),
        ("is the Recipient", "https://signin.aws.amazon.com/saml", "urn:amazon:webservices"),
        "urn:amazon:webservices",
        "https://signin.aws.amazon.com/saml",
        {},
    ),
    "endpoint of another region": Case(
        saml({"StringEquals": {"SAML:aud": "https://eu-west-1.signin.aws.amazon.com/saml"}}),
        ("recipient `https://signin.aws.amazon.com/saml`", "eu-west-1"),
        "eu-west-1",
        "https://signin.aws.amazon.com/saml",
        {},
    ),
    "saml:audience": Case(
        saml({"StringEquals": {"saml:audience": "https://signin.aws.amazon.com/saml"}}),
        ("no condition key",),
        "saml:audience",
        "saml:aud",
        {},
    ),
    "subject type with the prefix": Case(
        saml({"StringEquals": {"saml:sub_type": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}}),
        ("`persistent`", "AWS leaves"),
        "urn:oasis",
        '"persistent"',
        {"subject_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
    ),
    "subject type without the prefix": Case(
        SamlLogin(
            statements=(saml_statement({"StringEquals": {"saml:sub_type": "emailAddress"}}),),
            changes={"subject_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"},
        ),
        ("SAML 2.0 alone",),
        "emailAddress",
        "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        {"subject_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"},
    ),
    "NameID in another case": Case(
        saml({"StringEquals": {"saml:sub": "Subject-123"}}),
        ("NameID", "case alone"),
        "Subject-123",
        "subject-123",
        {"subject": "subject-124"},
    ),
    "tag of the principal": Case(
        saml({"StringEquals": {"aws:PrincipalTag/cost": "7"}}, {f"{PREFIX}PrincipalTag:cost": ["7"]}, Action=[SAML, "sts:TagSession"]),
        ("no IAM principal yet",),
        "aws:PrincipalTag/cost",
        "aws:RequestTag/cost",
        {},
    ),
    "SAML by the action of web identities": Case(saml(None, Action=WEB), (WEB, SAML), WEB, SAML, {}),
    "SAML provider misspelt": Case(
        saml(None, Principal={"Federated": f"{SAML_PROVIDER}2"}), ("Example2", "no provider"), "Example2", SAML_PROVIDER, {}
    ),
    "statement outside a list": Case(web(equals(DEV), single=True), ("branch `dev`",), DEV, MAIN),
    "service, outside a list": Case(
        WebLogin(statements=({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},), single=True),
        ("ec2.amazonaws.com",),
        "",
        MAIN,
    ),
    "services and an account": Case(
        web(None, members={"Principal": {"Service": "ec2.amazonaws.com", "AWS": ACCOUNT}, "Action": "sts:AssumeRole"}),
        (f"the IAM principal `{ACCOUNT}` and the AWS service `ec2.amazonaws.com`",),
        "",
        MAIN,
    ),
    "one of several providers misspelt": Case(
        web(equals(MAIN), members={"Principal": {"Federated": [oidc_arn(GITLAB), oidc_arn(f"{GITHUB}s")]}}),
        (f"{GITHUB}s",),
        f"{GITHUB}s",
        oidc_arn(GITHUB),
    ),
    "provider misspelt beside an account": Case(
        web(equals(MAIN), members={"Principal": {"Federated": oidc_arn(f"{GITHUB}x"), "AWS": ACCOUNT}}),
        (f"{GITHUB}x",),
        f"{GITHUB}x",
        ACCOUNT,
    ),
    "slash at the end of the provider": Case(
        WebLogin(statements=(statement({"StringEquals": {f"{LOGIN}:sub": "u"}}, issuer=LOGIN),), issuer=f"{LOGIN}/", sub="u"),
        ("slash at the end",),
        oidc_arn(LOGIN),
        oidc_arn(f"{LOGIN}/"),
    ),
    "any provider": Case(web(equals(MAIN), members={"Principal": {"Federated": "*"}}), ("by its ARN",), "*", oidc_arn(GITHUB)),
    "ARN of a provider that AWS has built in": Case(
        web({"StringEquals": {"accounts.google.com:sub": "11"}}, issuer="accounts.google.com", sub="11"),
        ("built in",),
        "oidc-provider/accounts.google.com",
        '"accounts.google.com"',
        {"sub": "12"},
    ),
    "excluded value": Case(
        web(equals("repo:acme/*", operator="StringLike") | {"StringNotEquals": {f"{GITHUB}:sub": [MAIN, DEV]}}),
        ("StringNotEquals excludes",),
        MAIN,
        f'["{DEV}"]',
        {"sub": DEV},
    ),
    "ForAllValues on one value": Case(web({"ForAllValues:StringEquals": {f"{GITHUB}:sub": [DEV]}}), ("branch `dev`",), DEV, MAIN),
    "ForAnyValue and a wildcard": Case(
        web({"ForAnyValue:StringEquals": {f"{GITHUB}:sub": "repo:acme/app:*"}}), ("wildcard",), "app:*", MAIN
    ),
    "number": Case(
        web(equals(MAIN) | {"NumericEquals": {f"{GITHUB}:repository_id": 75}}, claims={"repository_id": "74"}),
        ("`74`", "`75`"),
        "75",
        '[75, "74"]',
        {"repository_id": "76"},
    ),
    "truth": Case(web(equals(MAIN) | {"Bool": {"aws:SecureTransport": False}}), ("`aws:SecureTransport` is `true`",), "false", '"true"'),
    "no version": Case(
        web({"StringLike": {f"{GITHUB}:sub": "repo:acme/app:*", "sts:RoleSessionName": "${sts:RoleSessionName}"}}, version=None),
        ("no variables",),
        "",
        "2012-10-17",
    ),
    "what a variable stands for": Case(
        web(
            equals(MAIN) | {"StringEquals": {f"{GITHUB}:sub": MAIN, "sts:SourceIdentity": "${sts:RoleSessionName}"}},
            claims={"https://aws.amazon.com/source_identity": "alice"},
            members={"Action": [WEB, "sts:SetSourceIdentity"]},
        ),
        ("`alice`", "`${sts:RoleSessionName}`, which is `job-7` here"),
        "${sts:RoleSessionName}",
        "alice",
    ),
    "principal's ARN": Case(
        web(equals(MAIN) | {"ArnLike": {"aws:PrincipalArn": oidc_arn(GITHUB)}}), ("no IAM principal yet",), "aws:PrincipalArn", "aws:userid"
    ),
    "variable that was never filled in": Case(
        web({"StringEquals": {"$OIDC_PROVIDER:sub": MAIN}}),
        ("`$OIDC_PROVIDER`", "never filled in"),
        "$OIDC_PROVIDER:sub",
        f'"{GITHUB}:sub"',
    ),
    "provider without a claim": Case(
        web({"StringEquals": {f"{GITHUB}:aud": AUDIENCE, GITHUB: MAIN}}), ("without a claim",), f'"{GITHUB}"', f'"{GITHUB}:sub"'
    ),
    "key of nobody": Case(web({"StringLike": {"ldap:ou": "dev*"}}), ("no condition key",), "ldap:ou", f'"{GITHUB}:sub": "{MAIN}"'),
    "claim without its provider": Case(web({"StringEquals": {"sub": MAIN}}), ("names no provider",), '"sub"', f'"{GITHUB}:sub"'),
    "key of SAML": Case(web({"StringEquals": {"saml:sub": MAIN}}), ("a key of SAML logins",), "saml:sub", f"{GITHUB}:sub"),
    "key of OpenID Connect": Case(
        saml({"StringEquals": {f"{GITHUB}:aud": "https://signin.aws.amazon.com/saml"}}),
        ("OpenID Connect",),
        f"{GITHUB}:aud",
        "saml:aud",
        {},
    ),
    "custom claim": Case(
        web({"StringEquals": {f"{LOGIN}:groups": "a"}}, issuer=LOGIN, sub="u", claims={"groups": ["a"]}),
        ("though the token has it",),
        f"{LOGIN}:groups",
        f'"{LOGIN}:sub": "u"',
        {"sub": "v"},
    ),
    "statement for tags alone": Case(
        WebLogin(
            statements=(
                statement(equals(MAIN)),
                statement({"StringLike": {"aws:RequestTag/team": "red"}}, Action="sts:TagSession"),
            ),
            claims=TAGS,
        ),
        ("principal_tags.team` is `blue`", "`red`"),
        "red",
        "blue",
    ),
    "scheme in the key of a Deny": Case(
        WebLogin(
            statements=(
                statement(equals("repo:acme/*", operator="StringLike")),
                statement({"StringNotEquals": {f"https://{GITHUB}:sub": MAIN}}, Effect="Deny"),
            )
        ),
        ("statement 1 denies", f"no `https://{GITHUB}:sub`"),
        f"https://{GITHUB}:sub",
        f'"{GITHUB}:sub"',
        {"sub": DEV},
    ),
    "two Denies": Case(
        WebLogin(
            statements=(
                statement(equals("repo:acme/*", operator="StringLike")),
                statement({"StringNotLike": {f"{GITHUB}:sub": "repo:acme/app:environment:*"}}, Effect="Deny"),
                statement({"StringNotEquals": {f"{GITHUB}:ref": "x"}}, Effect="Deny"),
            ),
            claims={"ref": "refs/heads/main"},
        ),
        ("statement 1 denies",),
        "repo:acme/app:environment:*",
        "refs/heads/main",
        {"ref": "refs/heads/dev"},
    ),
    "white space": Case(web(equals(f" {MAIN}")), ("white space",), f" {MAIN}", MAIN),
    "wildcards and variables in the token": Case(
        web({"StringLike": {f"{LOGIN}:sub": "a"}}, issuer=LOGIN, sub="a*b?${c}"), ("a*b?${c}",), "a", "a${*}b${?}${$}{c}", {"sub": "axbyz"}
    ),
    "a subject that turns the text around": Case(
        web({"StringEquals": {f"{LOGIN}:sub": "x"}}, issuer=LOGIN, sub="j\u202erg"), ("`j\\u202erg`",), "x", "j\\u202erg", {"sub": "jrg"}
    ),
    "list of an attribute without quantifier": Case(
        saml({"StringEquals": {"saml:edupersonaffiliation": "staff"}}, {"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["staff", "member"]}),
        ("`staff`, `member`", "without ForAnyValue"),
        "StringEquals",
        "ForAnyValue:StringEquals",
        {"attributes": attributes()},
    ),
    "none of the values of an attribute": Case(
        saml(
            {"ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "Staff"}}, {"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["staff", "member"]}
        ),
        ("`staff`, `member`", "`Staff`"),
        "Staff",
        "staff",
        {"attributes": attributes()},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_the_cause_is_true_and_its_edit_lets_in_this_login(case: Case) -> None:
    explanation = explained(case.login)
    sentence, [edit, *others] = explanation.cause, explanation.edits

    at = 0
    for words in case.said:
        at = sentence.find(words, at)
        assert at >= 0, f"{words!r} in {sentence!r}"
    assert case.old in (edit.old or "")
    assert case.new in (edit.new or "")
    text = repaired(case.login, edit)
    if case.other:
        stays_refused(case.login, text, **case.other)
    for other in others:
        if other.changes:
            assert repaired(case.login, other) != text
            assert other.lets_in


MANUAL = {
    "GitHub's audience where a job asks for none": (
        web(equals(MAIN), clients=("https://github.com/acme", AUDIENCE)),
        ("`https://github.com/acme`", AUDIENCE),
        "workflow",
        AUDIENCE,
    ),
    "no environment": (web(equals("repo:acme/app:*", operator="StringLike", environment="prod")), ("no environment",), "workflow", "prod"),
    "session name": (
        web({"StringEquals": {f"{GITHUB}:sub": MAIN, "sts:RoleSessionName": "ci"}}),
        ("`job-7`", "`ci`"),
        "call",
        "ci",
    ),
    "address": (web(equals(MAIN) | {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}), ("known to AWS alone",), "call", "`192.0.2.0/24`"),
    "second factor": (
        web(equals(MAIN) | {"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        ("no IAM principal yet", "second factor"),
        "policy",
        None,
    ),
    "sign-in method": (
        web({"ForAnyValue:StringEquals": {f"{LOGIN}:amr": "mfa"}}, issuer=LOGIN, sub="u", claims={"amr": ["pwd"]}),
        ("`pwd`", "mfa"),
        "identity-provider",
        "mfa",
    ),
    "guest": (
        web(
            {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:pool"},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
            },
            issuer="cognito-identity.amazonaws.com",
            sub="us-east-1:12345678-1234-4234-8234-123456789012",
            clients=("us-east-1:pool",),
            claims={"amr": ["unauthenticated"]},
            members={"Principal": {"Federated": "cognito-identity.amazonaws.com"}},
        ),
        ("guest", "`unauthenticated`", "authenticated"),
        "identity-provider",
        "authenticated",
    ),
    "roles named by the issuer": (
        web(equals(MAIN) | {"Bool": {"sts:RoleAuthorizedByIdp": "true"}}),
        ("names the role",),
        "identity-provider",
        f"arn:aws:iam::{ACCOUNT}:role/team/Deploy",
    ),
    "attribute": (
        saml({"ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "staff"}}),
        ("urn:oid:1.3.6.1.4.1.5923.1.1.1.1",),
        "identity-provider",
        "staff",
    ),
    "tag": (
        saml({"StringEquals": {"aws:RequestTag/team": "blue"}}, {f"{PREFIX}PrincipalTag:cost": ["7"]}, Action=[SAML, "sts:TagSession"]),
        ("PrincipalTag:team", "`cost`"),
        "identity-provider",
        "blue",
    ),
    "Deny of one value": (
        WebLogin(
            statements=(
                statement(equals("repo:acme/app:*", operator="StringLike")),
                statement({"StringEquals": {f"{GITHUB}:sub": MAIN}}, Effect="Deny", Principal="*", Action="sts:*"),
            )
        ),
        ("statement 1 denies", MAIN),
        "token",
        None,
    ),
    "Deny by an address": (
        WebLogin(
            statements=(statement(equals(MAIN)), statement({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, Effect="Deny")),
        ),
        ("no `aws:SourceIp`", "NotIpAddress"),
        "call",
        "`10.0.0.0/8`",
    ),
    "Deny by the organization": (
        WebLogin(statements=(statement(equals(MAIN)), statement({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, Effect="Deny"))),
        ("no `aws:PrincipalOrgID`",),
        "call",
        None,
    ),
    "NotAction": (
        web(equals(MAIN), members={"Action": None, "NotAction": [WEB]}),
        ("NotAction lists",),
        "policy",
        None,
    ),
    "excluded pattern": (
        web(equals("repo:acme/*", operator="StringLike") | {"StringNotLike": {f"{GITHUB}:sub": "*:ref:*"}}),
        ("StringNotLike excludes", "`*:ref:*`"),
        "token",
        None,
    ),
    "tag demanded by Null": (
        web(equals(MAIN) | {"Null": {"aws:RequestTag/team": "false"}}),
        ("principal_tags/team", "no session tags"),
        "identity-provider",
        None,
    ),
    "Deny without a condition": (
        WebLogin(statements=(statement(equals(MAIN)), statement(None, Effect="Deny"))),
        ("without any condition",),
        "call",
        None,
    ),
}


@pytest.mark.parametrize(("login", "said", "owner", "new"), MANUAL.values(), ids=list(MANUAL))
def test_what_no_edit_of_the_policy_repairs(login: Login, said: tuple[str, ...], owner: str, new: str | None) -> None:
    explanation = explained(login)
    edit = explanation.edits[0]
    assert all(words in explanation.cause for words in said), explanation.cause
    assert (edit.place.owner, edit.new, edit.applicable) == (owner, new, False)


def test_the_audience_is_asked_for_where_the_job_asks_for_it() -> None:
    login, *_ = MANUAL["GitHub's audience where a job asks for none"]
    assert isinstance(login, WebLogin)
    [edit] = explained(login).edits
    assert f"`audience: {AUDIENCE}` under `with:` of aws-actions/configure-aws-credentials" in edit.instruction
    assert edit.place.source.startswith("https://docs.github.com/")


def test_a_guest_is_never_let_in() -> None:
    login, *_ = MANUAL["guest"]
    assert isinstance(login, WebLogin)
    condition = {"StringEquals": {"cognito-identity.amazonaws.com:sub": "us-east-1:other"}}
    wrong = tuple({**each, "Condition": condition} for each in login.statements)
    explanation = explained(replace(login, statements=wrong))
    assert not any(edit.applicable for edit in explanation.edits)


def test_roles_that_trust_the_former_cluster_are_listed() -> None:
    explanation = explained(CASES["cluster created anew"].login)
    listings = {each.label: each.members for each in explanation.first.causes[0].listings}
    assert listings["roles that trust the former issuer"] == ("Deploy",)


def test_every_unmet_part_is_told_at_once_and_one_edit_repairs_all() -> None:
    explanation = explained(CASES["subject and tags"].login)
    assert [cause.check for cause in explanation.first.causes] == ["condition", "action"]
    assert [change.path for change in explanation.edits[0].changes] == [
        f'$.Statement[0].Condition.StringEquals["{GITHUB}:sub"]',
        "$.Statement[0].Action",
    ]


def test_a_condition_that_nobody_can_repair_beside_one_that_can() -> None:
    explanation = explained(web(equals(DEV) | {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}))
    assert not explanation.first.alternatives
    assert [edit.applicable for edit in explanation.edits] == [True, False]


def test_the_identity_provider_is_told_by_the_name_on_its_screen() -> None:
    login = SamlLogin(
        statements=(saml_statement({"StringEquals": {"sts:RoleSessionName": "bob"}}),),
        attributes={"http://schemas.microsoft.com/identity/claims/tenantid": ["11111111-1111-4111-8111-111111111111"]},
    )
    edit = explained(login).edits[1]
    assert (edit.place.setting, edit.new) == ("Attributes & Claims", "bob")
    assert edit.place.source.startswith("https://learn.microsoft.com/")
    assert "“Attributes & Claims”" in edit.instruction


def test_the_other_statements_that_fail_are_named_beside_the_nearest() -> None:
    login = WebLogin(
        statements=(
            statement(equals("repo:acme/other:ref:refs/heads/main"), Sid="Other"),
            statement(equals("repo:acme/app:ref:refs/heads/mian"), Sid="Nearest"),
            statement(equals("repo:acme/app:ref:refs/heads/main", repository="acme/other"), Action=SAML),
            statement(None, Action="sts:TagSession"),
        )
    )
    first = explained(login).first

    assert [each.expected for each in first.causes[0].comparisons] == ["repo:acme/app:ref:refs/heads/mian"]
    told = [each.sentence for each in first.others]
    assert len(told) == len(login.statements) - 1
    assert told[0].startswith("statement `Other` fails as well: ")
    assert "`acme/other`" in told[0]
    assert told[1].startswith("statement 2 fails as well: ")
    assert "further part" in told[1]
    nearest = first.causes[0].place
    assert nearest is not None
    assert nearest.path.startswith("$.Statement[1]")
    assert [each.place.path[:14] for each in first.others if each.place is not None] == [f"$.Statement[{n}]" for n in (0, 2, 3)]
    assert all(change.path.startswith("$.Statement[1]") for change in first.edits[0].changes)


def test_a_policy_of_many_statements_names_a_few_others() -> None:
    login = WebLogin(statements=tuple(statement(equals(f"repo:acme/app:ref:refs/heads/{n}")) for n in range(40)))
    others = explained(login).first.others
    assert len(others) == 9
    assert others[-1].sentence == "31 further Allow statements of the policy fail as well"
