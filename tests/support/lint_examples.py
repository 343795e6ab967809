"""A policy for each rule of lint that it finds something in: the page of rules shows what it says, and tests make its edits."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from federation.account import Account
from federation.account.reading.directory import load_account
from tests.support.paths import REPOSITORY
from tests.support.policies import document, statement
from tests.support.trusts import EKS, saml, scoped, web
from tests.support.world import GITHUB
from tests.support.world import SAML_PROVIDER as SAML

JOB: Final = "repo:acme/app:environment:production"
COGNITO: Final = "cognito-identity.amazonaws.com"
OLD_EKS: Final = EKS.replace("0123456789", "FEDCBA9876")
POOL: Final = {"StringEquals": {f"{COGNITO}:aud": "us-east-1:12345678-dead-beef-cafe-123456790ab"}}
OIDC_ARN: Final = f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"
AUD: Final = {f"{GITHUB}:aud": "sts.amazonaws.com"}
SUB: Final = {f"{GITHUB}:sub": JOB}


@dataclass(frozen=True)
class LintExample:
    """A policy.

    Attributes:
        rule: The rule.
        document: The document.
        kind: What it is attached to.
        placed: Whether the account of the fixtures holds it.
        applied: Whether a program can make an edit of the finding.
        title: What tells it from the other examples of the rule.
    """

    rule: str
    document: dict[str, Any] = field(repr=False)
    kind: str = "trust"
    placed: bool = False
    applied: bool = False
    title: str = ""

    @property
    def account(self) -> Account | None:
        """The account that holds it."""
        return account() if self.placed else None


@cache
def account() -> Account:
    """The account of the fixtures."""
    return load_account(REPOSITORY / "fixtures" / "account")


def _example(rule: str, *statements: Any, version: str | None = "2012-10-17", **options: Any) -> LintExample:
    return LintExample(rule, document(*statements, version=version), **options)


LINT_EXAMPLES: Final = (
    _example("shared-issuer-unscoped", web(GITHUB, Condition={"StringEquals": AUD})),
    _example("shared-issuer-unscoped", scoped(GITHUB, "*", "StringLike"), title="every subject"),
    _example("issuer-unscoped", web(EKS, Condition={"StringEquals": {f"{EKS}:aud": "sts.amazonaws.com"}})),
    _example("subject-too-wide", scoped(GITHUB, "repo:acme*", "StringLike")),
    _example("subject-too-wide", scoped(GITHUB, "acme/app:ref:refs/heads/*", "StringLike"), applied=True, title="no prefix"),
    _example("subject-unanchored", scoped(GITHUB, "repo:acme/*:environment:production", "StringLike")),
    _example("subject-incomplete", scoped(GITHUB, "acme/app:environment:production"), applied=True),
    _example("subject-incomplete", scoped(GITHUB, "repo:acme/app:ref:main"), title="reference without its kind"),
    _example("subject-incomplete", scoped(GITHUB, "repo:acme/app"), title="repository alone"),
    _example("pull-request-trusted", scoped(GITHUB, "repo:acme/app:pull_request")),
    _example("pull-request-trusted", scoped(GITHUB, "repo:acme/app:*", "StringLike"), title="every job"),
    _example("audience-unscoped", web(GITHUB, Condition={"StringEquals": SUB}), placed=True, applied=True),
    _example("audience-unscoped", web(GITHUB, Condition={"StringEquals": SUB}), title="no account at hand"),
    _example("cognito-guests", web(COGNITO, Condition=POOL), applied=True),
    _example("saml-recipient-unscoped", statement()),
    _example("saml-audience-for-recipient", statement(Condition={"StringEquals": {"SAML:aud": "urn:amazon:webservices"}})),
    _example("allow-notprincipal", saml(Principal=None, NotPrincipal={"AWS": "123456789012"})),
    _example("allow-notaction", saml(Action=None, NotAction="sts:TagSession")),
    _example("allow-notresource", {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"}, kind="identity"),
    _example("everyone-trusted", statement(Principal={"AWS": "*"}, Action="sts:AssumeRole")),
    _example("principal-never-matches", {**scoped(GITHUB, JOB), "Principal": {"Federated": GITHUB}}, placed=True, applied=True),
    _example(
        "principal-never-matches",
        {**scoped(GITHUB, JOB), "Principal": {"Federated": OIDC_ARN.replace("/token", "/https://token")}},
        applied=True,
        title="https:// in the ARN",
    ),
    _example(
        "principal-never-matches",
        statement(Principal={"AWS": "arn:aws:iam::123456789012:role/*"}, Action="sts:AssumeRole"),
        title="pattern",
    ),
    _example("provider-unregistered", saml(Principal={"Federated": SAML.replace("SAML-test", "saml-test")}), placed=True, applied=True),
    _example("provider-unregistered", saml(Principal={"Federated": SAML.replace("test", "tests")}), placed=True, title="another name"),
    _example(
        "deleted-principal",
        statement(Principal={"AWS": ["AROACLKWSDQRAOEXAMPLE", "arn:aws:iam::123456789012:role/Deploy"]}, Action="sts:AssumeRole"),
        applied=True,
    ),
    _example("deleted-principal", statement(Principal={"AWS": "AROACLKWSDQRAOEXAMPLE"}, Action="sts:AssumeRole"), title="no other"),
    _example("action-of-another-principal", saml(Action="sts:AssumeRole"), applied=True),
    _example("literal-wildcard", scoped(GITHUB, "repo:acme/app:*"), applied=True),
    _example("literal-wildcard", scoped(GITHUB, "*"), title="too wide"),
    _example("for-all-values-absent", saml({"ForAllValues:StringEquals": {"saml:cn": "a"}}), applied=True),
    _example("for-all-values-absent", saml({"ForAllValues:StringLike": {"saml:sub": "a*"}}), applied=True, title="one value"),
    _example("absent-key-allows", saml({"StringEqualsIfExists": {"saml:edupersonprincipalname": "a"}}), applied=True),
    _example("absent-key-allows", saml({"StringNotEquals": {"saml:edupersonprincipalname": "a"}}), applied=True, title="negated"),
    _example("absence-demanded", saml({"Null": {"saml:edupersonprincipalname": "true"}})),
    _example("plain-operator-multivalued", saml({"StringEquals": {"saml:cn": "a"}}), applied=True),
    _example("plain-operator-multivalued", saml({"StringNotEquals": {"saml:cn": "a"}}), applied=True, title="negated"),
    _example("plain-operator-multivalued", saml(), saml({"StringEquals": {"saml:cn": "a"}}, Effect="Deny"), applied=True, title="Deny"),
    _example("set-operator-single-valued", saml({"ForAnyValue:StringEquals": {"saml:sub": "a"}}), applied=True),
    _example("set-operator-single-valued", saml({"ForAnyValue:StringNotEquals": {"saml:sub": "a"}}), applied=True, title="negated"),
    _example(
        "set-operator-single-valued",
        saml(),
        saml({"ForAllValues:StringEquals": {"saml:sub": "a"}}, Effect="Deny"),
        applied=True,
        title="Deny",
    ),
    _example("empty-condition", saml({"Bool": {}})),
    _example("no-values", saml({"StringEquals": {"saml:sub": []}})),
    _example("malformed-value", saml({"IpAddress": {"aws:SourceIp": "anywhere"}})),
    _example("malformed-value", saml({"IpAddress": {"aws:SourceIp": " 192.0.2.0/24"}}), applied=True, title="white space"),
    _example("contradictory-conditions", saml({"StringEquals": {"saml:iss": "a"}, "StringLike": {"saml:iss": "c*"}})),
    _example("key-with-scheme", scoped(GITHUB, JOB, StringLike={f"https://{GITHUB}:environment": "production"}), applied=True),
    _example("key-of-another-provider", scoped(GITHUB, JOB, StringLike={"gitlab.com:sub": "acme"})),
    _example(
        "key-of-another-provider",
        scoped(GITHUB, JOB, StringLike={f"{GITHUB.replace('content', 'contents')}:environment": "production"}),
        applied=True,
        title="misspelt",
    ),
    _example(
        "key-of-another-provider",
        scoped(EKS, "system:serviceaccount:build:runner", StringLike={f"{OLD_EKS}:sub": "system:serviceaccount:build:*"}),
        title="another cluster",
    ),
    _example("claim-not-exposed", scoped(GITHUB, JOB, StringLike={f"{GITHUB}:repository_owner": "acme"})),
    _example("claim-not-exposed", scoped(GITHUB, JOB, StringLike={f"{GITHUB}:enviroment": "production"}), applied=True, title="misspelt"),
    _example("key-unknown", saml({"StringEquals": {"aws:RequestTags/team": "blue"}}), applied=True),
    _example("key-out-of-place", scoped(GITHUB, JOB, StringLike={"sts:ExternalId": "acme"})),
    _example("duplicate-statement", saml(Sid="a"), saml(Sid="b"), applied=True),
    _example("unreachable-statement", saml(), saml(Effect="Deny", Condition=None)),
    _example("variables-need-2012", saml({"StringEquals": {"saml:sub": "${aws:RequestTag/user}"}}), version=None, applied=True),
)
"""The first example of each rule is the one that the page shows."""
