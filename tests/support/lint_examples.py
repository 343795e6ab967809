"""A policy for each rule of lint that it finds something in: the page of rules shows what it says, and tests make its edits."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from federation.account import Account
from federation.account.reading.directory import load_account
from tests.support.paths import REPOSITORY
from tests.support.policies import document, statement
from tests.support.trusts import EKS, RECIPIENT, saml, scoped, web
from tests.support.world import GITHUB
from tests.support.world import SAML_PROVIDER as SAML

JOB: Final = "repo:acme/app:environment:production"
COGNITO: Final = "cognito-identity.amazonaws.com"
OLD_EKS: Final = EKS.replace("0123456789", "FEDCBA9876")
POOL: Final = {"StringEquals": {f"{COGNITO}:aud": "us-east-1:12345678-dead-beef-cafe-123456790ab"}}
OIDC_ARN: Final = f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"
AUD: Final = {f"{GITHUB}:aud": "sts.amazonaws.com"}
SUB: Final = {f"{GITHUB}:sub": JOB}
BY_WORKFLOW: Final = {"StringEquals": AUD, "StringLike": {f"{GITHUB}:job_workflow_ref": "acme/workflows/*@refs/heads/main"}}
ACCOUNT: Final = "system:serviceaccount:build:runner"
CHINA: Final = "https://signin.amazonaws.cn/saml"
OWN: Final = {"AWS": "arn:aws:iam::123456789012:root"}
THIRD_PARTY: Final = {"AWS": "arn:aws:iam::111122223333:root"}
MFA: Final = {"aws:MultiFactorAuthPresent": "true"}
NO_MFA: Final = {"aws:MultiFactorAuthPresent": "false"}
AT: Final = datetime(2026, 11, 30, tzinfo=UTC)
"""When the policies are looked at."""


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


def _assumable(principal: Any, *, Effect: str = "Allow", **condition: Any) -> dict[str, Any]:  # noqa: N803 - the element
    """An Allow of AssumeRole to *principal*, with *condition*."""
    return statement(Effect=Effect, Principal=principal, Action="sts:AssumeRole", Condition=condition or None)


def _example(rule: str, *statements: Any, version: str | None = "2012-10-17", **options: Any) -> LintExample:
    return LintExample(rule, document(*statements, version=version), **options)


LINT_EXAMPLES: Final = (
    _example("shared-issuer-unscoped", web(GITHUB, Condition={"StringEquals": AUD})),
    _example("shared-issuer-unscoped", scoped(GITHUB, "*", "StringLike"), title="every subject"),
    _example("issuer-unscoped", web(EKS, Condition={"StringEquals": {f"{EKS}:aud": "sts.amazonaws.com"}})),
    _example("subject-too-wide", scoped(GITHUB, "repo:acme*", "StringLike")),
    _example("subject-unanchored", scoped(GITHUB, "repo:acme/*-deploy", "StringLike")),
    _example("subject-unanchored", web(GITHUB, Condition=BY_WORKFLOW), title="workflow"),
    _example("subject-incomplete", scoped(GITHUB, "acme/app:environment:production"), applied=True),
    _example("subject-incomplete", scoped(GITHUB, "acme/app:ref:refs/heads/*", "StringLike"), applied=True, title="pattern"),
    _example("subject-incomplete", scoped(GITHUB, "repo:acme/app:ref:main"), title="reference without its kind"),
    _example("subject-incomplete", scoped(GITHUB, "repo:acme/app:branch:main"), applied=True, title="branch"),
    _example("subject-incomplete", scoped(GITHUB, "repo:acme/app:environment:eu:prod"), applied=True, title="colon"),
    _example("subject-incomplete", scoped(GITHUB, "repo:app:*", "StringLike"), title="no owner"),
    _example("subject-incomplete", scoped(GITHUB, "repo:acme/app"), title="repository alone"),
    _example("subject-incomplete", scoped(EKS, "system:serviceaccount:Build:runner"), title="namespace in capitals"),
    _example("subject-incomplete", scoped(EKS, JOB), title="another vendor"),
    _example("subject-chosen", scoped(GITHUB, "environment:production")),
    _example("subject-chosen", scoped(GITHUB, "workflow:deploy:repo:acme/app"), title="owner after it"),
    _example("organization-trusted", scoped(GITHUB, "repo:acme/*", "StringLike")),
    _example("organization-trusted", scoped("app.terraform.io", "organization:acme:*", "StringLike"), title="HCP Terraform"),
    _example("subject-without-ids", scoped(GITHUB, JOB)),
    _example("subject-without-ids", scoped(GITHUB, "repo:acme/*:environment:production", "StringLike"), title="pattern"),
    _example("ids-by-wildcard", scoped(GITHUB, "repo:acme@*/app@*:environment:production", "StringLike")),
    _example("ids-by-wildcard", scoped(GITHUB, "repo:acme@*/*:environment:production", "StringLike"), title="owner alone"),
    _example("pull-request-trusted", scoped(GITHUB, "repo:acme/app:pull_request")),
    _example("pull-request-trusted", scoped(GITHUB, "repo:acme/app:*", "StringLike"), title="every job"),
    _example("audience-unscoped", web(GITHUB, Condition={"StringEquals": SUB}), placed=True, applied=True),
    _example("audience-unscoped", web(GITHUB, Condition={"StringEquals": SUB}), title="no account at hand"),
    _example("cognito-guests", web(COGNITO, Condition=POOL), applied=True),
    _example("saml-recipient-unscoped", statement()),
    _example("saml-recipient-unknown", statement(Condition={"StringEquals": {"SAML:aud": f"{RECIPIENT['saml:aud']}/"}}), applied=True),
    _example("saml-recipient-unknown", statement(Condition={"StringEquals": {"SAML:aud": CHINA}}), title="another partition"),
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
    _example("external-id-missing", _assumable(THIRD_PARTY), placed=True),
    _example("service-source-missing", _assumable({"Service": "scheduler.amazonaws.com"})),
    _example("tag-session-alone", saml(Action="sts:TagSession")),
    _example("mfa-by-presence", _assumable(OWN, BoolIfExists=MFA), applied=True),
    _example("mfa-by-presence", _assumable(OWN), _assumable(OWN, Bool=NO_MFA, Effect="Deny"), applied=True, title="Deny"),
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
    _example("placeholder-left", scoped(EKS, ACCOUNT, StringLike={"$OIDC_PROVIDER:aud": "sts.amazonaws.com"}), applied=True),
    _example("placeholder-left", scoped(EKS, "system:serviceaccount:$NAMESPACE:runner"), title="value"),
    _example("placeholder-left", web("${OIDC_PROVIDER}", Condition={"StringEquals": {"${OIDC_PROVIDER}:sub": ACCOUNT}}), title="principal"),
    _example("key-unknown", scoped(EKS, ACCOUNT, StringLike={EKS: ACCOUNT}), applied=True, title="no claim"),
    _example("key-out-of-place", scoped(EKS, ACCOUNT, StringEqualsIgnoreCase={"ldap:ou": "crew"}), title="key of neither"),
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
    _example("version-old", saml(), version="2008-10-17", applied=True),
    _example("version-old", saml(), version=None, applied=True, title="none"),
    _example("time-passed", saml({"DateLessThan": {"aws:CurrentTime": "2026-10-31T00:00:00Z"}})),
)
"""The first example of each rule is the one that the page shows."""


COUNTER_EXAMPLES: Final = (
    _example("shared-issuer-unscoped", scoped(GITHUB, JOB)),
    _example("issuer-unscoped", scoped(EKS, ACCOUNT)),
    _example("subject-too-wide", scoped(GITHUB, "repo:acme/*", "StringLike")),
    _example("subject-unanchored", scoped(GITHUB, "repo:acme/*:environment:production", "StringLike")),
    _example("subject-incomplete", scoped(GITHUB, "repo:acme/app:ref:refs/heads/main")),
    _example("subject-chosen", scoped(GITHUB, "repo:acme/app:environment:production")),
    _example("organization-trusted", scoped(GITHUB, "repo:acme/app-*", "StringLike")),
    _example("pull-request-trusted", scoped(GITHUB, "repo:acme/app:environment:*", "StringLike")),
    _example("subject-without-ids", scoped(GITHUB, [JOB, "repo:acme@65/app@74:environment:production"])),
    _example("ids-by-wildcard", scoped(GITHUB, "repo:acme@65/app@74:*", "StringLike")),
    _example("audience-unscoped", scoped(GITHUB, JOB)),
    _example("cognito-guests", web(COGNITO, Condition={**POOL, "ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}})),
    _example("saml-recipient-unscoped", saml()),
    _example("saml-recipient-unknown", saml({"StringEquals": {"SAML:aud": "https://eu-west-1.signin.aws.amazon.com/saml"}})),
    _example("saml-audience-for-recipient", saml()),
    _example("allow-notprincipal", saml(Effect="Deny", Principal=None, NotPrincipal={"AWS": "123456789012"})),
    _example("allow-notaction", saml(Effect="Deny", Action=None, NotAction="sts:TagSession")),
    _example("allow-notresource", {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"}, kind="identity"),
    _example("everyone-trusted", _assumable({"AWS": "*"}, StringEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5"})),
    _example("principal-never-matches", _assumable(OWN, ArnLike={"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"})),
    _example("provider-unregistered", saml(), placed=True),
    _example("deleted-principal", _assumable({"AWS": "arn:aws:iam::123456789012:role/Deploy"})),
    _example("action-of-another-principal", saml(Action=["sts:AssumeRoleWithSAML", "sts:TagSession"])),
    _example("external-id-missing", _assumable(THIRD_PARTY, StringEquals={"sts:ExternalId": "acme-7"}), placed=True),
    _example("service-source-missing", _assumable({"Service": "ec2.amazonaws.com"})),
    _example("tag-session-alone", saml(), saml(Action="sts:TagSession")),
    _example("mfa-by-presence", _assumable(OWN, Bool=MFA)),
    _example("placeholder-left", saml({"StringEquals": {"aws:RequestTag/home": "${saml:sub}"}})),
    _example("literal-wildcard", scoped(GITHUB, "repo:acme/app:*", "StringLike")),
    _example("for-all-values-absent", saml({"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "project"]}})),
    _example("absent-key-allows", saml({"StringEqualsIfExists": {"aws:RequestTag/team": "blue"}})),
    _example("absence-demanded", saml({"Null": {"saml:edupersonprincipalname": "false"}})),
    _example("plain-operator-multivalued", saml({"ForAnyValue:StringEquals": {"saml:cn": "a"}})),
    _example("set-operator-single-valued", saml({"StringEquals": {"saml:sub": "a"}})),
    _example("empty-condition", saml({"Bool": {"aws:SecureTransport": "true"}})),
    _example("no-values", saml({"StringEquals": {"saml:sub": ["a"]}})),
    _example("malformed-value", saml({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})),
    _example("contradictory-conditions", saml({"StringEquals": {"saml:iss": ["a", "c"]}, "StringLike": {"saml:iss": "c*"}})),
    _example("key-with-scheme", scoped(GITHUB, JOB, StringLike={f"{GITHUB}:environment": "production"})),
    _example("key-of-another-provider", scoped(GITHUB, JOB, StringLike={f"{GITHUB}:actor": "octocat"})),
    _example("claim-not-exposed", scoped(GITHUB, JOB, StringLike={f"{GITHUB}:repository_owner_id": "65"})),
    _example("key-unknown", saml({"StringEquals": {"aws:RequestTag/team": "blue"}})),
    _example("key-out-of-place", _assumable(OWN, StringEquals={"sts:ExternalId": "acme"})),
    _example("duplicate-statement", saml(Sid="a"), saml({"StringEquals": {"saml:sub": "a"}}, Sid="b")),
    _example("unreachable-statement", saml(), saml({"Bool": {"aws:SecureTransport": "false"}}, Effect="Deny")),
    _example("variables-need-2012", saml({"StringEquals": {"saml:sub": "${aws:RequestTag/user}"}})),
    _example("version-old", saml()),
    _example("time-passed", saml({"DateLessThan": {"aws:CurrentTime": "2027-10-31T00:00:00Z"}})),
)
"""A policy like the first example of each rule, in which the rule finds nothing."""
