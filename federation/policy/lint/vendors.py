"""What the subjects of the usual issuers look like, and where in them the customer is named.

An issuer that serves many customers puts the customer into a claim. A pattern that leaves that part open trusts them all (attack row A02).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from federation.condition_keys import AMAZON, COGNITO, FACEBOOK, GITHUB, GITHUB_ISSUER, GOOGLE
from federation.policy.lint.finding import Severity
from federation.policy.shared_issuers import TURBONOMIC

_WHOLE: Final = re.compile(r"(?!)")
"""No beginning is enough: the whole value must be given."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """An issuer, or a family of them.

    Attributes:
        name: For messages.
        issuer: What the provider's URL without ``https://`` looks like.
        danger: How bad it is to trust the issuer without saying whom: ``error`` where strangers share it.
        bounds: Claims that name the customer, each with the beginning by which a pattern stays within one.
        example: A subject, for remedies.
        broken: What people write for a subject and no token ever says, None where nothing is known.
    """

    name: str
    issuer: re.Pattern[str]
    danger: Severity
    bounds: Mapping[str, re.Pattern[str]]
    example: str
    broken: re.Pattern[str] | None


def _vendor(
    name: str, issuer: str, bounds: Mapping[str, str | None], example: str, danger: Severity = "error", broken: str | None = None
) -> Vendor:
    compiled = {claim: _WHOLE if beginning is None else re.compile(beginning) for claim, beginning in bounds.items()}
    return Vendor(name, re.compile(issuer, re.DOTALL), danger, compiled, example, re.compile(broken) if broken else None)


_GITHUB_BOUNDS: Final = {
    # The owner ends at a slash, or at the @ before its number; customised subjects begin with other claims.
    "sub": r"(?:repo|repository):[^/@:]+[/@]|repository_owner(?:_id)?:[^:]+:|repository_id:[^:]+:|enterprise(?:_id)?:[^:]+:"
    r"|job_workflow_ref:[^/]+/",
    "job_workflow_ref": r"[^/]+/",
    "repository": r"[^/]+/",
    "repository_id": None,
    "repository_owner_id": None,
    "enterprise_id": None,
}
_GITHUB_EXAMPLE: Final = "repo:acme/app:ref:refs/heads/main"
_GITHUB_BROKEN: Final = r"(?:repo:)?[^:]+|repo:[^:]+:(?:refs/.*|ref|environment)|https?:.*"

VENDORS: Final = (
    _vendor("GitHub", re.escape(GITHUB), _GITHUB_BOUNDS, _GITHUB_EXAMPLE, "error", _GITHUB_BROKEN),
    _vendor("GitHub Enterprise", GITHUB_ISSUER.pattern, _GITHUB_BOUNDS, _GITHUB_EXAMPLE, "warning", _GITHUB_BROKEN),
    _vendor(
        "GitLab",
        r"gitlab\.com",
        {"sub": r"project_path:[^/]+/", "project_id": None, "namespace_id": None, "user_id": None},
        "project_path:acme/app:ref_type:branch:ref:main",
    ),
    _vendor(
        "Buildkite",
        r"agent\.(?:buildkite\.com|.+\.buildkite\.(?:dev|site))",
        {"sub": r"organization:[^:]+:", "organization_id": None, "organization_slug": None, "pipeline_id": None, "cluster_id": None},
        "organization:acme:pipeline:app:ref:refs/heads/main:*",
    ),
    _vendor(
        "HCP Terraform",
        r"app\.terraform\.io",
        {"sub": r"organization:[^:]+:"},
        "organization:acme:project:app:workspace:production:run_phase:*",
    ),
    _vendor("Codefresh", r"oidc\.codefresh\.io", {"sub": r"account:[^:]+:"}, "account:<id>:pipeline:<id>:*"),
    _vendor("Scalr", r"scalr\.io", {"sub": r"account:[^:]+:"}, "account:acme:environment:production:workspace:app"),
    _vendor("Upbound", r"proidc\.upbound\.io", {"sub": r"mcp:[^/]+/"}, "mcp:acme/control-plane:provider:provider-aws"),
    _vendor("Pulumi", r"api\.pulumi\.com/oidc", {"aud": None, "sub": r"pulumi:[^:]+:org:[^:]+:"}, "pulumi:deploy:org:acme:project:app:*"),
    _vendor("Vercel", r"oidc\.vercel\.com", {"aud": None, "sub": r"owner:[^:]+:"}, "owner:acme:project:app:environment:production"),
    _vendor(
        "IBM Turbonomic",
        "|".join(map(re.escape, TURBONOMIC)),
        {"sub": r"system:serviceaccount:[^:]+:"},
        "system:serviceaccount:<the customer>:t8c-operator",
    ),
    _vendor("Google", re.escape(GOOGLE), {"aud": None, "oaud": None, "sub": None}, "the number of the account"),
    _vendor("Cognito", re.escape(COGNITO), {"aud": None, "sub": None}, "the id of the identity"),
    _vendor("Login with Amazon", re.escape(AMAZON), {"app_id": None, "user_id": None}, "the id of the user"),
    _vendor("Facebook", re.escape(FACEBOOK), {"app_id": None, "id": None}, "the id of the user"),
    _vendor(
        "Kubernetes",
        r"oidc\.eks\.[^/]+/id/.+|container\.googleapis\.com/.+",
        {"sub": r"system:serviceaccount:[^:]+:"},
        "system:serviceaccount:namespace:name",
        "warning",
        r"[^:]+(?::[^:]+){0,2}|system:serviceaccounts:.*",
    ),
    _vendor("any issuer", r".*", {"sub": r"."}, "the value that the identity provider gives", "note"),
)


def vendor_of(provider: str) -> Vendor:
    """Return what is known of the issuer *provider*; the last entry of `VENDORS` fits every one."""
    return next(vendor for vendor in VENDORS if vendor.issuer.fullmatch(provider))
