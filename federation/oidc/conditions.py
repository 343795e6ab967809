"""The IAM condition keys of a web identity: exactly those the service exposes, no other claim (spec 3.6, 3.7).

A key is ``<provider URL without https://>:<claim>``. ``iss``, custom claims and claims that are not listed do not exist for policies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from federation.identity import ContextValue
from federation.oidc.claims import Claims

GOOGLE: Final = "accounts.google.com"
COGNITO_IDENTITY: Final = "cognito-identity.amazonaws.com"
BUILT_IN: Final = frozenset({GOOGLE, COGNITO_IDENTITY})
"""OIDC providers that need no IAM object; their principal in a trust policy is the bare name."""

_HOST: Final = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_VENDORS: Final[tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = (
    (
        # github.com, an enterprise's own sub-path of it, and GitHub Enterprise Cloud with data residency.
        re.compile(rf"token\.actions\.githubusercontent\.com(?:/[^/]+)?|token\.actions\.{_HOST}\.ghe\.com|github\.com/enterprises/[^/]+"),
        (
            "actor",
            "actor_id",
            "enterprise_id",
            "environment",
            "job_workflow_ref",
            "ref",
            "repository",
            "repository_id",
            "repository_owner_id",
            "workflow",
        ),
    ),
    (re.compile(re.escape(GOOGLE)), ("google/organization_number",)),
    (re.compile(r"oidc\.circleci\.com/org/[^/]+"), ("oidc.circleci.com/project-id",)),
    (re.compile(rf"idcs-[A-Za-z0-9]+(?:\.{_HOST})?\.identity\.oraclecloud\.com"), ("rpst_id",)),
    (
        re.compile(r"gitlab\.com"),
        (
            "namespace_id",
            "pipeline_source",
            "project_id",
            "ref_protected",
            "runner_environment",
            "user_access_level",
            "user_email",
            "user_id",
            "user_login",
        ),
    ),
    (
        re.compile(rf"agent\.buildkite\.com|agent\.{_HOST}\.buildkite\.(?:dev|site)"),
        ("build_branch", "cluster_id", "cluster_name", "organization_id", "organization_slug", "pipeline_id", "pipeline_slug"),
    ),
)


def vendor_claims(provider_name: str) -> tuple[str, ...]:
    """Return the claims beyond ``aud``, ``oaud``, ``sub`` and ``amr`` that policies may read for the provider *provider_name*.

    *provider_name* is the URL without ``https://``, compared with its case: a look-alike is another provider.
    """
    return next((claims for pattern, claims in _VENDORS if pattern.fullmatch(provider_name)), ())


def condition_keys(provider_name: str, vendor: tuple[str, ...], claims: Claims, audience: str) -> dict[str, ContextValue]:
    """Return the condition keys of proved *claims*.

    Args:
        provider_name: URL of the provider without ``https://``.
        vendor: The `vendor_claims` of that provider, found once when it was registered.
        claims: The proved claims, checked.
        audience: The audience by which the token addressed us: ``azp`` where present.
    """
    members = claims.members
    keys: dict[str, ContextValue] = {f"{provider_name}:aud": audience, f"{provider_name}:sub": claims.subject()}
    if "azp" in members or provider_name == GOOGLE:
        audiences = claims.audiences()
        keys[f"{provider_name}:oaud"] = audiences[0] if len(audiences) == 1 else audiences
    amr = members.get("amr")
    if isinstance(amr, list) and all(isinstance(method, str) for method in amr):
        keys[f"{provider_name}:amr"] = tuple(amr)
    for name in vendor:
        value = _scalar(_claim(members, name))
        if value is not None:
            keys[f"{provider_name}:{name}"] = value
    return keys


def _claim(members: Mapping[str, Any], name: str) -> object:
    """Return the claim *name*; Google nests ``organization_number`` in an object named ``google``."""
    if name in members or name != "google/organization_number":
        return members.get(name)
    google = members.get("google")
    return google.get("organization_number") if isinstance(google, dict) else None


def _scalar(value: object) -> str | None:
    """Return a claim as the text that policy operators compare; lists and objects have none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else None
