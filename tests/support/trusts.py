"""Short ways to write trust policies that lint is asked about."""

from datetime import datetime
from typing import Any

from federation.policy import Policy
from federation.policy.lint import Finding, lint
from tests.support.policies import document, statement

SAML = "sts:AssumeRoleWithSAML"
WEB = "sts:AssumeRoleWithWebIdentity"
RECIPIENT = {"saml:aud": "https://signin.aws.amazon.com/saml"}
EKS = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF"


def web(provider: str, **members: Any) -> dict[str, Any]:
    """An Allow of AssumeRoleWithWebIdentity for an OIDC provider."""
    built_in = provider.count(".") and provider.startswith(("accounts.", "www.", "graph.", "cognito-identity."))
    principal = provider if built_in else f"arn:aws:iam::123456789012:oidc-provider/{provider}"
    return statement(**{"Principal": {"Federated": principal}, "Action": WEB, **members})


def scoped(provider: str, sub: Any, operator: str = "StringEquals", **further: Any) -> dict[str, Any]:
    """The same with conditions on aud and sub, and *further* operators."""
    condition: dict[str, Any] = {"StringEquals": {f"{provider}:aud": "sts.amazonaws.com"}}
    condition.setdefault(operator, {})[f"{provider}:sub"] = sub
    return web(provider, Condition={**condition, **further})


def saml(condition: Any = None, **members: Any) -> dict[str, Any]:
    """An Allow of AssumeRoleWithSAML that names the recipient, with *condition* besides."""
    return statement(**{"Condition": {"StringLike": RECIPIENT, **(condition or {})}, **members})


WITHOUT_IDS = "subject-without-ids"
"""The note that every subject of GitHub without ids has; tests of other rules leave it out."""


def findings(
    *statements: Any,
    kind: str = "trust",
    version: str | None = "2012-10-17",
    providers: tuple[str, ...] | None = None,
    at: datetime | None = None,
    whole: bool = False,
) -> tuple[Finding, ...]:
    """What lint finds in a policy of *statements*; WITHOUT_IDS only with *whole*."""
    found = lint(Policy.stored(document(*statements, version=version), kind=kind), providers=providers, at=at)
    found = tuple(each for each in found if whole or each.id != WITHOUT_IDS)
    assert all(each.remedy and each.message and each.path.startswith("$.Statement") for each in found)
    return found


def ids(*statements: Any, **options: Any) -> list[tuple[str, str]]:
    return [(each.id, each.severity) for each in findings(*statements, **options)]
