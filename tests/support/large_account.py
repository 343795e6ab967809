"""An account of many roles, as a company has them: pipelines of several vendors, clusters, two identity providers, other accounts."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any, Final

from federation.account import Account, Role, load_account
from federation.policy import Policy
from tests.support.paths import REPOSITORY
from tests.support.policies import document, statement
from tests.support.trusts import EKS, SAML, scoped
from tests.support.world import ACCOUNT, GITHUB, KEYRING

ORGANISATIONS: Final = ("acme", "acme-labs", "acme-data", "globex")
TEAMS: Final = ("billing", "search", "mobile", "identity", "platform", "ml")
HOSTILE: Final = '"]--><script>alert(1)</script>&lt;\\N`\u202e{{ 7*7 }}'
"""Text that breaks out of what is not escaped."""


def role(name: str, *statements: Any) -> Role:
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    policy = Policy.stored(document(*statements))
    return Role(
        arn=arn,
        name=name,
        path="/",
        role_id="AROAEXAMPLEEXAMPLE234",
        trust_policy=policy,
        max_session_duration=3600,
        file=f"roles/{name}.json",
    )


def large_account(count: int) -> Account:
    """An account of *count* roles, and five more with what must be said loudly."""
    roles = [made for made, _ in zip(_roles(), range(count), strict=False)] + list(_remarkable())
    fixtures = load_account(REPOSITORY / "fixtures" / "account")
    return Account(
        id=ACCOUNT,
        partition="aws",
        profile=fixtures.profile,
        keyring=KEYRING,
        saml_providers=fixtures.saml_providers,
        oidc_providers=fixtures.oidc_providers,
        roles={each.arn: each for each in roles},
    )


def _roles() -> Iterator[Role]:
    for number, kind in enumerate(cycle("gggglkksssaaw")):
        team, org = TEAMS[number % 6], ORGANISATIONS[number % 4]
        name = f"{team}-{number:04}"
        match kind:
            case "g":
                ending = ("ref:refs/heads/main", "environment:production", "*")[number % 3]
                yield role(f"deploy-{name}", scoped(GITHUB, f"repo:{org}/{team}-{number // 24}:{ending}", "StringLike"))
            case "l":
                yield role(f"pipeline-{name}", scoped("gitlab.com", f"project_path:acme/{name}:ref_type:branch:ref:main"))
            case "k":
                yield role(f"pod-{name}", scoped(EKS, f"system:serviceaccount:{team}:app-{number}"))
            case "s":
                provider = f"arn:aws:iam::{ACCOUNT}:saml-provider/{('SAML-test', 'Okta')[number % 4 // 3]}"
                aud = {"StringEquals": {"saml:aud": "https://signin.aws.amazon.com/saml"}}
                yield role(f"sso-{name}", statement(Principal={"Federated": provider}, Action=SAML, Condition=aud))
            case "a":
                other = f"arn:aws:iam::{111122223333 + number % 5}:role/{team}"
                external = {"StringEquals": {"sts:ExternalId": f"{org}-{number % 7}"}}
                yield role(f"partner-{name}", statement(Principal={"AWS": other}, Action="sts:AssumeRole", Condition=external))
            case _:
                service = ("lambda", "ec2", "ecs-tasks")[number % 3]
                yield role(f"service-{name}", statement(Principal={"Service": f"{service}.amazonaws.com"}, Action="sts:AssumeRole"))


def _remarkable() -> Iterator[Role]:
    yield role("open-to-all", statement(Principal="*", Action="sts:AssumeRole"))
    yield role("any-repository", scoped(GITHUB, "repo:acme*", "StringLike"))
    yield role("shut", statement(Action="sts:AssumeRole"))
    deny = statement(Effect="Deny", Principal="*", Action="sts:*", Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
    yield role("from-the-office", scoped(GITHUB, "repo:acme/office:ref:refs/heads/main"), deny)
    yield role("hostile", scoped(GITHUB, [HOSTILE, f"repo:acme/{HOSTILE}"], "StringLike"))
